"""Alarms as plain data: what CloudWatch evaluates for one threshold of a record.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from msgspec import Struct

from observability import CloudWatch, CloudWatchMath, Severity, Signals
from observability.alerting.alerts import ThresholdCondition, alerts
from observability.durations import DAY_SECONDS, HOUR_SECONDS

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
LONGEST_SECONDS, LONGEST_OF_HOURS_SECONDS = DAY_SECONDS, 7 * DAY_SECONDS
"""What the periods of one alarm may cover together, in seconds; the second where each is an hour or longer.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""
SINCE_LAST = (
    "IF(RUNNING_SUM(FILL(counted, 0)) == SUM(FILL(counted, 0)) AND RUNNING_SUM(FILL(counted, 0)) > 0"
    " AND FILL(counted, 0) == 0, 0, 1)"
)
"""0 in each period after the last one that counted something, else 1: also where nothing ever was.

Both sums are over the same periods, so it is the same when CloudWatch reads more of them than the alarm looks at,
which is why its documentation advises against these functions.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
"""


class TreatMissingData(StrEnum):
    """CloudWatch's treatment of a period without data."""

    BREACHING = "breaching"
    """Beyond the threshold: the metric must always exist."""
    NOT_BREACHING = "notBreaching"
    """Within the threshold: the metric is published only when something happens."""
    MISSING = "missing"
    """Not known: the alarm goes to INSUFFICIENT_DATA, which notifies nobody."""


class AlarmSpec(Struct, frozen=True, kw_only=True):
    """One alarm: a threshold as CloudWatch has it."""

    name: str
    """Name of the alert; the physical name is the prefix and this."""
    severity: Severity
    """Decides the topic."""
    query: CloudWatch | CloudWatchMath
    """Query; its dimensions may hold Outputs."""
    below: bool
    """Fire under the threshold instead of over it."""
    threshold: float
    """In the unit of the metric."""
    period_seconds: int
    """Period of one number, in seconds."""
    periods: int
    """Numbers that are beyond the threshold before the alarm goes off: in a row where no more are looked at."""
    evaluation_periods: int
    """Numbers that the alarm looks at, the newest; `periods` or more."""
    missing: TreatMissingData
    """Treatment of a period without data."""
    description: str
    """Summary, description and runbook, up to 1024 characters."""


def specs(
    components: Iterable[Signals], severities: Iterable[Severity], runbook_url: str, region: str
) -> list[AlarmSpec]:
    """Return an alarm for each threshold on a CloudWatch metric of one of these severities, in order.

    A metric of another region than `region` has none: an alarm and its topic are in the metric's region.
    """
    wanted, found = set(severities), []
    for alert in alerts(components):
        condition = alert.condition
        if alert.severity not in wanted or not isinstance(condition, ThresholdCondition):
            continue
        query, threshold = condition.signal.query, condition.threshold
        # Counts, percentiles and shares come only with traffic; what must not get low must always exist.
        if isinstance(query, CloudWatchMath):
            metrics, missing = list(query.metrics.values()), TreatMissingData.NOT_BREACHING
        elif isinstance(query, CloudWatch) and query.region in (None, region):
            counted = query.statistic == "Sum" or is_percentile(query.statistic)
            present = TreatMissingData.NOT_BREACHING if counted else TreatMissingData.MISSING
            required = threshold.below and not condition.signal.sparse
            metrics, missing = [query], TreatMissingData.BREACHING if required else present
        else:
            continue
        period = max(max(it.period_seconds, PUBLISHED_EVERY_SECONDS.get(it.metric, 0)) for it in metrics)
        # A part of a period cannot be asked for: the alarm rather waits a little longer.
        periods = evaluation_periods = max(1, -(-alert.for_seconds // period))
        if condition.signal.after_first and isinstance(query, CloudWatch):
            query = CloudWatchMath(expression=SINCE_LAST, metrics={"counted": query})
            missing = TreatMissingData.NOT_BREACHING
            evaluation_periods = longest_seconds(period) // period
        spec = AlarmSpec(
            name=alert.name,
            severity=alert.severity,
            query=query,
            below=threshold.below,
            threshold=threshold.value,
            period_seconds=period,
            periods=periods,
            evaluation_periods=evaluation_periods,
            missing=missing,
            description=f"{alert.summary}. {alert.description}{link(runbook_url, alert.anchor)}",
        )
        found.append(spec)
    return found


def longest_seconds(period_seconds: int) -> int:
    """Return how far back an alarm of such periods may look, in seconds."""
    return LONGEST_SECONDS if period_seconds < HOUR_SECONDS else LONGEST_OF_HOURS_SECONDS


def link(runbook_url: str, anchor: str) -> str:
    """Return the end of a description, which leads to the runbook's section; empty without a runbook."""
    return f" {runbook_url}#{anchor}" if runbook_url else ""


def is_percentile(statistic: str) -> bool:
    """Return whether `statistic` is `p95` and the like."""
    return statistic.startswith("p")
