"""What the procedures ask of PostgreSQL, PgBouncer and Redis, real ones answer."""

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from components.redis.roles import Role
from lab import programs, redis_server
from lab.postgres import SUPERUSER
from lab.stage import Stage
from tests.commands import blocks, commands

ROOT = Path(__file__).parents[2]
CONSOLE = "-- PgBouncer's console\n"
FILLED = {"PID": "0", "TABLE_NAME": "procedures", "COLUMN_NAME": "id", "SLOT_NAME": "procedures"}
PAGE = (ROOT / "docs" / "operations.md").read_text()


def statements(*, console: bool) -> Iterator[str]:
    for block in blocks(PAGE, "sql"):
        if block.startswith(CONSOLE) is console:
            yield from (it.strip() for it in block.removeprefix(CONSOLE).split(";") if it.strip())


@pytest.mark.lab
def test_postgres_answers_every_statement(stage: Stage):
    asked = list(dict.fromkeys(statements(console=False)))
    assert len(asked) >= 15
    with psycopg.connect(stage.postgres.url(SUPERUSER), autocommit=True) as admin:
        admin.execute("CREATE TABLE procedures (id integer); CREATE INDEX there_already ON procedures (id)")
        admin.execute("SELECT pg_create_physical_replication_slot('procedures')")
        for statement in asked:
            text = statement.replace("INDEX CONCURRENTLY INDEX_NAME ON", "INDEX CONCURRENTLY made ON")
            text = text.replace("INDEX_NAME", "there_already")
            for word, value in FILLED.items():
                text = text.replace(word, value)
            admin.execute(text.encode())
        assert admin.execute("SELECT count(*) FROM pg_replication_slots").fetchone() == (0,)
        admin.execute("DROP TABLE procedures")


@pytest.mark.lab
def test_console_of_pgbouncer_answers_every_command_to_the_user_that_the_page_names(stage: Stage):
    asked = list(statements(console=True))
    assert "SHOW POOLS" in asked
    with (
        stage.poolers() as poolers,
        psycopg.connect(poolers[0].console_url, autocommit=True, cursor_factory=psycopg.ClientCursor) as console,
    ):
        for command in asked:
            assert console.execute(command.encode()).description, command


@pytest.mark.lab
def test_redis_answers_every_command(stage: Stage):
    asked = [line for line in commands(PAGE) if line.startswith("redis-cli ") and "--latency" not in line]
    assert len(asked) >= 8
    with redis_server.running(stage.room("procedures"), Role.CACHE) as server:
        for line in dict.fromkeys(asked):
            words = [programs.find("redis-cli"), "-e", "-p", str(server.port), *shlex.split(line)[1:]]
            done = subprocess.run(words, capture_output=True, text=True, timeout=10, check=False)
            assert (done.returncode, "ERR" in done.stdout + done.stderr) == (0, False), line
