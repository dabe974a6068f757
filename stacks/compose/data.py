"""PostgreSQL of the configured provider."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.alloy.sidecar import CollectingArgs
from components.aws.endpoints import DatabaseEndpoint
from components.aws.placement import ClusterRef, NetworkPlacement, NetworkRef
from components.postgres.existing import ExistingPostgres
from components.postgres.pooler.args import PoolerArgs, PoolerDeployment, PoolerImages, PoolerTimeouts
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
from components.redis.store import RedisStore
from providers.neon.plans import PLANS
from stacks.compose.fly_postgres import make_fly_postgres
from stacks.compose.network import Range
from stacks.compose.stack import Stack, task
from stacks.config.database import ExistingPostgresConfig, RdsConfig
from stacks.config.dialects import pgbouncer_names, postgres_names
from stacks.config.fly_postgres import FlyPostgresConfig
from stacks.config.frontend_problems import ANON_KEY, public_outputs
from stacks.config.managed_postgres import STORE, SupabaseConfig
from stacks.config.neon import NeonConfig
from stacks.config.request_limits import RESOURCES_VARIABLE, limits_text
from stacks.config.service import ServiceConfig, logs_in_as_owner
from stacks.config.variables import DATABASE_VARIABLE, reader_variables


def make_postgres(
    stack: Stack,
    network: NetworkRef | None,
    cluster: ClusterRef | None,
    stores: Mapping[str, RedisStore],
    collecting: CollectingArgs | None,
    ranges: Sequence[Range],
) -> PostgresStore | None:
    """Make the server and its pool; None without a database.

    `collecting` says where the pool's numbers go, `ranges` are what the services call from.
    """
    config = stack.config.database
    if isinstance(config, NeonConfig):
        return _neon(stack, config, ranges)
    if isinstance(config, SupabaseConfig):
        return _supabase(stack, config, ranges, stores)
    if isinstance(config, FlyPostgresConfig):
        return make_fly_postgres(stack, config)
    if config is None or network is None or cluster is None:
        return None
    placement, server = network.placement, None
    if isinstance(config, RdsConfig):
        server = Database("database", _database_args(stack, config, placement), stack.opts)
        endpoint = server.endpoint
    else:
        endpoint = DatabaseEndpoint(
            host=config.host,
            port=config.port,
            database_name=config.database_name,
            user=config.username,
            secret_arn=config.password_secret_arn,
            # Whatever is current when a pooler starts: somebody else rotates it.
            secret_version_id="",
            security_group_id=config.security_group_id,
        )
    args = _pooler_args(stack, config, network, cluster, endpoint, collecting)
    pooler = Pooler("pooler", args, stack.opts)
    if server is None:
        return ExistingPostgres(server=endpoint, max_connections=config.max_connections, pooler=pooler)
    return RdsPostgres(database=server, pooler=pooler)


def _supabase(
    stack: Stack, config: SupabaseConfig, ranges: Sequence[Range], stores: Mapping[str, RedisStore]
) -> PostgresStore:
    from components.postgres.supabase import (
        SupabasePoolArgs,
        SupabasePostgres,
        SupabasePostgresArgs,
        SupabaseReplicaArgs,
    )

    region, auth, pool = config.region or stack.config.region, config.auth, config.pooler
    thresholds, grafana = stack.config.connection_thresholds, stack.config.grafana
    captcha = {"security_captcha_enabled": True, "security_captcha_provider": auth.captcha_provider}
    recovery = [f"pitr_{config.pitr_days}"] if config.pitr_days else []
    args = SupabasePostgresArgs(
        project_name=config.project_name or stack.names.prefix,
        organization=config.organization,
        region=region,
        postgres_engine=config.postgres_version,
        compute=config.size,
        pool=SupabasePoolArgs(server_connections=pool.server_connections, default_pool_size=pool.pool_size),
        max_connections=config.max_connections,
        statement_timeout_seconds=config.statement_timeout_seconds,
        allowed_cidrs=[*config.allowed_cidrs, *ranges],
        auth_settings={
            **{f"rate_limit_{name}": number for name, number in auth.rate_limits.items()},
            **(captcha if auth.captcha_provider else {}),
            **({"disable_signup": True} if auth.disable_signup else {}),
        },
        auth_secrets={"security_captcha_secret": stack.secrets[auth.captcha_secret]}
        if auth.captcha_secret
        else {},
        api_max_rows=config.api_max_rows,
        addons=[*recovery, *(["ipv4_default"] if config.ipv4_address else [])],
        function_secrets=_function_secrets(stack, config, stores),
        replicas=[SupabaseReplicaArgs(purpose=it.purpose, region=it.region or region) for it in config.replicas],
        public_key=ANON_KEY in public_outputs(stack.config),
        password_generation=config.password_generation,
        connection_alerts=ConnectionAlertArgs(warning=thresholds.warning, critical=thresholds.critical)
        if thresholds and config.metrics == "supabase"
        else None,
        rpc_observations=grafana is not None and grafana.postgres_datasource_uid is not None,
        protect=config.protect,
    )
    return SupabasePostgres("database", args, stack.opts)


def _neon(stack: Stack, config: NeonConfig, ranges: Sequence[Range]) -> PostgresStore:
    from components.postgres.neon import (
        NeonBranchArgs,
        NeonComputeArgs,
        NeonPostgres,
        NeonPostgresArgs,
        NeonReplicaArgs,
    )

    def compute(low: float | None, high: float | None) -> NeonComputeArgs:
        return NeonComputeArgs(
            min_cu=low or config.min_cu,
            max_cu=high or config.max_cu,
            suspend_timeout_seconds=config.suspend_timeout_seconds,
        )

    name, restricted = stack.config.database_name, PLANS[config.plan].allowed_ips
    args = NeonPostgresArgs(
        project_name=config.project_name or stack.names.prefix,
        organization=config.organization,
        region=config.region or f"aws-{stack.config.region}",
        postgres_version=int(config.postgres_version),
        database_name=name,
        username=config.username or name,
        compute=compute(None, None),
        history_retention_seconds=config.history_retention_seconds,
        allowed_cidrs=[*config.allowed_cidrs, *ranges] if restricted else None,
        replicas=[
            NeonReplicaArgs(purpose=it.purpose, compute=compute(it.min_cu, it.max_cu)) for it in config.replicas
        ],
        branches=[NeonBranchArgs(name=it.name, data=it.data) for it in config.branches],
        protect=config.protect,
    )
    return NeonPostgres("database", args, stack.opts)


def _function_secrets(
    stack: Stack, config: SupabaseConfig, stores: Mapping[str, RedisStore]
) -> dict[str, pulumi.Input[str]]:
    """Return the variables of edge functions: values of the configuration, URLs of stores, and limits."""
    urls = {f"{STORE}{name}": it.url for name, it in stores.items() if it.url is not None}
    limits = limits_text(config.function_limits, store=config.functions_reach_redis)
    given = {
        name: stack.secrets[name] if source == "config" else urls[source]
        for name, source in config.function_secrets.items()
    }
    return {**given, **({RESOURCES_VARIABLE: limits} if config.function_limits else {})}


def database_urls(postgres: PostgresStore, service: ServiceConfig) -> Mapping[str, pulumi.Output[str]]:
    """Return the secret variables by which `service` finds its pool, or the server, and its replicas."""
    url = postgres.direct_url if logs_in_as_owner(service) else postgres.pooled_url
    database = {DATABASE_VARIABLE: url} if service.database_pool.maximum and url is not None else {}
    return {**database, **{reader_variables(it)[0]: postgres.reader_urls[it] for it in service.reader_pools}}


def postgres_outputs(postgres: PostgresStore) -> Mapping[str, pulumi.Input[Any]]:
    """Return the stack's outputs about its database."""
    direct = {"direct_url": postgres.direct_url} if postgres.direct_url is not None else {}
    return {
        "pooled_url": postgres.pooled_url,
        "reader_urls": postgres.reader_urls,
        **direct,
        **postgres.secret_arns,
    }


def _database_args(stack: Stack, config: RdsConfig, placement: NetworkPlacement) -> DatabaseArgs:
    thresholds, grafana, name = (
        stack.config.connection_thresholds,
        stack.config.grafana,
        stack.config.database_name,
    )
    assert thresholds is not None  # noqa: S101  there is a database
    return DatabaseArgs(
        identifier=config.identifier or stack.names.of("db"),
        database_name=name,
        username=config.username or name,
        subnet_group=config.subnet_group,
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
        region=stack.config.region,
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
        rpc_observations=grafana is not None and grafana.postgres_datasource_uid is not None,
        protect=config.protect,
        insights_retention_days=config.insights_retention_days,
        log_retention_days=stack.config.logs.retention_days,
    )


def _pooler_args(
    stack: Stack,
    config: RdsConfig | ExistingPostgresConfig,
    network: NetworkRef,
    cluster: ClusterRef,
    endpoint: DatabaseEndpoint,
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
        database=endpoint,
        application_role=f"{endpoint.database_name}_app",
        reader_role=f"{endpoint.database_name}_reader" if config.replicas else None,
        placement=network.placement,
        cluster=cluster,
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
        protect=config.protect if isinstance(config, RdsConfig) else True,
    )
