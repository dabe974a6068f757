"""Redis of the configured provider. Each backend is imported by itself, so that no unused SDK is loaded."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pulumi

from components.aws.placement import NetworkPlacement, NetworkRef
from components.redis.roles import Role
from components.redis.store import RedisStore
from observability import Signals
from observability.records.named import named
from stacks.compose.network import Range
from stacks.compose.stack import Stack
from stacks.config.dialects import redis_names
from stacks.config.redis import (
    ElastiCacheConfig,
    ExistingRedisConfig,
    RedisConfig,
    ServerlessConfig,
)
from stacks.config.redis_cloud import RedisCloudConfig
from stacks.config.upstash import UpstashConfig
from stacks.naming import FIRST, component_name


def make_stores(stack: Stack, network: NetworkRef | None, ranges: Sequence[Range]) -> dict[str, RedisStore]:
    """Make the stores of the configuration, by name; `ranges` are what the services call from."""
    return {name: _make_store(stack, name, it, network, ranges) for name, it in stack.config.redis.items()}


def stores_signals(stores: Mapping[str, RedisStore]) -> Iterator[Signals]:
    """Yield the signals of each store, its name in their ids where it is not the first."""
    for name, store in stores.items():
        yield named(store.signals, concept="redis", default=FIRST["redis"], name=name)


def store_outputs(stores: Mapping[str, RedisStore]) -> dict[str, pulumi.Input[Any]]:
    """Return the stack's outputs about its stores."""
    outputs: dict[str, pulumi.Input[Any]] = {}
    for name, store in stores.items():
        if store.url is not None:
            prefix = component_name("redis", name).replace("-", "_")
            outputs |= {f"{prefix}_url": store.url, f"{prefix}_reader_url": store.reader_url}
    return outputs


def _make_store(
    stack: Stack, name: str, config: RedisConfig, network: NetworkRef | None, ranges: Sequence[Range]
) -> RedisStore:
    placement = network.placement if network else None
    match config:
        case ElastiCacheConfig():
            assert placement is not None  # noqa: S101  it is in the network
            return _elasticache(stack, name, config, placement)
        case ServerlessConfig():
            assert placement is not None  # noqa: S101  it is in the network
            return _serverless(stack, name, config, placement)
        case UpstashConfig():
            return _upstash(stack, name, config)
        case RedisCloudConfig():
            return _redis_cloud(stack, name, config, ranges)
        case ExistingRedisConfig():
            from components.redis.existing import ExistingRedis

            return ExistingRedis(
                url_reference=config.url_secret_arn,
                tcp_port=config.port,
                role=component_name("redis", name),
                security_group_id=config.security_group_id,
            )


def _elasticache(stack: Stack, name: str, config: ElastiCacheConfig, placement: NetworkPlacement) -> RedisStore:
    from components.redis.auth import AuthArgs, AuthMode
    from components.redis.elasticache import Redis, RedisArgs

    args = RedisArgs(
        replication_group_id=config.identifier or stack.names.store(name),
        subnet_group=config.subnet_group,
        role=Role(config.role),
        engine=config.engine,
        engine_version=config.engine_version,
        node_type=config.node_type,
        replicas=config.replicas,
        eviction_policy=config.eviction_policy,
        snapshot_retention_days=config.snapshot_retention_days,
        log_retention_days=stack.config.logs.retention_days,
        auth=AuthArgs(mode=AuthMode(config.auth.mode), credentials=config.auth.credentials),
        exporter_names=redis_names(config.metrics, stack.config.metrics.collector.redis_exporter_image),
        placement=placement,
        protect=config.protect,
    )
    return Redis(component_name("redis", name), args, stack.opts)


def _serverless(stack: Stack, name: str, config: ServerlessConfig, placement: NetworkPlacement) -> RedisStore:
    from components.redis.serverless import ServerlessRedis, ServerlessRedisArgs

    serverless = ServerlessRedisArgs(
        cache_name=config.identifier or stack.names.store(name),
        role=Role(config.role),
        engine=config.engine,
        major_version=config.major_version,
        storage_max_gb=config.storage_max_gb,
        ecpu_max_per_second=config.ecpu_max_per_second,
        snapshot_retention_days=config.snapshot_retention_days,
        credentials=config.auth.credentials,
        exporter_names=redis_names(config.metrics, stack.config.metrics.collector.redis_exporter_image),
        placement=placement,
        protect=config.protect,
    )
    return ServerlessRedis(component_name("redis", name), serverless, stack.opts)


def _upstash(stack: Stack, name: str, config: UpstashConfig) -> RedisStore:
    from components.redis.upstash import UpstashRedis, UpstashRedisArgs

    grafana = stack.config.grafana
    upstash = UpstashRedisArgs(
        database_name=config.identifier or stack.names.store(name),
        role=Role(config.role),
        primary_region=config.primary_region,
        read_regions=config.read_regions,
        eviction_policy=config.eviction_policy,
        plan=config.plan,
        prod_pack=config.prod_pack,
        budget_usd=config.budget_usd,
        has_statistics_datasource=grafana is not None and grafana.upstash_datasource_uid is not None,
        protect=config.protect,
    )
    return UpstashRedis(component_name("redis", name), upstash, stack.opts)


def _redis_cloud(stack: Stack, name: str, config: RedisCloudConfig, ranges: Sequence[Range]) -> RedisStore:
    from components.redis.redis_cloud import RedisCloud, RedisCloudArgs

    args = RedisCloudArgs(
        database_name=config.identifier or stack.names.store(name),
        role=Role(config.role),
        plan_id=config.plan_id,
        size=config.size,
        eviction_policy=config.eviction_policy,
        persistence=config.persistence,
        replication=config.replication,
        allowed_cidrs=[*config.allowed_cidrs, *ranges],
        alerts={str(name): bound for name, bound in config.alerts.items()},
        backup_path=stack.secrets[config.backup_path_secret] if config.backup_path_secret else None,
        protect=config.protect,
    )
    return RedisCloud(component_name("redis", name), args, stack.opts)
