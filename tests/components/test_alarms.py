"""Topics, composites and events of the alarms; what each alarm says is in tests/components/alarms."""

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest
from msgspec.structs import replace

from components.alarms.args import AlarmsArgs
from components.alarms.component import Alarms
from components.alarms.spec import TreatMissingData, specs
from observability import CloudWatch, CloudWatchMath, Prometheus, Severity, Signal, Signals, Threshold
from observability.promql import Level, Series
from tests.components.recording import Recorded, Registered, Secret, record_component

PAGE, TICKET = Severity.PAGE, Severity.TICKET
RUNBOOK = "https://example.com/runbook"


def metric(metric: str = "DatabaseConnections", statistic: str = "Maximum", **more: Any) -> CloudWatch:
    dimensions = {"DBInstanceIdentifier": "shop-db"}
    return CloudWatch(namespace="AWS/RDS", metric=metric, dimensions=dimensions, statistic=statistic, **more)


def signal(id_: str, query: Any, *thresholds: Threshold, **more: Any) -> Signal:
    fields = {"title": "Connections", "description": "Open.", "unit": "short", "runbook": "Look.", **more}
    return Signal(id=id_, query=query, thresholds=thresholds, **fields)


def over(severity: Severity, value: float, **more: Any) -> Threshold:
    return Threshold(severity=severity, value=value, **more)


CONNECTIONS = signal("connections", metric(), over(TICKET, 80), over(PAGE, 95))
ERRORS = signal("errors", metric("Failures", "Sum"), over(PAGE, 100))
HOURLY = signal("errors", metric("Failures", "Sum", period_seconds=3600), over(PAGE, 100))
QUEUE = signal("queue", Prometheus(expression=Level(Series("queue"))), over(PAGE, 1))
ARGS = AlarmsArgs(
    region="us-east-1",
    prefix="shop-production",
    signals=[Signals(subject="Database", signals=(CONNECTIONS, ERRORS, QUEUE))],
    severities=[PAGE],
    runbook_url=RUNBOOK,
    email_addresses=["oncall@example.com"],
    cluster_name="shop-production",
    service_name="shop-production-api",
    database_identifier="shop-production-db",
    exhausted=("connections-page", "errors-page"),
)


def record(**changes: object) -> Recorded[Alarms]:
    return record_component(lambda: Alarms("alarms", replace(ARGS, **changes)))


def alarm(recorded: Recorded[Alarms], role: str) -> dict[str, Any]:
    return recorded.one("MetricAlarm", f"alarms-{role}").inputs


def test_only_what_cloudwatch_can_judge_and_was_asked_for_becomes_an_alarm():
    names = {it.name for it in record().of("MetricAlarm")}
    assert names == {"alarms-connections-page", "alarms-errors-page", "alarms-deploying"}
    every = record(severities=[PAGE, TICKET])
    assert {it.name for it in every.of("MetricAlarm")} - names == {"alarms-connections-ticket"}


def test_severity_decides_the_topic_and_the_end_is_told_too():
    recorded = record(severities=[PAGE, TICKET], exhausted=None)
    for role, topic in (("connections-ticket", "alarms-ticket"), ("connections-page", "alarms-page")):
        made = alarm(recorded, role)
        assert made["alarmActions"] == made["okActions"] == [f"arn:aws:made:::{topic}"]
    assert recorded.of("CompositeAlarm") == []


def test_alarm_says_what_is_wrong_and_where_the_runbook_is():
    made = alarm(record(), "connections-page")
    assert made["name"] == "shop-production-connections-page"
    assert made["alarmDescription"] == f"Connections: over 95. Open. {RUNBOOK}#connections"
    assert alarm(record(runbook_url=""), "connections-page")["alarmDescription"] == "Connections: over 95. Open."


