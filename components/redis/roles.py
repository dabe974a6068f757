"""Roles of the data in a Redis store, as plain data: configuration and every backend refuse the same things.

Nothing here imports Pulumi.
"""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum


class Role(StrEnum):
    """What the data is for; decides eviction, snapshots, replicas and alarms."""

    CACHE = "cache"
    """Copies of something else: the oldest go."""
    SESSION = "session"
    """Data with an end: of what has a TTL, the oldest goes."""
    QUEUE = "queue"
    """Work to be done: nothing may go, writes are refused."""
    PRIMARY_STORE = "primary_store"
    """The only copy: nothing may go, writes are refused."""


NO_EVICTION = "noeviction"
"""The policy that refuses writes instead of dropping keys."""
ENGINE_POLICIES = (
    *("allkeys-lru", "volatile-lru", "allkeys-lfu", "volatile-lfu"),
    *("allkeys-random", "volatile-random", "volatile-ttl", NO_EVICTION),
)
"""Values of `maxmemory-policy` in Valkey and Redis, the one to prefer of each kind first.

Source: https://valkey.io/topics/lru-cache/
"""

SERVERLESS_POLICIES = ("volatile-lru",)
"""What ElastiCache Serverless does at its storage limit; it cannot be changed.

Source: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Scaling.html
"""

UPSTASH_POLICIES = ("optimistic-volatile", NO_EVICTION)
"""Upstash can evict or not; how is not for its clients to say.

Source: https://upstash.com/docs/redis/features/eviction
"""

_KINDS: Mapping[Role, tuple[str, ...]] = {
    Role.CACHE: ("allkeys", "volatile", "optimistic", NO_EVICTION),
    Role.SESSION: ("volatile", "optimistic", NO_EVICTION),
    Role.QUEUE: (NO_EVICTION,),
    Role.PRIMARY_STORE: (NO_EVICTION,),
}
"""First word of the policies that do a role no harm."""
DURABLE = frozenset({Role.SESSION, Role.QUEUE, Role.PRIMARY_STORE})
"""Roles whose data is nowhere else: daily snapshots, and a last one before deletion."""
REPLICATED = frozenset({Role.QUEUE, Role.PRIMARY_STORE})
"""Roles that lose acknowledged writes with their only node."""
SNAPSHOT_RETENTION_DAYS = 7
"""Snapshots of a durable role, in days, where the configuration says nothing."""


def allowed_policies(role: Role, offered: Sequence[str]) -> list[str]:
    """Return the policies among the `offered` that do `role` no harm, the one to prefer first."""
    return [policy for policy in offered if policy.startswith(_KINDS[role])]


def policy_of(role: Role, offered: Sequence[str], chosen: str | None) -> str:
    """Return the policy in force: the one `chosen`, else the one to prefer.

    Raises:
        IndexError: none of the `offered` policies suits the role; `refusals` says so in words.

    """
    return chosen or allowed_policies(role, offered)[0]


def snapshot_days(role: Role, chosen: int | None) -> int:
    """Return how long daily snapshots are kept, in days: as `chosen`, else by role."""
    if chosen is not None:
        return chosen
    return SNAPSHOT_RETENTION_DAYS if role in DURABLE else 0


def refusals(
    role: Role,
    *,
    offered: Sequence[str],
    eviction_policy: str | None = None,
    snapshot_retention_days: int | None = None,
    replicas: int | None = None,
    protect: bool = True,
) -> Iterator[tuple[str, str]]:
    """Yield key and sentence for each setting that would lose the data of its `role`."""
    allowed = allowed_policies(role, offered)
    if not allowed:
        suited = ", ".join(other for other in Role if allowed_policies(other, offered))
        yield "role", f"given {role}, allowed {suited}: this provider always evicts by {offered[0]}"
    elif eviction_policy and eviction_policy not in allowed:
        yield "eviction_policy", f"given {eviction_policy}, allowed with role {role}: {', '.join(allowed)}"
    if role in DURABLE and snapshot_days(role, snapshot_retention_days) < 1:
        yield (
            "snapshot_retention_days",
            f"given {snapshot_retention_days}, allowed 1 or more with role {role}: its data is nowhere else",
        )
    if role in REPLICATED and protect and replicas == 0:
        yield "replicas", f"given 0, allowed 1 or more with role {role}, or protect: false for a throw-away stack"
