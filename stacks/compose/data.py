"""PostgreSQL and its pooler."""

from components.cluster import Cluster
from components.database import POSTGRES_PORT, Database, DatabaseArgs, ReplicaArgs
from components.network import Network
from components.pooler import Pooler, PoolerArgs
from stacks.compose.stack import Stack, task


def make_database(stack: Stack, network: Network) -> Database:
    """PostgreSQL by the configuration."""
    database, alerts = stack.config.database, stack.config.alerts.database_connections
    return Database(
        "database",
        DatabaseArgs(
            identifier=stack.names.of("db"),
            database_name=stack.names.database,
            username=stack.names.database,
            postgres_version=database.postgres_version,
            instance_class=database.instance_class,
            storage_gib=database.storage_gib,
            storage_max_gib=database.storage_max_gib,
            multi_az=database.multi_az,
            backup_retention_days=database.backup_retention_days,
            max_connections=database.max_connections,
            statement_timeout_seconds=database.statement_timeout_seconds,
            idle_in_transaction_timeout_seconds=database.idle_in_transaction_timeout_seconds,
            slow_statement_ms=database.slow_statement_ms,
            connection_warning=alerts.warning,
            connection_critical=alerts.critical,
            replicas=[
                ReplicaArgs(
                    purpose=replica.purpose, instance_class=replica.instance_class or database.instance_class
                )
                for replica in database.replicas
            ],
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids,
            protect=database.protect,
        ),
        stack.opts,
    )


def make_pooler(stack: Stack, network: Network, cluster: Cluster, database: Database) -> Pooler:
    """PgBouncer before `database`."""
    pooler = stack.config.database.pooler
    return Pooler(
        "pooler",
        PoolerArgs(
            tasks=pooler.tasks,
            server_connections=pooler.server_connections,
            client_connections=pooler.client_connections,
            minimum_healthy_percent=pooler.deployment.minimum_percent,
            maximum_percent=pooler.deployment.maximum_percent,
            query_wait_timeout_seconds=pooler.query_wait_timeout_seconds,
            server_idle_timeout_seconds=pooler.server_idle_timeout_seconds,
            image=pooler.image,
            prepare_image=pooler.prepare_image,
            task=task(pooler.task),
            cluster_arn=cluster.arn,
            cluster_name=stack.names.prefix,
            service_name=stack.names.of("pooler"),
            region=stack.config.region,
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids,
            database_name=stack.names.database,
            database_user=stack.names.database,
            database_host=database.address,
            database_port=POSTGRES_PORT,
            database_password=database.password,
            database_secret_arn=database.secret_arn,
            database_secret_version_id=database.secret_version_id,
            database_security_group_id=database.security_group_id,
        ),
        stack.opts,
    )
