"""Prepared statements in transaction mode: what this machine's PgBouncer makes of them."""

import asyncio
from collections import Counter
from collections.abc import Sequence

import psycopg

from lab import programs
from lab.load import message
from lab.production import FIRST_WITH_PREPARED_STATEMENTS
from lab.result import Result, above, exactly
from lab.stage import Stage

CLIENTS = 40
REPEATS = 12
DRIVER_DEFAULT = 5
"""psycopg prepares a statement on the server when it runs for the sixth time on a connection."""


def run(stage: Stage) -> Result:
    """Run the same statements by drivers that prepare on the server, and by drivers that do not."""
    installed = programs.version("pgbouncer")
    tracks = installed >= FIRST_WITH_PREPARED_STATEMENTS
    with stage.poolers() as poolers:
        urls = [it.url() for it in poolers]
        prepared = asyncio.run(_repeat(urls, DRIVER_DEFAULT))
        plain = asyncio.run(_repeat(urls, None))
    if tracks:
        compared = "It tracks prepared statements, as production's does: `max_prepared_statements` is set."
    else:
        compared = (
            "Production's image is 1.21 or later and tracks prepared statements. That was not run here: this "
            "version does not know `max_prepared_statements`, and the lab leaves that one line out. Shown "
            "instead: what happens without tracking, and the setting of the driver that works with every version."
        )
    what = f"errors with the driver's default, `prepare_threshold={DRIVER_DEFAULT}`"
    return Result(
        title="Prepared statements in transaction mode",
        explanation=(
            f"{CLIENTS} clients repeat a statement with parameters {REPEATS} times, on PgBouncer "
            f"{'.'.join(map(str, installed))}. {compared}"
        ),
        findings=[
            exactly(what, prepared.total(), 0, "errors")
            if tracks
            else above(what, prepared.total(), 0, "errors: this version does not track them"),
            exactly("errors with `prepare_threshold=None`", plain.total(), 0, "errors"),
        ],
    )


async def _repeat(urls: Sequence[str], prepare_threshold: int | None) -> Counter[str]:
    """Return the errors of `CLIENTS` clients that each run the same statement `REPEATS` times."""
    errors: Counter[str] = Counter()

    async def one(url: str) -> None:
        connection = await psycopg.AsyncConnection.connect(
            url, autocommit=True, prepare_threshold=prepare_threshold
        )
        async with connection:
            for key in range(REPEATS):
                try:
                    await connection.execute("SELECT body, pg_sleep(0.005) FROM post WHERE id = %s", [key])
                except psycopg.Error as error:
                    errors[message(error)] += 1

    await asyncio.gather(*(one(urls[index % len(urls)]) for index in range(CLIENTS)))
    return errors
