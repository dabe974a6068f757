"""What the servers say of themselves while load runs."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import dict_row

from lab.pooler import Pooler
from lab.postgres import SUPERUSER, Postgres

INTERVAL_SECONDS = 0.1


@dataclass(kw_only=True)
class Watch:
    """The highest values seen, over all poolers together."""

    samples: int = 0
    server_connections: int = 0
    """PgBouncer's own count: `SHOW POOLS`, all `sv_` states."""
    waiting_clients: int = 0
    """`SHOW POOLS`, `cl_waiting`."""
    backends: int = 0
    """PostgreSQL's own count: the application's rows of `pg_stat_activity`."""


@asynccontextmanager
async def watching(postgres: Postgres, poolers: Sequence[Pooler]) -> AsyncIterator[Watch]:
    """Read the servers' own numbers every `INTERVAL_SECONDS` inside the block."""
    watch = Watch()
    async with AsyncExitStack() as stack:
        consoles = [await stack.enter_async_context(await _console(it.console_url)) for it in poolers]
        server = await stack.enter_async_context(await _console(postgres.url(SUPERUSER)))
        backends_query = backends_of(postgres)

        async def sample() -> None:
            while True:
                pools = [row for it in consoles for row in await (await it.execute("SHOW POOLS")).fetchall()]
                own = [row for row in pools if row["database"] == postgres.database]
                opened = sum(count for row in own for state, count in row.items() if state.startswith("sv_"))
                [backends] = await (await server.execute(backends_query.encode())).fetchall()
                watch.samples += 1
                watch.server_connections = max(watch.server_connections, opened)
                watch.waiting_clients = max(watch.waiting_clients, sum(row["cl_waiting"] for row in pools))
                watch.backends = max(watch.backends, backends["backends"])
                await asyncio.sleep(INTERVAL_SECONDS)

        task = asyncio.create_task(sample())
        try:
            yield watch
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def _console(url: str) -> psycopg.AsyncConnection[dict[str, Any]]:
    # PgBouncer's console speaks the simple protocol alone.
    return await psycopg.AsyncConnection.connect(
        url, autocommit=True, row_factory=dict_row, cursor_factory=psycopg.AsyncClientCursor
    )


async def wait_for(postgres: Postgres, query: str, at_least: int, seconds: float = 20) -> int:
    """Return the one number that `query` returns, once it is `at_least`, or after `seconds`."""
    count, end = 0, asyncio.get_running_loop().time() + seconds
    async with await psycopg.AsyncConnection.connect(postgres.url(SUPERUSER), autocommit=True) as connection:
        while count < at_least and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(INTERVAL_SECONDS)
            [[count]] = await (await connection.execute(query.encode())).fetchall()
    return count


def backends_of(postgres: Postgres) -> str:
    """Return the query for the number of the application's connections."""
    return f"SELECT count(*)::int AS backends FROM pg_stat_activity WHERE usename = '{postgres.database}'"  # noqa: S608
