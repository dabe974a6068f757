"""PostgreSQL and its pooler."""

from components.alloy.sidecar import CollectingArgs
from components.cluster import Cluster
from components.network import Network
from components.postgres.pooler.args import PoolerArgs
from components.postgres.pooler.service import Pooler
from components.postgres.rds.args import CredentialsArgs, DatabaseArgs, ReplicaArgs, UpgradeArgs
from components.postgres.rds.database import POSTGRES_PORT, Database
from stacks.compose.stack import Stack, task
from stacks.config.database import DatabaseConfig
from stacks.config.dialects import pgbouncer_names, postgres_names


def make_database(stack: Stack, network: Network) -> Database:
    """PostgreSQL by the configuration."""
    database, thresholds = stack.config.database, stack.config.connection_thresholds
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
            kms_key_arn=database.kms_key_arn,
            multi_az=database.multi_az,
            backup_retention_days=database.backup_retention_days,
            backup_window=database.backup_window,
            maintenance_window=database.maintenance_window,
            max_connections=database.max_connections,
            statement_timeout_seconds=database.statement_timeout_seconds,
            idle_in_transaction_timeout_seconds=database.idle_in_transaction_timeout_seconds,
            slow_statement_ms=database.slow_statement_ms,
            parameters=database.parameters,
            log_retention_days=stack.config.logs.retention_days,
            insights_retention_days=database.insights_retention_days,
            connection_warning=thresholds.warning,
            connection_critical=thresholds.critical,
            metrics=postgres_names(database.metrics, stack.config.metrics.collector.postgres_exporter_image),
            observed_calls=stack.config.grafana.postgres_datasource_uid is not None,
            credentials=_credentials(database),
            upgrade=_upgrade(database),
            replicas=_replicas(database),
            vpc_id=network.vpc_id,
            subnet_ids=network.private_subnet_ids,
            protect=database.protect,
        ),
        stack.opts,
    )


def _credentials(database: DatabaseConfig) -> CredentialsArgs:
    credentials = database.credentials
    return CredentialsArgs(
        managed=credentials.mode == "managed",
        rotation_days=credentials.rotation_days,
        generation=credentials.generation,
    )


def _upgrade(database: DatabaseConfig) -> UpgradeArgs:
    upgrade = database.upgrade
    return UpgradeArgs(
        blue_green=upgrade.method == "blue_green",
        allow_major=upgrade.allow_major,
        apply_immediately=upgrade.apply_immediately,
    )


def _replicas(database: DatabaseConfig) -> list[ReplicaArgs]:
    return [
        ReplicaArgs(
            purpose=replica.purpose,
            instance_class=replica.instance_class or database.instance_class,
            max_connections=replica.max_connections,
        )
        for replica in database.replicas
    ]


def make_pooler(
    stack: Stack, network: Network, cluster: Cluster, database: Database, collecting: CollectingArgs | None
) -> Pooler:
    """PgBouncer before `database`; its numbers go where `collecting` says."""
    config, pooler = stack.config.database, stack.config.database.pooler
    return Pooler(
        "pooler",
        PoolerArgs(
            tasks=pooler.tasks,
            server_connections=pooler.server_connections,
            client_connections=pooler.client_connections,
            minimum_healthy_percent=pooler.deployment.minimum_percent,
            maximum_percent=pooler.deployment.maximum_percent,
            query_wait_timeout_seconds=pooler.query_wait_timeout_seconds,
            statement_timeout_seconds=config.statement_timeout_seconds,
            server_idle_timeout_seconds=pooler.server_idle_timeout_seconds,
            image=pooler.image,
            prepare_image=pooler.prepare_image,
            authorities_url=pooler.authorities_url,
            exporter_image=pooler.exporter_image,
            metrics=pgbouncer_names(pooler.metrics, pooler.exporter_image),
            task=task(stack, pooler.task),
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
            database_secret_arn=database.secret_arn,
            database_secret_version_id=database.secret_version_id,
            database_security_group_id=database.security_group_id,
            upstreams=network.upstreams,
            collecting=collecting,
            follow_rotation=config.credentials.mode == "managed",
            protect=config.protect,
        ),
        stack.opts,
    )
