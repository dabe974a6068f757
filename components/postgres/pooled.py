"""What every PostgreSQL behind a PgBouncer of ours has in common, in the shape of every backend."""

import pulumi
from msgspec import Struct

from components.postgres.pooler.service import Pooler
from components.postgres.store import Capacity


class PooledPostgres(Struct, frozen=True, kw_only=True):
    """The half of a `PostgresStore` that PgBouncer answers."""

    pooler: Pooler
    """PgBouncer before the primary."""

    @property
    def pooled_url(self) -> pulumi.Output[str]:
        """Secret. URL of PgBouncer."""
        return self.pooler.pooled_url

    @property
    def host(self) -> pulumi.Output[str]:
        """Host name of PgBouncer's load balancer."""
        return self.pooler.host

    @property
    def port(self) -> pulumi.Output[int]:
        """TCP port of PgBouncer."""
        return self.pooler.port

    def _capacity(self, max_connections: int) -> Capacity:
        """Return the connections of a server that accepts so many, and of the pool."""
        pool = self.pooler.pool
        return Capacity(
            max_connections=max_connections,
            server_connections=pool.server_connections,
            client_connections=pool.client_connections,
        )
