"""Metrics are asked for by the names that the exporter in use gives them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from observability import Prometheus
from observability.records.exporters import PGBOUNCER, POSTGRES, REDIS, names_of, version_of
from observability.records.names import MetricNames
from observability.stack import ObservedStack
from stacks.config import ConfigError, from_file
from stacks.config.dialects import postgres_names
from stacks.config.metric_names import MetricNamesConfig, metric_names
from tests.observability.everything import cloudwatch_alone, stack

ROOT = Path(__file__).parents[2]


def metrics_of(observed: ObservedStack, subject: str) -> set[str]:
    return {
        series.metric
        for component in observed.signals
        if component.subject == subject
        for signal in component.signals
        if isinstance(signal.query, Prometheus)
        for series in signal.query.expression.series()
    }


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("0.11", (0, 11)),
        ("v0.20.1", (0, 20)),
        ("docker.io/prometheuscommunity/pgbouncer-exporter:v0.12.1", (0, 12)),
        ("registry.example.com:5000/exporter:v1.69.0@sha256:12ab", (1, 69)),
        ("exporter:2", (2, 0)),
    ],
)
def test_version_is_read_from_a_version_or_an_images_tag(text: str, version: tuple[int, int]):
    assert version_of(text) == version


@pytest.mark.parametrize("text", ["registry.example.com:5000/exporter", "exporter@sha256:12ab", "exporter:latest"])
def test_image_without_a_version_is_refused(text: str):
    with pytest.raises(ValueError, match="names no version"):
        version_of(text)


def test_names_change_with_the_version_that_changed_them():
    assert names_of(PGBOUNCER, (0, 10)).totals == "pgbouncer_stats"
    assert names_of(PGBOUNCER, (0, 11)).totals == names_of(PGBOUNCER, (0, 12)).totals == "pgbouncer_stats_totals"
    assert names_of(POSTGRES, (0, 12)).statement_calls is None
    assert names_of(POSTGRES, (0, 13)).statement_calls == "pg_stat_statements_calls_total"
    assert names_of(REDIS, (1, 67)).clients_max == "redis_config_maxclients"
    assert names_of(REDIS, (1, 68)).clients_max == "redis_max_clients"
    with pytest.raises(ValueError, match=r"version 0\.5 is not known: allowed are 0\.6 and later"):
        names_of(PGBOUNCER, (0, 5))


def test_image_of_the_poolers_exporter_decides_its_names():
    old = stack({"database.pooler.exporter_image": "exporter:v0.10.2"})
    assert "pgbouncer_stats_queries_pooled_total" in metrics_of(old, "Pooler")
    assert "pgbouncer_stats_totals_queries_pooled_total" in metrics_of(stack({}), "Pooler")
    assert not any("max_user_connections" in metric for metric in metrics_of(stack({}), "Pooler"))


def test_chosen_source_answers_for_the_same_records():
    by_source = {
        "cloudwatch": cloudwatch_alone(),
        "exporter": stack({"redis.cache.metrics": "redis_exporter"}),
    }
    ids = {
        source: {it.id for component in metrics.signals for it in component.signals}
        for source, metrics in by_source.items()
    }
    shared = {"database-connections", "database-connections-share", "database-cpu", "redis-cpu-1"}
    assert shared <= ids["cloudwatch"] & ids["exporter"]
    assert metrics_of(by_source["cloudwatch"], "Database") == metrics_of(by_source["cloudwatch"], "Redis") == set()
    # What redis_exporter tells is not told twice.
    assert {"redis-memory-1", "redis-evictions-1", "redis-hits-1"} <= ids["cloudwatch"] - ids["exporter"]


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        (
            "database.metrics",
            "supabase",
            "database.metrics: given 'supabase', allowed cloudwatch or postgres_exp",
        ),
        ("database.metrics", "datadog", "database.metrics"),
        ("redis.cache.metrics", "upstash", "redis.cache.metrics"),
        ("services.api.metrics", {"requests": "http requests"}, "services.api.metrics.requests"),
        ("services.api.metrics", {"duration_unit": "us"}, "services.api.metrics.duration_unit"),
    ],
)
def test_source_that_cannot_be_is_refused(key: str, value: Any, sentence: str):
    with pytest.raises(ConfigError) as raised:
        stack({key: value})
    assert sentence in str(raised.value)


def test_exporters_image_without_a_version_is_refused_where_it_is_asked(tmp_path: Path):
    file = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())
    file["config"]["footing:database"]["pooler"]["exporter_image"] = "exporter:latest"
    written = tmp_path / "Pulumi.production.yaml"
    written.write_text(yaml.safe_dump(file))
    with pytest.raises(
        ConfigError, match=r"exporter_image: with metrics: pgbouncer_exporter, 'exporter:latest' names"
    ):
        from_file(written)


def test_application_says_what_it_calls_its_metrics():
    config = MetricNamesConfig.model_validate(
        {
            "requests": "app_http_requests_total",
            "status_label": "status_code",
            "duration": "app_took_ms",
            "duration_unit": "ms",
            "duration_edges": ["50", "100"],
            "operations": [{"id": "switch", "title": "Switch", "duration": "switch_ms", "p95_ms": 50}],
        }
    )
    names = metric_names(config)
    assert (names.requests, names.status_label, names.duration_edges) == (
        "app_http_requests_total",
        "status_code",
        ("50", "100"),
    )
    assert names.operations[0].p95_seconds == 0.05
    assert str(names.with_status("5..")) == 'app_http_requests_total{job="service",status_code=~"5.."}'
    assert metric_names(MetricNamesConfig()) == MetricNames()


def test_names_are_those_of_the_image_that_runs():
    assert postgres_names("postgres_exporter", "example.com/postgres-exporter:v0.11.1") != postgres_names(
        "postgres_exporter", "example.com/postgres-exporter:v0.19.1"
    )
