"""Erlang's C against discrete events, for the pool of a stack as busy as it may be."""

from msgspec import Struct

from capacity.limits import pool_of_the_application
from capacity.queueing import Queue, agrees
from capacity.simulation import SEED, simulate
from capacity.traffic import FULL_PERCENT, MS
from stacks.config.capacity import AssumptionsConfig
from stacks.config.stack import StackConfig


class Compared(Struct, frozen=True, kw_only=True):
    """Both answers, and whether they differ by no more than is stated."""

    connections: int
    queries_per_second: float
    """As many as keep the pool busy at `pool_busy_percent`."""
    simulated_queries: int
    waiting_percent: float
    """Share of the queries that wait: Erlang's C."""
    simulated_waiting_percent: float
    mean_wait_ms: float
    """Erlang's."""
    simulated_mean_wait_ms: float
    agree: bool
    """Whether they are within the stated error."""


def compared(config: StackConfig, assumed: AssumptionsConfig, seed: int = SEED) -> Compared | None:
    """Return both answers for the pool of `config`; None without a database."""
    servers = pool_of_the_application(config.database, config.connection_budget)
    if not servers:
        return None
    service_seconds = assumed.query_ms / MS
    arrivals = servers * assumed.pool_busy_percent / FULL_PERCENT / service_seconds
    queue = Queue(arrivals_per_second=arrivals, service_seconds=service_seconds, servers=servers)
    run = simulate(queue, seed)
    return Compared(
        connections=servers,
        queries_per_second=arrivals,
        simulated_queries=run.queries,
        waiting_percent=FULL_PERCENT * queue.wait_probability,
        simulated_waiting_percent=FULL_PERCENT * run.wait_probability,
        mean_wait_ms=queue.mean_wait_seconds * MS,
        simulated_mean_wait_ms=run.mean_wait_seconds * MS,
        agree=agrees(queue, run.wait_probability, run.mean_wait_seconds),
    )
