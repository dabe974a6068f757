"""Redis of the configured provider. Each backend is imported by itself, so that no unused SDK is loaded."""

from components.network import Network
from components.redis.roles import Role
from components.redis.store import Place, RedisStore
from stacks.compose.stack import Stack
from stacks.config.dialects import redis_names
from stacks.config.redis import ElastiCacheConfig, ServerlessConfig, UpstashConfig


def make_redis(stack: Stack, network: Network) -> RedisStore:
    """The store; a backend's settings are its configuration, field by field."""
    match redis := stack.config.redis:
        case ElastiCacheConfig():
            from components.redis.elasticache import make
        case ServerlessConfig():
            from components.redis.serverless import make
        case UpstashConfig():
            from components.redis.upstash import make
    place = Place(store_name=stack.names.of("redis"), vpc_id=network.vpc_id, subnet_ids=network.private_subnet_ids)
    settings = {**redis.model_dump(exclude={"provider", "metrics"}), "role": Role(redis.role)}
    if isinstance(redis, ElastiCacheConfig):
        settings["log_retention_days"] = stack.config.logs.retention_days
    if isinstance(redis, UpstashConfig):
        settings["drawn"] = stack.config.grafana.upstash_datasource_uid is not None
    else:
        settings["metrics"] = redis_names(redis.metrics, stack.config.metrics.collector.redis_exporter_image)
    return make("redis", place, settings, stack.opts)
