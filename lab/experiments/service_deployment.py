"""Three services of different pools behind the poolers, while one of them deploys."""

import asyncio
import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

import psycopg
from msgspec.structs import replace

from lab import pooler
from lab.load import Client, message
from lab.pooler import Pooler
from lab.result import Result, above, at_most, exactly
from lab.stage import Stage
from stacks import budget
from stacks.budget import Fleet

SERVICES = (
    budget.Client(name="api", fleet=Fleet(tasks=4, minimum_percent=50, maximum_percent=150), pool=12),
    budget.Client(name="search", fleet=Fleet(tasks=2, minimum_percent=100, maximum_percent=200), pool=20),
    budget.Client(name="mail", fleet=Fleet(tasks=3, minimum_percent=100, maximum_percent=200), pool=6),
)
"""Together more clients at rest than the pool has connections; the first is the one that deploys."""

REQUEST_SECONDS = 0.4
"""How long each request takes: few processors keep the pool full with it."""

RETRY_SECONDS = 0.2
"""After how long a refused client tries again."""


def run(stage: Stage) -> Result:
    """Replace one of three services, with the slots that the budget counts and then with those in use at rest."""
    counted = replace(stage.production.budget, clients=SERVICES)
    at_rest = sum(it.fleet.tasks * it.pool for it in SERVICES if it.fleet)
    within, beyond = _deploy(stage, counted.client_side_demand), _deploy(stage, at_rest)
    deploying, *others = SERVICES
    *listed, last = [f"{it.name} ({_tasks(it)} tasks of {it.pool} connections)" for it in SERVICES]
    return Result(
        title="A deployment of one of three services",
        explanation=(
            f"{', '.join(listed)} and {last} ask without a pause, and {deploying.name} is replaced as "
            "ECS does it: new tasks connect while old ones drain and keep their connections. The poolers have "
            f"{counted.client_side_demand} client slots, which is what the budget counts for these services while "
            f"all deploy; then {at_rest}, which is what they use at rest."
        ),
        findings=[
            exactly("what the budget refuses", len(list(budget.problems(counted))), 0, "keys"),
            exactly(
                f"most clients of {deploying.name}, SHOW CLIENTS",
                within.clients[deploying.name],
                deploying.connections,
                "clients, its share",
            ),
            *(
                at_most(
                    f"most clients of {it.name}", within.clients[it.name], it.connections, "clients, its share"
                )
                for it in others
            ),
            exactly(f"tasks of {deploying.name} replaced", within.replaced, _tasks(deploying), "tasks"),
            exactly(f"refused clients and failed of {within.answered:,} requests", within.failed, 0, "errors"),
            exactly("most connections to PostgreSQL", within.peak, counted.server_connections, "connections"),
            above("counter-example: refused with the slots in use at rest", beyond.refused, 0, "clients"),
        ],
    )


@dataclasses.dataclass(kw_only=True, eq=False)
class _Task:
    """A task of a service and the connections that it opens."""

    service: budget.Client
    tried: int = 0
    """Connections that were opened or refused once."""
    stopped: bool = False
    connections: list[asyncio.Task[None]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(kw_only=True)
class _Deployment:
    """The poolers, and what became of the clients."""

    poolers: Sequence[Pooler]
    turns: Iterator[int] = dataclasses.field(default_factory=itertools.count)
    clients: Counter[str] = dataclasses.field(default_factory=Counter)
    """Most clients at once, by service."""
    answered: int = 0
    replaced: int = 0
    errors: Counter[str] = dataclasses.field(default_factory=Counter)
    peak: int = 0

    @property
    def failed(self) -> int:
        """Requests, and logins, that ended in an error."""
        return self.errors.total()

    @property
    def refused(self) -> int:
        """Those of them that found no slot."""
        return sum(count for error, count in self.errors.items() if "no more connections allowed" in error)


def _tasks(service: budget.Client) -> int:
    return service.fleet.tasks if service.fleet else 1


def _deploy(stage: Stage, slots: int) -> _Deployment:
    begin, settings, count = stage.begin(), stage.production.settings(), stage.production.poolers.tasks
    settings = replace(settings, client_connections=-(-slots // count))
    with pooler.running(stage.room("deployment"), settings, stage.postgres, count) as poolers:
        done = _Deployment(poolers=poolers)
        asyncio.run(_under_load(done))
        done.peak = stage.postgres.peak(begin)
    return done


async def _under_load(deployment: _Deployment) -> None:
    running: list[_Task] = []
    try:
        for service in SERVICES:
            running += await _start(deployment, service, _tasks(service))
        await _observe(deployment)
        await _replace(deployment, SERVICES[0], running)
    finally:
        await _stop(running)


async def _replace(deployment: _Deployment, service: budget.Client, running: list[_Task]) -> None:
    """Start and stop as ECS does, which counts a task no more once it drains."""
    fleet = service.fleet or Fleet(tasks=1, minimum_percent=100, maximum_percent=200)
    old, new = [it for it in running if it.service is service], list[_Task]()

    async def start() -> None:
        started = await _start(deployment, service, min(fleet.tasks - len(new), fleet.peak - len(old) - len(new)))
        new.extend(started)
        running.extend(started)

    while old:
        await start()
        leaving = [old.pop(0) for _ in range(min(len(old), len(old) + len(new) - fleet.floor))]
        await start()
        await _observe(deployment)
        await _stop(leaving)
        deployment.replaced += len(leaving)


async def _start(deployment: _Deployment, service: budget.Client, count: int) -> list[_Task]:
    """Start tasks, and return them once each of their connections was opened or refused."""
    tasks = [_Task(service=service) for _ in range(count)]
    for task in tasks:
        task.connections = [asyncio.create_task(_ask(deployment, task)) for _ in range(service.pool)]
    while any(it.tried < service.pool for it in tasks):
        await asyncio.sleep(RETRY_SECONDS)
    return tasks


async def _stop(tasks: Sequence[_Task]) -> None:
    for task in tasks:
        task.stopped = True
    await asyncio.gather(*(it for task in tasks for it in task.connections))


async def _observe(deployment: _Deployment) -> None:
    """Remember how many clients of each service the poolers have."""
    shown = [await asyncio.to_thread(it.show, "CLIENTS") for it in deployment.poolers]
    deployment.clients |= Counter(row["application_name"] for rows in shown for row in rows)


async def _ask(deployment: _Deployment, task: _Task) -> None:
    """One connection of a task's pool, in use without a pause."""
    turn = next(deployment.turns)
    # In turn, as a load balancer hands out connections.
    url = deployment.poolers[turn % len(deployment.poolers)].url()
    client, first = Client(url=f"{url}?application_name={task.service.name}"), True
    try:
        while not task.stopped:
            try:
                await client.request(turn, REQUEST_SECONDS)
                deployment.answered += 1
            except psycopg.Error as error:
                deployment.errors[message(error)] += 1
                await asyncio.sleep(RETRY_SECONDS)
            task.tried += first
            first = False
    finally:
        await client.close()
