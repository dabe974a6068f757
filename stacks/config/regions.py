"""Whether data lies in another region than the services that ask for it."""

from collections.abc import Iterator, Mapping

from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.neon import NeonConfig
from stacks.config.redis import UpstashConfig
from stacks.config.redis_cloud import RedisCloudConfig
from stacks.config.stack import StackConfig


def other_regions(config: StackConfig) -> Iterator[str]:
    """Yield a sentence for each server of a vendor in another region than the services."""
    for key, region in _regions(config).items() if config.services else ():
        if region != config.region:
            yield (
                f"{key}: {region}, and the services run in {config.region}: each query crosses between regions, "
                "which takes longer and is billed. Move one of the two, or leave the key out where it may be"
            )


def _regions(config: StackConfig) -> Mapping[str, str]:
    """Return the region of each server at a vendor, by the key that says it."""
    found, database = {}, config.database
    if isinstance(database, SupabaseConfig | NeonConfig) and database.region:
        found["database.region"] = database.region.removeprefix("aws-")
    for name, store in config.redis.items():
        if isinstance(store, UpstashConfig):
            found[f"redis.{name}.primary_region"] = store.primary_region
        elif isinstance(store, RedisCloudConfig) and store.region:
            found[f"redis.{name}.region"] = store.region
    return found