def holds(rule: str, on: set[str]) -> bool:
    """Value of the rule of a composite alarm, `on` being the alarms that are on."""
    for name in {it.partition(")")[0] for it in rule.split("ALARM(")[1:]}:
        rule = rule.replace(f"ALARM({name})", str(name in on))
    return bool(eval(rule.replace("AND", "and").replace("NOT", "not")))  # noqa: S307


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (set(), set()),
        ({"connections"}, set()),
        ({"errors"}, {"errors-alone"}),
        ({"connections", "errors"}, {"database-exhausted"}),
    ],
)
def test_database_at_its_limit_with_failures_pages_once(on: set[str], expected: set[str]):
    recorded = record()
    fired = {
        it.name.removeprefix("alarms-")
        for it in recorded.of("CompositeAlarm")
        if holds(it.inputs["alarmRule"], {f"shop-production-{name}-page" for name in on})
    }
    assert fired == expected
    pages = {
        it.name for it in recorded.resources if it.inputs.get("alarmActions") == ["arn:aws:made:::alarms-page"]
    }
    assert pages == {"alarms-database-exhausted", "alarms-errors-alone"}
    # Neither of the two that it is made of is silent by itself.
    for role in ("connections-page", "errors-page"):
        assert alarm(recorded, role)["alarmActions"] == ["arn:aws:made:::alarms-ticket"]


def test_page_waits_for_a_deployment_and_is_not_lost():
    recorded = record()
    suppressor = recorded.one("CompositeAlarm", "alarms-database-exhausted").inputs["actionsSuppressor"]
    deploying = alarm(recorded, "deploying")
    assert suppressor == {"alarm": deploying["name"], "waitPeriod": 120, "extensionPeriod": 300}
    assert deploying["metricName"] == "DeploymentCount"
    assert (deploying["threshold"], deploying["comparisonOperator"]) == (1, "GreaterThanThreshold")
    assert deploying["dimensions"] == {"ClusterName": "shop-production", "ServiceName": "shop-production-api"}
    assert "alarmActions" not in deploying
    assert "actionsSuppressor" not in recorded.one("CompositeAlarm", "alarms-errors-alone").inputs


def statements(policy: Registered) -> dict[str, dict[str, Any]]:
    return {it["Sid"]: it for it in json.loads(policy.inputs["policy"])["Statement"]}


def test_alarms_and_events_may_publish_to_encrypted_topics():
    recorded = record()
    for topic in recorded.of("aws:sns/topic:Topic"):
        assert topic.inputs["kmsMasterKeyId"] == "arn:aws:made:::alarms-key"
        policy = statements(recorded.one("TopicPolicy", f"{topic.name}-policy"))
        assert {sid: it["Principal"]["Service"] for sid, it in policy.items()} == {
            "cloudwatch": "cloudwatch.amazonaws.com",
            "events": "events.amazonaws.com",
        }
        assert all((it["Action"], it["Resource"]) == (["sns:Publish"], topic_arn(topic)) for it in policy.values())
        assert policy["cloudwatch"]["Condition"]["ArnLike"]["aws:SourceArn"].startswith("arn:aws:cloudwatch:")
        assert "Condition" not in policy["events"]
    assert recorded.one("kms/key:Key").inputs["enableKeyRotation"] is True
    assert recorded.one("kms/key:Key").protect is True
    assert record(protect=False).one("kms/key:Key").protect is False
    key = statements(recorded.one("KeyPolicy"))
    assert set(key) == {"owner", "cloudwatch", "events"}
    assert key["events"]["Action"] == ["kms:Decrypt", "kms:GenerateDataKey*"]


def test_store_of_the_same_account_publishes_where_it_evaluates_alerts():
    recorded = record(store_publishes=True)
    for topic in recorded.of("aws:sns/topic:Topic"):
        store = statements(recorded.one("TopicPolicy", f"{topic.name}-policy"))["metrics"]
        assert store["Principal"] == {"Service": "aps.amazonaws.com"}
        assert store["Action"] == ["sns:Publish", "sns:GetTopicAttributes"]
        assert set(store["Condition"]["StringEquals"]) == {"aws:SourceAccount"}
    assert statements(recorded.one("KeyPolicy"))["metrics"]["Principal"] == {"Service": "aps.amazonaws.com"}


def topic_arn(topic: Registered) -> str:
    return f"arn:aws:made:::{topic.name}"


