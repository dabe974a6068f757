"""Settings of alarms and topics that must be so, written by hand: a changed literal fails here."""

import json

from observability import Severity
from tests.components.recording import Registered
from tests.components.test_alarms import record

ALARM = {"period": 60, "evaluationPeriods": 5, "datapointsToAlarm": 5, "namespace": "AWS/RDS"}
PUBLISHERS = {"cloudwatch.amazonaws.com", "events.amazonaws.com"}


def subset(resource: Registered, expected: dict) -> dict:
    return {key: resource.inputs.get(key) for key in expected}


def test_each_alarm_has_its_period_its_side_and_its_missing_data():
    recorded = record(severities=[Severity.PAGE, Severity.TICKET])
    for name, missing, statistic in (
        ("connections-ticket", "missing", "Maximum"),
        ("connections-page", "missing", "Maximum"),
        ("errors-page", "notBreaching", "Sum"),
    ):
        expected = {
            **ALARM,
            "comparisonOperator": "GreaterThanThreshold",
            "treatMissingData": missing,
            "statistic": statistic,
            "alarmActions": ["arn:aws:made:::alarms-ticket"],
            "okActions": ["arn:aws:made:::alarms-ticket"],
        }
        assert subset(recorded.one("MetricAlarm", f"alarms-{name}"), expected) == expected


def test_deployment_alarm_notifies_nobody():
    expected = {
        "namespace": "ECS/ContainerInsights",
        "metricName": "DeploymentCount",
        "dimensions": {"ClusterName": "shop-production", "ServiceName": "shop-production-api"},
        "statistic": "Maximum",
        "period": 60,
        "evaluationPeriods": 1,
        "threshold": 1,
        "comparisonOperator": "GreaterThanThreshold",
        "treatMissingData": "notBreaching",
        "alarmActions": None,
    }
    assert subset(record().one("MetricAlarm", "alarms-deploying"), expected) == expected


def test_composites_page_and_one_waits_for_a_deployment():
    recorded = record()
    for name in ("database-exhausted", "errors-alone"):
        composite = recorded.one("CompositeAlarm", f"alarms-{name}").inputs
        assert composite["alarmActions"] == composite["okActions"] == ["arn:aws:made:::alarms-page"]
    suppressor = recorded.one("CompositeAlarm", "alarms-database-exhausted").inputs["actionsSuppressor"]
    assert suppressor == {"alarm": "shop-production-deploying", "waitPeriod": 120, "extensionPeriod": 300}


def test_topics_are_encrypted_with_a_key_that_rotates_and_stays():
    recorded = record(pager_url="https://pager.example.com/x", may_page=True)
    key = recorded.one("kms/key:Key")
    assert (key.inputs["enableKeyRotation"], key.inputs["deletionWindowInDays"], key.protect) == (True, 7, True)
    for role in ("page", "ticket"):
        topic = recorded.one("Topic", f"alarms-{role}")
        assert topic.inputs == {
            "name": f"shop-production-{role}",
            "kmsMasterKeyId": "arn:aws:made:::alarms-key",
        }
        policy = json.loads(recorded.one("TopicPolicy", f"alarms-{role}-policy").inputs["policy"])
        assert {it["Principal"]["Service"] for it in policy["Statement"]} == PUBLISHERS
        assert {action for it in policy["Statement"] for action in it["Action"]} == {"sns:Publish"}
    assert {(it.name, it.inputs["protocol"]) for it in recorded.of("TopicSubscription")} == {
        ("alarms-page-oncall@example.com", "email"),
        ("alarms-ticket-oncall@example.com", "email"),
        ("alarms-page-pager", "https"),
    }


def test_event_rules_have_the_stack_in_their_names():
    names = {it.name: it.inputs["name"] for it in record().of("EventRule")}
    assert names == {name: name.replace("alarms-", "shop-production-", 1) for name in names}
    assert {"alarms-database-event", "alarms-deployment-failed"} <= names.keys()
