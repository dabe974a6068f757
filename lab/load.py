"""Bounded load on loopback: many clients, few requests, every error counted."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import psycopg

from lab.postgres import ROWS

REQUEST = "SELECT body, pg_sleep(%s) FROM post WHERE id = %s"
"""One request of the application: a read by key that takes as long as it is told, and a little more."""

QUICK_SECONDS = 0.01
"""How long PostgreSQL takes for an ordinary request."""

SLOW_SECONDS = 0.1
"""How long for one that keeps connections busy long enough for a pool to fill."""

CONNECTING_AT_ONCE = 50
"""Clients that log in at the same moment; the rest wait, as containers that start do not all start at once."""

REQUEST_DEADLINE_SECONDS = 60
"""A request without an answer by then counts as a hang."""


@dataclass(kw_only=True)
class Client:
    """One connection of the application, made when it is first used and made again when it is lost."""

    url: str
    connection: psycopg.AsyncConnection | None = None

    async def connect(self) -> psycopg.AsyncConnection:
        """Return the open connection.

        Raises:
            psycopg.Error: the server refuses it.

        """
        if self.connection is None or self.connection.closed:
            # PgBouncer 1.18 cannot follow prepared statements in transaction mode, so the application makes none.
            self.connection = await psycopg.AsyncConnection.connect(
                self.url, autocommit=True, prepare_threshold=None, connect_timeout=30
            )
        return self.connection

    async def request(self, key: int, seconds: float = QUICK_SECONDS) -> None:
        """Send `REQUEST`, which takes `seconds`, and read its answer."""
        connection = await self.connect()
        await connection.execute(REQUEST, [seconds, 1 + key % ROWS])

    async def close(self) -> None:
        """Disconnect."""
        if self.connection is not None:
            await self.connection.close()


@dataclass(kw_only=True)
class Outcome:
    """What became of the requests, or of the logins."""

    offered: int = 0
    errors: Counter[str] = field(default_factory=Counter)
    """How often each message came."""
    latencies: list[float] = field(default_factory=list)
    """Of the answered, from the moment each was due, seconds."""
    seconds: float = 0.0
    """From the first due to the last answered."""

    @property
    def failed(self) -> int:
        """Requests that ended in an error."""
        return self.errors.total()

    @property
    def answered(self) -> int:
        """Requests that got their answer."""
        return len(self.latencies)

    @property
    def per_second(self) -> float:
        """Answered requests a second."""
        return self.answered / self.seconds if self.seconds else 0.0

    def latency_ms(self, percent: int) -> float:
        """Return the latency that `percent` of the answered did not exceed, milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0


async def connect_all(clients: Sequence[Client]) -> Outcome:
    """Log every client in, `CONNECTING_AT_ONCE` at a time."""
    gate, outcome, begin = asyncio.Semaphore(CONNECTING_AT_ONCE), Outcome(offered=len(clients)), time.monotonic()

    async def log_in(client: Client) -> None:
        async with gate:
            due = time.monotonic()
            try:
                await client.connect()
            except psycopg.Error as error:
                outcome.errors[message(error)] += 1
            else:
                outcome.latencies.append(time.monotonic() - due)

    await asyncio.gather(*map(log_in, clients))
    outcome.seconds = time.monotonic() - begin
    return outcome


async def steady(clients: Sequence[Client], per_second: int, seconds: float) -> Outcome:
    """Offer `per_second` requests for `seconds`, each at its time whether or not earlier ones are answered."""
    begin = time.monotonic()
    return await _send(clients, [begin + index / per_second for index in range(int(per_second * seconds))])


async def burst(clients: Sequence[Client]) -> Outcome:
    """Send one slow request of every client, all at once."""
    return await _send(clients, [time.monotonic()] * len(clients), SLOW_SECONDS)


async def disconnect_all(clients: Iterable[Client]) -> None:
    """Close every connection."""
    await asyncio.gather(*(client.close() for client in clients))


def message(error: BaseException) -> str:
    """Return what a server said, on one line, without the place it was said at."""
    text = str(error).strip().splitlines()
    last = text[-1] if text else type(error).__name__
    return last.rpartition("FATAL:")[2].strip() or last


async def _send(clients: Sequence[Client], due_times: Sequence[float], taking: float = QUICK_SECONDS) -> Outcome:
    outcome, begin = Outcome(offered=len(due_times)), time.monotonic()

    async def one(index: int, due: float) -> None:
        try:
            async with asyncio.timeout(REQUEST_DEADLINE_SECONDS):
                await clients[index % len(clients)].request(index, taking)
        except (psycopg.Error, TimeoutError) as error:
            outcome.errors[message(error)] += 1
        else:
            outcome.latencies.append(time.monotonic() - due)

    async with asyncio.TaskGroup() as group:
        for index, due in enumerate(due_times):
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            group.create_task(one(index, due))
    outcome.seconds = time.monotonic() - begin
    return outcome
