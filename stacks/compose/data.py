"""PostgreSQL of the configured provider."""

from collections.abc import Mapping

import pulumi

from components.alloy.sidecar import CollectingArgs
from components.aws.placement import ClusterRef, NetworkPlacement
from components.cluster import Cluster
from components.network import Network
from components.postgres.pooler.args import (
    PoolerArgs,
    PoolerDeployment,
    PoolerImages,
    PoolerTimeouts,
)
from components.postgres.pooler.pgbouncer import PoolSize
from components.postgres.pooler.service import Pooler
from components.postgres.rds.args import (
    BackupArgs,
    ConnectionAlertArgs,
    CredentialsArgs,
    DatabaseArgs,
    DiskArgs,
    ParameterArgs,
    ReplicaArgs,
    UpgradeArgs,
)
from components.postgres.rds.database import Database
from components.postgres.rds.store import RdsPostgres
from components.postgres.store import PostgresStore
from stacks.compose.stack import Stack, task
from stacks.config.database import RdsConfig
from stacks.config.dialects import pgbouncer_names, postgres_names
from stacks.config.service import DATABASE_VARIABLE, reader_url_variable


def make_postgres(
    stack: Stack, network: Network, cluster: Cluster, collecting: CollectingArgs | None
) -> PostgresStore:
    """Make the server and its pool; `collecting` says where the pool's numbers go."""
    match config := stack.config.database:
        case RdsConfig():
            placement = network.placement
            database = Database("database", _database_args(stack, config, placement), stack.opts)
            args = _pooler_args(stack, config, placement, cluster, network, database, collecting)
            return RdsPostgres(database=database, pooler=Pooler("pooler", args, stack.opts))


def database_urls(postgres: PostgresStore) -> Mapping[str, pulumi.Output[str]]:
    """Return the secret variables by which the service finds its pool and each replica."""
    readers = {reader_url_variable(purpose): url for purpose, url in postgres.reader_urls.items()}
    return {DATABASE_VARIABLE: postgres.pooled_url, **readers}


def _database_args(stack: Stack, config: RdsConfig, placement: NetworkPlacement) -> DatabaseArgs:
    thresholds = stack.config.connection_thresholds
    return DatabaseArgs(
        identifier=stack.names.of("db"),
        database_name=stack.names.database,
        username=stack.names.database,
        postgres_version=config.postgres_version,
        instance_class=config.instance_class,
        disk=DiskArgs(size_gib=config.storage_gib, max_gib=config.storage_max_gib, kms_key_arn=config.kms_key_arn),
        parameters=ParameterArgs(
            max_connections=config.max_connections,
            statement_timeout_seconds=config.statement_timeout_seconds,
            idle_in_transaction_timeout_seconds=config.idle_in_transaction_timeout_seconds,
            slow_statement_ms=config.slow_statement_ms,
            preload_libraries=config.preload_libraries,
            others=config.parameters,
        ),
        backup=BackupArgs(retention_days=config.backup_retention_days, window=config.backup_window),
        connection_alerts=ConnectionAlertArgs(warning=thresholds.warning, critical=thresholds.critical),
        placement=placement,
        multi_az=config.multi_az,
        maintenance_window=config.maintenance_window,
        credentials=CredentialsArgs(
            managed=config.credentials.mode == "managed",
            rotation_days=config.credentials.rotation_days,
            generation=config.credentials.generation,
        ),
        upgrade=UpgradeArgs(
            blue_green=config.upgrade.method == "blue_green",
            allow_major=config.upgrade.allow_major,
            apply_immediately=config.upgrade.apply_immediately,
        ),
        replicas=[
            ReplicaArgs(
                purpose=replica.purpose,
                instance_class=replica.instance_class or config.instance_class,
                max_connections=replica.max_connections,
            )
            for replica in config.replicas
        ],
        exporter_names=postgres_names(config.metrics, stack.config.metrics.collector.postgres_exporter_image),
        rpc_observations=stack.config.grafana.postgres_datasource_uid is not None,
        protect=config.protect,
        insights_retention_days=config.insights_retention_days,
        log_retention_days=stack.config.logs.retention_days,
    )


def _pooler_args(
    stack: Stack,
    config: RdsConfig,
    placement: NetworkPlacement,
    cluster: Cluster,
    network: Network,
    database: Database,
    collecting: CollectingArgs | None,
) -> PoolerArgs:
    pooler = config.pooler
    return PoolerArgs(
        service_name=stack.names.of("pooler"),
        pool=PoolSize(
            tasks=pooler.tasks,
            server_connections=pooler.server_connections,
            client_connections=pooler.client_connections,
        ),
        timeouts=PoolerTimeouts(
            query_wait_timeout_seconds=pooler.query_wait_timeout_seconds,
            statement_timeout_seconds=config.statement_timeout_seconds,
            server_idle_timeout_seconds=pooler.server_idle_timeout_seconds,
        ),
        ignored_parameters=pooler.ignore_startup_parameters,
        deployment=PoolerDeployment(
            minimum_healthy_percent=pooler.deployment.minimum_percent,
            maximum_percent=pooler.deployment.maximum_percent,
        ),
        database=database.endpoint,
        application_role=f"{stack.names.database}_app",
        placement=placement,
        cluster=ClusterRef(arn=cluster.arn, name=stack.names.prefix),
        region=stack.config.region,
        task=task(stack, pooler.task),
        images=PoolerImages(
            pgbouncer=pooler.image,
            curl=pooler.prepare_image,
            psql=pooler.psql_image,
            exporter=pooler.exporter_image,
        ),
        authorities_url=pooler.authorities_url,
        exporter_names=pgbouncer_names(pooler.metrics, pooler.exporter_image),
        upstreams=network.upstreams,
        collecting=collecting,
        protect=config.protect,
    )
