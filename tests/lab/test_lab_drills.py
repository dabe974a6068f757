"""The drills and a pipeline's migration on a real PostgreSQL: what blocks, what is lost, never two at once."""

import datetime as dt
import os
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest

from footing.migrate.chosen import MigrationError
from footing.migrate.pipeline import alone, run_here
from lab import process
from lab.drills.migration import SAMPLES, drill
from lab.drills.report import migration_lines, migration_page, restore_page
from lab.drills.restore import restored, result
from lab.drills.statements import split
from lab.postgres import PASSWORD
from lab.process import ServerError
from lab.report import DOCS
from lab.stage import Stage
from stacks.config.schema_register import MigrationsConfig

pytestmark = pytest.mark.lab

TODAY = dt.date(2030, 1, 2)
SIZES = (10_000, 100_000)
MIGRATION = """
-- A column that nothing waits for.
ALTER TABLE article ADD COLUMN status text NOT NULL DEFAULT 'a;b';
CREATE INDEX article_by_title ON article (title, body);
CREATE INDEX CONCURRENTLY article_by_body ON article (body, title);
BEGIN;
LOCK TABLE author IN ACCESS EXCLUSIVE MODE;
SELECT pg_sleep(0.4);
COMMIT;
ALTER TABLE nothing ADD COLUMN a int;
"""


def test_migration_that_blocks_is_found_with_its_lock_and_the_safe_form_and_one_that_does_not_is_not(
    stage: Stage, tmp_path: Path
):
    (tmp_path / "change.sql").write_text(MIGRATION)
    drilled = drill(stage, tmp_path / "change.sql", sizes=SIZES, stated_rows=500_000_000)
    column, index, concurrently, _, lock, *_, missing = drilled.statements
    assert column.locks == {"article": "AccessExclusiveLock"}
    assert column.rewrites == ()
    assert index.locks == {"article": "ShareLock"}
    assert index.blocked == "writes"
    assert concurrently.locks == {}
    assert lock.locks == {"author": "AccessExclusiveLock"}
    assert lock.until_commit_seconds > 0.4
    found = {it.split(":")[1]: it for it in drilled.findings}
    assert "blocks writes for about" in found["4"]
    assert "longer than statement_timeout, 30 s; the safe form: CREATE INDEX CONCURRENTLY" in found["4"]
    assert "its statement_timeout, 30 s, ends it: SET statement_timeout = 0 before it" in found["5"]
    assert missing.error == 'relation "nothing" does not exist'
    assert "3" not in found
    assert "7" not in found
    assert "| writes |" in migration_page([drilled], TODAY)
    assert f"line 4: {index.text}" in migration_lines(drilled)


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("SELECT 1; SELECT 2", [(1, "SELECT 1"), (1, "SELECT 2")]),
        ("-- a;\n/* b; */ SELECT ';' -- c;\n  , 2;\n;", [(2, "SELECT ';' , 2")]),
        ("\n\nDO $x$ BEGIN; END $x$;", [(3, "DO $x$ BEGIN; END $x$")]),
        (r"SELECT E'\';'; SELECT 2", [(1, r"SELECT E'\';'"), (1, "SELECT 2")]),
    ],
)
def test_semicolon_inside_of_something_ends_no_statement(sql: str, found: list[tuple[int, str]]):
    assert [(it.line, it.text) for it in split(sql)] == found


def test_command_of_psql_is_refused_by_name():
    with pytest.raises(ServerError, match=r"given \\i other.sql, a command of psql"):
        list(split("SELECT 1;\n\\i other.sql"))


@pytest.mark.parametrize(("name", "lines"), [("safe.sql", [2, 3, 4, 6, 7, 8]), ("blocking.sql", [2, 3, 4, 5])])
def test_samples_are_the_statements_of_the_page(name: str, lines: list[int]):
    assert [it.line for it in split((SAMPLES / name).read_text())] == lines


