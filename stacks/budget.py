"""The connection budget: whether every connection that can exist at the worst moment has a place.

Pure arithmetic over plain numbers; the worst moment is a deployment, when old and new tasks run at once.
"""

import math
from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from policies import limits


class Fleet(Struct, frozen=True, kw_only=True):
    """Tasks of one ECS service and what a deployment makes of them."""

    tasks: int
    """Tasks at rest, 1 or more."""
    minimum_percent: int
    """Share that must run during a deployment, 0 to 100."""
    maximum_percent: int
    """Share that may run during a deployment, 100 to 200."""

    @property
    def peak(self) -> int:
        """Most tasks that ECS counts at once, running or pending; it rounds down."""
        return self.tasks * self.maximum_percent // 100

    @property
    def leaving(self) -> int:
        """Most tasks that drain at once: ECS counts them no more, and starts others in their place meanwhile.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-lifecycle-explanation.html, DEACTIVATING
        """
        return self.tasks - self.floor

    @property
    def connected(self) -> int:
        """Most tasks that hold connections at once: those that ECS counts, and those that drain."""
        return self.peak + self.leaving

    @property
    def floor(self) -> int:
        """Fewest tasks at once; ECS rounds up."""
        return math.ceil(self.tasks * self.minimum_percent / 100)

    @property
    def can_deploy(self) -> bool:
        """Whether ECS may start a new task before, or stop an old one first; with neither it waits for ever."""
        return self.peak > self.tasks or self.floor < self.tasks


def fly_fleet(machines: int, *, one_by_one: bool) -> Fleet:
    """Return Machines at Fly.io, which are updated in place `one_by_one`, or all together.

    PostgreSQL and its pool hold what an old one had open until they notice that it is gone.
    https://fly.io/docs/machines/guides-examples/machine-sizing/#adjusting-machine-size
    """
    staying = (machines - 1) * 100 // machines if one_by_one and machines else 0
    return Fleet(tasks=machines, minimum_percent=staying, maximum_percent=100)


class ProviderPool(Struct, frozen=True, kw_only=True):
    """A pool that the database's provider runs: nobody sees it deploy."""

    poolers: int = 1
    """How many there are, each with `server_connections`: Supabase's shared one, and its dedicated one."""
    size_key: str = "database.compute"
    """Key that decides how many clients the pool takes, and how many connections PostgreSQL does."""
    settable: bool = True
    """Whether the size of the pool can be set."""
    tasks: int = 1
    """One, by which the connections are divided."""

    @property
    def peak(self) -> int:
        """The same at any moment."""
        return self.poolers

    @property
    def leaving(self) -> int:
        """None."""
        return 0

    @property
    def connected(self) -> int:
        """Poolers that hold connections at once."""
        return self.poolers

    @property
    def floor(self) -> int:
        """Poolers whose slots count: clients use one of them."""
        return 1


class Client(Struct, frozen=True, kw_only=True):
    """One service of the application, as the poolers and the replicas see it."""

    name: str
    """Its key under `services`."""
    fleet: Fleet | None
    """Its tasks at the upper bound of autoscaling; None for a job or a task, of which one run exists at once."""
    pool: int
    """Connections that one task opens to the pooler at the most."""
    readers: Mapping[str, int] = field(default_factory=dict)
    """Connections that one task opens to a replica at the most, by the replica's purpose."""
    size_key: str = "scaling.maximum_tasks"
    """Key of the service that says how many tasks, or Machines, run at the most."""

    @property
    def connected(self) -> int:
        """Most tasks that hold connections at once."""
        return self.fleet.connected if self.fleet else 1

    @property
    def connections(self) -> int:
        """Connections to the poolers at the worst moment: that of a deployment of this service."""
        return self.connected * self.pool


