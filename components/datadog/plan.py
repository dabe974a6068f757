"""Monitors and panels of each record, and the records that are omitted: plain data but for Outputs."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import pulumi
from msgspec import Struct
from msgspec.structs import replace

from components.datadog.args import DatadogArgs
from components.datadog.names import UnsupportedQueryError
from components.datadog.queries import condition, query
from observability import CloudWatch, CloudWatchMath, Objective, Prometheus, Query, Signal, Signals, Threshold
from observability.alerting.alerts import (
    Alert,
    BurnRateCondition,
    ThresholdCondition,
    alerts,
    queried_series,
)
from observability.alerting.evaluators import without_source_evaluated
from observability.durations import HOUR_SECONDS, window
from observability.promql import Operator, Series
from observability.records.sources import UP

LONGEST_WINDOW_SECONDS = 48 * HOUR_SECONDS
"""Longest window of a burn rate that Datadog takes.

https://docs.datadoghq.com/service_management/service_level_objectives/burn_rate/
"""


class OmittedRecord(Struct, frozen=True, kw_only=True):
    """Record or alert that Datadog does not get."""

    name: str
    """Id of the record, or name of its alert."""
    why: str
    """Reason, in a sentence without its end."""


class MetricMonitor(Struct, frozen=True, kw_only=True):
    """Monitor on a metric."""

    alert: Alert
    """Alert of the monitor."""
    threshold: Threshold
    """Threshold of the alert."""
    query: pulumi.Output[str]
    """Query that Datadog evaluates."""
    crawled: bool
    """Whether Datadog fetches the metric from AWS, and so has it late."""

    @property
    def required(self) -> bool:
        """Whether the metric always exists."""
        condition = self.alert.condition
        return self.threshold.below and isinstance(condition, ThresholdCondition) and not condition.signal.sparse


class BurnRateMonitor(Struct, frozen=True, kw_only=True):
    """Monitor on the error budget burn rate of an objective."""

    alert: Alert
    """Alert of the monitor."""
    condition: BurnRateCondition
    """Objective and its windows."""


class DatadogPlan(Struct, frozen=True, kw_only=True):
    """Everything that is made at Datadog."""

    monitors: Sequence[MetricMonitor]
    """One for each threshold."""
    objectives: Sequence[Objective]
    """Objectives, each a service level objective of Datadog."""
    burn_rates: Sequence[BurnRateMonitor]
    """One for each pair of windows that Datadog takes."""
    panels: Mapping[str, Sequence[tuple[Signal, pulumi.Input[str]]]]
    """Queries by subject, for the dashboard."""
    omitted: Sequence[OmittedRecord]
    """Records and alerts that Datadog does not get."""


def plan_records(args: DatadogArgs) -> DatadogPlan:
    """Return everything that can be made at Datadog of the records."""
    monitors: list[MetricMonitor] = []
    burn_rates: list[BurnRateMonitor] = []
    omitted: list[OmittedRecord] = []
    components = [arriving(it, args, omitted) for it in without_source_evaluated(args.signals)]
    for alert in alerts(components):
        try:
            if isinstance(alert.condition, ThresholdCondition):
                threshold = alert.condition.threshold
                text = condition(alert.condition.signal, threshold, args.app)
                crawled = isinstance(alert.condition.signal.query, CloudWatch)
                monitors.append(MetricMonitor(alert=alert, threshold=threshold, query=text, crawled=crawled))
            elif isinstance(alert.condition, BurnRateCondition):
                if alert.condition.window.long_seconds > LONGEST_WINDOW_SECONDS:
                    longest = window(LONGEST_WINDOW_SECONDS)
                    raise UnsupportedQueryError(
                        f"a window of {alert.condition.window.name}, allowed up to {longest}"
                    )
                burn_rates.append(BurnRateMonitor(alert=alert, condition=alert.condition))
            else:
                raise UnsupportedQueryError("a service level objective tells of missing data itself")
        except UnsupportedQueryError as error:
            omitted.append(OmittedRecord(name=alert.name, why=str(error)))
    panels: dict[str, list[tuple[Signal, pulumi.Input[str]]]] = {}
    for component in components:
        for signal in component.signals:
            with suppress(UnsupportedQueryError):
                panels.setdefault(component.subject, []).append((signal, query(signal.query, args.app)))
    return DatadogPlan(
        monitors=monitors,
        objectives=[objective for component in components for objective in component.objectives],
        burn_rates=burn_rates,
        panels=panels,
        omitted=omitted,
    )


def arriving(component: Signals, args: DatadogArgs, omitted: list[OmittedRecord]) -> Signals:
    """Return the records of `component` whose numbers Datadog has; the others go to `omitted`.

    Where the first source of a number is not read and AWS has the same number, that one is taken.
    """
    signals, objectives = [], []
    for signal in component.signals:
        why = _missing(signal.query, args)
        if why and signal.cloudwatch_query and args.reads_cloudwatch:
            signals.append(replace(signal, query=signal.cloudwatch_query))
        elif why:
            omitted.append(OmittedRecord(name=signal.id, why=why))
        else:
            signals.append(signal)
    for objective in component.objectives:
        if why := _unread(queried_series([replace(component, signals=(), objectives=(objective,))]), args):
            omitted.append(OmittedRecord(name=objective.id, why=why))
        else:
            objectives.append(objective)
    return replace(component, signals=tuple(signals), objectives=tuple(objectives))


def _missing(record_query: Query, args: DatadogArgs) -> str:
    """Return why Datadog has no such number; empty where it has."""
    if isinstance(record_query, CloudWatch | CloudWatchMath) and not args.reads_cloudwatch:
        return "no integration reads this account's metrics"
    return _unread(record_query.expression.series(), args) if isinstance(record_query, Prometheus) else ""


def _unread(found: Iterable[Series], args: DatadogArgs) -> str:
    """Return why no agent reads one of these series; empty where all are read."""
    for series in found:
        if series.metric == UP:
            return f"the agent has no series {UP}: its own check of the endpoint tells the same"
        jobs = {it.value for it in series.matches if it.label == "job" and it.operator is Operator.EQUAL}
        if args.scraped_jobs is not None and not jobs <= set(args.scraped_jobs):
            return f"no agent reads the job {', '.join(sorted(jobs))}"
    return ""


def burn_query(slo_id: str, condition: BurnRateCondition) -> str:
    """Return the query of a monitor on a burn rate, of the objective with this id."""
    pair, period = condition.window, f"{condition.objective.period_days}d"
    long, short = f"{pair.long_seconds // HOUR_SECONDS}h", window(pair.short_seconds)
    return (
        f'burn_rate("{slo_id}").over("{period}").long_window("{long}").short_window("{short}") > {pair.factor:g}'
    )


def message(alert: Alert, args: DatadogArgs) -> str:
    """Return the message: summary, description, runbook, and the handles that are notified."""
    handles = " ".join(args.handles[alert.severity])
    return f"{alert.summary}. {alert.description}\n\n{args.runbook_url}#{alert.anchor}\n\n{handles}"


def dashboard(args: DatadogArgs, panels: Mapping[str, Sequence[tuple[Signal, Any]]]) -> dict[str, Any]:
    """Return the dashboard in Datadog's model; queries may be Outputs."""
    groups = [
        {
            "definition": {
                "type": "group",
                "layout_type": "ordered",
                "title": subject,
                "widgets": [{"definition": _widget(signal, text)} for signal, text in its],
            }
        }
        for subject, its in panels.items()
    ]
    return {
        "title": f"{args.app} {args.environment}",
        "description": f"Made by footing. Runbook: {args.runbook_url}",
        "layout_type": "ordered",
        "tags": [],
        "widgets": groups,
    }


def _widget(signal: Signal, text: Any) -> dict[str, Any]:
    colours = {"page": "error", "ticket": "warning", "info": "info"}
    return {
        "type": "timeseries",
        "title": signal.title,
        "requests": [{"q": text, "display_type": "line"}],
        "markers": [
            {"value": f"y = {it.value:.10g}", "display_type": f"{colours[it.severity.value]} dashed"}
            for it in signal.thresholds
        ],
    }
