"""What the model says of a stack, as one document: `--json`, the table and the plots are made from it."""

import math
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec import Struct

from capacity.findings import Finding, findings
from capacity.launch import Launch, launches
from capacity.limits import (
    Limit,
    Moment,
    busy_connections,
    limits_of,
    moment,
    pool_of_the_application,
)
from capacity.queueing import Queue, servers_needed
from capacity.quotas import QUOTAS, READ_ON, Quota, quota_supply
from capacity.scaled import scaled
from capacity.sweep import Sweep, sweep
from capacity.tasks import ServiceTasks
from capacity.traffic import MS, Crowd, Traffic, crowd, crowds
from capacity.usage import MonthlyUsage, monthly_usage
from stacks.config.capacity import AssumptionsConfig, assumption_sources
from stacks.config.stack import StackConfig

SCHEMA: Final = "footing/capacity/1"
"""Name and version of the document's form; the number rises when a reader would have to change."""
NOTE: Final = "A model: nothing of it was measured. A load test says how far it is right."
"""What every form of the document says of itself."""
P95: Final = 95


class Assumption(Struct, frozen=True, kw_only=True):
    """One assumption."""

    key: str
    """Key under `capacity.assumptions`, and of `--assume`."""
    value: float
    """Its value."""
    given: bool
    """Whether the stack file or `--assume` says it."""
    source: str
    """Where the default is from; the stack's own where it is given."""


class Pool(Struct, frozen=True, kw_only=True):
    """The pool of the application's own connections as a queue."""

    connections: int
    """What it has."""
    busy: float
    """Of those that are busy on average: Little's law."""
    needed: int
    """What it would need to be busy at `pool_busy_percent`."""
    wait_percent: float
    """Share of the queries that wait for a connection: Erlang's C."""
    wait_p95_ms: float | None
    """The wait that 95 % stay under, in milliseconds; None where the queue grows without end."""


class Connections(Struct, frozen=True, kw_only=True):
    """Connections of the budget: at rest, and at the worst moment of a deployment."""

    clients_at_rest: int
    """Those that the tasks under this load keep open: `database_pool.minimum` of each."""
    clients_full: int
    """Those of the same tasks with full pools."""
    clients_worst: int
    """Those of all tasks there may be, while all services deploy."""
    clients_allowed: int
    """What the poolers take."""
    server_at_rest: int
    """Connections to PostgreSQL while the poolers are full."""
    server_worst: int
    """The same while the poolers are replaced."""
    server_allowed: int
    """What PostgreSQL gives to ordinary users."""


class PhaseCapacity(Struct, frozen=True, kw_only=True):
    """One phase."""

    people: Crowd
    warm: Traffic
    """At the peak."""
    cold: Traffic
    """At the peak, while no cache has kept anything."""
    writes_per_second: float
    """What the people make, at the peak: `daily_writes` of the phase."""
    tasks: Mapping[str, ServiceTasks]
    pool: Pool | None
    pool_cold: Pool | None
    connections: Connections | None
    limits: tuple[Limit, ...]
    """The first to break first."""
    first: str | None
    """Id of the limit of the stack that breaks first as users come; None where none does."""
    holds: bool
    """Whether every limit of the stack holds."""
    usage: MonthlyUsage


class LoadTest(Struct, frozen=True, kw_only=True):
    """A load test of the stack file, and what it proves."""

    name: str
    virtual_users: int
    requests_per_second: float
    """What it sends."""
    stands_for_users: int
    """Users at the same moment of its phase who send as much."""
    percent_of_peak: float
    """Share of the phase's peak."""


class Report(Struct, frozen=True, kw_only=True):
    """The document."""

    schema: str
    note: str
    app: str
    environment: str
    phase: str
    """Phase in force, or the one asked for."""
    exceeded: bool
    """Whether a limit of that phase is exceeded."""
    findings: tuple[Finding, ...]
    assumptions: tuple[Assumption, ...]
    phases: tuple[PhaseCapacity, ...]
    load_tests: tuple[LoadTest, ...]
    launches: tuple[Launch, ...]
    """Of that phase."""
    quotas_read_on: str
    quotas: tuple[Quota, ...]
    sweep: Sweep | None
    """Where it was asked for."""


