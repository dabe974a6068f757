"""Configuration of a store at Upstash: its regions, its plan, and what is expected of it."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from components.redis.roles import Role
from components.redis.upstash_plans import DEFAULT_PLAN, PLANS, daily_backup_of, refusals, steps
from stacks.config.base import Model, Problem
from stacks.config.redis_keys import Identifier, RoleName, Variable
from stacks.config.vendor import one_of

UpstashReadRegion = Literal[
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "sa-east-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-southeast-1",
    "ap-southeast-2",
]
"""Regions in which Upstash reads; a test compares them, and those of a primary, with its OpenAPI document.

https://upstash.com/docs/devops/developer-api/redis/create_database_global
"""


class UpstashConfig(Model):
    """Redis at Upstash."""

    provider: Literal["upstash"]
    role: RoleName
    primary_region: Literal[
        UpstashReadRegion, "af-south-1", "us-central1", "us-east4", "europe-west1", "asia-northeast1"
    ] = Field(description="Region of the primary, of AWS or Google.")
    read_regions: list[UpstashReadRegion] = Field(default=[], description="Regions with a read replica.")
    plan: Annotated[str, one_of(PLANS)] = Field(
        default=DEFAULT_PLAN,
        description=f"What is paid for: {', '.join(PLANS)}. Upstash's provider cannot set it: each run prints the "
        "call that does. pay_as_you_go is what an account has that can pay.",
    )
    prod_pack: bool = Field(
        default=False, description="Prod Pack: several zones, encryption at rest, backups kept for 3 days."
    )
    daily_backup: bool | None = Field(
        default=None,
        description="A backup each day, kept for 1 day; left out: of every role but cache, where the plan has it. "
        "Upstash's provider cannot set it: each run prints the call that does.",
    )
    expected_commands_per_day: int | None = Field(
        default=None, ge=1, description="Commands on a usual day, held against the plan and budget_usd."
    )
    expected_size_mb: int | None = Field(default=None, ge=1, description="Data, MB, held against the plan.")
    eviction_policy: Literal["optimistic-volatile", "noeviction"] | None = Field(
        default=None, description="What goes when memory is full; left out, the role decides."
    )
    budget_usd: int | None = Field(
        default=None,
        ge=1,
        description="Monthly spending, US dollars, above which Upstash throttles; required with plan "
        f"{DEFAULT_PLAN}, left out with the others.",
    )
    identifier: Identifier = None
    variable: Variable = None
    protect: bool = Field(default=True, description="Refuse to delete or replace it.")


def upstash_problems(key: str, redis: UpstashConfig) -> Iterator[Problem]:
    """Yield key and sentence for what the plan cannot do, or the role must not."""
    found = refusals(
        Role(redis.role),
        plan=redis.plan,
        eviction_policy=redis.eviction_policy,
        budget_usd=redis.budget_usd,
        read_regions=len(redis.read_regions),
        prod_pack=redis.prod_pack,
        daily_backup=redis.daily_backup,
        commands_per_day=redis.expected_commands_per_day,
        size_mb=redis.expected_size_mb,
        protect=redis.protect,
    )
    yield from ((f"{key}.{part}", sentence) for part, sentence in found)
    if redis.primary_region in redis.read_regions:
        yield f"{key}.read_regions", f"given the primary region {redis.primary_region}, allowed others"


def upstash_steps(stores: Mapping[str, object]) -> Iterator[str]:
    """Yield a sentence for each setting of the `stores`, by name, that is made by hand."""
    for name, it in stores.items():
        if isinstance(it, UpstashConfig):
            backup = daily_backup_of(Role(it.role), it.plan, chosen=it.daily_backup)
            for part, sentence in steps(it.plan, daily_backup=backup):
                yield f"redis.{name}.{part}: {sentence}"
