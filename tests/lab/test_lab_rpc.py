"""The SQL panels on a real PostgreSQL: a million rows, a role that may only read, the plan of every statement."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from lab.postgres import PASSWORD, SUPERUSER
from lab.stage import Stage
from observability import Shape, Signal, Sql
from observability.records import rpc

ROWS = 1_000_000
DAYS = 30
END = datetime(2026, 1, 31, tzinfo=UTC)
HOUR = (END - timedelta(hours=1), END)
BEFORE_ALL = (END - timedelta(days=400), END - timedelta(days=399))
PANELS = rpc.signals()

FILL = f"""
INSERT INTO {rpc.TABLE}
SELECT timestamptz '{END.isoformat()}' - interval '{DAYS} days' * (1 - n::double precision / {ROWS}),
       CASE n % 20 WHEN 10 THEN 'auth_password' ELSE 'procedure_' || n % 20 END,
       n % 700,
       CASE WHEN n % 50 = 0 THEN 'error' ELSE 'ok' END,
       CASE n % 5
         WHEN 0 THEN '{{}}'::jsonb
         ELSE jsonb_build_object('cache_pattern', 'feed:*', 'caller', n % 3, 'refused', n % 4 = 3,
                'cache_result', (ARRAY['hit', 'hit', 'miss', 'stampede'])[n % 5])
       END
FROM generate_series(1, {ROWS}) AS n
"""  # noqa: S608  made of constants


def expanded(text: str, span: tuple[datetime, datetime], interval_seconds: int = 60) -> str:
    """`text` as Grafana sends it: its macros written out for `span`.

    https://grafana.com/docs/grafana/latest/datasources/postgres/#macros
    """
    start, end = (moment.strftime("%Y-%m-%dT%H:%M:%SZ") for moment in span)
    text = re.sub(r"\$__timeFilter\((\w+)\)", rf"\1 BETWEEN '{start}' AND '{end}'", text)
    text = text.replace("$__interval", f"{interval_seconds}s")

    def grouped(found: re.Match[str]) -> str:
        seconds = {"1h": 3600}.get(found[2].strip("'"), interval_seconds)
        return f'floor(extract(epoch from {found[1]})/{seconds})*{seconds} AS "time"'

    text = re.sub(r"\$__timeGroupAlias\((\w+), ([^)]+)\)", grouped, text)
    assert "$" not in text
    return text


def statement(panel: Signal) -> str:
    assert isinstance(panel.query, Sql)
    return panel.query.text


@pytest.fixture(scope="module")
def reader_url(stage: Stage) -> Iterator[str]:
    """The reader's URL to the filled table; all of it is gone afterwards."""
    url = stage.postgres.url()
    owner = stage.postgres.database
    as_superuser = stage.postgres.url(SUPERUSER)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE TABLE {rpc.TABLE} ({', '.join(rpc.COLUMNS)})".encode())
        connection.execute(FILL.encode())
    with psycopg.connect(as_superuser, autocommit=True) as connection:
        connection.execute(rpc.grants(owner).encode())
        connection.execute(f"ALTER ROLE {rpc.READER} PASSWORD '{PASSWORD}'".encode())
        connection.execute(f"VACUUM ANALYZE {rpc.TABLE}".encode())
    yield stage.postgres.url(rpc.READER)
    with psycopg.connect(as_superuser, autocommit=True) as connection:
        connection.execute(f"DROP TABLE {rpc.TABLE}".encode())
        connection.execute(f"DROP OWNED BY {rpc.READER}".encode())
        connection.execute(f"DROP ROLE {rpc.READER}".encode())


def rows(url: str, text: str) -> list[dict[str, Any]]:
    with psycopg.connect(url, row_factory=psycopg.rows.dict_row) as connection:
        return connection.execute(text.encode()).fetchall()


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes(below)


