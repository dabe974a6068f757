"""A migration through a real PostgreSQL, as the owner, under production's limits and load."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import psycopg

from lab.drills.load import LOCKS, Load
from lab.drills.statements import ALONE, BLOCKED_BY, Statement, split
from lab.postgres import SUPERUSER, Postgres
from lab.stage import Stage

SAMPLES: Final = Path(__file__).parent / "samples"
"""The lab's own tables and two migrations of them."""
SIZES: Final = (20_000, 200_000)
"""Rows of the larger table in the two runs that show what grows with it."""
STATED_ROWS: Final = 50_000_000
"""Rows of production's larger table, where nobody states another number."""
GROWTH: Final = 3.0
"""How many times as long a statement has to take with ten times the rows before it counts as growing with them."""
NOISE_SECONDS: Final = 0.05
"""Difference of two times below which nothing grows, in seconds."""

FILES: Final = (
    "SELECT relname, relfilenode FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
STRENGTH: Final = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")


@dataclass(frozen=True, kw_only=True)
class Drilled:
    """What a migration did."""

    name: str
    """Name of its file."""
    statements: Sequence[Statement]
    """Its statements under load, with the larger table."""
    smaller: Sequence[Statement]
    """The same without load, with the smaller table."""
    larger: Sequence[Statement]
    """The same without load, with the larger table."""
    stated_rows: int
    """Rows of production's table."""
    sizes: tuple[int, int]
    """Rows of the smaller and of the larger table here."""
    statement_timeout_seconds: int
    """How long a statement of the application may take, in seconds."""
    requests: int
    """Requests of the load."""

    def estimate(self, number: int, *, held: bool) -> float:
        """Return how long a statement takes, or its locks are held, with the stated rows, in seconds.

        Along a line through the two runs without load, where the larger took much longer; else as long as it took.
        """
        first, second = (
            it[number].until_commit_seconds if held else it[number].seconds for it in (self.smaller, self.larger)
        )
        if second < GROWTH * first or second - first < NOISE_SECONDS:
            return second
        return second + (second - first) / (self.sizes[1] - self.sizes[0]) * (self.stated_rows - self.sizes[1])

    @property
    def findings(self) -> list[str]:
        """Sentences about what must not go to production like this."""
        return [sentence for number in range(len(self.statements)) for sentence in self._findings(number)]

    def _findings(self, number: int) -> Iterator[str]:
        it, limit = self.statements[number], self.statement_timeout_seconds
        place = f"{self.name}:{it.line}: {it.text[:100]}"
        if it.error:
            yield f"{place} fails: {it.error}"
            return
        held = max(self.estimate(number, held=True), it.blocked_seconds)
        if it.blocked and held > limit:
            rows = f"{self.stated_rows:,} rows"
            yield (
                f"{place} blocks {it.blocked} for about {held:.0f} s with {rows}, longer than statement_timeout, "
                f"{limit} s; the safe form: {it.safe_form}"
            )
        elif it.refused:
            yield f"{place} had {it.refused} requests refused; the safe form: {it.safe_form}"
        if not it.blocked and 0 < it.timeout_seconds < (own := self.estimate(number, held=False)):
            yield (
                f"{place} takes about {own:.0f} s itself, and its statement_timeout, {it.timeout_seconds:g} s, "
                "ends it: SET statement_timeout = 0 before it"
            )


def drill(
    stage: Stage,
    file: Path,
    *,
    schema: Path = SAMPLES / "schema.sql",
    stated_rows: int = STATED_ROWS,
    sizes: tuple[int, int] = SIZES,
) -> Drilled:
    """Return what the migration in `file` did to the tables of `schema`.

    Raises:
        ServerError: the file is no SQL that a drill can run, or the tables cannot be made.

    """
    sql, tables = file.read_text(encoding="utf-8"), schema.read_text(encoding="utf-8")
    runs, requests = [], 0
    for rows, under_load in ((sizes[0], False), (sizes[1], False), (sizes[1], True)):
        with _database(stage, tables, rows) as server:
            statements = list(split(sql))
            load = Load(server, stage.production.database_name)
            if under_load:
                load.start()
            _run(server, stage.production.database_name, statements, load)
            requests = load.stop()
            runs.append(statements)
    return Drilled(
        name=file.name,
        statements=runs[2],
        smaller=runs[0],
        larger=runs[1],
        stated_rows=stated_rows,
        sizes=sizes,
        statement_timeout_seconds=stage.production.database.statement_timeout_seconds,
        requests=requests,
    )


@contextmanager
def _database(stage: Stage, tables: str, rows: int) -> Iterator[Postgres]:
    """Yield the server with a new database of the tables, removed afterwards."""
    owner, name = stage.production.database_name, "drill"
    server = replace(stage.postgres, database=name)
    with psycopg.connect(stage.postgres.url(SUPERUSER), autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)".encode())
        connection.execute(f"CREATE DATABASE {name} OWNER {owner}".encode())
        try:
            with psycopg.connect(server.url(owner), autocommit=True) as own:
                for statement in split(tables.replace(":rows", str(rows))):
                    own.execute(statement.text.encode())
                own.execute("ANALYZE")
            yield server
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def _run(server: Postgres, owner: str, statements: Sequence[Statement], load: Load) -> None:
    """Run the statements as psql does, each by itself unless the file begins a transaction."""
    with psycopg.connect(server.url(owner), autocommit=True) as connection:
        load.watch(connection.info.backend_pid)
        known = {name for name, _ in connection.execute(FILES)}
        open_since = None
        for number, statement in enumerate(statements):
            [[timeout]] = connection.execute(
                "SELECT setting::float / 1000 FROM pg_settings WHERE name = 'statement_timeout'"
            )
            statement.timeout_seconds = timeout
            inside = connection.info.transaction_status is psycopg.pq.TransactionStatus.INTRANS
            begun = time.monotonic()
            try:
                _execute(connection, statement, known, inside=inside, load=load)
            except psycopg.Error as error:
                statement.error = str(error).splitlines()[0]
                break
            finally:
                ended = time.monotonic()
                statement.until_commit_seconds = statement.seconds
                load.fill(statement, begun, ended)
            open_since = (number if open_since is None else open_since) if inside else None
            if open_since is not None:
                for earlier in statements[open_since:number]:
                    earlier.until_commit_seconds += statement.seconds


def _execute(
    connection: psycopg.Connection, statement: Statement, known: set[str], *, inside: bool, load: Load
) -> None:
    alone = ALONE.search(statement.text) or statement.text.split()[0].lower() in (
        "begin",
        "start",
        "commit",
        "end",
        "set",
    )
    before: dict[str, int] = dict(connection.execute(FILES))
    if not inside and not alone:
        connection.execute("BEGIN")
    begun = time.monotonic()
    try:
        connection.execute(statement.text.encode())
        statement.seconds = time.monotonic() - begun
        held = list(connection.execute(LOCKS, [connection.info.backend_pid])) if not alone else load.locks(begun)
    except psycopg.Error:
        statement.seconds = time.monotonic() - begun
        connection.rollback()
        raise
    for table, mode in held:
        if table in known and mode in BLOCKED_BY:
            statement.locks[table] = max(mode, statement.locks.get(table, mode), key=STRENGTH.index)
    after: dict[str, int] = dict(connection.execute(FILES))
    statement.rewrites = tuple(it for it in known if it in after and before.get(it, after[it]) != after[it])
    if not inside and not alone:
        connection.execute("COMMIT")
