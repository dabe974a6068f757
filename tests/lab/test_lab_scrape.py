"""Every metric and label that a record asks for is in a real scrape, or in a list with its source."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import promql_parser
import psycopg
import pytest
import redis
import yaml

from components.postgres.pooler.signals.prometheus import signals as of_pooler
from components.postgres.rds.signals import maintenance
from components.postgres.rds.signals.prometheus import Exporter
from components.postgres.rds.signals.prometheus import signals as of_database
from components.redis.roles import Role
from components.redis.signals.prometheus import signals as of_redis
from lab import exporters, pgbouncer_probe, pooler, prometheus, redis_server
from lab.process import ServerError
from lab.prometheus import Prometheus
from lab.stage import Stage
from observability import Prometheus as Query
from observability import Signal
from observability.files.artefacts import ARTEFACTS
from observability.records.exporters import PGBOUNCER, POSTGRES, REDIS, SUPABASE
from observability.stack import ObservedStack
from tests.observability.everything import everything

HERE = Path(__file__).parent
ENVIRONMENT = "production"
OF_EVERY_TARGET = {"up", "scrape_duration_seconds"}
"""Metrics that Prometheus makes for every target, whoever is scraped."""
ATTACHED = {"job", "instance", "environment"}
"""Labels that Prometheus attaches, whoever is scraped."""


@dataclass(frozen=True)
class Selector:
    """One selector of an expression, and the labels that an aggregation around it keeps."""

    record: str
    selector: str
    metric: str
    matchers: dict[str, str]
    kept: frozenset[str] = field(default_factory=frozenset)

    @property
    def labels(self) -> set[str]:
        return {*self.matchers, *self.kept} - ATTACHED


def selectors(record: str, promql: str) -> Iterator[Selector]:
    """Read from the text, with a parser that is not ours."""
    return _walked(record, promql_parser.parse(promql), frozenset())


def _walked(record: str, node: Any, kept: frozenset[str]) -> Iterator[Selector]:
    match type(node).__name__:
        case "VectorSelector":
            matchers = {it.name: it.value for it in node.matchers.matchers}
            yield Selector(record, node.prettify(), node.name, matchers, kept)
        case "MatrixSelector":
            yield from _walked(record, node.vector_selector, kept)
        case "AggregateExpr":
            own = frozenset(node.modifier.labels) if node.modifier else frozenset()
            yield from _walked(record, node.expr, kept | own)
        case "BinaryExpr":
            yield from _walked(record, node.lhs, kept)
            yield from _walked(record, node.rhs, kept)
        case "Call":
            for argument in node.args:
                yield from _walked(record, argument, kept)
        case "ParenExpr" | "UnaryExpr" | "SubqueryExpr":
            yield from _walked(record, node.expr, kept)
        case "NumberLiteral":
            pass
        case other:
            raise AssertionError(f"{record}: an expression of a kind that is not read yet, {other}")


def texts(signal: Signal) -> Iterator[str]:
    for query in (signal.query, *signal.extra_queries.values()):
        if isinstance(query, Query):
            yield query.promql
            if signal.minimum_traffic and query is signal.query:
                yield signal.minimum_traffic.expression.promql("5m")


def of_stack(stack: ObservedStack) -> Iterator[tuple[str, str]]:
    for component in stack.signals:
        for signal in component.signals:
            yield from ((signal.id, text) for text in texts(signal))
        for objective in component.objectives:
            indicator = objective.bad_rate().promql("5m")
            yield from ((objective.id, text) for text in (indicator, str(objective.indicator.all)))


def of_every_version() -> Iterator[tuple[str, str]]:
    """Records under the names of every version that the tables know."""
    found: list[Signal] = []
    for _, pgbouncer in PGBOUNCER:
        found += of_pooler(pgbouncer, 4000)
    for postgres in (*(names for _, names in POSTGRES), SUPABASE):
        found += (*of_database(postgres, 30), *maintenance.signals(postgres))
        yield "database-connections", Exporter(names=postgres).connections.promql
    for _, names in REDIS:
        found += of_redis(names, Role.CACHE, evicts=True)
    yield from ((signal.id, text) for signal in found for text in texts(signal))


def rules() -> str:
    """One rule for each expression, and the stack's own rules where they are made."""
    written = [
        {"record": f"record:{re.sub(r'[^a-z0-9]', '_', id_)}_{number}", "expr": text}
        for number, (id_, text) in enumerate(of_stack(everything()))
    ]
    groups = [{"name": "records", "rules": written}]
    if made := ARTEFACTS.get("rules.yml"):
        groups += yaml.safe_load(made(everything()))["groups"]
    return yaml.safe_dump({"groups": groups})


