"""Alert rules as plain data: one for each threshold of a signal, each in three stages."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components._signals import CloudWatch, Severity, Signal, Threshold
from components._signals.alerts import amount
from components._signals.durations import duration
from components.grafana.args import ObservabilityArgs
from components.grafana.dashboard import panel_id
from components.grafana.queries import EXPRESSION_SOURCE, Sources, alert_query, compared, last_value

UID_LENGTH = 40
"""Longest uid that Grafana takes."""

LOOKBACK_SECONDS = 600
"""How far back a rule looks for the last value: CloudWatch publishes minutes late."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One query or computation of a rule."""

    ref_id: str
    """Letter by which a later stage names it."""
    datasource_uid: pulumi.Input[str]
    """Who answers."""
    model: Mapping[str, Any]
    """As Grafana writes it; may hold Outputs."""
    lookback_seconds: int
    """How far back it looks, in seconds."""


@dataclass(frozen=True, kw_only=True)
class AlertRule:
    """One alert, without where it is sent: that follows from its severity."""

    uid: str
    """Stable and unique in Grafana."""
    name: str
    """Unique in the folder."""
    severity: Severity
    """How soon a person has to act."""
    stages: tuple[Stage, Stage, Stage]
    """Query, last value, comparison; classic conditions would lose the labels."""
    for_: str
    """How long the comparison must hold, as Grafana writes it."""
    exec_err_state: str
    """State while the data source does not answer."""
    no_data_state: str
    """State while it answers nothing."""
    labels: Mapping[str, str]
    """What messages are grouped and found by."""
    annotations: Mapping[str, str]
    """What a message says."""


def rules(signals: Sequence[Signal], subject: str, args: ObservabilityArgs, sources: Sources) -> list[AlertRule]:
    """Rules of all signals of one subject, in order."""
    return [
        _rule(signal, threshold, subject, args, sources) for signal in signals for threshold in signal.thresholds
    ]


def rule_uid(text: str) -> str:
    """`text` as a uid: itself where it is short enough, else its beginning and a digest."""
    if len(text) <= UID_LENGTH:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{text[: UID_LENGTH - len(digest) - 1]}-{digest}"


def _rule(
    signal: Signal, threshold: Threshold, subject: str, args: ObservabilityArgs, sources: Sources
) -> AlertRule:
    name = f"{signal.id}-{threshold.severity.value}{'-below' if threshold.below else ''}"
    return AlertRule(
        uid=rule_uid(f"{args.uid}-{name}"),
        name=name,
        severity=threshold.severity,
        stages=_stages(signal, threshold, sources),
        for_=duration(signal.for_seconds),
        # A data source that is down for a moment must neither wake anybody nor end an alert that stands.
        exec_err_state="KeepLast" if threshold.severity is Severity.PAGE else "OK",
        no_data_state=_no_data_state(signal, threshold),
        labels={
            "severity": threshold.severity.value,
            "service": args.app,
            "environment": args.environment,
            "subject": subject,
        },
        annotations=_annotations(signal, threshold, args),
    )


def _stages(signal: Signal, threshold: Threshold, sources: Sources) -> tuple[Stage, Stage, Stage]:
    query = Stage(
        ref_id="A",
        datasource_uid=sources.of(signal)["uid"],
        model=alert_query(signal, sources),
        lookback_seconds=LOOKBACK_SECONDS,
    )
    last, comparison = (
        Stage(ref_id=ref_id, datasource_uid=EXPRESSION_SOURCE, model=computed, lookback_seconds=0)
        for ref_id, computed in (
            ("B", last_value("B", of="A")),
            ("C", compared("C", of="B", value=threshold.value, below=threshold.below)),
        )
    )
    return query, last, comparison


def _no_data_state(signal: Signal, threshold: Threshold) -> str:
    """CloudWatch publishes nothing while nothing happens; Prometheus only while its exporter is dead."""
    if not isinstance(signal.query, CloudWatch):
        return "NoData"
    return "Alerting" if threshold.below else "OK"


def _annotations(signal: Signal, threshold: Threshold, args: ObservabilityArgs) -> dict[str, str]:
    side = "under" if threshold.below else "over"
    return {
        "summary": f"{signal.title}: {side} {amount(threshold.value, signal.unit)} in {args.environment}",
        "description": f"{signal.description} Now: {{{{ $values.B }}}}.",
        "runbook_url": f"{args.runbook_url}#{signal.id}",
        # Grafana links an alert to its panel only when both are there.
        "__dashboardUid__": args.uid,
        "__panelId__": str(panel_id(signal.id)),
    }
