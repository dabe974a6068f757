"""The same pool in discrete events, query by query: what Erlang's formula is compared with."""

import random
from collections.abc import Generator

import simpy
from msgspec import Struct

from capacity.queueing import Queue

QUERIES = 30_000
"""Queries of one run: about a second of computing."""
WARM_UP = 2_000
"""First ones, which find an empty pool and do not count."""
SEED = 17
"""Of the random numbers: the same run each time."""


class SimulatedPool(Struct, frozen=True, kw_only=True):
    """What came of one run."""

    queries: int
    """Queries that counted."""
    wait_probability: float
    """Share of them that waited."""
    mean_wait_seconds: float
    """How long they waited on average, those that did not included."""


def simulate(queue: Queue, seed: int = SEED, queries: int = QUERIES) -> SimulatedPool:
    """Run the pool in simpy until `queries` have had their connection, with random numbers by `seed`.

    Raises:
        ValueError: the queue would grow without end.

    """
    if queue.utilisation >= 1:
        raise ValueError(f"{queue.busy:.1f} busy of {queue.servers} connections: the queue grows without end")
    # Not a secret: the run has to be the same each time.
    numbers, waits = random.Random(seed), list[float]()  # noqa: S311
    environment = simpy.Environment()
    pool = simpy.Resource(environment, capacity=queue.servers)

    def query() -> Generator[simpy.Event, None, None]:
        asked = environment.now
        with pool.request() as connection:
            yield connection
            waits.append(environment.now - asked)
            yield environment.timeout(numbers.expovariate(1 / queue.service_seconds))

    def arrivals() -> Generator[simpy.Event, None, None]:
        for _ in range(WARM_UP + queries):
            yield environment.timeout(numbers.expovariate(queue.arrivals_per_second))
            environment.process(query())

    environment.process(arrivals())
    environment.run()
    counted = waits[WARM_UP:]
    return SimulatedPool(
        queries=len(counted),
        wait_probability=sum(it > 0 for it in counted) / len(counted),
        mean_wait_seconds=sum(counted) / len(counted),
    )
