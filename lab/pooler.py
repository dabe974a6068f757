"""A real PgBouncer, started by the component's own script with the component's own file."""

import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from components.postgres.pooler.pgbouncer import (
    START_SCRIPT,
    STATS_USER,
    PgBouncerSettings,
    RuntimePaths,
    render_ini,
)
from lab import certificate, process
from lab.postgres import PASSWORD, Postgres

DRAINING = signal.SIGINT
"""Finish the running transactions, take no new ones, then end; the same in every version.

https://www.pgbouncer.org/usage.html#signals
"""


STATS_PASSWORD = "stats-of-the-lab"  # noqa: S105  of a server that lives for a minute on loopback
"""Password of the exporter's user."""


@dataclass(frozen=True, kw_only=True)
class Pooler:
    """A running PgBouncer."""

    server: process.Server
    port: int
    database: str
    file: Path
    """The pgbouncer.ini that it reads."""

    def url(self) -> str:
        """Return what a client connects to, like the component's `pooled_url`."""
        return f"postgresql://{self.database}:{PASSWORD}@{process.LOOPBACK}:{self.port}/{self.database}"

    @property
    def console_url(self) -> str:
        """What the exporter connects to: PgBouncer's own numbers, and nothing else."""
        return f"postgresql://{STATS_USER}:{STATS_PASSWORD}@{process.LOOPBACK}:{self.port}/pgbouncer"

    def show(self, what: str) -> list[dict[str, Any]]:
        """Return the rows of PgBouncer's SHOW command `what`, for example `POOLS`."""
        with psycopg.connect(self.console_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as console:
            return console.cursor(row_factory=dict_row).execute(f"SHOW {what}".encode()).fetchall()


def launch(directory: Path, settings: PgBouncerSettings, postgres: Postgres) -> Pooler:
    """Start a PgBouncer whose directory is `directory`, made here, without waiting for it."""
    paths = RuntimePaths(
        run_directory=str(process.make_directory(directory)),
        listen_address=process.LOOPBACK,
        listen_port=process.free_port(),
    )
    # In the container the prepare step puts Amazon's authorities there.
    process.own(Path(shutil.copy(postgres.authority, directory / "rds-ca.pem")))
    variables = {
        "RUN_DIRECTORY": paths.run_directory,
        "PGBOUNCER_INI": render_ini(settings, paths),
        "DATABASE_NAME": postgres.database,
        "DATABASE_HOST": certificate.HOST,
        "DATABASE_PORT": str(postgres.port),
        "DATABASE_USER": postgres.database,
        "CLIENT_USER": postgres.database,
        "DATABASE_PASSWORD": PASSWORD,
        "CLIENT_PASSWORD": PASSWORD,
        "STATS_USER": STATS_USER,
        "STATS_PASSWORD": STATS_PASSWORD,
    }
    server = process.start("pgbouncer", ["sh", "-c", START_SCRIPT], directory, variables)
    return Pooler(
        server=server, port=paths.listen_port, database=postgres.database, file=directory / "pgbouncer.ini"
    )


@contextmanager
def running(
    directory: Path, settings: PgBouncerSettings, postgres: Postgres, count: int
) -> Iterator[list[Pooler]]:
    """Yield `count` alike PgBouncers, each with `settings`, ended afterwards."""
    poolers: list[Pooler] = []
    try:
        # Not a list at once: should one fail, those before it must still be ended.
        poolers.extend(launch(directory / f"pgbouncer-{index}", settings, postgres) for index in range(count))
        for pooler in poolers:
            pooler.server.wait_until_listening(pooler.port)
        yield poolers
    finally:
        for pooler in poolers:
            pooler.server.stop(signal.SIGTERM)
