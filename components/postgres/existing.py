"""A PostgreSQL server that exists already, with PgBouncer in front, in the shape of every backend."""

from collections.abc import Collection, Mapping, Sequence

import pulumi

from components.aws.endpoints import DatabaseEndpoint
from components.aws.security_groups import Upstream
from components.postgres.pooled import PooledPostgres
from components.postgres.store import Capacity
from observability import Signals


class ExistingPostgres(PooledPostgres, frozen=True, kw_only=True):
    """A `PostgresStore` of which only PgBouncer is made here: nothing of the server is changed or watched."""

    server: DatabaseEndpoint
    """The primary."""
    max_connections: int
    """Connections that it accepts, as the stack's file states them. Source: config `database.max_connections`."""

    @property
    def direct_url(self) -> None:
        """None: the owner's password stays in its secret."""

    @property
    def reader_urls(self) -> Mapping[str, pulumi.Output[str]]:
        """Empty: no replica is made here."""
        return {}

    @property
    def capacity(self) -> Capacity:
        """Connections of server and pool."""
        return self._capacity(self.max_connections)

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