class Budget(Struct, frozen=True, kw_only=True):
    """Every number that takes part. All are counts of connections unless named otherwise."""

    max_connections: int
    """What PostgreSQL is told to accept."""
    reserved_connections: int
    """What PostgreSQL and its provider keep for themselves."""
    direct_connections: int
    """Clients that bypass the pooler: migrations, exporters, people."""
    server_connections: int
    """What all poolers together open at rest; a multiple of their number."""
    client_connections: int
    """Clients that all poolers together accept at rest; a multiple of their number."""
    poolers: Fleet | ProviderPool
    """PgBouncer tasks, or the provider's own pool."""
    clients: tuple[Client, ...]
    """The services of the application; all may deploy at once."""

    @property
    def server_side_demand(self) -> int:
        """Connections to PostgreSQL at the worst moment."""
        return self.peak_pool + self.direct_connections

    @property
    def demand_at_rest(self) -> int:
        """Connections to PostgreSQL while every pooler is full and none is replaced."""
        return self.server_connections + self.direct_connections

    @property
    def peak_pool(self) -> int:
        """Connections that the poolers open together while they are replaced."""
        return self.poolers.connected * (self.server_connections // self.poolers.tasks)

    @property
    def server_side_supply(self) -> int:
        """Connections that PostgreSQL gives to ordinary users."""
        return self.max_connections - self.reserved_connections

    @property
    def free_for_poolers(self) -> int:
        """Connections that PostgreSQL has for the poolers at any moment."""
        return self.server_side_supply - self.direct_connections

    @property
    def client_side_demand(self) -> int:
        """Connections from the application to the poolers at the worst moment."""
        return sum(client.connections for client in self.clients)

    @property
    def client_side_supply(self) -> int:
        """Client slots that may be planned with, those of the poolers that run while others are replaced.

        The rest is for reconnects and for people. A lone pooler has nobody to stand in: its own slots count.
        """
        running = max(1, self.poolers.floor)
        slots = running * (self.client_connections // self.poolers.tasks)
        return math.floor(slots * limits.CLIENT_CONNECTION_HEADROOM)


def replica_problems(
    budget: Budget, *, purpose: str, key: str, max_connections: int, size: str = "max_connections"
) -> Iterator[tuple[str, str]]:
    """Yield why the replica at `key` has no place for each connection of the services: nothing pools these.

    Its `max_connections` are its own, and follow from its key `size`; what is kept for people and programs beside
    the poolers is kept there too.
    """
    demands = {it.name: it.connected * it.readers.get(purpose, 0) for it in budget.clients}
    demand = sum(demands.values()) + budget.direct_connections
    supply = max_connections - budget.reserved_connections
    if demand > supply and not any(demands.values()):
        problem = (
            f"given {max_connections}, allowed {budget.direct_connections + budget.reserved_connections} or more: "
            f"{budget.direct_connections} direct (database.direct_connections and exporters), and "
            f"{budget.reserved_connections} reserved"
        )
        yield f"{key}.{size}", problem
    elif demand > supply:
        largest = max(demands, key=lambda name: demands[name])
        size_key = next(it.size_key for it in budget.clients if it.name == largest)
        problem = (
            f"given what makes {demand} connections at the worst moment ({_listed(demands)}, and "
            f"{budget.direct_connections} direct), allowed {supply} (its max_connections {max_connections} less "
            f"{budget.reserved_connections} reserved): lower it, lower services.{largest}.{size_key}, "
            f"or raise {key}.{size}"
        )
        yield f"services.{largest}.reader_pools.{purpose}", problem


def _listed(demands: Mapping[str, int]) -> str:
    """Return who wants how much, the most first."""
    wanted = sorted(((number, name) for name, number in demands.items() if number), reverse=True)
    return ", ".join(f"{name} {number}" for number, name in wanted)


def largest_pool(budget: Budget) -> int:
    """Return the most `server_connections` that fit at the worst moment, shared by the poolers; 0 if none fit."""
    return max(0, budget.free_for_poolers // budget.poolers.connected) * budget.poolers.tasks


def problems(budget: Budget) -> Iterator[tuple[str, str]]:
    """Yield every reason why the budget does not hold: the configuration key, and one sentence."""
    for key in ("server_connections", "client_connections"):
        value = getattr(budget, key)
        if value % budget.poolers.tasks:
            problem = f"given {value}, allowed a multiple of the {budget.poolers.tasks} poolers that share it"
            yield f"database.pooler.{key}", problem
    fleets = {f"services.{it.name}.deployment": it.fleet for it in budget.clients if it.fleet}
    if isinstance(budget.poolers, Fleet):
        fleets = {"database.pooler.deployment": budget.poolers, **fleets}
    for key, fleet in fleets.items():
        if not fleet.can_deploy:
            problem = (
                f"given minimum_percent {fleet.minimum_percent} and maximum_percent {fleet.maximum_percent} for "
                f"{fleet.tasks} tasks, allowed numbers that let ECS stop an old task or start a new one: "
                f"lower minimum_percent, or raise maximum_percent"
            )
            yield key, problem
    if budget.server_side_demand > budget.server_side_supply:
        worst, way_out = f"{budget.poolers.connected} poolers", ""
        if isinstance(budget.poolers, Fleet):
            worst = f"during a deployment {budget.poolers.peak} poolers and {budget.poolers.leaving} that drain"
            way_out = ", or lower deployment.maximum_percent, or raise deployment.minimum_percent"
        if isinstance(budget.poolers, ProviderPool) and not budget.poolers.settable:
            problem = (
                f"given what makes {budget.server_side_demand} connections at the worst moment (the pool "
                f"{budget.server_connections}, and {budget.direct_connections} direct), allowed "
                f"{budget.server_side_supply} (max_connections {budget.max_connections} less "
                f"{budget.reserved_connections} reserved): raise it, or lower database.direct_connections to "
                f"{max(0, budget.server_side_supply - budget.server_connections)}"
            )
            yield budget.poolers.size_key, problem
            return
        problem = (
            f"given {budget.server_connections}, which is {budget.server_side_demand} connections at the worst "
            f"moment ({worst}, each {budget.server_connections // budget.poolers.tasks}, and "
            f"{budget.direct_connections} direct), "
            f"allowed {budget.server_side_supply} (max_connections {budget.max_connections} less "
            f"{budget.reserved_connections} reserved): lower it to {largest_pool(budget)}{way_out}"
        )
        yield "database.pooler.server_connections", problem
    if budget.client_side_demand > budget.client_side_supply:
        largest = max(budget.clients, key=lambda it: it.connections)
        shares = _listed({it.name: it.connections for it in budget.clients})
        problem = (
            f"given {largest.pool}; all services are {budget.client_side_demand} clients at the worst moment "
            f"(while all deploy: {shares}; {largest.name} has "
            f"{largest.connected} tasks then), allowed {budget.client_side_supply} "
            f"({limits.CLIENT_CONNECTION_HEADROOM:.0%} of the slots of the {max(1, budget.poolers.floor)} poolers "
            f"that run meanwhile, of client_connections {budget.client_connections}): "
            f"lower it, lower services.{largest.name}.{largest.size_key}, or "
            + (
                "raise database.pooler.client_connections"
                if isinstance(budget.poolers, Fleet)
                else f"choose a larger {budget.poolers.size_key}"
            )
        )
        yield f"services.{largest.name}.database_pool", problem
