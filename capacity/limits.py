"""What each limit of a stack is asked for and has, and at how many users it breaks."""

from collections.abc import Callable, Iterator, Mapping
from typing import Literal

from msgspec import Struct

from capacity.changes import Change, change_of
from capacity.queueing import servers_needed
from capacity.quotas import QUOTAS, quota_demands, quota_supply
from capacity.stores import primary_vcpus, store_commands_per_second
from capacity.tasks import ServiceTasks, idle_tasks, tasks_under
from capacity.traffic import FULL_PERCENT, MS, Crowd, Traffic, traffic
from stacks.budget import Budget, Client, Fleet
from stacks.config.capacity import AssumptionsConfig
from stacks.config.database import DatabaseConfig
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.stack import StackConfig

MOST_USERS = 10_000_000_000
"""More people than there are: what holds for so many never breaks."""

Kind = Literal["limit", "cold", "quota", "account"]
"""limit: of the stack. cold: of the stack while no cache has kept anything. quota: AWS's default, in whose place
the account may have more. account: a quota that the stack file states, or one that nothing raises.
"""


class Asked(Struct, frozen=True, kw_only=True):
    """One limit at one number of users."""

    id: str
    """Name of the limit: tasks, pool, pool-cold, clients, primary, redis-NAME, quota-NAME."""
    title: str
    """What it is, for people."""
    kind: Kind
    """What breaking it means."""
    demand: float
    """What is asked for."""
    supply: float
    """What there is."""
    unit: str
    """What is counted."""

    @property
    def holds(self) -> bool:
        """Whether there is enough."""
        return self.demand <= self.supply


class Limit(Struct, frozen=True, kw_only=True):
    """One limit at the users of a phase, where it breaks, and what to change."""

    id: str
    """As in `Asked`, and so below."""
    title: str
    kind: Kind
    demand: float
    supply: float
    unit: str
    holds: bool
    """Whether there is enough at the users of the phase."""
    breaks_above_users: int | None
    """The most users in all that it bears; None where it bears more than there are people."""
    breaks_above_concurrent_users: int | None
    """The same, of those at the same moment."""
    change: Change | None
    """Key of the stack file to change, and to what; None while it holds."""


class Moment(Struct, frozen=True, kw_only=True):
    """A stack under the load of so many people."""

    config: StackConfig
    assumed: AssumptionsConfig
    people: Crowd
    warm: Traffic
    """At the peak."""
    cold: Traffic
    """At the peak, while no cache has kept anything."""
    tasks: Mapping[str, ServiceTasks]
    """By service."""
    main_web: str | None
    """Service that takes the requests."""
    held: Budget | None
    """The connection budget."""

    def under(self, people: Crowd) -> "Moment":
        """Return the same stack under the load of other people."""
        warm = traffic(self.config, self.assumed, people)
        return Moment(
            config=self.config,
            assumed=self.assumed,
            people=people,
            warm=warm,
            cold=traffic(self.config, self.assumed, people, cold=True),
            tasks=tasks_under(self.tasks, self.main_web, self.assumed, warm.origin_requests),
            main_web=self.main_web,
            held=self.held,
        )


def moment(config: StackConfig, assumed: AssumptionsConfig, people: Crowd) -> Moment:
    """Return the stack under the load of `people`."""
    nobody = Traffic(edge_requests=0, origin_requests=0, queries=0, redis_commands=0)
    return Moment(
        config=config,
        assumed=assumed,
        people=people,
        warm=nobody,
        cold=nobody,
        tasks=idle_tasks(config),
        main_web=config.main_web,
        held=config.connection_budget,
    ).under(people)


def limits_of(config: StackConfig, assumed: AssumptionsConfig, people: Crowd) -> tuple[Limit, ...]:
    """Return every limit under the load of `people`, the first to break first."""
    here = moment(config, assumed, people)
    known: dict[int, dict[str, bool]] = {}

    def holding(users: int) -> dict[str, bool]:
        if users not in known:
            known[users] = {it.id: it.holds for it in asked(here.under(people.grown(users)))}
        return known[users]

    found = [_limit(here, it, holding) for it in asked(here)]
    return tuple(sorted(found, key=lambda it: (it.breaks_above_users or MOST_USERS, it.id)))


