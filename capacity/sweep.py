"""From ten thousand to a hundred million users: where one server of each kind ends, and what comes next.

Of each kind the largest that its provider sells counts, not the one that the stack has: `limits` is about that.
"""

import ipaddress
import math
from collections.abc import Callable, Iterator
from typing import Final

from msgspec import Struct

from capacity.limits import Moment, busy_connections, moment, most_users
from capacity.queueing import servers_needed
from capacity.quotas import LOAD_BALANCER_ADDRESSES, QUOTAS, RESERVED_ADDRESSES, quota_demands, quota_supply
from capacity.stores import primary_sizes, store_commands_per_second, store_sizes, vcpus_of_size
from capacity.traffic import FULL_PERCENT, MS, Crowd
from components.aws.zones import SUBNET_PREFIX_GROWTH
from policies.aws_offers import RDS_CLASSES
from providers.neon.plans import COMPUTE_UNITS, max_connections
from providers.supabase.plans import COMPUTE
from stacks.config.capacity import AssumptionsConfig
from stacks.config.database import RdsConfig
from stacks.config.stack import StackConfig

USERS: Final = (*(step * 10**power for power in range(4, 8) for step in (1, 2, 5)), 10**8)
"""Users in all at which the sweep looks."""
RDS_CONNECTIONS: Final = 5000
"""Most `max_connections` that RDS sets by itself.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
"""
WIDEST_VPC: Final = "10.0.0.0/16"
"""The widest range of a VPC."""


class SweepRow(Struct, frozen=True, kw_only=True):
    """What so many users ask for."""

    users: int
    concurrent_users: int
    edge_requests_per_second: float
    origin_requests_per_second: float
    tasks: int
    """Of the main web service; 0 without."""
    queries_per_second: float
    cold_connections: int
    """Connections to PostgreSQL while no cache has kept anything."""
    redis_commands_per_second: float
    ended: tuple[str, ...]
    """Ids of what has ended."""


class Ceiling(Struct, frozen=True, kw_only=True):
    """Where one of its kind ends."""

    id: str
    """primary, connections, redis, service, region."""
    title: str
    """One of what."""
    most: float
    """What the largest can do."""
    unit: str
    """What is counted."""
    ends_above_users: int | None
    """The most users in all that it bears; None for all people there are."""
    next: str
    """What comes then."""


class Sweep(Struct, frozen=True, kw_only=True):
    """The whole."""

    rows: tuple[SweepRow, ...]
    ceilings: tuple[Ceiling, ...]
    """The first to end first."""


class _Kind(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    most: float
    unit: str
    demand: Callable[[Moment], float]
    next: str


def sweep(config: StackConfig, assumed: AssumptionsConfig, people: Crowd) -> Sweep:
    """Return the sweep of a stack whose users are as active as `people`."""
    here = moment(config, assumed, people)

    def at(users: int) -> Moment:
        return here.under(people.grown(users))

    kinds = tuple(_kinds(config, assumed))
    ceilings = [
        Ceiling(
            id=it.id,
            title=it.title,
            most=it.most,
            unit=it.unit,
            ends_above_users=most_users(lambda users, it=it: it.demand(at(users)) <= it.most),  # type: ignore[misc]
            next=it.next,
        )
        for it in kinds
    ]
    rows = []
    for users in USERS:
        there = at(users)
        rows.append(
            SweepRow(
                users=users,
                concurrent_users=round(there.people.concurrent_users),
                edge_requests_per_second=there.warm.edge_requests,
                origin_requests_per_second=there.warm.origin_requests,
                tasks=there.tasks[there.main_web].needed if there.main_web else 0,
                queries_per_second=there.warm.queries,
                cold_connections=_cold_connections(there),
                redis_commands_per_second=there.warm.redis_commands,
                ended=tuple(it.id for it in kinds if it.demand(there) > it.most),
            )
        )
    return Sweep(
        rows=tuple(rows),
        ceilings=tuple(sorted(ceilings, key=lambda it: it.ends_above_users or math.inf)),
    )


def _kinds(config: StackConfig, assumed: AssumptionsConfig) -> Iterator[_Kind]:
    _, sizes = primary_sizes(config.database)
    if isinstance(config.database, RdsConfig):
        sizes = {it: vcpus_of_size(it) for of_family in RDS_CLASSES.sizes.values() for it in of_family}
    if sizes:
        yield _Kind(
            id="primary",
            title="one PostgreSQL primary, by its CPU",
            most=max(sizes.values()) * assumed.pool_busy_percent / FULL_PERCENT,
            unit="vCPU",
            demand=lambda it: it.warm.queries * it.assumed.query_cpu_ms / MS,
            next="reading from replicas first; then a primary for each part of the data: tenants or key ranges, "
            "by the application, or by an extension such as Citus",
        )
    if config.database:
        yield _Kind(
            id="connections",
            title="one PostgreSQL primary, by its connections while caches are empty",
            most=_most_connections(config),
            unit="connections",
            demand=_cold_connections,
            next="caches that never empty at once: several nodes, lifetimes that differ, one query for all who "
            "wait; then a primary for each part of the data",
        )
    stores = [it for it in config.redis.values() if it.role != "queue"]
    if stores:
        largest = max(max([*store_sizes(it)[1].values(), store_commands_per_second(it, assumed)]) for it in stores)
        yield _Kind(
            id="redis",
            title="one Redis",
            most=largest,
            unit="commands/s",
            demand=lambda it: it.warm.redis_commands / len(stores),
            next="a store for each role; then cluster mode, whose shards share the keys: commands over several "
            "keys then need one hash tag",
        )
    if config.balanced:
        targets, _ = quota_supply(config, "load_balancer_targets")
        yield _Kind(
            id="service",
            title="one service behind one load balancer",
            most=targets,
            unit=QUOTAS["load_balancer_targets"].title,
            demand=lambda it: quota_demands(it.config, it.tasks, it.held).get("load_balancer_targets", 0),
            next="larger tasks; a raised quota; then services of their own for parts of the paths, each with a "
            "load balancer",
        )
    if config.in_network:
        prefix = ipaddress.ip_network(WIDEST_VPC).prefixlen + SUBNET_PREFIX_GROWTH
        free = (1 << (32 - prefix)) - RESERVED_ADDRESSES - LOAD_BALANCER_ADDRESSES
        yield _Kind(
            id="region",
            title="one region: the addresses of its VPC",
            most=free * len(config.zones),
            unit="addresses",
            demand=lambda it: quota_demands(it.config, it.tasks, it.held).get("subnet_addresses", 0),
            next="a second region behind the edge, a stack of its own with its part of the users and their "
            "data: PostgreSQL has one writer",
        )


def _cold_connections(there: Moment) -> int:
    if not there.cold.queries:
        return 0
    return servers_needed(busy_connections(there.assumed, there.cold), there.assumed.pool_busy_percent)


def _most_connections(config: StackConfig) -> int:
    provider = config.database.provider if config.database else ""
    most: dict[str, int] = {
        "supabase": max(it.max_connections for it in COMPUTE.values()),
        "neon": max_connections(COMPUTE_UNITS[-1], COMPUTE_UNITS[-1]),
        "fly": getattr(config.database, "max_connections", 0),
    }
    return most.get(provider, RDS_CONNECTIONS)
