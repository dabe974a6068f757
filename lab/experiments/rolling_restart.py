"""A deployment of the poolers under load: how many connections PostgreSQL sees meanwhile."""

import asyncio
import dataclasses
import itertools
from collections import Counter
from collections.abc import Iterator

import psycopg

from lab import pooler
from lab.load import Client, message
from lab.pooler import DRAINING, Pooler
from lab.result import Finding, Result, above, at_most, exactly
from lab.stage import Stage
from lab.watch import backends_of, wait_for
from stacks.budget import Fleet

CLIENTS = 200
"""Clients that ask without a pause: enough to fill every pool, few enough for this machine."""

REQUEST_SECONDS = 0.5
"""How long each request takes: long enough for few requests a second to keep every connection busy."""

SETTLE_SECONDS = 30.0
"""Longest time that a state of the deployment lasts; it ends when every pool in service is full."""

DOUBLING_PERCENT = 200
"""What ECS does when nobody tells it otherwise: new tasks first, old ones afterwards."""


def run(stage: Stage) -> Result:
    """Replace every pooler as ECS does, with production's bounds and then with ECS's default ones."""
    fleet, budget = stage.production.poolers, stage.production.budget
    doubling = Fleet(tasks=fleet.tasks, minimum_percent=fleet.minimum_percent, maximum_percent=DOUBLING_PERCENT)
    each = budget.server_connections // fleet.tasks
    within, beyond = _deploy(stage, fleet), _deploy(stage, doubling)
    return Result(
        title="A rolling restart of the poolers",
        explanation=(
            f"{CLIENTS} clients keep every connection busy while all {fleet.tasks} PgBouncers are replaced as ECS "
            "does it: a task that drains is counted no more, so its successor starts and fills its pool while the "
            "old one still holds its own. First with production's minimum "
            f"{fleet.minimum_percent} % and maximum {fleet.maximum_percent} %, then with a maximum of "
            f"{DOUBLING_PERCENT} %. Whenever the poolers in service change, clients finish their request and "
            "connect anew, as a driver's pool does whose connections live shorter than the load balancer waits."
        ),
        findings=[
            *_orderly(fleet, within),
            exactly("most connections while a pooler drains", within.peak, fleet.connected * each, "connections"),
            at_most("of those that PostgreSQL has for it", within.peak, budget.free_for_poolers, "connections"),
            *_orderly(doubling, beyond),
            at_most(
                f"most connections at {DOUBLING_PERCENT} %", beyond.peak, doubling.connected * each, "connections"
            ),
            above(f"counter-example at {DOUBLING_PERCENT} %", beyond.peak, within.peak, "connections"),
        ],
    )


@dataclasses.dataclass(kw_only=True)
class _Deployment:
    """Clients, the poolers they may use, and what became of the requests."""

    in_service: list[Pooler]
    draining: list[Pooler] = dataclasses.field(default_factory=list)
    """Poolers that take no new client and keep those they have."""
    turns: Iterator[int] = dataclasses.field(default_factory=itertools.count)
    users: Counter[int] = dataclasses.field(default_factory=Counter)
    """Clients by the port of the pooler they are connected to."""
    answered: int = 0
    replaced: int = 0
    errors: Counter[str] = dataclasses.field(default_factory=Counter)
    over: bool = False
    peak: int = 0


def _orderly(fleet: Fleet, done: _Deployment) -> list[Finding]:
    at = f"at {fleet.maximum_percent} %"
    return [
        exactly(f"poolers replaced {at}", done.replaced, fleet.tasks, "poolers"),
        exactly(f"failed requests of {done.answered:,} {at}", done.errors.total(), 0, "requests"),
    ]


def _deploy(stage: Stage, fleet: Fleet) -> _Deployment:
    begin = stage.begin()
    with stage.poolers() as poolers:
        done = asyncio.run(_under_load(stage, fleet, poolers))
        done.peak = stage.postgres.peak(begin)
    return done


async def _under_load(stage: Stage, fleet: Fleet, poolers: list[Pooler]) -> _Deployment:
    deployment = _Deployment(in_service=list(poolers))
    async with asyncio.TaskGroup() as group:
        for index in range(CLIENTS):
            group.create_task(_ask(deployment, index))
        try:
            await _settle(stage, deployment)
            await _replace(stage, fleet, deployment, poolers)
        finally:
            deployment.over = True
    return deployment


async def _replace(stage: Stage, fleet: Fleet, deployment: _Deployment, started: list[Pooler]) -> None:
    """Stop and start as ECS does, which counts a task no more once it drains."""
    old = list(started)
    while old:
        await _start_successors(stage, fleet, deployment, started)
        leaving = [old.pop(0) for _ in range(min(len(old), len(deployment.in_service) - fleet.floor))]
        deployment.in_service = [it for it in deployment.in_service if it not in leaving]
        deployment.draining += leaving
        await _start_successors(stage, fleet, deployment, started)
        deployment.draining.clear()
        for pooler_ in leaving:
            async with asyncio.timeout(SETTLE_SECONDS):
                while deployment.users[pooler_.port]:
                    await asyncio.sleep(0.05)
            await asyncio.to_thread(pooler_.server.stop, DRAINING)
            deployment.replaced += 1
    await _settle(stage, deployment)


async def _start_successors(stage: Stage, fleet: Fleet, deployment: _Deployment, started: list[Pooler]) -> None:
    """Start what the fleet's peak allows beside those in service, and wait until every pool is full."""
    missing = 2 * fleet.tasks - len(started)
    for _ in range(min(missing, fleet.peak - len(deployment.in_service))):
        # Listed with the others, so that it is ended with them.
        new = pooler.launch(stage.path("replacement"), stage.production.settings(), stage.postgres)
        started.append(new)
        await asyncio.to_thread(new.server.wait_until_listening, new.port)
        deployment.in_service = [*deployment.in_service, new]
    await _settle(stage, deployment)


async def _settle(stage: Stage, deployment: _Deployment) -> None:
    each = stage.production.server_connections // stage.production.poolers.tasks
    full = each * len([*deployment.in_service, *deployment.draining])
    await wait_for(stage.postgres, backends_of(stage.postgres), full, SETTLE_SECONDS)


async def _ask(deployment: _Deployment, index: int) -> None:
    """One client that asks without a pause, and chooses its pooler anew whenever they change."""
    while not deployment.over:
        # In turn, as a load balancer hands out connections.
        used = deployment.in_service[next(deployment.turns) % len(deployment.in_service)]
        client = Client(url=used.url())
        deployment.users[used.port] += 1
        try:
            known = list(deployment.in_service)
            while not deployment.over and (used in deployment.draining or known == deployment.in_service):
                await client.request(index, REQUEST_SECONDS)
                deployment.answered += 1
        except psycopg.Error as error:
            deployment.errors[message(error)] += 1
        finally:
            await client.close()
            deployment.users[used.port] -= 1
