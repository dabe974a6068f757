"""What a plan of Redis Cloud cannot do, or a role must not: configuration and component refuse the same things.

Nothing here imports Pulumi.
"""

from collections.abc import Iterator

from components.redis import roles
from components.redis.roles import DURABLE, REPLICATED, Role
from providers.rediscloud.plans import EVICTION_POLICIES, PLANS

NO_PERSISTENCE, EVERY_SECOND = "none", "aof-every-1-second"
"""Nothing is written to disk; every second all that came meanwhile."""


def persistence_of(role: Role, chosen: str | None) -> str:
    """Return how it is written to disk: as `chosen`, else by role."""
    return chosen or (EVERY_SECOND if role in DURABLE else NO_PERSISTENCE)


def refusals(
    role: Role,
    *,
    size: str,
    ranges: int,
    eviction_policy: str | None,
    persistence: str | None,
    replication: bool,
    protect: bool,
) -> Iterator[tuple[str, str]]:
    """Yield key and sentence for each setting that loses data of its `role`, or that a plan of `size` lacks."""
    yield from roles.refusals(role, offered=EVICTION_POLICIES, eviction_policy=eviction_policy)
    plan = PLANS[size]
    if not plan.paid:
        smallest = next(name for name, it in PLANS.items() if it.paid)
        problem = f"given {size}, which has no TLS, no replica and nothing on disk, allowed {smallest} or larger"
        yield "size", f"{problem}: the smallest that has them"
    if role in DURABLE and persistence == NO_PERSISTENCE:
        yield "persistence", f"given none, allowed another with role {role}: its data is nowhere else"
    if role in REPLICATED and protect and not replication:
        yield (
            "replication",
            f"given false, allowed true with role {role}, or protect: false for a throw-away stack",
        )
    if not ranges:
        problem = "missing; required where the stack has no NAT gateway of its own: Redis Cloud takes none for all"
        yield "allowed_cidrs", problem
    elif plan.paid and ranges > plan.allowed_ranges:
        problem = f"given what makes {ranges} with the stack's NAT gateways, allowed {plan.allowed_ranges}"
        yield "allowed_cidrs", f"{problem} with size {size}: join ranges, or set network.nat to single"
