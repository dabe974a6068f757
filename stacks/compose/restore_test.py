"""The weekly restore of the database, where the configuration asks for it."""

from components.aws.placement import NetworkRef
from components.backup.restore_test import RestoreTest, RestoreTestArgs
from components.postgres.rds.store import RdsPostgres
from components.postgres.store import PostgresStore
from stacks.compose.stack import Stack
from stacks.config.database import RdsConfig


def make_restore_test(
    stack: Stack, network: NetworkRef | None, postgres: PostgresStore | None
) -> RestoreTest | None:
    """Return the restore test; None where the stack has none."""
    config = stack.config.database
    if not isinstance(config, RdsConfig) or network is None or not isinstance(postgres, RdsPostgres):
        return None
    if config.recovery is None or config.recovery.restore_test == "none":
        return None
    server = postgres.database
    return RestoreTest(
        "restore-test",
        RestoreTestArgs(
            prefix=stack.names.prefix,
            region=stack.config.region,
            identifier=config.identifier or stack.names.of("db"),
            server_arn=server.server_arn,
            subnet_group=server.subnet_group,
            vpc_id=network.placement.vpc_id,
            rpo_minutes=config.recovery.rpo_minutes,
            protect=config.protect,
        ),
        stack.opts,
    )
