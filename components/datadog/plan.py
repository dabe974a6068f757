"""What is made of each record, and what is left out with its reason: plain data but for Outputs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.datadog.args import DatadogArgs
from components.datadog.names import UnsayableError
from components.datadog.queries import condition, query
from observability import CloudWatch, Objective, Signal, Threshold
from observability.alerting.alerts import AbsenceCondition, Alert, BurnRateCondition, ThresholdCondition, alerts
from observability.alerting.evaluators import without_source_evaluated
from observability.durations import HOUR_SECONDS, window
from observability.records.objective import PERIOD_DAYS

LONGEST_WINDOW_SECONDS = 48 * HOUR_SECONDS
"""Longest window of a burn rate that Datadog takes.

https://docs.datadoghq.com/service_management/service_level_objectives/burn_rate/
"""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A record that Datadog does not get."""

    name: str
    """Id of the record, or name of its alert."""
    why: str
    """The reason, in a sentence without its end."""


@dataclass(frozen=True, kw_only=True)
class MetricMonitor:
    """A monitor on a number."""

    alert: Alert
    """What it tells."""
    threshold: Threshold
    """What is crossed."""
    query: pulumi.Output[str]
    """What Datadog evaluates."""
    crawled: bool
    """Whether Datadog fetches the number from AWS, and so has it late."""


@dataclass(frozen=True, kw_only=True)
class BurnMonitor:
    """A monitor on how fast the budget of an objective goes."""

    alert: Alert
    """What it tells."""
    condition: BurnRateCondition
    """The objective and its windows."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """What is made."""

    monitors: Sequence[MetricMonitor]
    """One for each threshold."""
    objectives: Sequence[Objective]
    """Promises, each a service level objective of its own."""
    burning: Sequence[BurnMonitor]
    """One for each pair of windows that Datadog takes."""
    panels: Mapping[str, Sequence[tuple[Signal, pulumi.Input[str]]]]
    """Queries by subject, for the dashboard."""
    left_out: Sequence[LeftOut]
    """What Datadog does not get."""


def planned(args: DatadogArgs) -> Planned:
    """Everything that Datadog can be told of what the components tell."""
    told = without_source_evaluated(args.signals)
    monitors: list[MetricMonitor] = []
    burning: list[BurnMonitor] = []
    left_out: list[LeftOut] = []
    for alert in alerts(told):
        try:
            if isinstance(alert.condition, ThresholdCondition):
                threshold = alert.condition.threshold
                text = condition(alert.condition.signal, threshold, args.app)
                crawled = isinstance(alert.condition.signal.query, CloudWatch)
                monitors.append(MetricMonitor(alert=alert, threshold=threshold, query=text, crawled=crawled))
            elif isinstance(alert.condition, BurnRateCondition):
                burning.append(_burning(alert, alert.condition))
            elif isinstance(alert.condition, AbsenceCondition):
                raise UnsayableError("a service level objective tells of missing data itself")
        except UnsayableError as error:
            left_out.append(LeftOut(name=alert.name, why=str(error)))
    panels = {it.subject: list(_panels(it.signals, args.app)) for it in told}
    objectives = [objective for it in told for objective in it.objectives]
    return Planned(
        monitors=monitors,
        objectives=objectives,
        burning=burning,
        panels={subject: found for subject, found in panels.items() if found},
        left_out=left_out,
    )


def _burning(alert: Alert, condition: BurnRateCondition) -> BurnMonitor:
    if condition.window.long_seconds > LONGEST_WINDOW_SECONDS:
        longest = window(LONGEST_WINDOW_SECONDS)
        raise UnsayableError(f"a window of {condition.window.name}, allowed up to {longest}")
    return BurnMonitor(alert=alert, condition=condition)


def burn_query(slo_id: str, condition: BurnRateCondition) -> str:
    """Query of a monitor on a burn rate, of the objective with this id."""
    pair = condition.window
    long, short = _hours(pair.long_seconds), window(pair.short_seconds)
    return (
        f'burn_rate("{slo_id}").over("{PERIOD_DAYS}d").long_window("{long}").short_window("{short}") '
        f"> {pair.factor:g}"
    )


def _hours(seconds: int) -> str:
    return f"{seconds // HOUR_SECONDS}h"


def _panels(signals: Sequence[Signal], app: str) -> Iterator[tuple[Signal, pulumi.Input[str]]]:
    for signal in signals:
        try:
            yield signal, query(signal.query, app)
        except UnsayableError:
            continue


def message(alert: Alert, args: DatadogArgs) -> str:
    """What a person reads: what is wrong, what it means, where the runbook is, and who is told."""
    handles = " ".join(args.handles[alert.severity])
    return f"{alert.summary}. {alert.description}\n\n{args.runbook_url}#{alert.anchor}\n\n{handles}"


def dashboard(args: DatadogArgs, panels: Mapping[str, Sequence[tuple[Signal, Any]]]) -> dict[str, Any]:
    """The dashboard, in Datadog's model; queries may be Outputs."""
    groups = [
        {
            "definition": {
                "type": "group",
                "layout_type": "ordered",
                "title": subject,
                "widgets": [{"definition": _widget(signal, text)} for signal, text in found],
            }
        }
        for subject, found in panels.items()
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