def test_pager_gets_pages_alone_and_only_with_leave():
    with pytest.raises(ValueError, match="pager_url rings a pager, allowed only with may_page"):
        replace(ARGS, pager_url="https://pager.example.com/key")
    recorded = record(pager_url="https://pager.example.com/key", may_page=True)
    sent = {
        (it.inputs["protocol"], it.inputs["topic"].rpartition(":")[2]) for it in recorded.of("TopicSubscription")
    }
    assert sent == {("email", "alarms-page"), ("email", "alarms-ticket"), ("https", "alarms-page")}


@pytest.mark.parametrize(
    ("resource", "notified"),
    [
        ("arn:aws:ecs:us-east-1:123456789012:service/shop-production/shop-production-api", True),
        ("arn:aws:ecs:us-east-1:123456789012:service/other/shop-production-api", False),
        ("arn:aws:ecs:us-east-1:123456789012:service/shop-production/another-teams-api", False),
    ],
)
def test_failed_deployment_of_this_cluster_writes_a_ticket(resource: str, notified: bool):
    recorded = record()
    pattern = json.loads(recorded.one("EventRule", "alarms-deployment-failed").inputs["eventPattern"])
    assert pattern["detail"] == {"eventName": ["SERVICE_DEPLOYMENT_FAILED"]}
    [allowed] = pattern["resources"]
    assert fnmatchcase(resource, allowed["wildcard"]) is notified
    target = recorded.one("EventTarget", "alarms-deployment-failed-ticket").inputs
    assert target["arn"] == "arn:aws:made:::alarms-ticket"
    assert set(target["inputTransformer"]["inputPaths"]) == {"service", "reason"}
    assert json.loads(target["inputTransformer"]["inputTemplate"]).startswith("Deployment failed: <service>.")


def test_failover_and_a_full_disk_write_a_ticket():
    pattern = json.loads(record().one("EventRule", "alarms-database-event").inputs["eventPattern"])
    assert pattern["source"] == ["aws.rds"]
    assert pattern["detail"] == {
        "EventCategories": ["failover", "failure", "low storage"],
        "SourceIdentifier": [{"prefix": "shop-production-db"}],
    }


def test_failed_restore_of_the_own_role_writes_a_ticket():
    role = "arn:aws:iam::123456789012:role/restore-test-role"
    pattern = json.loads(
        record(restore_role_arn=role).one("EventRule", "alarms-restore-failed").inputs["eventPattern"]
    )
    assert pattern["detail"] == {"status": ["FAILED", "ABORTED"], "iamRoleArn": [role]}
    assert not [it for it in record().resources if it.name == "alarms-restore-failed"]


@pytest.mark.parametrize(
    ("query", "below", "expected"),
    [
        (metric("FreeStorageSpace", "Minimum"), True, TreatMissingData.BREACHING),
        (metric("Failures", "Sum"), False, TreatMissingData.NOT_BREACHING),
        (metric("TargetResponseTime", "p95"), False, TreatMissingData.NOT_BREACHING),
        (metric("CPUUtilization", "Average"), False, TreatMissingData.MISSING),
        (CloudWatchMath(expression="a", metrics={"a": metric()}), True, TreatMissingData.NOT_BREACHING),
    ],
)
def test_missing_numbers_mean_what_the_metric_says(query: Any, below: bool, expected: TreatMissingData):
    component = Signals(subject="Any", signals=(signal("any", query, over(PAGE, 1, below=below)),))
    [spec] = specs([component], [PAGE], RUNBOOK, "us-east-1")
    assert spec.missing is expected


def test_what_may_be_missing_rings_nobody_before_it_is_there():
    query = metric("DaysToExpiry", "Minimum")
    found = signal("any", query, over(PAGE, 1, below=True))
    specs_of = [
        specs([Signals(subject="Any", signals=(replace(found, sparse=sparse),))], [PAGE], RUNBOOK, "us-east-1")
        for sparse in (False, True)
    ]
    assert [spec.missing for [spec] in specs_of] == [TreatMissingData.BREACHING, TreatMissingData.MISSING]