def test_the_committed_pages_show_every_statement_what_was_found_and_no_failure():
    page = (DOCS / "migration-drill.md").read_text()
    safe, blocking = page.split("## safe.sql")[1].split("## blocking.sql")
    for name, part in (("safe.sql", safe), ("blocking.sql", blocking)):
        for it in split((SAMPLES / name).read_text()):
            assert f"| {it.line} | `{it.text}` |" in part
    assert "Nothing found" in safe
    assert {f"- blocking.sql:{line}:" in blocking for line in (2, 3, 4)} == {True}
    assert "FAILS" not in (DOCS / "restore-drill.md").read_text()


SPOILS = (
    "DELETE FROM receipt WHERE id = 4712; ALTER TABLE receipt DISABLE ROW LEVEL SECURITY; "
    "DROP INDEX article_by_day; ALTER TABLE receipt DROP CONSTRAINT receipt_cents_check; "
    "UPDATE article SET views = 1 WHERE id = 1"
)


def test_restore_brings_back_everything_and_what_is_missing_is_named(stage: Stage):
    spoiled = restored(stage, rows=2000, spoil=SPOILS)
    assert spoiled.differences == [
        "rows: article",
        "rows: receipt",
        "tables: receipt",
        "constraints: receipt.receipt_cents_check",
        "indexes: article_by_day",
    ]
    assert not result(stage, spoiled).holds
    shown = result(stage, replace(spoiled, copy=spoiled.source))
    assert shown.holds
    assert "| rows that differ, of 3 | 0 differences | 0 | holds |" in restore_page(shown, TODAY)


def test_pipeline_applies_each_file_once_alone_and_tells_nobody_the_url(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
):
    owner = stage.production.database_name
    with psycopg.connect(stage.postgres.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE pipeline OWNER {owner}".encode())
    url = replace(stage.postgres, database="pipeline").url(owner)
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "001_first.sql").write_text(
        "CREATE TABLE session (id int);\n\\! tr '\\0' ' ' < /proc/$PPID/cmdline\n"
    )
    monkeypatch.setenv("PATH", f"{process.search_path()}{os.pathsep}{os.environ['PATH']}")
    migrations = MigrationsConfig(tool="psql", path="migrations", run_by="pipeline")

    def migrated() -> tuple[int, list[str]]:
        lines: list[str] = []
        code = run_here(migrations, url, given=(), limit_seconds=60, show=lines.append, directory=tmp_path)
        return code, lines

    assert migrated() == (0, ["applying 001_first.sql"])
    arguments = capfd.readouterr().out
    assert "--file=" in arguments
    assert PASSWORD not in arguments
    assert migrated() == (0, [])
    (folder / "002_second.sql").write_text("ALTER TABLE nothing ADD COLUMN a int;")
    code, _ = migrated()
    assert code == 3
    with alone(url), pytest.raises(MigrationError, match="running already, so none was started"):
        migrated()
    (folder / "002_second.sql").write_text("ALTER TABLE session ADD COLUMN a int;")
    assert migrated() == (0, ["applying 002_second.sql"])
    with psycopg.connect(url) as connection:
        versions = connection.execute("SELECT version FROM schema_migrations ORDER BY version").fetchall()
    assert versions == [("001_first",), ("002_second",)]
    command = MigrationsConfig(tool="other", run_by="pipeline")
    slow = ["sleep", "30"]
    with pytest.raises(MigrationError, match="sleep ran longer than allowed and was stopped"):
        run_here(command, url, given=slow, limit_seconds=0.2, show=print, directory=tmp_path)  # type: ignore[arg-type]
    wrong = url.replace(PASSWORD, "wrong-one")
    with pytest.raises(MigrationError, match="does not let the owner in") as refused:
        run_here(migrations, wrong, given=(), limit_seconds=9, show=print, directory=tmp_path)
    assert "wrong-one" not in str(refused.value)
