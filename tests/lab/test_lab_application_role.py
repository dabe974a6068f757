"""The application's role, made on a real server by the script of the pooler's container."""

import os
import subprocess

import psycopg
import pytest
from psycopg import sql

from components.postgres.pooler.role import ROLE_SCRIPT
from lab.postgres import SUPERUSER
from lab.stage import Stage

pytestmark = pytest.mark.lab

ROLE, PASSWORD = "shop_app", "it's $1 \\ 'word'"


def make_role(stage: Stage) -> subprocess.Popen[bytes]:
    with psycopg.connect(stage.postgres.url(SUPERUSER), autocommit=True) as superuser:
        # As RDS's master user, which is none and may make roles.
        superuser.execute(f"ALTER ROLE {stage.postgres.database} CREATEROLE".encode())
    url = psycopg.conninfo.conninfo_to_dict(stage.postgres.url())
    place = {
        "PGHOST": url["host"], "PGPORT": url["port"], "PGUSER": url["user"], "PGPASSWORD": url["password"],
        "PGDATABASE": url["dbname"], "PGSSLMODE": url["sslmode"], "PGSSLROOTCERT": url["sslrootcert"],
    }  # fmt: skip
    values = {"APPLICATION_ROLE": ROLE, "APPLICATION_PASSWORD": PASSWORD, "PATH": os.environ["PATH"]}
    environment = {key: str(value) for key, value in {**place, **values}.items()}
    return subprocess.Popen(["/bin/sh", "-c", ROLE_SCRIPT], env=environment)


def as_application(stage: Stage) -> psycopg.Connection:
    url = psycopg.conninfo.make_conninfo(stage.postgres.url(), user=ROLE, password=PASSWORD)
    return psycopg.connect(url, autocommit=True)


def test_application_changes_rows_and_no_schema(stage: Stage):
    with psycopg.connect(stage.postgres.url(), autocommit=True) as owner:
        owner.execute("CREATE TABLE earlier (id bigserial PRIMARY KEY, note text)")
        owner.execute("CREATE VIEW notes AS SELECT note FROM earlier")
        # Every pooler makes the role at its start, and they start together.
        assert [it.wait() for it in [make_role(stage) for _ in range(4)]] == [0] * 4
        owner.execute("CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY, note text)")
        owner.execute("CREATE SCHEMA private")
        owner.execute("CREATE TABLE private.more (id serial, note text)")
        [row] = owner.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls FROM pg_roles WHERE rolname = %s", [ROLE]
        ).fetchall()
        assert row == (False, False, False, False)
    with as_application(stage) as application:
        for table in ("earlier", "later", "private.more"):
            name = sql.Identifier(*table.split("."))
            application.execute(sql.SQL("INSERT INTO {} (note) VALUES ('first')").format(name))
            application.execute(sql.SQL("UPDATE {} SET note = 'second'").format(name))
            assert application.execute(sql.SQL("SELECT note FROM {}").format(name)).fetchall() == [("second",)]
            application.execute(sql.SQL("DELETE FROM {}").format(name))
        assert application.execute("SELECT count(*) FROM notes").fetchone() == (0,)
        for statement in (
            b"CREATE TABLE mine (id int)", b"DROP TABLE earlier", b"ALTER TABLE earlier ADD COLUMN more int",
            b"TRUNCATE earlier", b"CREATE ROLE other", b"CREATE SCHEMA other", b"SELECT * FROM pg_authid",
        ):  # fmt: skip
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                application.execute(statement)
