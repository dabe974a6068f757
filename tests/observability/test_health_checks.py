"""Health checks are no traffic: however many there are, an alert sees the share of people's requests that fail."""

from pathlib import Path
from typing import Any

import pytest

from observability.alerting.rules import groups
from observability.promql import Series
from observability.records.names import MetricNames
from tests.observability.promtool import Case, failing
from tests.observability.proved_stacks import seen
from tests.observability.scenarios.scenario import Scenario, firing_promql
from tests.observability.scenarios.synthetic_series import SyntheticSeries, holds, synthetic
from tests.observability.scenarios.timeline import MINUTELY, Phase, Timeline

HOUR = 60
HEALTH_CHECKS = 8 * 3 * 4
"""A minute: eight tasks, a node of the load balancer in each of three zones, every 15 seconds."""
PEOPLE = 20
"""Requests of people in a minute."""


def answers(route: str, status: str) -> SyntheticSeries:
    labels = {"job": "service", "environment": "production", "endpoint": route, "status": status}
    return synthetic("http_requests_total", labels)


def slow(le: str, route: str = "/rest/feed") -> SyntheticSeries:
    labels = {"job": "service", "environment": "production", "endpoint": route, "le": le}
    return synthetic("http_request_duration_seconds_bucket", labels)


def traffic(failing_per_minute: float) -> dict[SyntheticSeries, float]:
    """Growth a second of the service's answers: people's take up to five seconds, the others' none."""
    per_minute = {
        answers("/health", "200"): HEALTH_CHECKS,
        answers("/metrics", "200"): 4.0,
        answers("/rest/feed", "200"): PEOPLE - failing_per_minute,
        answers("/rest/feed", "500"): failing_per_minute,
        slow("0.005", "/health"): HEALTH_CHECKS,
        slow("+Inf", "/health"): HEALTH_CHECKS,
        slow("2.5"): 0.0,
        slow("5.0"): PEOPLE,
        slow("+Inf"): PEOPLE,
    }
    return {series: number / MINUTELY for series, number in per_minute.items()}


def rule(alert: str) -> dict[str, Any]:
    made = groups(seen("production").signals, seen("production").identity)
    [found] = [it for group in made for it in group["rules"] if it.get("alert") == alert]
    return found


def scenario(alert: str, levels: dict[SyntheticSeries, float], *, fires: bool) -> Scenario:
    phases = [Phase(name="steady", levels=levels, steps=HOUR + 1)]
    timeline = Timeline(phases=phases, gauges=frozenset(), step_seconds=MINUTELY)
    return Scenario(name=alert, timeline=timeline, checks=[(HOUR * MINUTELY, firing_promql(alert), fires)])


ONLY_HEALTH_CHECKS = {series: level for series, level in traffic(0).items() if "/rest" not in str(series)}


@pytest.mark.parametrize("alert", ["service-error-share-ticket", "service-error-share-page"])
def test_health_checks_hide_no_failures_and_are_no_traffic(alert: str, tmp_path: Path):
    # Ten people of a hundred and sixty checks in five minutes are under the floor of fifty.
    few = {series: level / 10 if "/rest" in str(series) else level for series, level in traffic(2).items()}
    scenarios = {
        "two of twenty requests fail": scenario(alert, traffic(2), fires=True),
        "none fails": scenario(alert, traffic(0), fires=False),
        "two people a minute": scenario(alert, few, fires=False),
    }
    cases = [Case(name=name, rules=[rule(alert)], scenarios=[it]) for name, it in scenarios.items()]
    assert failing(cases, tmp_path) == []


def test_health_checks_make_no_slow_service_fast(tmp_path: Path):
    alert = "service-latency-p95-page"
    cases = [Case(name=alert, rules=[rule(alert)], scenarios=[scenario(alert, traffic(0), fires=True)])]
    assert failing(cases, tmp_path) == []


def test_every_query_of_the_requests_leaves_the_probed_routes_out():
    names = MetricNames()
    observed = seen("production").signals
    texts = [
        str(series)
        for component in observed
        for signal in component.signals
        for query in (signal.query, *signal.extra_queries.values())
        if hasattr(query, "expression") and not isinstance(query.expression, str)
        for series in query.expression.series()
    ]
    texts += [str(series) for it in observed for one in it.objectives for series in one.bad_rate().series()]
    read = [it for it in texts if it.startswith((names.requests, names.duration))]
    assert len(read) > 12
    left_out = ",".join(f'endpoint!="{path}"' for path in ("/health", "/health/", "/metrics", "/metrics/"))
    assert [it for it in read if left_out not in it] == []


@pytest.mark.parametrize(
    ("paths", "out", "counted"),
    [
        (("/health",), {"/health", "/health/"}, {"", "/healthy", "/", "/api/health", "/rest"}),
        (("/health?full=1", "/m.x"), {"/health", "/m.x"}, {"/mox", ""}),
        (("/",), {"/"}, {"", "/rest"}),
        ((), set(), {"", "/health"}),
    ],
)
def test_route_is_left_out_as_it_is_written_and_nothing_else(
    paths: tuple[str, ...], out: set[str], counted: set[str]
):
    matches = MetricNames(probe_paths=paths).of_people
    assert {it for it in out | counted if all(holds(match, it) for match in matches)} == counted
    assert isinstance(MetricNames(probe_paths=paths).answers(), Series)


@pytest.mark.parametrize("alert", ["service-availability-absent", "service-success-absent"])
def test_service_that_nobody_has_asked_yet_is_not_called_absent(alert: str, tmp_path: Path):
    alone = {
        series: level for series, level in ONLY_HEALTH_CHECKS.items() if series.metric == "http_requests_total"
    }
    cases = [
        Case(name="health checks alone", rules=[rule(alert)], scenarios=[scenario(alert, alone, fires=False)]),
        Case(name="nothing", rules=[rule(alert)], scenarios=[scenario(alert, {slow("5.0"): 1.0}, fires=True)]),
    ]
    assert failing(cases, tmp_path) == []