def report(
    config: StackConfig, assumed: AssumptionsConfig, *, phase: str | None = None, with_sweep: bool = False
) -> Report:
    """Return what the model says of `config`; `phase` is the phase in force when left out."""
    here = crowd(config, assumed, phase)
    stacks = {it.name: scaled(config, it.scale) for it in config.phases}
    phases = tuple(_phase(stacks.get(it.phase, config), assumed, it) for it in crowds(config, assumed))
    own = stacks.get(here.phase, config)
    met = launches(own, assumed, here)
    found = findings(
        own,
        here.phase,
        {it.people.phase: (it.people, it.limits) for it in phases},
        met,
        users_known=bool(config.phases) or "concurrent_users" in assumed.model_fields_set,
    )
    return Report(
        schema=SCHEMA,
        note=NOTE,
        app=config.app,
        environment=config.environment,
        phase=here.phase,
        exceeded=any(it.level == "exceeded" for it in found),
        findings=found,
        assumptions=_assumptions(assumed),
        phases=phases,
        load_tests=tuple(_load_tests(config, assumed)),
        launches=met,
        quotas_read_on=READ_ON,
        quotas=tuple(
            msgspec.structs.replace(it, default=quota_supply(own, it.id)[0])
            for it in QUOTAS.values()
            if any(limit.id == f"quota-{it.id}" for limit in phases[0].limits)
        ),
        sweep=sweep(own, assumed, here) if with_sweep else None,
    )


def as_json(made: Report, run: Struct | None = None) -> str:
    """Return the document as JSON, with the comparison of `run` under `compared`; infinite waits are null."""
    document = {**msgspec.to_builtins(made), "compared": msgspec.to_builtins(run)}
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _phase(config: StackConfig, assumed: AssumptionsConfig, people: Crowd) -> PhaseCapacity:
    there, limits = moment(config, assumed, people), limits_of(config, assumed, people)
    own = [it for it in limits if it.kind in ("limit", "account")]
    first = next((it.id for it in own if it.breaks_above_users is not None), None)
    return PhaseCapacity(
        people=people,
        warm=there.warm,
        cold=there.cold,
        writes_per_second=people.writes_per_second(assumed.mean_percent),
        tasks=there.tasks,
        pool=_pool(there, there.warm),
        pool_cold=_pool(there, there.cold),
        connections=_connections(config, there.tasks),
        limits=limits,
        first=first,
        holds=all(it.holds for it in own),
        usage=monthly_usage(config, people.phase, assumed),
    )


def _pool(there: Moment, asked: Traffic) -> Pool | None:
    servers, assumed = pool_of_the_application(there.config.database, there.held), there.assumed
    if not servers:
        return None
    queue = Queue(arrivals_per_second=asked.queries, service_seconds=assumed.query_ms / MS, servers=servers)
    wait = queue.wait_seconds(P95)
    return Pool(
        connections=servers,
        busy=busy_connections(assumed, asked),
        needed=servers_needed(queue.busy, assumed.pool_busy_percent),
        wait_percent=100 * queue.wait_probability,
        wait_p95_ms=None if math.isinf(wait) else wait * MS,
    )


def _connections(config: StackConfig, tasks: Mapping[str, ServiceTasks]) -> Connections | None:
    held = config.connection_budget
    if held is None:
        return None
    pools = {name: config.services[name].database_pool for name in tasks}
    return Connections(
        clients_at_rest=sum(it.running * pools[name].minimum for name, it in tasks.items()),
        clients_full=sum(it.running * pools[name].maximum for name, it in tasks.items()),
        clients_worst=held.client_side_demand,
        clients_allowed=held.client_side_supply,
        server_at_rest=held.demand_at_rest,
        server_worst=held.server_side_demand,
        server_allowed=held.server_side_supply,
    )


def _load_tests(config: StackConfig, assumed: AssumptionsConfig) -> list[LoadTest]:
    found = []
    for test in config.load_tests:
        people = crowd(config, assumed, test.phase)
        sent = test.virtual_users / (test.think_time_seconds or people.seconds_between_requests)
        found.append(
            LoadTest(
                name=test.name,
                virtual_users=test.virtual_users,
                requests_per_second=sent,
                stands_for_users=round(sent * people.seconds_between_requests),
                percent_of_peak=100 * sent / people.requests_per_second,
            )
        )
    return found


def _assumptions(assumed: AssumptionsConfig) -> tuple[Assumption, ...]:
    values: dict[str, Any] = assumed.model_dump()
    return tuple(
        Assumption(
            key=key,
            value=values[key],
            given=key in assumed.model_fields_set,
            source="given" if key in assumed.model_fields_set else source,
        )
        for key, source in assumption_sources().items()
    )
