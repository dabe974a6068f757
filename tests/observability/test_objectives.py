"""Promises: those that cannot be watched are refused, those that break in silence are told."""

import json
import re
from typing import Any

import pytest

from components.service.objectives import LatencyArgs, ObjectivesArgs, hit_ratios, objectives
from footing.project import stack_file
from observability import Failures, Objective, Prometheus, Signal, Signals, Slowness
from observability.alerting.refusals import refusals
from observability.alerting.rules import AlertIdentity, groups
from observability.files.artefacts import load_limits
from observability.promql import Increase, Match, Rate, Ratio, Series
from observability.records.limits import ERROR_SHARES, LatencyLimits, Levels
from observability.records.names import MetricNames
from observability.records.objective import WINDOWS, usable_windows
from observability.records.record import MinimumTraffic, Severity, Threshold
from stacks.compose.objectives import error_shares, latency_limits, objectives_args
from stacks.config.objectives import ObjectivesConfig, looser_alerts, objective_problems
from stacks.config.presets import PRESETS
from stacks.config.service_metrics import ServiceMetricsConfig
from tests.observability.proved_stacks import seen
from tests.observability.scenarios.synthetic_series import holds

NAMES = MetricNames()
BAD, ALL = Series("bad_total"), Series("all_total")


def objective(**changed: Any) -> Objective:
    wanted: dict[str, Any] = {
        "id": "made",
        "title": "Made",
        "description": "Made.",
        "target": 0.999,
        "indicator": Failures(bad=BAD, all=ALL),
        "runbook": "Look.",
    }
    return Objective(**{**wanted, **changed})


def share(*, minimum_traffic: MinimumTraffic | None, window_seconds: int = 300) -> Signals:
    signal = Signal(
        id="made",
        title="Made",
        description="Made.",
        query=Prometheus(expression=Ratio(Rate(BAD), Rate(ALL)), window_seconds=window_seconds),
        unit="percentunit",
        thresholds=(Threshold(severity=Severity.PAGE, value=0.05),),
        minimum_traffic=minimum_traffic,
        runbook="Look.",
    )
    return Signals(subject="Made", signals=(signal,))


def test_factor_that_asks_for_more_than_every_request_failing_is_refused():
    with pytest.raises(
        ValueError, match=r"its 1h window fires at 14\.4 times a budget of 0\.3, .* allowed under 3\.33"
    ):
        objective(target=0.7)
    assert objective(target=0.7, windows=usable_windows(0.7)).windows == WINDOWS[-1:]
    assert usable_windows(0.95) == WINDOWS
    # 90 % failing would still count as possible, and comes far too late.
    assert [pair.name for pair in usable_windows(0.69)] == ["3d"]


def test_latency_off_the_histograms_edges_is_refused_as_configuration():
    given = ObjectivesConfig(preset="aws")
    [(key, sentence), *_] = objective_problems(given, NAMES)
    assert key == "objectives.latency"
    assert "api: given 300 ms, allowed an edge of http_request_duration_seconds" in sentence
    assert "100, 250, 500" in sentence
    edges = (*NAMES.duration_edges[:6], "0.3", *NAMES.duration_edges[6:])
    assert list(objective_problems(given, MetricNames(duration_edges=edges))) == []
    with pytest.raises(ValueError, match=r"0\.3 is no edge of h"):
        objective(target=0.95, indicator=Slowness(histogram="h", edge="0.3", edges=("0.25", "0.5")))


def test_histogram_in_milliseconds_is_asked_in_milliseconds():
    names = MetricNames(duration="time_ms", duration_unit="ms", duration_edges=("50", "100", "250"))
    args = ObjectivesArgs(latency=[LatencyArgs(name="api", within_seconds=0.25, share=0.95)])
    [found] = objectives(args, names)
    assert isinstance(found.indicator, Slowness)
    # Prometheus 2 stores the edge as it is written, Prometheus 3 as 250.0.
    assert str(found.indicator.fast) == r'time_ms_bucket{job="service",le=~"250|250\\.0"}'
    assert list(objective_problems(ObjectivesConfig(), names)) == []


@pytest.mark.parametrize(
    ("written", "stored"), [("1", "1.0"), ("0.50", "0.5"), ("0.0001", "0.0001"), ("2500000", "2.5e+06")]
)
def test_edge_is_found_as_it_is_written_and_as_prometheus_3_stores_it(written: str, stored: str):
    [edge] = Slowness(histogram="time", edge=written, edges=(written,)).fast.matches
    assert {it for it in (written, stored, f"{written}0", "x") if holds(edge, it)} == {written, stored}


def test_window_longer_than_what_is_kept_is_refused():
    components = [Signals(subject="Made", objectives=(objective(),))]
    assert refusals(components, retention_days=30) == []
    [sentence] = refusals(components, retention_days=29)
    assert "objective made: given a window of 30d where metrics are kept for 29 days" in sentence
    minimum_traffic = MinimumTraffic(expression=Increase(ALL), value=50)
    [sentence] = refusals([share(minimum_traffic=minimum_traffic, window_seconds=2 * 86_400)], retention_days=1)
    assert "signal made: given a window of 2d" in sentence