@pytest.mark.lab
@pytest.mark.parametrize("panel", PANELS, ids=[it.id for it in PANELS])
def test_panel_reads_its_hour_by_the_index_and_little_else(reader_url: str, panel: Signal):
    text = expanded(statement(panel), HOUR)
    [answer] = rows(reader_url, f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}")
    plan = answer["QUERY PLAN"][0]["Plan"]
    assert rpc.INDEX in {node.get("Index Name") for node in nodes(plan)}
    [size] = rows(reader_url, f"SELECT pg_relation_size('{rpc.TABLE}') / 8192 AS pages")
    # An hour is 1/720 of the rows; the block ranges around it and the index itself are read too.
    touched = plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]
    assert touched < size["pages"] / 50


@pytest.mark.lab
@pytest.mark.parametrize("panel", PANELS, ids=[it.id for it in PANELS])
def test_panel_answers_within_its_limit_in_the_shape_it_says(reader_url: str, panel: Signal):
    assert isinstance(panel.query, Sql)
    found = rows(reader_url, expanded(panel.query.text, HOUR))
    assert 0 < len(found) <= (rpc.ROWS if panel.query.shape is Shape.TABLE else rpc.POINTS)
    assert ("time" in found[0]) is (panel.query.shape is Shape.TIME_SERIES)
    assert rows(reader_url, expanded(panel.query.text, BEFORE_ALL)) == []


@pytest.mark.lab
def test_panels_count_what_was_written(reader_url: str):
    texts = {it.id: expanded(statement(it), HOUR) for it in PANELS}
    calls = rows(reader_url, texts["rpc-calls"])
    # Of 1,000,000 rows in 720 hours, both ends of the hour included.
    assert sum(it["calls"] for it in calls) in (1389, 1390)
    assert [it["p95_ms"] for it in calls] == sorted((it["p95_ms"] for it in calls), reverse=True)
    assert {it["rpc_name"] for it in calls if it["errors"]} == {"procedure_0", "auth_password"}
    [hits] = rows(reader_url, texts["rpc-cache-hits"])
    assert (hits["pattern"], hits["hit_share"]) == ("feed:*", pytest.approx(0.5, abs=0.01))
    assert {it["cache_result"] for it in rows(reader_url, texts["rpc-cache-results"])} == {
        "hit",
        "miss",
        "stampede",
    }
    callers = rows(reader_url, texts["rpc-callers"])
    assert {it["caller"] for it in callers} == {"0", "1", "2"}
    assert [it["refused"] for it in callers] == sorted((it["refused"] for it in callers), reverse=True)
    failed = sum(it["failed"] for it in rows(reader_url, texts["rpc-sign-in-failures"]))
    assert failed == next(it["errors"] for it in calls if it["rpc_name"] == "auth_password") > 0
    slow = [it["duration_ms"] for it in rows(reader_url, texts["rpc-slow"])]
    assert len(slow) == rpc.ROWS
    assert min(slow) > rpc.SLOW_MS
    assert sum(it["time_share"] for it in rows(reader_url, texts["rpc-offenders"])) == pytest.approx(1)


@pytest.mark.lab
@pytest.mark.parametrize(
    "text",
    ["DELETE FROM rpc_observations", "INSERT INTO rpc_observations (rpc_name) VALUES ('x')", "CREATE TABLE x ()"],
)
def test_reader_cannot_write_even_when_it_says_that_it_may(reader_url: str, text: str):
    with psycopg.connect(reader_url) as connection:
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
            connection.execute(text.encode())
        connection.rollback()
        connection.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE")
        connection.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(text.encode())


@pytest.mark.lab
def test_reader_may_ask_for_seconds_only_and_sees_no_other_table(reader_url: str):
    with psycopg.connect(reader_url) as connection:
        [shown] = connection.execute("SHOW statement_timeout").fetchone() or ()
        assert shown == f"{rpc.STATEMENT_TIMEOUT_SECONDS}s"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM post")
