"""Alert rules as plain data: one for each alert of the records, in three stages and what its message needs."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.grafana import messages, stages
from components.grafana.conditions import alert_query
from components.grafana.stages import LOOKBACK_SECONDS, Stage
from observability import Prometheus, Severity
from observability.alerting.alerts import Alert, Burning, Crossed, labels
from observability.alerting.burn import condition
from observability.dashboards import cloudwatch
from observability.dashboards.boards import board_uid, short_uid
from observability.dashboards.panels import Place, measures_of, panel_id
from observability.dashboards.queries import Sources, instant, parts
from observability.durations import duration
from observability.promql import Difference, Level, Scaled, Sum
from observability.records.objective import PERIOD_DAYS

CONDITION = "C"
"""Letter of the stage that decides."""
EVALUATIONS_TO_RESOLVE = 2
"""Evaluations without a series after which its alert ends: one may be late."""
KEEP_FIRING_SECONDS = 300
"""How long an alert stands after its condition ended: a number that swings around its threshold is one message."""
HOURS_A_DAY = 24


@dataclass(frozen=True, kw_only=True)
class AlertRule:
    """One alert, without where it is sent: that follows from its severity."""

    uid: str
    """Stable and unique in Grafana."""
    name: str
    """Unique in the folder."""
    severity: Severity
    """How soon a person has to act."""
    stages: tuple[Stage, ...]
    """Query, last value, comparison, then what the message tells; classic conditions would lose the labels."""
    for_: str
    """How long the comparison must hold, as Grafana writes it."""
    keep_firing_for: str
    """How long the alert stands after it, as Grafana writes it."""
    exec_err_state: str
    """State while the data source does not answer."""
    no_data_state: str
    """State while it answers nothing."""
    labels: Mapping[str, str]
    """What messages are routed, grouped and found by."""
    annotations: Mapping[str, str]
    """What a message says."""


def rule(alert: Alert, place: Place, owner: str) -> AlertRule:
    """The rule of `alert`, linked to the panel of its record; `owner` answers where a record names nobody."""
    uid = f"{place.app}-{place.environment}"
    return AlertRule(
        uid=short_uid(f"{uid}-{alert.name}"),
        name=alert.name,
        severity=alert.severity,
        stages=_stages(alert, place),
        for_=duration(alert.for_seconds),
        keep_firing_for=duration(KEEP_FIRING_SECONDS),
        # A data source that is down for a moment must neither wake anybody nor end an alert that stands.
        exec_err_state="KeepLast" if alert.severity is Severity.PAGE else "OK",
        no_data_state=no_data_state(alert),
        labels=labels(alert, app=place.app, environment=place.environment, owner=owner),
        annotations={
            "summary": f"{alert.wrong} in {place.environment}",
            "description": messages.description(alert),
            "runbook_url": f"{place.runbook_url}#{alert.anchor}",
            # Grafana links an alert to its panel only when both are there.
            "__dashboardUid__": board_uid(uid, alert.board),
            "__panelId__": str(panel_id(alert.anchor)),
        },
    )


def no_data_state(alert: Alert) -> str:
    """What silence means.

    CloudWatch publishes nothing while nothing happens. PromQL answers nothing where a condition is part of the
    query and where nothing was counted; only a gauge is always there, unless its exporter is dead.
    """
    told = alert.condition
    if not isinstance(told, Crossed):
        return "OK"
    query = told.signal.query
    if isinstance(query, Prometheus):
        gauges = all(isinstance(it, (Level, Sum, Difference, Scaled)) for it in parts(query.expression))
        return "NoData" if gauges and told.signal.minimum_traffic is None else "OK"
    return "Alerting" if told.threshold.below else "OK"


def _stages(alert: Alert, place: Place) -> tuple[Stage, ...]:
    told, sources = alert.condition, place.sources
    if isinstance(told, Crossed):
        return _crossed(told, sources)
    if isinstance(told, Burning):
        return (
            *_true(instant(condition(told.objective, told.window), sources)),
            *_until_gone(told, place),
        )
    return _true(instant(f"absent({told.source})", sources))


def _crossed(told: Crossed, sources: Sources) -> tuple[Stage, ...]:
    query, lookback = told.signal.query, LOOKBACK_SECONDS
    if not isinstance(query, Prometheus):
        # Two whole periods and one that is late.
        lookback = max(lookback, 3 * cloudwatch.period_seconds(query))  # type: ignore[arg-type]  # SQL has no alert
    return (
        stages.asked(alert_query(told.signal, sources), lookback),
        stages.last_value("B", of="A"),
        stages.compared(CONDITION, of="B", value=told.threshold.value, below=told.threshold.below),
    )


def _true(query: Mapping[str, object]) -> tuple[Stage, ...]:
    """A query that answers only while it holds: what it answers is over 0."""
    return (
        stages.asked(query),
        stages.last_value("B", of="A"),
        stages.compared(CONDITION, of="B", value=0, below=False),
    )


def _until_gone(told: Burning, place: Place) -> tuple[Stage, ...]:
    """What is left of the budget, and in how many seconds it is gone at the rate of now, for the message."""
    measures = measures_of(told.objective, place)
    period_seconds = PERIOD_DAYS * HOURS_A_DAY * 3600
    return (
        stages.asked(instant(measures.left(), place.sources, messages.LEFT_QUERY)),
        stages.last_value(messages.LEFT, of=messages.LEFT_QUERY),
        stages.calculated(
            messages.GONE_IN,
            f"${messages.LEFT} * {period_seconds} * {told.objective.budget:.10g} / ${messages.NOW}",
        ),
    )
