"""A held lock with the pool in full use: whoever waits gets an error in time, nobody hangs."""

import asyncio
import time

import psycopg

from lab.load import REQUEST_DEADLINE_SECONDS, Client, disconnect_all, message
from lab.result import Finding, Result, at_most, exactly
from lab.stage import Stage
from lab.watch import wait_for

QUERY_WAIT_TIMEOUT_SECONDS = 5
"""Shorter than production's, so that the lab need not wait as long; nothing else differs.

Within it the pool must be full, and a busy machine takes three seconds to open its connections one by one.
"""

LATE_CLIENTS = 20
"""Clients that come when every connection is taken."""

CHANGE = "UPDATE post SET body = body WHERE id = 1"
WAITING_FOR_LOCK = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
CLEAR_ERROR = "query_wait_timeout"
"""What PgBouncer calls the error."""


def run(stage: Stage) -> Result:
    """Let one client lock a row, others want it until the pool is full, and more come then."""
    begin = stage.begin()
    with stage.poolers(QUERY_WAIT_TIMEOUT_SECONDS) as poolers:
        findings = asyncio.run(_block(stage, [it.url() for it in poolers]))
        peak = stage.postgres.peak(begin)
    pool = stage.production.server_connections
    return Result(
        title="A held lock",
        explanation=(
            f"One transaction locks a row and {pool - 1} clients wait for the lock, so that every connection is "
            f"taken. {LATE_CLIENTS} more clients then ask for something else, with `query_wait_timeout` at "
            f"{QUERY_WAIT_TIMEOUT_SECONDS} s."
        ),
        findings=[*findings, at_most("most connections, PostgreSQL's log", peak, pool, "connections")],
    )


async def _block(stage: Stage, urls: list[str]) -> list[Finding]:
    pool = stage.production.server_connections
    clients = [Client(url=urls[index % len(urls)]) for index in range(pool + LATE_CLIENTS)]
    holder, blocked, late = clients[0], clients[1:pool], clients[pool:]
    try:
        await asyncio.gather(*(client.connect() for client in late))
        held = await holder.connect()
        await held.execute("BEGIN")
        await held.execute(CHANGE)
        waiting = [asyncio.create_task(_execute(client, CHANGE)) for client in blocked]
        taken = await wait_for(stage.postgres, WAITING_FOR_LOCK, len(blocked))
        refused = await asyncio.gather(*(_execute(client, "SELECT 1") for client in late))
        await held.execute("COMMIT")
        unblocked = await asyncio.gather(*waiting)
        after = await asyncio.gather(*(_execute(client, "SELECT 1") for client in late))
        return _findings(len(blocked), taken, refused, [*unblocked, *after])
    finally:
        await disconnect_all(clients)


def _findings(
    blocked: int, taken: int, refused: list[tuple[str, float]], later: list[tuple[str, float]]
) -> list[Finding]:
    waits = [seconds for _, seconds in refused]
    in_time = sum(CLEAR_ERROR in text for text, _ in refused)
    return [
        exactly("clients that wait for the lock", taken, blocked, "clients"),
        exactly(f"late clients that got the error `{CLEAR_ERROR}`", in_time, LATE_CLIENTS, "clients"),
        exactly(
            "clients without any answer",
            sum(seconds >= REQUEST_DEADLINE_SECONDS for seconds in waits),
            0,
            "clients",
        ),
        Finding(
            what="how long they waited for it",
            expected=f"{QUERY_WAIT_TIMEOUT_SECONDS} s or a little more",
            observed=f"{min(waits):.1f} to {max(waits):.1f} s",
            holds=min(waits) >= QUERY_WAIT_TIMEOUT_SECONDS - 1,
        ),
        exactly("errors once the lock is released", sum(bool(text) for text, _ in later), 0, "errors"),
    ]


async def _execute(client: Client, statement: str) -> tuple[str, float]:
    """Return the error, empty without one, and the seconds it took."""
    begin = time.monotonic()
    try:
        async with asyncio.timeout(REQUEST_DEADLINE_SECONDS):
            await (await client.connect()).execute(statement.encode())
    except psycopg.Error as error:
        return message(error), time.monotonic() - begin
    except TimeoutError:
        return "no answer", time.monotonic() - begin
    return "", time.monotonic() - begin
