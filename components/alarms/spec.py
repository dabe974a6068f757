"""Alarms as plain data: what CloudWatch evaluates for one threshold of a record.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from observability import CloudWatch, CloudWatchMath, Severity, Signals
from observability.alerting.alerts import Alert, ThresholdCondition, alerts

PUBLISHED_EVERY_SECONDS: Mapping[str, int] = {
    "CPUCreditBalance": 300,
    "CPUCreditUsage": 300,
    "CPUSurplusCreditBalance": 300,
    "CPUSurplusCreditsCharged": 300,
    "EBSByteBalance%": 300,
    "EBSIOBalance%": 300,
}
"""Metrics that come more seldom than each minute, and how often: over shorter periods they are missing.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
"""


class Missing(StrEnum):
    """What CloudWatch takes a period without a number for."""

    BREACHING = "breaching"
    """The worst: what ought to be there is not."""
    NOT_BREACHING = "notBreaching"
    """Nothing: the metric is published only when something happens."""
    MISSING = "missing"
    """Not known: the alarm says so, and calls nobody."""


@dataclass(frozen=True, kw_only=True)
class AlarmSpec:
    """One alarm, without its place: the spelling of a threshold for CloudWatch."""

    name: str
    """Name of the alert; the physical name is the prefix and this."""
    severity: Severity
    """Decides the topic."""
    query: CloudWatch | CloudWatchMath
    """What is measured; its dimensions may hold Outputs."""
    below: bool
    """Fire under the threshold instead of over it."""
    threshold: float
    """In the unit of the metric."""
    period_seconds: int
    """What one number covers, in seconds."""
    periods: int
    """Numbers in a row that are beyond the threshold before the alarm goes off."""
    missing: Missing
    """What a period without a number means."""
    description: str
    """What is wrong and where the runbook is, up to 1024 characters."""


def specs(told: Iterable[Signals], severities: Iterable[Severity], runbook_url: str) -> list[AlarmSpec]:
    """An alarm for each threshold on a CloudWatch metric of one of these severities, in order."""
    wanted = set(severities)
    found = [_spec(alert, runbook_url) for alert in alerts(told) if alert.severity in wanted]
    return [spec for spec in found if spec is not None]


def _spec(alert: Alert, runbook_url: str) -> AlarmSpec | None:
    condition = alert.condition
    if not isinstance(condition, ThresholdCondition) or not isinstance(
        condition.signal.query, CloudWatch | CloudWatchMath
    ):
        return None
    query, threshold = condition.signal.query, condition.threshold
    period = _period(query)
    return AlarmSpec(
        name=alert.name,
        severity=alert.severity,
        query=query,
        below=threshold.below,
        threshold=threshold.value,
        period_seconds=period,
        # A part of a period cannot be asked for: the alarm rather waits a little longer.
        periods=max(1, -(-alert.for_seconds // period)),
        missing=_missing(query, below=threshold.below),
        description=f"{alert.summary}. {alert.description} {runbook_url}#{alert.anchor}",
    )


def _period(query: CloudWatch | CloudWatchMath) -> int:
    metrics = query.metrics.values() if isinstance(query, CloudWatchMath) else (query,)
    return max(max(it.period_seconds, PUBLISHED_EVERY_SECONDS.get(it.metric, 0)) for it in metrics)


def _missing(query: CloudWatch | CloudWatchMath, *, below: bool) -> Missing:
    """Counts, percentiles and shares come only with traffic; what must not get low must be there at all."""
    if isinstance(query, CloudWatchMath):
        return Missing.NOT_BREACHING
    if below:
        return Missing.BREACHING
    counted = query.statistic == "Sum" or is_percentile(query.statistic)
    return Missing.NOT_BREACHING if counted else Missing.MISSING


def is_percentile(statistic: str) -> bool:
    """Whether `statistic` is `p95` and the like."""
    return statistic.startswith("p")
