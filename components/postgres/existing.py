"""A PostgreSQL server that exists already, with PgBouncer in front, in the shape of every backend."""

from collections.abc import Collection, Mapping, Sequence

import pulumi
from msgspec import Struct

from components.aws.endpoints import DatabaseEndpoint
from components.aws.security_groups import Upstream
from components.postgres.pooler.service import Pooler
from components.postgres.store import Capacity
from observability import Signals


class ExistingPostgres(Struct, frozen=True, kw_only=True):
    """A `PostgresStore` of which only PgBouncer is made here: nothing of the server is changed or watched."""

    server: DatabaseEndpoint
    """The primary."""
    max_connections: int
    """Connections that it accepts, as the stack's file states them. Source: config `database.max_connections`."""
    pooler: Pooler
    """PgBouncer before it."""

    @property
    def pooled_url(self) -> pulumi.Output[str]:
        """Secret. URL of PgBouncer."""
        return self.pooler.pooled_url

    @property
    def direct_url(self) -> None:
        """None: the owner's password stays in its secret."""

    @property
    def reader_urls(self) -> Mapping[str, pulumi.Output[str]]:
        """Empty: no replica is made here."""
        return {}

    @property
    def host(self) -> pulumi.Output[str]:
        """Host name of PgBouncer's load balancer."""
        return self.pooler.host

    @property
    def port(self) -> pulumi.Output[int]:
        """TCP port of PgBouncer."""
        return self.pooler.port

    @property
    def capacity(self) -> Capacity:
        """Connections of server and pool."""
        pool = self.pooler.pool
        return Capacity(
            max_connections=self.max_connections,
            server_connections=pool.server_connections,
            client_connections=pool.client_connections,
        )

    def upstreams_for(self, *, pool: bool, readers: Collection[str]) -> Sequence[Upstream]:  # noqa: ARG002
        """Return PgBouncer's port."""
        return [self.pooler.upstream] if pool else []

    @property
    def endpoint(self) -> DatabaseEndpoint:
        """The primary."""
        return self.server

    @property
    def secret_arns(self) -> Mapping[str, pulumi.Output[str]]:
        """Secret of PgBouncer's clients."""
        return {"pooler_secret_arn": self.pooler.secret_arn}

    @property
    def signals(self) -> Sequence[Signals]:
        """PgBouncer's."""
        return [self.pooler.signals]
