"""How much one PostgreSQL primary and one store of Redis can do, by what the stack file says they are."""

from components.redis.upstash_plans import PLANS as UPSTASH
from policies.aws_offers import RDS_CLASSES, multiple
from policies.fly_offers import POSTGRES_PLANS
from providers.neon.plans import COMPUTE_UNITS
from providers.rediscloud.plans import PLANS as REDIS_CLOUD
from providers.supabase.plans import COMPUTE
from stacks.config.capacity import AssumptionsConfig
from stacks.config.database import DatabaseConfig, RdsConfig
from stacks.config.fly_postgres import FlyPostgresConfig
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.neon import NeonConfig
from stacks.config.redis import RedisConfig, ServerlessConfig
from stacks.config.redis_cloud import RedisCloudConfig
from stacks.config.upstash import UpstashConfig

VCPUS_OF_LARGE = 2
"""vCPU of the size `large`; larger ones are multiples of it, and smaller ones have bursts beside their share."""


def vcpus_of_size(size: str) -> float:
    """Return the vCPU that a size of a server always has."""
    return multiple(size) * VCPUS_OF_LARGE


def primary_vcpus(database: DatabaseConfig | None) -> float | None:
    """Return the vCPU of the primary; None where the stack file does not say, or there is none."""
    if isinstance(database, RdsConfig):
        return vcpus_of_size(database.instance_class.rpartition(".")[2])
    if isinstance(database, SupabaseConfig):
        return vcpus_of_size(database.size)
    if isinstance(database, NeonConfig):
        # A unit is one vCPU with 4 GB. https://neon.com/docs/manage/computes
        return float(database.max_cu)
    if isinstance(database, FlyPostgresConfig):
        count, kind = POSTGRES_PLANS[database.plan].cpus.split()
        return int(count) / (1 if kind == "performance" else 16)
    return None


def primary_sizes(database: DatabaseConfig | None) -> tuple[str, dict[str, float]]:
    """Return the key that holds the size of the primary, and the vCPU of every size, the smallest first."""
    if isinstance(database, RdsConfig):
        family = database.instance_class.rpartition(".")[0]
        sizes = {
            f"{family}.{it}": vcpus_of_size(it) for it in RDS_CLASSES.sizes.get(family.removeprefix("db."), ())
        }
        return "database.instance_class", dict(sorted(sizes.items(), key=lambda it: it[1]))
    if isinstance(database, SupabaseConfig):
        return "database.compute", {it: vcpus_of_size(it) for it in COMPUTE if it != "nano"}
    if isinstance(database, NeonConfig):
        return "database.max_cu", {f"{it:g}": float(it) for it in COMPUTE_UNITS}
    if isinstance(database, FlyPostgresConfig):
        # `shared` has a sixteenth.
        parts = {name: it.cpus.split() for name, it in POSTGRES_PLANS.items()}
        return "database.plan", {
            name: int(n) / (1 if kind == "performance" else 16) for name, (n, kind) in parts.items()
        }
    return "database", {}


def store_commands_per_second(store: RedisConfig, assumed: AssumptionsConfig) -> float:
    """Return the commands a second that a store takes: what its plan says, else what is assumed of a node."""
    if isinstance(store, UpstashConfig):
        return UPSTASH[store.plan].commands_per_second
    if isinstance(store, RedisCloudConfig):
        return REDIS_CLOUD[store.size].operations_per_second
    if isinstance(store, ServerlessConfig):
        return store.ecpu_max_per_second
    return assumed.redis_node_commands_per_second


def store_sizes(store: RedisConfig) -> tuple[str, dict[str, float]]:
    """Return the key below a store that holds its size, and the commands a second of every one; none of a node."""
    if isinstance(store, UpstashConfig):
        return "plan", {name: it.commands_per_second for name, it in UPSTASH.items() if it.paid}
    if isinstance(store, RedisCloudConfig):
        return "size", {name: it.operations_per_second for name, it in REDIS_CLOUD.items()}
    return ("ecpu_max_per_second" if isinstance(store, ServerlessConfig) else "node_type"), {}
