"""Every alarm of both stacks: AWS takes it, its metric exists, and it fires when its record says so.

moto, through botocore, takes the alarm as it is rendered; `cloudwatch_reference.py`, a model, evaluates it.
What is expected comes from the record, never from the alarm: a changed threshold, period or comparison is found.
"""

import dataclasses
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from footing.plan.record import record
from lazy_sdk.hook import install
from observability import CloudWatch, CloudWatchMath
from observability.alerting.alerts import Alert, ThresholdCondition, alerts
from observability.alerting.evaluators import prefer_cloudwatch
from observability.stack import ObservedStack
from simulator.identity import Identity
from simulator.moto_aws.kind import Call
from simulator.moto_aws.monitoring import KINDS
from stacks.config.load import PROJECT, StackFile, from_file
from stacks.observed import observe
from tests.components.alarms.cloudwatch_facts import FACTS, UNITS, problems
from tests.components.alarms.cloudwatch_reference import ALARM, OK, UNKNOWN, computed, names, state

ROOT = Path(__file__).parents[3]
STACKS = ("staging", "production")
TOKEN = "aws:cloudwatch/metricAlarm:MetricAlarm"
ALARMS = 'footing:cloudwatch_alarms: {severities: [page, ticket], email: ["oncall@example.com"]}'


@dataclasses.dataclass(frozen=True)
class Rendered:
    """A stack with all its alarms on."""

    alarms: Mapping[str, dict[str, Any]]
    """Inputs by the name of the alert; what is not known before a deployment is a text."""
    alerts: Mapping[str, Alert]
    """What the records say."""


@cache
def rendered(stack: str, directory: Path) -> Rendered:
    text = (ROOT / f"Pulumi.{stack}.yaml").read_text()
    before, _, _ = text.partition("  footing:cloudwatch_alarms:")
    path = directory / f"Pulumi.{stack}.yaml"
    path.write_text(f"{before}  {ALARMS}\n")
    file = from_file(path)
    found: list[ObservedStack] = []
    planned = _planned(stack, file, lambda: found.append(observe()))
    prefix = f"{file.config.app}-{file.config.environment}-"
    made = {
        it.inputs["name"].removeprefix(prefix): _known(it.inputs)
        for it in planned.resources
        if it.type == TOKEN and it.urn.endswith(f"::{it.name}") and it.name.startswith("alarms-")
    }
    of_cloudwatch = [
        it
        for it in alerts(prefer_cloudwatch(found[0].signals))
        if isinstance(it.condition, ThresholdCondition)
        and isinstance(it.condition.signal.query, CloudWatch | CloudWatchMath)
        and it.severity.value in {"page", "ticket"}
    ]
    return Rendered(alarms=made, alerts={it.name: it for it in of_cloudwatch})


def _planned(stack: str, file: StackFile, program: Callable[[], object]) -> Any:
    install()
    keys = {"config": file.engine_config, "secret_keys": file.secret_keys}
    return record(program, project=PROJECT, stack=stack, root=ROOT, **keys)


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        if value.get("$unknown"):
            return "arn:aws:sns:us-east-1:123456789012:not-known-yet"
        return {key: _known(item) for key, item in value.items()}
    return [_known(item) for item in value] if isinstance(value, list) else value


@pytest.fixture(scope="module")
def of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Rendered]:
    directory = tmp_path_factory.mktemp("stacks")
    return lambda stack: rendered(stack, directory)


@pytest.mark.parametrize("stack", STACKS)
def test_every_alert_on_cloudwatch_has_its_alarm_and_no_other_is_there(of: Callable[[str], Rendered], stack: str):
    assert len(of(stack).alerts) > 20
    assert set(of(stack).alarms) - {"deploying"} == set(of(stack).alerts)


@pytest.mark.parametrize("stack", STACKS)
def test_aws_takes_every_alarm_as_it_is_rendered(of: Callable[[str], Rendered], stack: str):
    with mock_aws():
        client = boto3.client("cloudwatch", region_name="us-east-1")
        for name, inputs in of(stack).alarms.items():
            identity = Identity(urn=f"urn:pulumi:{stack}::shop::{TOKEN}::{name}", generation=0)
            KINDS[TOKEN].create(Call(identity=identity, region="us-east-1", client=lambda _: client), inputs)
        pages = client.get_paginator("describe_alarms").paginate()
        kept = {it["AlarmName"]: it for page in pages for it in page["MetricAlarms"]}
    assert len(kept) == len(of(stack).alarms)
    for inputs in of(stack).alarms.values():
        stored = kept[inputs["name"]]
        assert len(inputs["name"]) <= 255
        assert stored["Threshold"] == inputs["threshold"]
        assert stored["TreatMissingData"] == inputs["treatMissingData"]
        assert stored["EvaluationPeriods"] == inputs["evaluationPeriods"]


