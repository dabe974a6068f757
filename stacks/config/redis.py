"""Configuration of Redis: one role, several providers."""

from typing import Annotated, Literal

from pydantic import Field

from stacks.config.base import Model

RoleName = Literal["cache", "session", "queue", "primary_store"]
"""What the data is for; decides what happens when memory is full."""


class ElastiCacheConfig(Model):
    """Redis or Valkey on Amazon ElastiCache."""

    provider: Literal["elasticache"]
    role: RoleName
    engine: Literal["valkey", "redis"] = "valkey"
    engine_version: Annotated[str, Field(pattern=r"^[78]\.\d{1,2}$")] = Field(
        default="8.0", description="Major.minor."
    )
    node_type: Annotated[str, Field(pattern=r"^cache\.[a-z0-9]+\.[a-z0-9]+$")] = Field(
        description="For example cache.r7g.large."
    )
    replicas: Annotated[int, Field(ge=0, le=5)] = Field(
        default=1, description="Read replicas; with 0 there is no failover."
    )
    snapshot_retention_days: Annotated[int, Field(ge=0, le=35)] = Field(
        default=7, description="Daily snapshots kept, in days."
    )
    protect: bool = Field(default=True, description="Refuse to delete or replace it.")


class UpstashConfig(Model):
    """Redis at Upstash."""

    provider: Literal["upstash"]
    role: RoleName
    primary_region: str = Field(description="Region of the primary, for example us-east-1.")
    read_regions: list[str] = Field(default=[], description="Regions with a read replica.")
    budget_usd: Annotated[int, Field(ge=1)] = Field(
        description="Monthly spending, US dollars, above which Upstash throttles."
    )
    protect: bool = Field(default=True, description="Refuse to delete or replace it.")


RedisConfig = Annotated[ElastiCacheConfig | UpstashConfig, Field(discriminator="provider")]
"""Redis by provider."""
