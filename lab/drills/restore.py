"""A dump of a real database, restored into a fresh server, timed, and compared with what was dumped."""

import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psycopg

from lab import postgres, process, programs
from lab.drills.migration import SAMPLES
from lab.drills.statements import split
from lab.postgres import SUPERUSER, Postgres
from lab.process import ServerError
from lab.result import Finding, Result, exactly
from lab.stage import Stage

ROWS: Final = 100_000
"""Rows of the larger table."""
MINUTE: Final = 60
MIB: Final = 1024 * 1024
GIB_IN_MIB: Final = 1024

PARTS: Final[Mapping[str, str]] = {
    "tables": "SELECT relname, relkind::text || relrowsecurity::text || relforcerowsecurity::text FROM pg_class "
    "WHERE relkind IN ('r', 'v', 'm', 'p') AND relnamespace = 'public'::regnamespace",
    "constraints": "SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) || convalidated "
    "FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "extensions": "SELECT extname, extversion FROM pg_extension",
    "policies of row level security": "SELECT tablename || '.' || policyname, concat(permissive, roles, cmd, "
    "qual, with_check) FROM pg_policies WHERE schemaname = 'public'",
    "functions": "SELECT oid::regprocedure::text, md5(pg_get_functiondef(oid)) FROM pg_proc WHERE prokind = 'f' "
    "AND pronamespace = 'public'::regnamespace AND NOT EXISTS "
    "(SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')",
    "sequences": "SELECT sequencename, last_value::text FROM pg_sequences WHERE schemaname = 'public'",
    "owners": "SELECT relname, pg_get_userbyid(relowner) FROM pg_class WHERE relkind IN ('r', 'v', 'S') "
    "AND relnamespace = 'public'::regnamespace",
}
"""What is compared beside rows, each a query of names and of what they are."""
ROWS_OF: Final = (
    "SELECT format('%I', relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
CHECKSUM: Final = "SELECT count(*) || ' rows, ' || coalesce(sum(hashtextextended(it::text, 0)), 0) FROM {} AS it"

Inventory = Mapping[str, Mapping[str, str]]
"""What a database holds: by part, names and what they are."""


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What a restore took, and what it brought back."""

    dump_seconds: float
    """How long `pg_dump -Fc` took, in seconds."""
    restore_seconds: float
    """From the dump's file to a database that answers, in seconds."""
    size_mib: float
    """Size of the database, MiB."""
    source: Inventory
    """What was dumped."""
    copy: Inventory
    """What was restored."""

    @property
    def differences(self) -> list[str]:
        """Names of what is missing, left over, or other than it was, with its part."""
        return [
            f"{part}: {name}"
            for part, names in self.source.items()
            for name in sorted({*names, *self.copy.get(part, {})})
            if names.get(name) != self.copy.get(part, {}).get(name)
        ]


def run(stage: Stage) -> Result:
    """Return what a restore of the lab's own database shows."""
    return result(stage, restored(stage))


def restored(stage: Stage, *, rows: int = ROWS, spoil: str = "") -> Restored:
    """Return what a restore of the lab's own database came to.

    Args:
        stage: where it runs.
        rows: rows of the larger table.
        spoil: SQL that a test runs in the copy before the comparison.

    Raises:
        ServerError: pg_dump or pg_restore fails.

    """
    owner = stage.production.database_name
    source = replace(stage.postgres, database="restore_source")
    room = stage.room("restore")
    dump = room / "dump"
    with psycopg.connect(stage.postgres.url(SUPERUSER), autocommit=True) as connection:
        connection.execute(b"DROP DATABASE IF EXISTS restore_source WITH (FORCE)")
        connection.execute(f"CREATE DATABASE restore_source OWNER {owner}".encode())
        with psycopg.connect(source.url(owner), autocommit=True) as filling:
            for name in ("schema.sql", "restored.sql"):
                sql = (SAMPLES / name).read_text(encoding="utf-8").replace(":rows", str(rows))
                for statement in split(sql):
                    filling.execute(statement.text.encode())
        [[size]] = connection.execute("SELECT pg_database_size('restore_source')")
    try:
        begun = time.monotonic()
        _program("pg_dump", source, room, "--format=custom", f"--file={dump}")
        dumped = time.monotonic()
        with postgres.running(room, owner, stage.production.postgres_parameters) as fresh:
            with psycopg.connect(fresh.url(SUPERUSER), autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE restored OWNER {owner} TEMPLATE template0".encode())
            copy = replace(fresh, database="restored")
            started = time.monotonic()
            _program("pg_restore", copy, room, "--exit-on-error", "--dbname=restored", str(dump))
            ended = time.monotonic()
            if spoil:
                with psycopg.connect(copy.url(SUPERUSER), autocommit=True) as connection:
                    connection.execute(spoil.encode())
            return Restored(
                dump_seconds=dumped - begun,
                restore_seconds=ended - started,
                size_mib=size / MIB,
                source=inventory(source),
                copy=inventory(copy),
            )
    finally:
        with psycopg.connect(stage.postgres.url(SUPERUSER), autocommit=True) as connection:
            connection.execute(b"DROP DATABASE restore_source WITH (FORCE)")


def result(stage: Stage, done: Restored) -> Result:
    """Return what a restore shows, against what `database.recovery` promises."""
    recovery = stage.production.database.recovery
    wanted = recovery.rto_minutes if recovery else None
    rate = done.size_mib / done.restore_seconds
    disk = stage.production.database.storage_gib * GIB_IN_MIB / rate / MINUTE
    parts = {part: sum(it.startswith(f"{part}:") for it in done.differences) for part in done.source}
    return Result(
        title="A restore",
        explanation=(
            f"A database of {done.size_mib:.0f} MiB with constraints, indexes, an extension, row level security, "
            "a function, a view and a sequence is dumped by `pg_dump --format=custom`, restored by `pg_restore` "
            "into a server that was made for it, and compared name by name; rows by their number and the sum of "
            "their hashes."
        ),
        findings=[
            *(
                exactly(f"{part} that differ, of {len(done.source[part])}", count, 0, "differences")
                for part, count in parts.items()
            ),
            Finding(
                what="dump and restore",
                expected=f"within rto_minutes, {wanted}" if wanted else "no rto_minutes is configured",
                observed=f"{done.dump_seconds:.1f} s and {done.restore_seconds:.1f} s, {rate:.0f} MiB/s restored",
                holds=wanted is None or done.dump_seconds + done.restore_seconds <= wanted * MINUTE,
                depends_on_speed=True,
            ),
            Finding(
                what=f"the same for a full disk of {stage.production.database.storage_gib} GiB at this speed",
                expected="for people: RDS restores from its snapshots, not from a dump",
                observed=f"about {disk:.0f} minutes",
                holds=True,
            ),
        ],
    )


def inventory(server: Postgres) -> Inventory:
    """Return what a database holds."""
    with psycopg.connect(server.url(SUPERUSER), autocommit=True) as connection:
        tables = [name for (name,) in connection.execute(ROWS_OF)]
        rows = {name: str(connection.execute(CHECKSUM.format(name).encode()).fetchone()) for name in tables}
        return {
            "rows": rows,
            **{
                part: {str(name): str(what) for name, what in connection.execute(query.encode())}
                for part, query in PARTS.items()
            },
        }


def _program(name: str, server: Postgres, room: Path, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a server; the password goes by the environment."""
    parts = urlsplit(server.url(SUPERUSER))
    environment = {
        "PATH": process.search_path(),
        "PGHOST": parts.hostname or "",
        "PGPORT": str(parts.port),
        "PGUSER": SUPERUSER,
        "PGPASSWORD": postgres.PASSWORD,
        "PGDATABASE": server.database,
        "PGSSLMODE": "verify-full",
        "PGSSLROOTCERT": str(server.authority),
    }
    done = subprocess.run(
        process.unprivileged([programs.find(name), *arguments]),
        cwd=room, env=environment, check=False, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        raise ServerError(f"{name} failed: {done.stderr.strip()}")
