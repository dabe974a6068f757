from typing import Any

from tests.components.inventory import inventory
from tests.components.test_sentry import record

SLACK = {"integrationId": 11, "targetIdentifier": "#shop", "targetType": "specific", "type": "slack"}


def trigger(label: str, threshold: int, resolve: int) -> dict[str, Any]:
    return {
        "actions": [SLACK],
        "alertThreshold": threshold,
        "label": label,
        "resolveThreshold": resolve,
        "thresholdType": 0,
    }


def issue_alert(name: str, category: str) -> dict[str, Any]:
    action = "sentry.integrations.slack.notify_action.SlackNotifyServiceAction"
    return {
        "actionMatch": "any",
        "actions": [{"channel": "#shop", "id": action, "workspace": "11"}],
        "conditions": [
            {"id": "sentry.rules.conditions.first_seen_event.FirstSeenEventCondition"},
            {"id": "sentry.rules.conditions.regression_event.RegressionEventCondition"},
        ],
        "filterMatch": "all",
        "filters": [{"id": "sentry.rules.filters.issue_category.IssueCategoryFilter", "value": category}],
        "frequency": 5,
        "name": name,
        "organization": "example",
        "project": "shop-api-staging",
    }


SENTRY = {
    "SentryProject/errors-project": {
        "name": "shop-api-staging",
        "organization": "example",
        "platform": "python-fastapi",
        "protect": True,
        "slug": "shop-api-staging",
        "teams": ["platform"],
    },
    "SentryKey/errors-key": {
        "name": "staging",
        "organization": "example",
        "project": "shop-api-staging",
        "rateLimitCount": 1000,
        "rateLimitWindow": 3600,
    },
    "SentryMetricAlert/errors-errors": {
        "aggregate": "count()",
        "dataset": "events",
        "eventTypes": ["error"],
        "name": "sentry-errors-api",
        "organization": "example",
        "project": "shop-api-staging",
        "query": "",
        "resolveThreshold": 10,
        "thresholdType": 0,
        "timeWindow": 5,
        "triggers": [trigger("critical", 100, 10), trigger("warning", 10, 10)],
    },
    "SentryIssueAlert/errors-new-issue": issue_alert("sentry-new-issue-api", "1"),
    "SentryIssueAlert/errors-slow-issue": issue_alert("sentry-slow-issue-api", "2"),
    "SentryMetricAlert/errors-slow": {
        "aggregate": "p95(transaction.duration)",
        "dataset": "transactions",
        "eventTypes": ["transaction"],
        "name": "sentry-slow-api",
        "organization": "example",
        "project": "shop-api-staging",
        "query": "",
        "resolveThreshold": 500,
        "thresholdType": 0,
        "timeWindow": 5,
        "triggers": [trigger("critical", 500, 500)],
    },
}


def test_sentry_is_as_written_down():
    assert inventory(record()) == SENTRY
