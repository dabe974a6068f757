"""Configuration of Redis: stores by name, each with one role and one of several providers."""

from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from components.redis.roles import (
    ENGINE_POLICIES,
    SERVERLESS_POLICIES,
    SNAPSHOT_RETENTION_DAYS,
    Role,
    refusals,
)
from policies.aws_offers import NODE_TYPES, elasticache_version_fault
from stacks.config.base import SIZE, Model, Problem, SecurityGroupId, offered
from stacks.config.dialects import RedisMetrics
from stacks.config.on_demand import OnDemand
from stacks.config.redis_cloud import RedisCloudConfig, redis_cloud_problems
from stacks.config.redis_keys import EnginePolicy, Identifier, RoleName, Variable
from stacks.config.upstash import UpstashConfig, upstash_problems
from stacks.config.workload import ExistingSecret

Engine = Annotated[
    Literal["valkey", "redis"],
    Field(description="From redis to valkey in place, with a higher version; never back."),
]
"""Which of the two ElastiCache runs."""

SnapshotDays = Annotated[
    Annotated[int, Field(ge=0, le=35)] | None,
    Field(description="Daily snapshots kept, in days; null for none of a cache, and 7 of any other role."),
]
"""How long daily snapshots are kept."""

Credentials = Annotated[
    list[Annotated[int, Field(ge=1, le=9999)]],
    Field(
        min_length=1,
        max_length=2,
        description="Numbers of the accepted passwords: one, or two with the newer last while a rotation is "
        "under way. See docs/redis.md.",
    ),
]
"""Which generated passwords are accepted."""

REDIS_LAST_MAJOR = "7"
"""Last major version of Redis at AWS; Valkey goes on.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/engine-versions.html
"""

OUTSIDE = ("upstash", "redis_cloud")
"""Providers whose stores lie on the internet."""
IDENTIFIER_CHARACTERS = 40
"""Longest name of a replication group or a serverless cache.

https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
"""


class AuthConfig(Model):
    """Who may log in."""

    mode: Literal["user_group", "token"] = Field(
        default="user_group", description="A user with passwords of its own, or one token for the whole group."
    )
    credentials: Credentials = Field(default=[1])


class ServerlessAuthConfig(Model):
    """Who may log in; serverless knows users only."""

    mode: Literal["user_group"] = Field(default="user_group", description="A user with passwords of its own.")
    credentials: Credentials = Field(default=[1])


class ElastiCacheConfig(Model):
    """Redis or Valkey on nodes at Amazon ElastiCache."""

    provider: Literal["elasticache"]
    role: RoleName
    engine: Engine = "valkey"
    engine_version: str = Field(default="8.0", pattern=r"^[7-9]\.\d{1,2}$", description="Major.minor.")
    node_type: Annotated[str, offered(NODE_TYPES)] = Field(
        default="cache.r7g.large",
        pattern=rf"^cache\.[cmrt]\d[a-z]{{0,4}}\.{SIZE}$",
        description="Type of each node.",
    )
    replicas: int = Field(default=1, ge=0, le=5, description="Read replicas; with 0 there is no failover.")
    eviction_policy: EnginePolicy | None = Field(
        default=None, description="What goes when memory is full; left out, the role decides."
    )
    snapshot_retention_days: SnapshotDays = SNAPSHOT_RETENTION_DAYS
    auth: AuthConfig = AuthConfig()
    metrics: RedisMetrics = "cloudwatch"
    identifier: Identifier = None
    subnet_group: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,254}$")] | None = Field(
        default=None, description="Subnet group of an adopted store, kept as it is; one is made when left out."
    )
    variable: Variable = None
    protect: bool = Field(default=True, description="Refuse to delete or replace it.")


