"""PostgreSQL on RDS with PgBouncer in front, in the shape of every backend."""

from collections.abc import Collection, Mapping, Sequence

import pulumi
from msgspec.structs import replace

from components.aws.endpoints import DatabaseEndpoint
from components.aws.security_groups import Upstream
from components.aws.urls import postgres_url
from components.postgres.pooled import PooledPostgres
from components.postgres.rds.database import Database
from components.postgres.store import Capacity
from observability import Signals


class RdsPostgres(PooledPostgres, frozen=True, kw_only=True):
    """A `PostgresStore` of two components, which keep their own types and names in the state."""

    database: Database
    """The server with its replicas."""

    def __post_init__(self) -> None:
        """Refuse replicas that no role of their own reads.

        Raises:
            ValueError: the pooler has no `reader_role`.

        """
        if self.database.replicas and self.pooler.reader_information is None:
            raise ValueError("the pooler has no reader_role, by which the replicas of the database are read")

    @property
    def direct_url(self) -> pulumi.Output[str]:
        """Secret. URL of the primary."""
        return self.database.direct_url

    @property
    def reader_urls(self) -> Mapping[str, pulumi.Output[str]]:
        """Secrets. URL of each read replica by its purpose, as the role that may only read."""
        role, server = self.pooler.reader_information, self.endpoint
        return {
            purpose: postgres_url(role, replica.address, server.port, server.database_name)
            for purpose, replica in self.database.replicas.items()
            if role is not None
        }

    @property
    def capacity(self) -> Capacity:
        """Connections of server and pool."""
        return self._capacity(self.database.max_connections)

    def upstreams_for(self, *, pool: bool, readers: Collection[str]) -> Sequence[Upstream]:
        """Return PgBouncer's port, and that of each replica among `readers`, by purpose.

        A replica is ready after the poolers, which make the role and set its password.
        """
        pooler = self.pooler.upstream
        replicas = [
            replace(replica.upstream, ready=[*replica.upstream.ready, *pooler.ready])
            for purpose, replica in self.database.replicas.items()
            if purpose in readers
        ]
        return [*([pooler] if pool else []), *replicas]

    @property
    def endpoint(self) -> DatabaseEndpoint:
        """The primary."""
        return self.database.endpoint

    @property
    def secret_arns(self) -> Mapping[str, pulumi.Output[str]]:
        """Secrets of the server's owner and of PgBouncer's clients."""
        return {"database_secret_arn": self.database.secret_arn, "pooler_secret_arn": self.pooler.secret_arn}

    @property
    def signals(self) -> Sequence[Signals]:
        """The server's and PgBouncer's."""
        return [self.database.signals, self.pooler.signals]