def metrics(inputs: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Every metric that an alarm reads, with its dimensions, statistic and period."""
    if "metricQueries" in inputs:
        return [it["metric"] for it in inputs["metricQueries"] if "metric" in it]
    return [{**inputs, "stat": inputs.get("statistic") or inputs["extendedStatistic"]}]


@pytest.mark.parametrize("stack", STACKS)
def test_every_metric_is_published_under_these_dimensions_and_as_often(of: Callable[[str], Rendered], stack: str):
    wrong = {}
    for name, inputs in of(stack).alarms.items():
        for it in metrics(inputs):
            found = problems(it["namespace"], it["metricName"], set(it["dimensions"]))
            fact = FACTS.get((it["namespace"], it["metricName"]))
            if fact and it["period"] < fact.every_seconds:
                found.append(f"{it['metricName']} comes every {fact.every_seconds} s, asked each {it['period']}")
            if found:
                wrong[name] = found
    assert wrong == {}


@pytest.mark.parametrize("stack", STACKS)
def test_threshold_is_in_the_unit_of_the_metric(of: Callable[[str], Rendered], stack: str):
    wrong = []
    for name, alert in of(stack).alerts.items():
        assert isinstance(alert.condition, ThresholdCondition)
        query = alert.condition.signal.query
        fact = FACTS.get((query.namespace, query.metric)) if isinstance(query, CloudWatch) else None
        if fact and alert.condition.signal.unit not in UNITS[fact.unit]:
            wrong.append(f"{name}: {alert.condition.signal.unit}, published in {fact.unit}")
    assert wrong == []


@pytest.mark.parametrize("stack", STACKS)
def test_expressions_read_what_is_beside_them(of: Callable[[str], Rendered], stack: str):
    for inputs in of(stack).alarms.values():
        queries = {it["id"]: it for it in inputs.get("metricQueries") or []}
        for it in queries.values():
            if it.get("expression"):
                assert names(it["expression"]) <= set(queries) - {it["id"]}


def failings(alert: Alert, inputs: Mapping[str, Any]) -> list[str]:
    """What an alarm does otherwise than its record says."""
    assert isinstance(alert.condition, ThresholdCondition)
    threshold = alert.condition.threshold
    step = max(abs(threshold.value), 1) * 0.001
    side = -1 if threshold.below else 1
    beyond, at, safe = threshold.value + side * step, threshold.value, threshold.value - side * step
    periods = {it["period"] for it in metrics(inputs)}
    if periods != {period := expected_period(alert)}:
        return [f"periods of {periods} seconds, expected {period}"]
    needed = max(1, -(-alert.for_seconds // period))
    before = [safe] * 30
    expected = {
        "just beyond for as long as it must be": (state(inputs, [*before, *[beyond] * needed]), ALARM),
        "just beyond, one period too short": (state(inputs, [*before, *[beyond] * (needed - 1)]), OK),
        "at the threshold": (state(inputs, [at] * 30), OK),
        "just short of it": (state(inputs, [safe] * 30), OK),
        "over again": (state(inputs, [*[beyond] * 30, safe]), OK),
        "silent": (state(inputs, [*before, *[None] * 30]), when_silent(alert)),
    }
    return [f"{case}: {got}, expected {want}" for case, (got, want) in expected.items() if got != want]


def expected_period(alert: Alert) -> int:
    """What the record asks for, or as often as the slowest of its metrics comes."""
    assert isinstance(alert.condition, ThresholdCondition)
    query = alert.condition.signal.query
    metrics = list(query.metrics.values()) if isinstance(query, CloudWatchMath) else [query]
    known = [FACTS[it.namespace, it.metric].every_seconds for it in metrics if (it.namespace, it.metric) in FACTS]
    return max([*known, *(it.period_seconds for it in metrics)])


def when_silent(alert: Alert) -> str:
    """What nothing at all means: for shares and counts nothing, for a floor the worst, else not known."""
    assert isinstance(alert.condition, ThresholdCondition)
    query = alert.condition.signal.query
    if not isinstance(query, CloudWatch):
        return OK
    if alert.condition.threshold.below and not alert.condition.signal.sparse:
        return ALARM
    return OK if query.statistic == "Sum" or query.statistic.startswith("p") else UNKNOWN


@pytest.mark.parametrize("stack", STACKS)
def test_every_alarm_fires_exactly_when_its_record_says(of: Callable[[str], Rendered], stack: str):
    found = {name: failings(alert, of(stack).alarms[name]) for name, alert in of(stack).alerts.items()}
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


BAD = "breaching"
FLIPPED = {"GreaterThanThreshold": "LessThanThreshold", "LessThanThreshold": "GreaterThanThreshold"}
MUTATIONS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "threshold raised": lambda it: {"threshold": it["threshold"] * 2 or 1},
    "threshold lowered": lambda it: {"threshold": it["threshold"] / 2 or -1},
    "comparison": lambda it: {"comparisonOperator": FLIPPED[it["comparisonOperator"]]},
    "a period more": lambda it: {key: it[key] + 1 for key in ("evaluationPeriods", "datapointsToAlarm")},
    "fewer numbers": lambda it: {"datapointsToAlarm": it["datapointsToAlarm"] - 1},
    "missing is bad": lambda it: {"treatMissingData": "missing" if it["treatMissingData"] == BAD else BAD},
    "longer periods": lambda it: {"period": it["period"] * 2} if "period" in it else {"metricQueries": []},
}


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("mutation", MUTATIONS)
def test_no_changed_alarm_goes_unnoticed(of: Callable[[str], Rendered], stack: str, mutation: str):
    unnoticed = [
        name
        for name, alert in of(stack).alerts.items()
        if not failings(alert, {**of(stack).alarms[name], **MUTATIONS[mutation](of(stack).alarms[name])})
    ]
    assert unnoticed == []


@pytest.mark.parametrize(
    ("errors", "requests", "expected"), [(10, 100, 10), (10, 0, 0), (None, None, 0), (9, 9, 0), (100, 1000, 10)]
)
def test_reference_computes_a_guarded_share(errors: float | None, requests: float | None, expected: float):
    share = "IF(FILL(requests, 0) > 50 && FILL(errors, 0) >= 10, 100 * errors / requests, 0)"
    assert names(share) == {"errors", "requests"}
    assert computed(share, {"errors": errors, "requests": requests}) == expected


def test_reference_refuses_what_is_no_expression():
    for text in ("IF(a > 1, b)", "SOMETHING(a)", "a +"):
        with pytest.raises((ValueError, SyntaxError)):
            names(text)
