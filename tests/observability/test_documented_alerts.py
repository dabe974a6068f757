"""Every alert and panel that the requirements name exists, at their numbers."""

import pytest

from observability import CloudWatch, CloudWatchMath, Prometheus, Signal
from observability.alerting.alerts import ThresholdCondition, alerts
from observability.promql import Expression, Increase, Rate, Ratio, Scaled, Sum
from observability.stack import ObservedStack
from tests.observability.documented_alerts import ADVISED, DOCUMENTED, PANELS, Row
from tests.observability.everything import cloudwatch_alone, everything, stack


def threshold_alerts(observed: ObservedStack) -> set[tuple[str, str, float, bool, int]]:
    return {
        (it.anchor, it.severity.value, it.condition.threshold.value, it.condition.threshold.below, it.for_seconds)
        for it in alerts(observed.signals)
        if isinstance(it.condition, ThresholdCondition)
    }


def signals(observed: ObservedStack) -> dict[str, Signal]:
    return {signal.id: signal for component in observed.signals for signal in component.signals}


def missing(rows: tuple[Row, ...], observed: ObservedStack) -> list[Row]:
    found = threshold_alerts(observed)
    return [
        row
        for row in rows
        if not any(
            (record, severity, below) == (row.record, row.severity, row.below)
            and value == pytest.approx(row.value)
            and row.for_seconds in (None, seconds)
            for record, severity, value, below, seconds in found
        )
    ]


@pytest.mark.parametrize("rows", [DOCUMENTED, ADVISED], ids=["documented", "advised"])
def test_every_alert_that_is_asked_for_is_there_with_its_number(rows: tuple[Row, ...]):
    assert missing(rows, everything()) == []


def test_every_panel_that_is_asked_for_is_there():
    found = signals(everything())
    assert {row: id_ for row, id_ in PANELS.items() if id_ not in found} == {}


def test_more_than_twenty_panels_come_from_exporters_in_production_as_it_is():
    for observed in (everything(), cloudwatch_alone()):
        ids = [signal.id for component in observed.signals for signal in component.signals]
        assert len(ids) == len(set(ids))
    found = signals(everything()).values()
    assert sum(isinstance(signal.query, Prometheus) for signal in found) > 40


def test_latency_and_errors_alert_at_the_same_numbers_without_an_exporter():
    of_service = tuple(
        row for row in DOCUMENTED if row.record.startswith("service-") and "queue" not in row.record
    )
    assert len(of_service) > 8
    assert missing(of_service, cloudwatch_alone()) == []


def counted(expression: Expression) -> bool:
    match expression:
        case Rate() | Increase():
            return True
        case Sum():
            return any(counted(term) for term in expression.terms)
    return False


def share_of_events(expression: Expression) -> bool:
    if isinstance(expression, Scaled):
        return share_of_events(expression.of)
    return isinstance(expression, Ratio) and counted(expression.whole)


def test_no_share_of_events_alerts_without_enough_of_them():
    for signal in signals(everything()).values():
        if isinstance(signal.query, Prometheus) and signal.thresholds and share_of_events(signal.query.expression):
            assert signal.minimum_traffic is not None, signal.id
    guarded = signals(cloudwatch_alone())["service-error-share"].query
    assert isinstance(guarded, CloudWatchMath)
    assert guarded.expression.startswith("IF(FILL(requests0, 0) > 110, ")


def test_probe_is_no_traffic_where_it_cannot_be_told_from_people():
    probed, silent = cloudwatch_alone(), stack({"services.api.metrics": None, "edge.probe": "none"})
    guards = [signals(it)["service-error-share"].query for it in (probed, silent)]
    assert [it.expression for it in guards if isinstance(it, CloudWatchMath)] == [
        "IF(FILL(requests0, 0) > 110, FILL(errors0, 0) / (FILL(requests0, 0) - 60), 0)",
        "IF(FILL(requests0, 0) > 50, FILL(errors0, 0) / FILL(requests0, 0), 0)",
    ]
    floors = [signals(it)["edge-errors"].minimum_traffic for it in (everything(), silent)]
    assert [it.value for it in floors if it] == [110, 50]


def test_what_is_counted_over_minutes_is_asked_over_as_many():
    for signal in signals(cloudwatch_alone()).values():
        if isinstance(signal.query, CloudWatch) and "five minutes" in signal.description:
            assert signal.query.period_seconds == 300, signal.id
        if isinstance(signal.query, CloudWatch) and "in a minute" in signal.description:
            assert signal.query.period_seconds == 60, signal.id


def test_service_without_metrics_is_told_of_by_its_load_balancer_alone():
    [service] = [it for it in cloudwatch_alone().signals if it.subject == "Service"]
    assert [it.id for it in service.signals if isinstance(it.query, Prometheus)] == []
