"""Configuration of a store at Redis Cloud: an Essentials plan and what it can do."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from components.redis.redis_cloud_refusals import refusals
from components.redis.roles import Role
from providers.rediscloud.plans import PERSISTENCE, PLANS
from stacks.config.base import Model, Problem, VariableName
from stacks.config.redis_keys import EnginePolicy, Identifier, RoleName, Variable
from stacks.config.vendor import Cidr, one_of, range_problems

Alert = Literal["datasets-size", "throughput-higher-than", "throughput-lower-than", "latency", "connections-limit"]
"""What Redis Cloud tells by mail."""


class RedisCloudConfig(Model):
    """Redis at Redis Cloud, on an Essentials plan."""

    provider: Literal["redis_cloud"]
    role: RoleName
    plan_id: int = Field(ge=1, description="Id of the plan, which has one region: `GET /fixed/plans` lists them.")
    size: Annotated[str, one_of(PLANS)] = Field(
        description=f"Size of that plan, of which a replicated store holds half: {', '.join(PLANS)}. It decides "
        "how many clients may connect and how many ranges of addresses can be allowed."
    )
    region: Annotated[str, Field(pattern=r"^[a-z]{2,4}(-[a-z]+)+-\d$")] | None = Field(
        default=None, description="AWS region of that plan; the stack's when left out. Nothing is made of it."
    )
    eviction_policy: EnginePolicy | None = Field(
        default=None, description="What goes when memory is full; left out, the role decides."
    )
    persistence: Annotated[str, one_of(PERSISTENCE)] | None = Field(
        default=None,
        description=f"How it is written to disk: {', '.join(PERSISTENCE)}. Left out: none of a cache, and "
        "aof-every-1-second of any other role.",
    )
    replication: bool = Field(default=True, description="A replica, which takes half of the plan's size.")
    allowed_cidrs: list[Cidr] = Field(
        default=[], description="Who may connect beside the stack's own NAT gateways, which count too."
    )
    alerts: dict[Alert, Annotated[int, Field(ge=1)]] = Field(
        default={"datasets-size": 80},
        description="Bounds over which Redis Cloud writes to the account's people: datasets-size in percent, "
        "latency in milliseconds.",
    )
    backup_path_secret: VariableName | None = Field(
        default=None,
        description="Name under `footing:secrets` of the address that it is backed up to every 24 hours, if any.",
    )
    identifier: Identifier = None
    variable: Variable = None
    protect: bool = Field(default=True, description="Refuse to delete or replace it.")


def redis_cloud_problems(key: str, redis: RedisCloudConfig, gateways: int) -> Iterator[Problem]:
    """Yield key and sentence for what the plan cannot do, or the role must not.

    `gateways` is how many NAT gateways of the stack are allowed beside `allowed_cidrs`.
    """
    found = refusals(
        Role(redis.role),
        size=redis.size,
        ranges=len(redis.allowed_cidrs) + gateways,
        eviction_policy=redis.eviction_policy,
        persistence=redis.persistence,
        replication=redis.replication,
        protect=redis.protect,
    )
    yield from ((f"{key}.{part}", sentence) for part, sentence in found)
    yield from range_problems(f"{key}.allowed_cidrs", redis.allowed_cidrs)
