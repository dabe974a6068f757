"""Whether data, or a front end's functions, lie in another region than the services."""

from collections.abc import Collection, Iterator
from typing import get_args

from policies.fly_offers import nearest_region
from providers.neon.plans import REGIONS as NEON_REGIONS
from providers.supabase.plans import REGIONS as SUPABASE_REGIONS
from providers.vercel.plans import REGIONS as VERCEL_REGIONS
from stacks.config.fly_postgres import FlyPostgresConfig
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.neon import NeonConfig
from stacks.config.redis_cloud import RedisCloudConfig
from stacks.config.stack import StackConfig
from stacks.config.upstash import UpstashConfig, UpstashReadRegion

AWS = "aws-"
"""First part of Neon's names of regions."""
NEON = tuple(it.removeprefix(AWS) for it in NEON_REGIONS if it.startswith(AWS))
"""Neon's regions by AWS's names."""
UPSTASH: tuple[str, ...] = get_args(UpstashReadRegion)
"""Upstash's regions at AWS."""

Server = tuple[str, str, Collection[str] | None]
"""Key of a server's region, the region, and those that its vendor has; None where they are not known."""


def other_regions(config: StackConfig) -> Iterator[str]:
    """Yield a sentence for each server, and each front end, of a vendor in another region than the services."""
    primary = config.fly.regions[0] if config.fly else None
    for key, region, offered in _servers(config) if config.services else ():
        if config.on_fargate and region != config.region:
            yield _sentence(key, region, f"the services run in {config.region}")
        if primary and config.on_fly:
            nearest = nearest_region(primary, [config.region, region] if offered is None else offered)
            if nearest not in (None, region):
                yield _sentence(key, region, f"the services run in {primary} at Fly.io, next to {nearest}")
    near = VERCEL_REGIONS.get(config.region)
    for name, frontend in config.frontends.items() if config.on_fargate else ():
        if frontend.regions and near not in frontend.regions:
            given = ", ".join(frontend.regions)
            yield _sentence(f"frontends.{name}.regions", given, f"the services run in {config.region}")
    database = config.database
    if primary and isinstance(database, FlyPostgresConfig) and database.region not in (None, primary):
        yield _sentence("database.region", str(database.region), f"the services run in {primary} at Fly.io")


def _sentence(key: str, region: str, where: str) -> str:
    return (
        f"{key}: {region}, and {where}: each query crosses between regions, which takes longer and is billed. "
        "Move one of the two, or leave the key out where it may be"
    )


def _servers(config: StackConfig) -> Iterator[Server]:
    """Yield the region of each server at a vendor; one that no key says is the stack's own."""
    database, own = config.database, config.region
    if isinstance(database, SupabaseConfig):
        yield ("database.region" if database.region else "region"), database.region or own, SUPABASE_REGIONS
    if isinstance(database, NeonConfig):
        yield (
            ("database.region" if database.region else "region"),
            (database.region or own).removeprefix(AWS),
            NEON,
        )
    for name, store in config.redis.items():
        if isinstance(store, UpstashConfig):
            yield f"redis.{name}.primary_region", store.primary_region, UPSTASH
        elif isinstance(store, RedisCloudConfig):
            yield (f"redis.{name}.region" if store.region else "region"), store.region or own, None
