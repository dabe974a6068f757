"""The role of PostgreSQL's exporter, made on a real server by the script of its container."""

import os
import subprocess

import psycopg
import pytest

from components.collector.postgres import ROLE, ROLE_SCRIPT
from lab.postgres import SUPERUSER
from lab.stage import Stage

CONNECTIONS = 2
PLACE = {
    **{name: name for name in ("host", "port", "user", "password", "sslmode", "sslrootcert")},
    "database": "dbname",
}
"""Variable of psql, without PG, to the part of a URL."""


def make_role(stage: Stage, password: str) -> None:
    # At RDS the owner may make roles; here only the superuser may.
    url = psycopg.conninfo.conninfo_to_dict(stage.postgres.url(SUPERUSER))
    place = {f"PG{key.upper()}": str(url[name]) for key, name in PLACE.items() if name in url}
    values = {"METRICS_ROLE": ROLE, "METRICS_PASSWORD": password, "METRICS_CONNECTIONS": str(CONNECTIONS)}
    subprocess.run(["/bin/sh", "-c", ROLE_SCRIPT], env={"PATH": os.environ["PATH"], **place, **values}, check=True)


def as_exporter(stage: Stage, password: str) -> psycopg.Connection:
    url = psycopg.conninfo.make_conninfo(stage.postgres.url(), user=ROLE, password=password)
    return psycopg.connect(url, autocommit=True)


def test_exporter_reads_statistics_and_no_table_within_its_connections(stage: Stage):
    make_role(stage, "it's the first")
    make_role(stage, "second $1 \\ 'word'")
    with psycopg.connect(stage.postgres.url(), autocommit=True) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS private_rows (id int)")
        [row] = owner.execute(
            "SELECT rolconnlimit, rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = %s", [ROLE]
        ).fetchall()
        assert row == (CONNECTIONS, False, False, False)
    with as_exporter(stage, "second $1 \\ 'word'") as exporter:
        assert exporter.execute("SELECT count(*) FROM pg_stat_activity").fetchone()
        assert exporter.execute("SELECT pg_has_role('pg_monitor', 'member')").fetchone() == (True,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            exporter.execute("SELECT * FROM private_rows")
        with as_exporter(stage, "second $1 \\ 'word'"), pytest.raises(psycopg.OperationalError, match="too many"):
            as_exporter(stage, "second $1 \\ 'word'")
