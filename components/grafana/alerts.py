"""Alert rules as plain data: one for each alert of the records, in stages."""

from collections.abc import Mapping

from msgspec import Struct

from components.grafana import messages, stages
from components.grafana.conditions import alert_query
from components.grafana.stages import LOOKBACK_SECONDS, Stage
from observability import Prometheus, Severity
from observability.alerting.alerts import Alert, BurnRateCondition, ThresholdCondition, labels
from observability.alerting.burn import burn_rate_promql
from observability.dashboards import cloudwatch
from observability.dashboards.boards import board_uid, short_uid
from observability.dashboards.panels import PanelContext, objective_queries, panel_id
from observability.dashboards.queries import instant
from observability.durations import duration
from observability.promql import Difference, Level, Scaled, Sum

CONDITION = "C"
"""Letter of the stage that is the condition of the rule."""
EVALUATIONS_TO_RESOLVE = 2
"""Evaluations without a series after which its alert resolves: one may be late."""
KEEP_FIRING_SECONDS = 300
"""How long an alert fires on after its condition: a number that swings around its threshold is one message."""


class AlertRule(Struct, frozen=True, kw_only=True):
    """One alert, without where it is sent: that follows from its severity."""

    uid: str
    """Stable and unique in Grafana."""
    name: str
    """Unique in the folder."""
    severity: Severity
    """How soon a person has to act."""
    stages: tuple[Stage, ...]
    """Query, last value and comparison, then numbers for the message; classic conditions would lose the labels."""
    for_: str
    """How long the comparison must hold, as Grafana writes it."""
    keep_firing_for: str
    """How long the alert fires on after it, as Grafana writes it."""
    exec_err_state: str
    """State while the query fails."""
    no_data_state: str
    """State while the query has no data."""
    labels: Mapping[str, str]
    """Labels that messages are routed and grouped by."""
    annotations: Mapping[str, str]
    """Texts and links of the message."""


def rule(alert: Alert, context: PanelContext, owner: str) -> AlertRule:
    """Return the rule of `alert`, linked to the panel of its record; `owner` is for a record that names none."""
    uid = f"{context.app}-{context.environment}"
    return AlertRule(
        uid=short_uid(f"{uid}-{alert.name}"),
        name=alert.name,
        severity=alert.severity,
        stages=_stages(alert, context),
        for_=duration(alert.for_seconds),
        keep_firing_for=duration(KEEP_FIRING_SECONDS),
        # A data source that is down for a moment must neither wake anybody nor resolve an alert that fires.
        exec_err_state="KeepLast" if alert.severity is Severity.PAGE else "OK",
        no_data_state=no_data_state(alert),
        labels=labels(alert, app=context.app, environment=context.environment, owner=owner),
        annotations={
            "summary": f"{alert.summary} in {context.environment}",
            "description": messages.description(alert),
            "runbook_url": f"{context.runbook_url}#{alert.anchor}",
            # Grafana links an alert to its panel only when both are there.
            "__dashboardUid__": board_uid(uid, alert.board),
            "__panelId__": str(panel_id(alert.anchor)),
        },
    )


def no_data_state(alert: Alert) -> str:
    """Return the state of the rule while its query has no data.

    CloudWatch publishes nothing while nothing happens. PromQL has no result where a condition is part of the
    query and where nothing was counted; only a gauge always exists, unless its exporter is down. `Alerting` waits
    as long as the rule does; `NoData` would notify at the first evaluation, before a first scrape.
    https://github.com/grafana/grafana/blob/main/pkg/services/ngalert/state/state.go
    """
    condition = alert.condition
    if not isinstance(condition, ThresholdCondition) or condition.signal.sparse:
        return "OK"
    query = condition.signal.query
    if isinstance(query, Prometheus):
        gauges = all(isinstance(it, (Level, Sum, Difference, Scaled)) for it in query.expression.parts())
        return "Alerting" if gauges and condition.signal.minimum_traffic is None else "OK"
    return "Alerting" if condition.threshold.below else "OK"


def _stages(alert: Alert, context: PanelContext) -> tuple[Stage, ...]:
    condition, sources = alert.condition, context.sources
    if isinstance(condition, ThresholdCondition):
        query, lookback = condition.signal.query, LOOKBACK_SECONDS
        if not isinstance(query, Prometheus):
            # Two whole periods and one that is late.
            lookback = max(lookback, 3 * cloudwatch.period_seconds(query))  # type: ignore[arg-type]  # SQL has no alert
        return (
            stages.query_stage(alert_query(condition.signal, sources), lookback),
            stages.reduce_stage("B", of="A"),
            stages.threshold_stage(
                CONDITION, of="B", value=condition.threshold.value, below=condition.threshold.below
            ),
        )
    if isinstance(condition, BurnRateCondition):
        objective = condition.objective
        remaining = objective_queries(objective, context).budget_remaining()
        return (
            *_while_true(instant(burn_rate_promql(condition.objective, condition.window), sources)),
            stages.query_stage(instant(remaining, context.sources, messages.REMAINING_QUERY)),
            stages.reduce_stage(messages.REMAINING, of=messages.REMAINING_QUERY),
            stages.math_stage(
                messages.EXHAUSTED_IN,
                f"${messages.REMAINING} * {objective.period_seconds} * {objective.budget:.10g} / ${messages.NOW}",
            ),
        )
    return _while_true(instant(f"absent({condition.source})", sources))


def _while_true(query: Mapping[str, object]) -> tuple[Stage, ...]:
    """Return the stages of a query that has a result only while it is true: any result is over 0."""
    return (
        stages.query_stage(query),
        stages.reduce_stage("B", of="A"),
        stages.threshold_stage(CONDITION, of="B", value=0, below=False),
    )
