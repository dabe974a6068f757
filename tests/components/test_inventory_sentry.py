from typing import Any

from tests.components.inventory import inventory
from tests.components.test_sentry import SLACK, record

OF_IT = {"organization": "example", "project": "shop-api-staging"}


def condition(type_: str, comparison: Any) -> dict[str, Any]:
    return {"type": type_, "comparison": comparison, "conditionResult": True}


def issue_alert(name: str, *categories: int) -> dict[str, Any]:
    conditions = [condition("issue_category", {"value": it}) for it in categories]
    return {
        **OF_IT,
        "name": name,
        "triggers": ["first_seen_event", "regression_event"],
        "actionFilters": [{"logicType": "any-short", "conditions": conditions, "actions": [SLACK]}],
        "frequencyMinutes": 5,
    }


def monitor_alert(name: str, monitor: str, priority: int) -> dict[str, Any]:
    conditions = [condition("issue_priority_greater_or_equal", priority)]
    return {
        **OF_IT,
        "name": name,
        "monitorIds": [monitor],
        "triggers": [],
        "actionFilters": [{"logicType": "all", "conditions": conditions, "actions": [SLACK]}],
        "frequencyMinutes": 0,
    }


SENTRY = {
    "Project/errors-project": {
        "name": "shop-api-staging",
        "organization": "example",
        "platform": "python-fastapi",
        "protect": True,
        "slug": "shop-api-staging",
        "teams": ["platform"],
    },
    "ClientKey/errors-key": {**OF_IT, "name": "staging", "rateLimitCount": 1000, "rateLimitWindow": 3600},
    "MetricMonitor/errors-errors": {
        **OF_IT,
        "aggregate": "count()",
        "dataset": "events",
        "eventTypes": ["error"],
        "name": "sentry-errors-api",
        "windowSeconds": 300,
        "highAbove": 100,
        "mediumAbove": 10,
        "resolvedAt": 10,
    },
    "Alert/errors-errors-alert": monitor_alert("sentry-errors-api", "7", 50),
    "Alert/errors-new-issue": issue_alert("sentry-new-issue-api", 1),
    "Alert/errors-slow-issue": issue_alert("sentry-slow-issue-api", 12, 13, 14, 15),
    "MetricMonitor/errors-slow": {
        **OF_IT,
        "aggregate": "p95(span.duration)",
        "dataset": "events_analytics_platform",
        "eventTypes": ["trace_item_span"],
        "name": "sentry-slow-api",
        "query": "is_transaction:true",
        "windowSeconds": 300,
        "highAbove": 500,
        "resolvedAt": 500,
    },
    "Alert/errors-slow-alert": monitor_alert("sentry-slow-api", "7", 75),
}


def test_sentry_is_as_written_down():
    assert inventory(record()) == SENTRY