def asked(here: Moment) -> Iterator[Asked]:
    """Yield what is asked of each limit that the stack has."""
    if here.main_web is not None:
        title = f"Tasks of {here.main_web}"
        tasks = here.tasks[here.main_web]
        yield Asked(id="tasks", title=title, kind="limit", demand=tasks.needed, supply=tasks.most, unit="tasks")
    yield from _pool(here)
    yield from _clients(here)
    if vcpus := primary_vcpus(here.config.database):
        yield Asked(
            id="primary",
            title="CPU of the PostgreSQL primary",
            kind="limit",
            demand=here.warm.queries * here.assumed.query_cpu_ms / MS,
            supply=vcpus * here.assumed.pool_busy_percent / FULL_PERCENT,
            unit="vCPU",
        )
    asked_stores = [name for name, it in here.config.redis.items() if it.role != "queue"]
    for name in asked_stores:
        yield Asked(
            id=f"redis-{name}",
            title=f"Commands of the store {name}",
            kind="limit",
            demand=here.warm.redis_commands / len(asked_stores),
            supply=store_commands_per_second(here.config.redis[name], here.assumed),
            unit="commands/s",
        )
    for name, demand in quota_demands(here.config, here.tasks, here.held).items():
        supply, known = quota_supply(here.config, name)
        yield Asked(
            id=f"quota-{name}",
            title=QUOTAS[name].title,
            kind="account" if known or not QUOTAS[name].adjustable else "quota",
            demand=demand,
            supply=supply,
            unit="",
        )


def pool_of_the_application(database: DatabaseConfig | None, held: Budget | None) -> int | None:
    """Return the connections to PostgreSQL that the application has; at Supabase those of its own pair."""
    if held is None:
        return None
    return database.pooler.pool_size if isinstance(database, SupabaseConfig) else held.server_connections


def busy_connections(assumed: AssumptionsConfig, asked_for: Traffic) -> float:
    """Return the connections that are busy on average: Little's law."""
    return asked_for.queries * assumed.query_ms / MS


def _pool(here: Moment) -> Iterator[Asked]:
    pool = pool_of_the_application(here.config.database, here.held)
    if pool is None:
        return
    pairs = getattr(here.config.database, "pooler", None)
    each = ", for each pair of user and database" if getattr(pairs, "user_database_pairs", 1) > 1 else ""
    kinds: tuple[tuple[str, str, Kind, Traffic], ...] = (
        ("pool", "", "limit", here.warm),
        ("pool-cold", " while no cache has kept anything", "cold", here.cold),
    )
    for id_, when, kind, load in kinds:
        yield Asked(
            id=id_,
            title=f"Connections of the pool{each}{when}",
            kind=kind,
            demand=servers_needed(busy_connections(here.assumed, load), here.assumed.pool_busy_percent),
            supply=pool,
            unit="connections",
        )


def _clients(here: Moment) -> Iterator[Asked]:
    held = here.held
    if held is None:
        return
    yield Asked(
        id="clients",
        title="Clients of the poolers while all services deploy",
        kind="limit",
        demand=sum(_grown(it, here.tasks.get(it.name)).connections for it in held.clients),
        supply=held.client_side_supply,
        unit="connections",
    )


def _grown(client: Client, tasks: ServiceTasks | None) -> Client:
    """Return a client with as many tasks as the load needs, where those are more than it may have."""
    fleet = client.fleet
    if fleet is None or tasks is None or tasks.needed <= fleet.tasks:
        return client
    more = Fleet(tasks=tasks.needed, minimum_percent=fleet.minimum_percent, maximum_percent=fleet.maximum_percent)
    return Client(name=client.name, fleet=more, pool=client.pool, readers=client.readers, size_key=client.size_key)


def _limit(here: Moment, it: Asked, holding: Callable[[int], Mapping[str, bool]]) -> Limit:
    """Return the limit with where it breaks; `holding` says which limits hold for so many users."""
    # What follows from no user at all, such as a gateway's address, is asked for by any number of them.
    most = most_users(lambda users: holding(users).get(it.id, True))
    share = here.people.concurrent_users / here.people.users
    return Limit(
        id=it.id,
        title=it.title,
        kind=it.kind,
        demand=it.demand,
        supply=it.supply,
        unit=it.unit,
        holds=it.holds,
        breaks_above_users=most,
        breaks_above_concurrent_users=None if most is None else int(most * share),
        change=None if it.holds else change_of(here.config, it.id, it.demand, here.assumed),
    )


def most_users(holds: Callable[[int], bool]) -> int | None:
    """Return the most users for which a limit holds, 0 without any; None where it holds for everybody."""
    if holds(MOST_USERS):
        return None
    enough, most = 0, MOST_USERS
    while most - enough > 1:
        middle = (enough + most) // 2
        if middle and holds(middle):
            enough = middle
        else:
            most = middle
    return enough