class ServerlessConfig(Model):
    """Redis or Valkey on Amazon ElastiCache Serverless; both limits are required, for they bound the bill."""

    provider: Literal["elasticache_serverless"]
    role: RoleName
    engine: Engine = "valkey"
    major_version: Literal["7", "8"] = Field(default="8", description="Major version.")
    storage_max_gb: int = Field(ge=1, le=5000, description="Data at the most, GB; then keys with a TTL go.")
    ecpu_max_per_second: int = Field(
        ge=1000, le=15_000_000, description="Processing units a second at the most; then commands are throttled."
    )
    snapshot_retention_days: SnapshotDays = SNAPSHOT_RETENTION_DAYS
    auth: ServerlessAuthConfig = ServerlessAuthConfig()
    metrics: RedisMetrics = "cloudwatch"
    identifier: Identifier = None
    variable: Variable = None
    protect: bool = Field(default=True, description="Refuse to delete or replace it.")


class ExistingRedisConfig(Model):
    """A store that exists already: the stack makes nothing of it, and lets the services reach it."""

    provider: Literal["existing"]
    role: RoleName
    url_secret_arn: ExistingSecret = Field(
        description="ARN of a secret or a parameter that holds its URL, rediss://USER:PASSWORD@HOST:PORT."
    )
    security_group_id: SecurityGroupId | None = Field(
        default=None, description="Group in front of it, which gets a rule; none for a store outside the VPC."
    )
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=6379, description="Its TCP port.")
    variable: Variable = None


RedisConfig = Annotated[
    ElastiCacheConfig | ServerlessConfig | UpstashConfig | RedisCloudConfig | ExistingRedisConfig,
    OnDemand("provider"),
]
"""A store by provider."""

FIRST_STORE = "cache"
"""The store whose URL is in REDIS_URL, and that the key contract of `cache` is about."""


def url_variable(name: str, store: RedisConfig) -> str:
    """Return the variable in which the application finds the URL of the store called `name`."""
    return store.variable or (
        "REDIS_URL" if name == FIRST_STORE else f"REDIS_URL_{name.upper().replace('-', '_')}"
    )


def redis_problems(name: str, redis: RedisConfig, identifier: str, gateways: int) -> Iterator[Problem]:
    """Yield key and sentence for each way in which the parts of the store called `name` do not fit each other.

    `identifier` is its name at the provider, `gateways` how many NAT gateways the stack has.
    """
    role, key = Role(redis.role), f"redis.{name}"
    found: Iterable[Problem] = ()
    if len(identifier) > IDENTIFIER_CHARACTERS:
        problem = (
            f"given a name that makes {identifier}, {len(identifier)} characters, allowed "
            f"{IDENTIFIER_CHARACTERS}: shorten it, or give {key}.identifier"
        )
        yield key, problem
    match redis:
        case ElastiCacheConfig():
            found = refusals(
                role,
                offered=ENGINE_POLICIES,
                eviction_policy=redis.eviction_policy,
                snapshot_retention_days=redis.snapshot_retention_days,
                replicas=redis.replicas,
                protect=redis.protect,
            )
            if fault := elasticache_version_fault(redis.engine, redis.engine_version):
                yield f"{key}.engine_version", f"given {redis.engine_version}, allowed {fault}"
            if redis.node_type.split(".")[1].endswith("gd"):
                problem = (
                    f"given {redis.node_type}, allowed a type without a local disk, for example cache.r7g.large: "
                    "AWS wants data tiering with r6gd, which is not set here"
                )
                yield f"{key}.node_type", problem
            yield from _credential_problems(key, redis.auth.credentials)
        case ServerlessConfig():
            found = refusals(
                role, offered=SERVERLESS_POLICIES, snapshot_retention_days=redis.snapshot_retention_days
            )
            if redis.engine == "redis" and redis.major_version != REDIS_LAST_MAJOR:
                problem = f"given {redis.major_version}, allowed {REDIS_LAST_MAJOR} with engine redis"
                yield f"{key}.major_version", problem
            yield from _credential_problems(key, redis.auth.credentials)
        case UpstashConfig():
            yield from upstash_problems(key, redis)
        case RedisCloudConfig():
            yield from redis_cloud_problems(key, redis, gateways)
    yield from ((f"{key}.{part}", sentence) for part, sentence in found)


def _credential_problems(key: str, credentials: list[int]) -> Iterator[Problem]:
    if credentials != sorted(set(credentials)):
        given = ", ".join(str(number) for number in credentials)
        problem = f"given {given}, allowed one number, or two with the higher one last"
        yield f"{key}.auth.credentials", problem