def value(made: Prometheus, promql: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = made.ask("query", query=promql)["result"]
    return found


def rules_of(made: Prometheus) -> list[dict[str, Any]]:
    return [rule for group in made.ask("rules")["groups"] for rule in group["rules"]]


def wait_until_scraped(made: Prometheus, jobs: int, seconds: float = 60) -> None:
    """Return once all `jobs` targets were read three times, so that rates exist."""
    end = time.monotonic() + seconds
    while len(value(made, f'count_over_time(up{{job!="{prometheus.ITSELF}"}}[1m]) >= 3 and up == 1')) < jobs:
        if time.monotonic() > end:
            targets = made.ask("targets")["activeTargets"]
            bad = [f"{it['labels']['job']}: {it['lastError']}" for it in targets if it["health"] != "up"]
            raise ServerError(f"not every target is up: {'; '.join(bad)}")
        time.sleep(0.2)


@pytest.fixture(scope="module")
def scraped(stage: Stage) -> Iterator[Prometheus]:
    """Prometheus over the real exporters, after some work for all of them."""
    sample = (HERE / "application_metrics.txt").read_text()
    with ExitStack() as open_:
        [pgbouncer] = open_.enter_context(
            pooler.running(stage.room("scraped"), stage.production.settings(), stage.postgres, 1)
        )
        store = open_.enter_context(redis_server.running(stage.room("redis"), Role.CACHE))
        targets = {
            "postgres": open_.enter_context(exporters.of_postgres(stage.room("pg-exporter"), stage.postgres)),
            "redis": open_.enter_context(exporters.of_redis(stage.room("redis-exporter"), store)),
            "pgbouncer": open_.enter_context(exporters.serving(lambda: pgbouncer_probe.exposition(pgbouncer))),
            "service": open_.enter_context(exporters.serving(lambda: sample)),
        }
        client = open_.enter_context(closing(store.client()))
        work(pgbouncer, client)
        made = open_.enter_context(
            prometheus.running(stage.room("prometheus"), targets, ENVIRONMENT, rules=rules())
        )
        work(pgbouncer, client)
        wait_until_scraped(made, len(targets))
        yield made


def work(pgbouncer: pooler.Pooler, client: redis.Redis) -> None:
    with psycopg.connect(pgbouncer.url()) as connection:
        connection.execute("SELECT count(*) FROM post")
        connection.commit()
        connection.execute("SELECT 1")
        connection.rollback()
    client.set("key", "value")
    client.get("key")
    client.get("no key")


def labels_by_metric(made: Prometheus) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    for labels in made.ask("series", **{"match[]": '{job!=""}'}):
        # Without a job any will do.
        for job in (labels["job"], ""):
            found.setdefault((job, labels["__name__"]), set()).update(labels)
    return found


def declared() -> dict[tuple[str, str], set[str]]:
    listed = json.loads((HERE / "declared.json").read_text())
    assert all(entry["source"].startswith("https://github.com/") for entry in listed)
    return {(entry["job"], name): set(labels) for entry in listed for name, labels in entry["metrics"].items()}


def problems(selector: Selector, seen: dict[tuple[str, str], set[str]], made: Prometheus | None) -> Iterator[str]:
    key = "" if selector.metric in OF_EVERY_TARGET else selector.matchers.get("job", ""), selector.metric
    # What a newer version adds is in the list, and not in a scrape of Debian's.
    listed = declared().get(key, set())
    if key in seen:
        if missing := selector.labels - seen[key] - listed:
            yield f"{selector.record}: {selector.metric} has no label {', '.join(sorted(missing))} in a scrape"
        elif (
            made is not None
            and selector.metric not in OF_EVERY_TARGET
            and not selector.labels & (listed - seen[key])
            and not made.ask("series", **{"match[]": selector.selector})
        ):
            yield f"{selector.record}: nothing is {selector.selector}"
        return
    if key not in declared():
        yield f"{selector.record}: {selector.metric} of {key[0] or 'no job'} is in no scrape and in no list"
    elif missing := selector.labels - declared()[key] - {"le"}:
        yield f"{selector.record}: {selector.metric} is listed without the label {', '.join(sorted(missing))}"


@pytest.mark.lab
def test_every_metric_and_label_of_every_record_is_scraped_or_listed(scraped: Prometheus):
    seen = labels_by_metric(scraped)
    asked = [it for id_, text in (*of_stack(everything()), *of_every_version()) for it in selectors(id_, text)]
    assert len({it.record for it in asked}) > 40
    assert [problem for it in asked for problem in problems(it, seen, None)] == []
    here = [it for id_, text in of_stack(everything()) for it in selectors(id_, text)]
    assert [problem for it in here for problem in problems(it, seen, scraped)] == []


@pytest.mark.lab
def test_what_is_not_there_is_found_out(scraped: Prometheus):
    seen = labels_by_metric(scraped)
    wrong = {
        'sum(pgbouncer_stats_requests_total{job="pgbouncer"})': "is in no scrape and in no list",
        'sum by (server_name) (pg_stat_activity_count{job="postgres"})': "has no label server_name",
        'sum(redis_latency_percentiles_usec{job="redis",quantile="95"})': "nothing is",
        'sum(pg_up{job="redis"})': "of redis is in no scrape",
        'sum by (host) (rate(cloudflare_zone_requests_total{job="cloudflare"}[5m]))': "without the label host",
    }
    for promql, sentence in wrong.items():
        [selector] = selectors("wrong", promql)
        [problem] = problems(selector, seen, scraped)
        assert sentence in problem


@pytest.mark.lab
def test_every_rule_is_healthy_and_every_level_has_a_value(scraped: Prometheus):
    # A group may be evaluated once a minute, and begins at a moment of its own within it.
    end = time.monotonic() + 90
    while any(rule["health"] == "unknown" for rule in rules_of(scraped)) and time.monotonic() < end:
        time.sleep(0.2)
    found = rules_of(scraped)
    assert len(found) > 60
    assert {rule["name"]: rule.get("lastError") for rule in found if rule["health"] != "ok"} == {}
    levels = ("pooler-pool-use", "pooler-client-slots", "pooler-up", "database-up", "redis-up", "redis-memory")
    told = dict(of_stack(everything()))
    assert {level: len(value(scraped, told[level])) > 0 for level in levels} == dict.fromkeys(levels, True)


@pytest.mark.lab
def test_probe_of_pgbouncer_has_the_names_types_and_labels_of_the_real_exporter(stage: Stage):
    real = json.loads((HERE / "pgbouncer_exporter.json").read_text())["metrics"]
    with stage.poolers() as poolers:
        text = pgbouncer_probe.exposition(poolers[0])
    kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
    labels: dict[str, list[str]] = {}
    for name, inside in re.findall(r"^(\w+)(?:\{(.*)\})? \S+$", text, re.M):
        labels[name] = sorted(re.findall(r'(\w+)="', inside))
    assert len(kinds) > 25
    assert {name: {"type": kinds[name], "labels": labels[name]} for name in kinds} == {
        name: real[name] for name in kinds
    }


@pytest.mark.lab
def test_debians_exporter_of_pgbouncer_asks_for_what_is_gone(stage: Stage):
    # It ends at the first row without this column; PgBouncer split it in two with 1.8.
    with stage.poolers() as poolers:
        [row, *_] = poolers[0].show("STATS")
    assert "total_requests" not in row
    assert {"total_query_count", "total_xact_count"} <= set(row)


@pytest.mark.lab
def test_target_that_is_down_is_named(stage: Stage):
    with (
        prometheus.running(stage.room("alone"), {"postgres": 1}, ENVIRONMENT) as made,
        pytest.raises(ServerError, match=r"postgres: .*connection refused"),
    ):
        # It finds its targets five seconds after its start.
        wait_until_scraped(made, 1, seconds=8)
