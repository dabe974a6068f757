"""The servers are production's as far as a machine without the cloud allows, and never outlive the lab."""

import json
import os
import pwd
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from msgspec.structs import replace

from components.postgres.pooler.pgbouncer import IGNORED_PARAMETERS, PgBouncerSettings
from components.postgres.pooler.service import Pooler
from lab import certificate, pooler, process
from lab.postgres import SUPERUSER, Postgres, read_occupancy
from lab.process import ServerError
from lab.production import differing_keys
from lab.stage import Stage
from stacks.config import from_file
from tests.components.changed_args import changed
from tests.components.postgres.test_pooler import ARGS
from tests.components.recording import record_component

ROOT = Path(__file__).parents[2]
DIFFERENT_ON_LOOPBACK = {"%include", "listen_addr", "listen_port", "auth_file", "server_tls_ca_file"}
UNKNOWN_BEFORE_1_21 = {"max_prepared_statements"}


def rendered_for_the_container() -> str:
    """PgBouncer's file as the component gives it to the container, with the production stack's numbers."""
    config = from_file(ROOT / "Pulumi.production.yaml").config.database.pooler
    args = changed(
        ARGS,
        {
            "pool": {
                "tasks": config.tasks,
                "server_connections": config.server_connections,
                "client_connections": config.client_connections,
            },
            "timeouts": {
                "query_wait_timeout_seconds": config.query_wait_timeout_seconds,
                "server_idle_timeout_seconds": config.server_idle_timeout_seconds,
            },
            "ignored_parameters": config.ignore_startup_parameters,
            "database": {"user": "feed"},
        },
    )
    task = record_component(lambda: Pooler("pooler", args)).one("TaskDefinition")
    containers = {it["name"]: it for it in json.loads(task.inputs["containerDefinitions"])}
    environment = {it["name"]: it["value"] for it in containers["pgbouncer"]["environment"]}
    return str(environment["PGBOUNCER_INI"])


def values(ini: str) -> dict[str, str]:
    lines = [line for line in ini.splitlines() if line and not line.startswith("[")]
    return {line.split()[0]: line.partition("=")[2] or line for line in lines}


@pytest.mark.lab
def test_pgbouncer_runs_the_containers_file_but_for_its_place(stage: Stage):
    with stage.poolers() as poolers:
        here = values(poolers[0].file.read_text())
        answered = {row["key"]: str(row["value"]) for row in poolers[0].show("CONFIG")}
    there = values(rendered_for_the_container())
    differing = {key for key in there.keys() | here.keys() if there.get(key) != here.get(key)}
    assert differing - UNKNOWN_BEFORE_1_21 == DIFFERENT_ON_LOOPBACK
    assert differing == set(differing_keys(stage.production))
    # And PgBouncer took every line of it.
    assert {key: answered[key] for key in here if key in answered} == {
        key: value.strip() for key, value in here.items() if key in answered
    }
    assert answered["pool_mode"] == "transaction"


@pytest.mark.lab
def test_connections_are_verified_and_passwords_are_scram(stage: Stage):
    with stage.poolers() as poolers, psycopg.connect(poolers[0].url()) as client:
        client.execute("SELECT 1")
        [server] = poolers[0].show("SERVERS")
        assert server["tls"].startswith("TLSv1.3/")
    with psycopg.connect(stage.postgres.url(SUPERUSER)) as admin:
        stored = admin.execute("SELECT DISTINCT left(rolpassword, 13) FROM pg_authid WHERE rolcanlogin").fetchall()
    assert stored == [("SCRAM-SHA-256",)]


@pytest.mark.lab
def test_pgbouncer_refuses_a_server_that_its_authority_does_not_vouch_for(stage: Stage, tmp_path: Path):
    stranger = certificate.make(tmp_path).authority
    trusting_another = Postgres(
        server=stage.postgres.server,
        port=stage.postgres.port,
        database=stage.postgres.database,
        authority=stranger,
    )
    settings = stage.production.settings()
    with pooler.running(stage.room("strange"), settings, trusting_another, 1) as [made]:
        url = f"{made.url()}?connect_timeout=10"
        with pytest.raises(
            psycopg.OperationalError, match=r"query_wait_timeout|server_login|login failed|timeout"
        ):
            psycopg.connect(url).execute("SELECT 1")
        assert "certificate verify failed" in made.server.log.read_text()


@pytest.mark.lab
def test_a_server_that_does_not_start_says_why(stage: Stage):
    class Spoiled(PgBouncerSettings):
        pass

    settings = Spoiled(
        server_connections="many",  # type: ignore[arg-type]
        client_connections=1,
        query_wait_timeout_seconds=1,
        server_idle_timeout_seconds=1,
    )
    with (
        pytest.raises(ServerError, match="pgbouncer does not listen on port") as raised,
        pooler.running(stage.room("spoiled"), settings, stage.postgres, 1),
    ):
        pass
    assert "many" in str(raised.value)


