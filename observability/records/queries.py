"""Queries: one kind for each kind of data source."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct

from observability.durations import window
from observability.promql import Expression


class CloudWatch(Struct, frozen=True, kw_only=True):
    """One CloudWatch metric."""

    namespace: str
    """For example `AWS/RDS`."""
    metric: str
    """For example `DatabaseConnections`."""
    dimensions: Mapping[str, Any]
    """Dimension name to value; a value may be a Pulumi Output."""
    statistic: str = "Average"
    """`Average`, `Sum`, `Maximum`, `Minimum` or a percentile such as `p95`."""
    period_seconds: int = 60
    """Period of one number of an alert, in seconds; a multiple of 60."""
    region: str | None = None
    """Region of a metric that is in one region alone; that of the stack when left out."""


class CloudWatchMath(Struct, frozen=True, kw_only=True):
    """One number computed from several CloudWatch metrics."""

    expression: str
    """Metric math over the names of `metrics`, for example `IF(requests > 50, errors / requests, 0)`.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    metrics: Mapping[str, CloudWatch]
    """Metrics by their name in the expression: lower case letter first, then letters, digits, underscores."""


class Prometheus(Struct, frozen=True, kw_only=True):
    """One PromQL expression that has one number for each series."""

    expression: Expression
    """Expression without a comparison: thresholds are applied beside it."""
    window_seconds: int = 300
    """Range of its rates, in seconds: four scrapes at the least."""

    @property
    def promql(self) -> str:
        """Text of the expression, over its own window."""
        return self.expression.promql(window(self.window_seconds))


class Shape(StrEnum):
    """Shape of the rows that an SQL panel shows."""

    TABLE = "table"
    TIME_SERIES = "time_series"


class Sql(Struct, frozen=True, kw_only=True):
    """One statement for PostgreSQL, as a role that may only read; panels alone, never an alert."""

    text: str
    """Statement with Grafana's macros: `$__timeFilter(created_at)`, and a LIMIT."""
    shape: Shape
    """Shape of its rows."""


class SentryMetric(Struct, frozen=True, kw_only=True):
    """Number that Sentry computes from the events it is sent, and evaluates itself: nobody else can query it."""

    aggregate: str
    """`count()`, or a function of a field such as `p95(span.duration)`."""
    dataset: str
    """`events` for errors, `events_analytics_platform` for spans."""
    event_types: tuple[str, ...]
    """`error`, or `trace_item_span`."""
    search: str = ""
    """Search that events must match; all when empty."""
    window_seconds: int = 300
    """Window of one number, in seconds; whole minutes."""
    sample_rate: float = 1.0
    """Share of events that are sent. Under 1 it scales a count; a percentile stays what it is."""

    def counted(self, value: float) -> float:
        """Return `value` as Sentry counts it: 10 errors are one event where a tenth is sent."""
        return round(value * self.sample_rate, 3)


class UpstashStatistic(Struct, frozen=True, kw_only=True):
    """One series of Upstash's developer API, of the last hour; panels alone, never an alert.

    https://upstash.com/docs/devops/developer-api/redis/get_database_stats
    """

    address: Any
    """Address of the database's statistics; may be a Pulumi Output."""
    statistic: str
    """Name of the series in the answer, for example `connection_count`."""


class IssueEvent(StrEnum):
    """Event in the life of an issue."""

    NEW = "new"
    """It is seen for the first time."""
    REGRESSED = "regressed"
    """It was resolved, and is back."""


class IssueCategory(StrEnum):
    """Kinds of issues."""

    ERROR = "error"
    PERFORMANCE = "performance"


class SentryIssues(Struct, frozen=True, kw_only=True):
    """Issues, as Sentry groups events: each alerts once, so a threshold on them is 0."""

    events: tuple[IssueEvent, ...]
    """Events that alert, any of them."""
    category: IssueCategory
    """Kind of issues."""


Query = CloudWatch | CloudWatchMath | Prometheus | SentryIssues | SentryMetric | Sql | UpstashStatistic
"""Every kind of query."""
