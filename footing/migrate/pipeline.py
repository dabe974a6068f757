"""A migration by a program of this machine, past the pooler; the URL of the server is in no argument."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from footing.migrate.chosen import MigrationError
from stacks.config.schema_register import MigrationsConfig

RECORD = "public.schema_migrations"
"""Table of the files that psql has applied, one version a row, as dbmate and others have it."""
STOP_SECONDS = 15
"""How long a program that ran too long has to end by itself, in seconds."""

COMMANDS: Mapping[str, Sequence[str]] = {
    "alembic": ("alembic", "upgrade", "head"),
    "django": ("python", "manage.py", "migrate", "--noinput"),
    "drizzle": ("npx", "drizzle-kit", "migrate"),
    "flyway": ("flyway", "migrate"),
    "liquibase": ("liquibase", "update"),
    "prisma": ("npx", "prisma", "migrate", "deploy"),
    "supabase": ("supabase", "db", "push", "--linked"),
}
"""What each tool is called with; psql is called file by file, and `other` needs a command after `--`."""


def commands(migrations: MigrationsConfig, given: Sequence[str], url: str) -> list[list[str]]:
    """Return what is run, in this order, psql's files aside.

    Raises:
        MigrationError: nothing says what to run.

    """
    if given:
        return [list(given)]
    if migrations.tool not in COMMANDS:
        raise MigrationError(
            f"database.migrations.tool: given {migrations.tool}, which has no command of its own; allowed with "
            "one after two dashes: footing migrate STACK -- PROGRAM ARGUMENT"
        )
    link = []
    if migrations.tool == "supabase":
        # Its own server is found by the project's name; the password goes by the environment.
        host = urlsplit(url).hostname or ""
        project = host.split(".")[1] if host.startswith("db.") else "PROJECT"
        link = [["supabase", "link", "--project-ref", project]]
    return [*link, list(COMMANDS[migrations.tool])]


def files(path: Path) -> list[Path]:
    """Return the files of SQL that psql applies, in the order of their names.

    Raises:
        MigrationError: there is none.

    """
    found = [path] if path.is_file() else sorted(path.glob("*.sql"))
    if not found:
        raise MigrationError(f"database.migrations.path: given {path}, which has no .sql file here")
    return found


def variables(url: str) -> dict[str, str]:
    """Return the variables by which programs find the server: libpq's own, and those of the tools."""
    parts = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    host, port, name = parts.hostname or "", str(parts.port or 5432), unquote(parts.path.lstrip("/"))
    jdbc = f"jdbc:postgresql://{host}:{port}/{name}?sslmode={options.get('sslmode', 'require')}"
    known = {
        "DATABASE_URL": url,
        "PGHOST": host,
        "PGPORT": port,
        "PGDATABASE": name,
        "PGUSER": user,
        "PGPASSWORD": password,
        "PGSSLMODE": options.get("sslmode", "require"),
        "PGSSLROOTCERT": options.get("sslrootcert", ""),
        "FLYWAY_URL": jdbc,
        "FLYWAY_USER": user,
        "FLYWAY_PASSWORD": password,
        "LIQUIBASE_COMMAND_URL": jdbc,
        "LIQUIBASE_COMMAND_USERNAME": user,
        "LIQUIBASE_COMMAND_PASSWORD": password,
        "SUPABASE_DB_PASSWORD": password,
    }
    return {key: value for key, value in known.items() if value}


def run_here(
    migrations: MigrationsConfig,
    url: str,
    *,
    given: Sequence[str],
    limit_seconds: float,
    show: Callable[[str], None],
    directory: Path,
) -> int:
    """Run the migration on this machine, alone on its database, and return its exit code.

    Args:
        migrations: the block of the stack file.
        url: direct URL of the server, as its owner.
        given: a command in place of the tool's own.
        limit_seconds: after how long it is stopped, in seconds.
        show: takes each line that it prints.
        directory: where it runs.

    Raises:
        MigrationError: another one runs, the server or the program is not there, or it ran too long.

    """
    environment = {**os.environ, **variables(url)}
    end = time.monotonic() + limit_seconds
    by_file = migrations.tool == "psql" and not given
    with alone(url) as connection:
        if not by_file:
            for command in commands(migrations, given, url):
                if code := _run(command, environment, end, show, directory):
                    return code
            return 0
        connection.execute(
            f"CREATE TABLE IF NOT EXISTS {RECORD} "
            "(version text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())"
        )
        known = {version for (version,) in connection.execute(f"SELECT version FROM {RECORD}")}  # noqa: S608
        for file in files(directory / (migrations.path or ".")):
            if file.stem in known:
                continue
            show(f"applying {file.name}")
            command = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--file={file}"]
            if code := _run(command, environment, end, show, directory):
                return code
            connection.execute(f"INSERT INTO {RECORD} (version) VALUES (%s)", [file.stem])  # noqa: S608
        return 0


@contextmanager
def alone(url: str) -> Iterator[Any]:
    """Yield a connection that holds the lock of migrations of its database.

    The lock is PostgreSQL's own and advisory, so it ends with the connection.
    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS

    Raises:
        MigrationError: another migration holds it, nobody answers, or psycopg is not installed.

    """
    try:
        import psycopg
    except ImportError:
        raise MigrationError(
            "psycopg is not installed, which holds the lock: pip install 'footing[ready]'"
        ) from None
    try:
        connection = psycopg.connect(url, autocommit=True, connect_timeout=15)
    except psycopg.Error as error:
        why = " ".join(str(error).split())
        if password := urlsplit(url).password:
            why = why.replace(password, "[secret]")
        raise MigrationError(f"The server does not let the owner in: {why}") from None
    with connection:
        # An idle connection would otherwise be ended, and the lock with it.
        connection.execute("SET idle_session_timeout = 0")
        [[held]] = connection.execute("SELECT pg_try_advisory_lock(hashtextextended('footing migrate', 0))")
        if not held:
            raise MigrationError("A migration of this database is running already, so none was started.")
        yield connection


def _run(
    command: Sequence[str],
    environment: Mapping[str, str],
    end: float,
    show: Callable[[str], None],
    directory: Path,
) -> int:
    try:
        process = subprocess.Popen(
            list(command), cwd=directory, env=dict(environment), text=True, stdin=subprocess.DEVNULL
        )
    except OSError as error:
        raise MigrationError(f"{command[0]} cannot be started: {error.strerror}") from None
    try:
        return process.wait(timeout=max(0.0, end - time.monotonic()))
    except subprocess.TimeoutExpired:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        raise MigrationError(f"{command[0]} ran longer than allowed and was stopped") from None
    except KeyboardInterrupt:
        show(f"interrupted; {command[0]} ends by itself, for the terminal asked it to as well")
        process.wait(STOP_SECONDS)
        raise