def gone(process_directory: Path) -> bool:
    """Whether the process has ended, at the latest after the seconds that a server may take to stop."""
    end, state = time.monotonic() + process.STOP_SECONDS, process_directory / "stat"
    while time.monotonic() < end:
        # Z: it has ended, and nobody has asked how.
        if not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


def test_servers_run_without_privileges_and_end_with_the_lab(tmp_path: Path):
    script = (
        "import sys, time, pathlib\n"
        "from lab import process\n"
        "with process.workplace() as place:\n"
        "    server = process.start('sleeper', ['sleep', '300'], place)\n"
        "    print(server.process.pid, flush=True)\n"
        "    time.sleep(300)\n"
    )
    # What is killed cannot clean up: its directory is left where pytest does.
    surroundings = {**os.environ, "TMPDIR": str(tmp_path)}
    lab = subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, env=surroundings, stdout=subprocess.PIPE, text=True
    )
    assert lab.stdout is not None
    try:
        server = Path("/proc") / lab.stdout.readline().strip()
        # Until then it is still the program that takes the privileges away.
        while "sleep" not in (server / "comm").read_text():
            assert lab.poll() is None
        owner = server.stat().st_uid
    finally:
        lab.kill()
        lab.communicate()
    expected = pwd.getpwnam(process.UNPRIVILEGED_USER).pw_uid if os.geteuid() == 0 else os.geteuid()
    assert owner == expected
    assert gone(server)


def test_connections_are_counted_from_the_log_without_those_that_were_refused():
    log = "\n".join(
        [
            "10.0 1 LOG:  connection received: host=127.0.0.1",
            "10.1 1 LOG:  connection authorized: user=feed database=feed SSL enabled",
            "10.2 2 LOG:  connection authorized: user=feed database=feed SSL enabled",
            "10.3 3 LOG:  connection authorized: user=postgres database=feed SSL enabled",
            "10.4 4 FATAL:  sorry, too many clients already",
            "10.5 2 FATAL:  remaining connection slots are reserved",
            "10.6 3 LOG:  disconnection: session time: 0:00:00.1 user=postgres database=feed",
            "10.7 1 LOG:  disconnection: session time: 0:00:00.6 user=feed database=feed",
        ]
    )
    assert read_occupancy(log, "feed") == [(10.1, 1), (10.2, 2), (10.5, 1), (10.7, 0)]


def connect(url: str, options: str) -> psycopg.Connection:
    return psycopg.connect(url, options=options, autocommit=True, connect_timeout=10)


def values_of(client: psycopg.Connection, *parameters: str) -> list[str]:
    # One row from one statement: which connection to PostgreSQL answers may change between two.
    asked = ", ".join(f"current_setting('{it}')" for it in parameters)
    [row] = client.execute(f"SELECT {asked}".encode()).fetchall()
    return list(row)


@pytest.mark.lab
def test_startup_parameters_are_kept_dropped_or_refused_as_the_docs_say(stage: Stage):
    # Of one connection to PostgreSQL all clients see what others left there.
    ignored = [*IGNORED_PARAMETERS, "statement_timeout"]
    settings = replace(stage.production.settings(), server_connections=1, ignored_parameters=ignored)
    with pooler.running(stage.room("startup"), settings, stage.postgres, 1) as [made]:
        url = made.url()
        with pytest.raises(psycopg.OperationalError, match="unsupported startup parameter"):
            connect(url, "-c work_mem=1GB")
        kept, dropped = ("IntervalStyle", "default_transaction_read_only"), ("search_path", "statement_timeout")
        with (
            connect(url, "-c IntervalStyle=iso_8601 -c default_transaction_read_only=on") as one,
            connect(url, "-c search_path=tenant1 -c statement_timeout=5 -c extra_float_digits=3") as two,
            connect(url, "-c search_path=tenant2") as three,
        ):
            for _ in range(3):
                assert values_of(one, *kept) == ["iso_8601", "on"]
                assert values_of(two, *kept) == values_of(three, *kept) == ["postgres", "off"]
                for client in (one, two, three):
                    assert values_of(client, *dropped) == ['"$user", public', "30s"]
        # An empty option stopped PgBouncer 1.20 to 1.26.0 for ever: CVE-2026-107349.
        with pytest.raises(psycopg.OperationalError):
            connect(url, "-c =")
        with connect(url, "") as after:
            assert values_of(after, "IntervalStyle") == ["postgres"]
