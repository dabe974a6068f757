"""What a component tells about itself, as plain data; everything that watches a stack is made from it.

Nothing here imports Pulumi. See docs/adr/0012-one-record-for-everything-that-watches.md.
"""

from components._signals.objective import Failures, Objective, Slowness
from components._signals.queries import (
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
from components._signals.record import Board, Check, Floor, Severity, Signal, Signals, Threshold, Unit

__all__ = [
    "Board",
    "Check",
    "CloudWatch",
    "CloudWatchMath",
    "Failures",
    "Floor",
    "IssueCategory",
    "IssueEvent",
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
