"""Records of what a component measures, as plain data; dashboards, alerts and runbook are made from them.

Nothing here imports Pulumi. See docs/adr/0012-one-record-for-everything-that-watches.md.
"""

from observability.records.objective import Failures, Objective, Slowness
from observability.records.queries import (
    CloudWatch,
    CloudWatchMath,
    IssueCategory,
    IssueEvent,
    Prometheus,
    Query,
    SentryIssues,
    SentryMetric,
    Shape,
    Sql,
    UpstashStatistic,
)
from observability.records.record import Board, Check, MinimumTraffic, Severity, Signal, Signals, Threshold, Unit

__all__ = [
    "Board",
    "Check",
    "CloudWatch",
    "CloudWatchMath",
    "Failures",
    "IssueCategory",
    "IssueEvent",
    "MinimumTraffic",
    "Objective",
    "Prometheus",
    "Query",
    "SentryIssues",
    "SentryMetric",
    "Severity",
    "Shape",
    "Signal",
    "Signals",
    "Slowness",
    "Sql",
    "Threshold",
    "Unit",
    "UpstashStatistic",
]