@pytest.mark.parametrize(("region", "count"), [(None, 1), ("us-east-1", 1), ("eu-west-1", 0)])
def test_metric_of_another_region_has_no_alarm_that_could_never_leave_its_state(region: str | None, count: int):
    component = Signals(subject="Any", signals=(signal("any", metric(region=region), over(PAGE, 1)),))
    assert len(specs([component], [PAGE], RUNBOOK, "us-east-1")) == count


@pytest.mark.parametrize(
    ("query", "for_seconds", "expected"),
    [
        (metric(), 0, (60, 1)),
        (metric(), 60, (60, 1)),
        (metric(), 300, (60, 5)),
        (metric(period_seconds=300), 300, (300, 1)),
        (metric(period_seconds=300), 420, (300, 2)),
        (metric("EBSIOBalance%", "Minimum"), 900, (300, 3)),
        (
            CloudWatchMath(expression="a / b", metrics={"a": metric(), "b": metric("CPUCreditBalance")}),
            600,
            (300, 2),
        ),
    ],
)
def test_periods_are_those_of_the_metric_and_cover_the_wait(
    query: Any, for_seconds: int, expected: tuple[int, int]
):
    component = Signals(subject="Any", signals=(signal("any", query, over(PAGE, 1), for_seconds=for_seconds),))
    [spec] = specs([component], [PAGE], RUNBOOK, "us-east-1")
    assert (spec.period_seconds, spec.periods) == expected


def test_share_of_several_metrics_is_one_expression_over_hidden_ones():
    query = CloudWatchMath(
        expression="IF(all > 50, bad / all, 0)",
        metrics={"bad": metric("Failures", "Sum"), "all": metric("Requests", "Sum")},
    )
    components = [Signals(subject="Any", signals=(signal("share", query, over(PAGE, 0.05)),))]
    made = alarm(record(signals=components, exhausted=None), "share-page")
    shown = {it["id"]: it["returnData"] for it in made["metricQueries"]}
    assert shown == {"bad": False, "all": False, "result": True}
    assert made["metricQueries"][-1]["expression"] == "IF(all > 50, bad / all, 0)"
    assert not {"metricName", "statistic", "period"} & set(made)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"email_addresses": []}, "alarms without email_addresses reach nobody"),
        ({"exhausted": ("connections-page", "gone-page")}, "exhausted names gone-page, which is no alarm here"),
        ({"prefix": "x" * 250}, "its name has over 255 characters"),
        ({"signals": [*ARGS.signals, *ARGS.signals]}, "2 alarms are called 'connections-page'"),
        (
            {"signals": [Signals(subject="Any", signals=(replace(ERRORS, for_seconds=90_000),))]},
            "alarm 'errors-page' looks back 90000 seconds, allowed up to 86400",
        ),
        (
            {"signals": [Signals(subject="Any", signals=(replace(HOURLY, for_seconds=608_400),))]},
            "alarm 'errors-page' looks back 608400 seconds, allowed up to 604800",
        ),
    ],
)
def test_alarms_that_cloudwatch_would_refuse_are_refused_first(changes: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        replace(ARGS, **changes)


def test_secret_address_of_the_pager_stays_secret():
    import pulumi

    recorded = record_component(
        lambda: Alarms(
            "alarms",
            replace(ARGS, pager_url=pulumi.Output.secret("https://pager.example.com/key"), may_page=True),
        )
    )
    [endpoint] = [
        it.inputs["endpoint"] for it in recorded.of("TopicSubscription") if it.inputs["protocol"] == "https"
    ]
    assert endpoint == Secret("https://pager.example.com/key")


def test_opened_way_in_writes_a_ticket_with_who_it_was():
    recorded = record(bastion_name="shop-production-bastion")
    pattern = json.loads(recorded.one("EventRule", "alarms-bastion-opened").inputs["eventPattern"])
    assert pattern["detail"] == {
        "clusterArn": [{"wildcard": "arn:aws:ecs:*:*:cluster/shop-production-bastion"}],
        "lastStatus": ["RUNNING"],
        "desiredStatus": ["RUNNING"],
    }
    target = recorded.one("EventTarget", "alarms-bastion-opened-ticket").inputs["inputTransformer"]
    assert target["inputPaths"]["who"] == "$.detail.startedBy"
