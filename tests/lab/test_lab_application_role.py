"""The application's roles, made on a real server by the script of the pooler's container."""

import os
import subprocess
from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from components.postgres.pooler.role import ROLE_SCRIPT
from lab.postgres import SUPERUSER
from lab.stage import Stage

pytestmark = pytest.mark.lab

ROLE, PASSWORD = "shop_app", "it's $1 \\ 'word'"
READER, READER_PASSWORD = "shop_reader", PASSWORD[::-1]


@pytest.fixture(autouse=True)
def nothing_left(stage: Stage) -> Iterator[None]:
    """What a test makes is gone after it: the server is everybody's."""
    yield
    with psycopg.connect(stage.postgres.url(), autocommit=True) as owner:
        owner.execute("DROP SCHEMA IF EXISTS private CASCADE")
        owner.execute("DROP TABLE IF EXISTS earlier, later CASCADE")


def make_role(stage: Stage, **reader: str) -> subprocess.Popen[bytes]:
    with psycopg.connect(stage.postgres.url(SUPERUSER), autocommit=True) as superuser:
        # As RDS's master user, which is none and may make roles.
        superuser.execute(f"ALTER ROLE {stage.postgres.database} CREATEROLE".encode())
    url = psycopg.conninfo.conninfo_to_dict(stage.postgres.url())
    place = {
        "PGHOST": url["host"], "PGPORT": url["port"], "PGUSER": url["user"], "PGPASSWORD": url["password"],
        "PGDATABASE": url["dbname"], "PGSSLMODE": url["sslmode"], "PGSSLROOTCERT": url["sslrootcert"],
    }  # fmt: skip
    values = {"APPLICATION_ROLE": ROLE, "APPLICATION_PASSWORD": PASSWORD, "PATH": os.environ["PATH"]}
    environment = {key: str(value) for key, value in {**place, **values, **reader}.items()}
    return subprocess.Popen(["/bin/sh", "-c", ROLE_SCRIPT], env=environment)


def make_roles(stage: Stage, count: int = 1, password: str = READER_PASSWORD) -> None:
    """Every pooler makes the roles at its start, and they start together."""
    reader = {"READER_ROLE": READER, "READER_PASSWORD": password}
    assert [it.wait() for it in [make_role(stage, **reader) for _ in range(count)]] == [0] * count


def logged_in(stage: Stage, user: str = ROLE, password: str = PASSWORD) -> psycopg.Connection:
    url = psycopg.conninfo.make_conninfo(stage.postgres.url(), user=user, password=password)
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
    with logged_in(stage) as application:
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


def test_reader_reads_all_that_the_owner_has_and_makes_and_writes_nothing(stage: Stage):
    with psycopg.connect(stage.postgres.url(), autocommit=True) as owner:
        owner.execute("CREATE TABLE earlier (id bigserial PRIMARY KEY, note text)")
        owner.execute("CREATE VIEW notes AS SELECT note FROM earlier")
        # The state of a stack that had no replica yet.
        assert make_role(stage).wait() == 0
        make_roles(stage, count=4)
        owner.execute("CREATE TABLE later (id bigint GENERATED ALWAYS AS IDENTITY, note text)")
        owner.execute("CREATE SCHEMA private")
        owner.execute("CREATE TABLE private.more (id serial, note text)")
        owner.execute("CREATE MATERIALIZED VIEW private.kept AS SELECT note FROM earlier")
        [row] = owner.execute(
            "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolreplication FROM pg_roles "
            "WHERE rolname = %s",
            [READER],
        ).fetchall()
        assert row == (False,) * 5
    with logged_in(stage, READER, READER_PASSWORD) as reader:
        for table in ("earlier", "notes", "later", "private.more", "private.kept", "earlier_id_seq"):
            reader.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(*table.split("."))))
        statements = (
            b"INSERT INTO earlier (note) VALUES ('x')", b"UPDATE later SET note = 'x'", b"TRUNCATE earlier",
            b"DELETE FROM private.more", b"CREATE TABLE mine (id int)", b"DROP TABLE earlier",
            b"CREATE SCHEMA other", b"CREATE ROLE other", b"SELECT nextval('earlier_id_seq')",
        )  # fmt: skip
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            reader.execute("CREATE TEMPORARY TABLE mine (id int)")
        # Whoever reads may turn that off; the rights hold all the same.
        reader.execute("SET default_transaction_read_only = off")
        for statement in statements:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                reader.execute(statement)


def test_next_start_of_a_pooler_sets_the_readers_new_password(stage: Stage):
    make_roles(stage)
    logged_in(stage, READER, READER_PASSWORD).close()
    make_roles(stage, password="another 'word'")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        logged_in(stage, READER, READER_PASSWORD)
    logged_in(stage, READER, "another 'word'").close()
    logged_in(stage).close()
