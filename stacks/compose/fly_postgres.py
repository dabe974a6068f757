"""PostgreSQL at Fly.io, imported only where the stack has it."""

from components.postgres.store import PostgresStore
from stacks.compose.stack import Stack
from stacks.config.fly_postgres import FlyPostgresConfig


def make_fly_postgres(stack: Stack, config: FlyPostgresConfig) -> PostgresStore:
    """Return the cluster of the configuration."""
    from components.postgres.fly import FlyPostgres, FlyPostgresArgs

    fly, name = stack.config.fly, stack.config.database_name
    assert fly is not None  # noqa: S101  the database is there
    args = FlyPostgresArgs(
        cluster_name=config.cluster_name or stack.names.of("db"),
        organization=fly.organization,
        region=config.region or fly.regions[0],
        plan=config.plan,
        disk_gib=config.disk_gib,
        postgres_version=config.postgres_version,
        postgis=config.postgis,
        database_name=name,
        max_connections=config.max_connections,
        server_connections=config.size.server_connections,
        client_connections=config.size.client_connections,
        protect=config.protect,
    )
    return FlyPostgres("database", args, stack.opts)
