"""Records of what a component measures, as plain data; dashboards, alerts and runbook are made from them.

Nothing here imports Pulumi. See docs/adr/0012-one-record-for-everything-that-watches.md.
"""

from observability.records.check import (
    AwsQuestion,
    ByHand,
    Check,
    Comparison,
    Group,
    HttpQuestion,
    Login,
    Question,
    RedisQuestion,
    SqlQuestion,
    Vendor,
    VendorQuestion,
    Wanted,
)
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
from observability.records.record import Board, MinimumTraffic, Severity, Signal, Signals, Threshold, Unit

__all__ = [
    "AwsQuestion",
    "Board",
    "ByHand",
    "Check",
    "CloudWatch",
    "CloudWatchMath",
    "Comparison",
    "Failures",
    "Group",
    "HttpQuestion",
    "IssueCategory",
    "IssueEvent",
    "Login",
    "MinimumTraffic",
    "Objective",
    "Prometheus",
    "Query",
    "Question",
    "RedisQuestion",
    "SentryIssues",
    "SentryMetric",
    "Severity",
    "Shape",
    "Signal",
    "Signals",
    "Slowness",
    "Sql",
    "SqlQuestion",
    "Threshold",
    "Unit",
    "UpstashStatistic",
    "Vendor",
    "VendorQuestion",
    "Wanted",
]