def test_share_of_events_needs_minimum_traffic():
    [sentence] = refusals([share(minimum_traffic=None)])
    assert "signal made: given a share of events without minimum_traffic" in sentence
    assert refusals([share(minimum_traffic=MinimumTraffic(expression=Increase(ALL), value=50))]) == []


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_says_which_promise_breaks_before_its_own_alert(preset: str):
    sentences = list(looser_alerts(PRESETS[preset]))
    expected = {"base": 0, "day-one": 2, "realtime": 0, "aws": 5}
    assert len(sentences) == expected[preset]
    if preset == "day-one":
        assert "api promises 800 ms and its first alert comes at 1000 ms" in sentences[0]
        assert "1 % may fail and the first alert comes at 2 %" in sentences[1]


def test_key_of_the_stack_wins_over_the_preset_and_the_rest_is_the_presets():
    targets = ObjectivesConfig(preset="day-one", availability=0.9).targets
    assert targets.availability == 0.9
    assert targets.latency == PRESETS["day-one"].latency
    assert targets.errors == PRESETS["day-one"].errors


def test_alerts_on_time_and_errors_are_those_of_the_preset_where_it_has_any():
    assert latency_limits(PRESETS["base"]) == LatencyLimits()
    assert error_shares(PRESETS["base"]) == ERROR_SHARES
    assert latency_limits(PRESETS["day-one"]).p95 == Levels(ticket=1, page=2)
    assert error_shares(PRESETS["day-one"]) == Levels(ticket=0.02, page=0.05)
    aws = latency_limits(PRESETS["aws"])
    assert (aws.p50, aws.p95, aws.p99) == (Levels(ticket=0.2), Levels(ticket=0.5), Levels(ticket=1))


def test_who_promises_nothing_has_no_objective():
    targets = ObjectivesConfig(preset="none").targets
    assert objectives(objectives_args(targets), NAMES) == ()


def test_refused_requests_count_in_no_objective():
    args = objectives_args(PRESETS["base"])
    availability, success, _ = objectives(args, NAMES)
    for found in (availability, success):
        assert isinstance(found.indicator, Failures)
        assert Match("status", "429", found.indicator.all.matches[-1].operator) in found.indicator.all.matches
        assert str(found.indicator.all) == 'http_requests_total{job="service",status!="429"}'
    assert isinstance(availability.indicator, Failures)
    assert isinstance(success.indicator, Failures)
    assert str(availability.indicator.bad) == 'http_requests_total{job="service",status=~"5.."}'
    assert str(success.indicator.bad) == 'http_requests_total{job="service",status=~"5..|400|408|409|422"}'


def test_hit_ratio_is_a_threshold_with_a_floor_where_the_application_counts():
    assert hit_ratios(objectives_args(PRESETS["base"])) == ()
    [found] = hit_ratios(
        objectives_args(PRESETS["base"], ServiceMetricsConfig(cache_requests="cache_requests_total"))
    )
    assert found.thresholds == (Threshold(severity=Severity.TICKET, value=0.8, below=True),)
    assert found.minimum_traffic
    assert found.minimum_traffic.value == 10
    assert refusals([Signals(subject="Made", signals=(found,))]) == []


def test_load_tests_have_to_keep_what_the_service_promises():
    content = json.loads(load_limits(seen("production")))
    targets = stack_file("production", None).config.objectives.targets
    assert {name: profile["users"] for name, profile in content["profiles"].items()} == {
        "smoke": 10,
        "load": 100,
        "stress": 500,
        "day-one": 2000,
    }
    for profile in content["profiles"].values():
        assert {it["population"]: it["at_most_ms"] for it in profile["latency"]} == {
            it.population: it.target_ms for it in targets.latency
        }
        assert targets.errors
        assert profile["failed_share_at_most"] == targets.errors.share
    assert content["scenarios"]["sign_in"]["accepted_per_window_at_most"] == 20
    # No header: a block of the edge has no parameter for one.
    assert content["scenarios"]["sign_in"]["refused_with"] == {"status": 429}
    # 100 of 3,000 a minute pass, and the pooler opens no connection more than it may.
    assert content["scenarios"]["posts"] == {
        "requests_per_second": 50,
        "refused_share_at_least": 0.9667,
        "database_connections_at_most": 80,
    }
    assert content["scenarios"]["feed"]["hit_share_at_least"] == {it.layer: it.share for it in targets.hits}


def test_every_number_of_a_budget_covers_the_period_of_its_objective():
    args = objectives_args(PRESETS["base"], period_days=14)
    found = [Signals(subject="Made", objectives=objectives(args, NAMES))]
    assert refusals(found, retention_days=14) == []
    assert refusals(found, retention_days=13)
    identity = AlertIdentity(app="feed", environment="production", owner="team", runbook_url="https://example.com")
    text = json.dumps(list(groups(found, identity)))
    assert "[14d]" in text
    assert "budget of 14 days" in text
    assert f"{14 * 86_400} * " in text
    assert not re.search(r"30d|30 days|2592000", text)
