"""Redis of the configured provider. Each backend is imported by itself, so that no unused SDK is loaded."""

from components.network import Network
from components.redis.roles import Role
from components.redis.store import RedisStore
from stacks.compose.stack import Stack
from stacks.config.dialects import redis_names
from stacks.config.redis import ElastiCacheConfig, ServerlessConfig, UpstashConfig


def make_redis(stack: Stack, network: Network) -> RedisStore:
    """Make the store of the configuration."""
    placement = network.placement
    match config := stack.config.redis:
        case ElastiCacheConfig():
            from components.redis.auth import AuthArgs, AuthMode
            from components.redis.elasticache import Redis, RedisArgs

            args = RedisArgs(
                replication_group_id=stack.names.of("redis"),
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
            return Redis("redis", args, stack.opts)
        case ServerlessConfig():
            from components.redis.serverless import ServerlessRedis, ServerlessRedisArgs

            serverless = ServerlessRedisArgs(
                cache_name=stack.names.of("redis"),
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
            return ServerlessRedis("redis", serverless, stack.opts)
        case UpstashConfig():
            from components.redis.upstash import UpstashRedis, UpstashRedisArgs

            upstash = UpstashRedisArgs(
                database_name=stack.names.of("redis"),
                role=Role(config.role),
                primary_region=config.primary_region,
                read_regions=config.read_regions,
                eviction_policy=config.eviction_policy,
                budget_usd=config.budget_usd,
                has_statistics_datasource=stack.config.grafana.upstash_datasource_uid is not None,
                protect=config.protect,
            )
            return UpstashRedis("redis", upstash, stack.opts)
