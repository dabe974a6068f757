"""What AWS refuses, though neither the SDK nor moto says so, is refused here; its neighbour passes."""

import json
from pathlib import Path
from typing import Any

import pytest
from aws_estate import redrive
from simulated_provider import AbortedError, Provider, provider_over

from simulator.refusals import refused
from wire_format import UNKNOWN

DATABASE = "aws:rds/instance:Instance"
CACHE = "aws:elasticache/replicationGroup:ReplicationGroup"
RULES = "aws:amp/ruleGroupNamespace:RuleGroupNamespace"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
ACTION = "aws:appautoscaling/scheduledAction:ScheduledAction"
EVENT = "aws:cloudwatch/eventRule:EventRule"
TOPIC = "aws:sns/topic:Topic"
POSTGRES = {"engine": "postgres", "engineLifecycleSupport": "open-source-rds-extended-support-disabled"}


def rules(count: int) -> str:
    return json.dumps(
        {"groups": [{"name": "a", "rules": [{"record": f"r{n}", "expr": "1"} for n in range(count)]}]}
    )


def container(**lists: list[dict[str, str]]) -> str:
    return json.dumps([{"name": "app", "image": "app", **lists}])


def each(token: str, name: str, bad: str, good: object) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    return [(token, {name: it}, {name: good}) for it in bad.split("|")]


def task(*containers: dict[str, Any], **changes: object) -> dict[str, Any]:
    given = [{"name": f"c{at}", "image": "app", **one} for at, one in enumerate(containers)]
    return {"containerDefinitions": json.dumps(given), **changes}


def after(condition: str, name: str = "c1") -> dict[str, Any]:
    return {"dependsOn": [{"containerName": name, "condition": condition}]}


def machine(start: str = "Run", kind: str = "STANDARD", **states: dict[str, Any]) -> dict[str, Any]:
    return {"definition": json.dumps({"StartAt": start, "States": {"Run": RUN, **states}}), "type": kind}


def run(**changes: object) -> dict[str, Any]:
    return machine(Run={**RUN, **changes})


def listener_rule(*conditions: dict[str, Any], **changes: object) -> dict[str, Any]:
    return {"conditions": [*conditions], "actions": [{"type": "forward"}], **changes}


def paths(*values: str) -> dict[str, Any]:
    return {"pathPattern": {"values": [*values]}}


def hosts(*values: str) -> dict[str, Any]:
    return {"hostHeader": {"values": [*values]}}


def tracked(*metrics: dict[str, Any]) -> dict[str, Any]:
    name = "targetTrackingScalingPolicyConfiguration"
    return {name: {"targetValue": 1, "customizedMetricSpecification": {"metrics": [*metrics]}}}


def scheduled(**target: object) -> dict[str, Any]:
    arn = "arn:aws:ecs:us-east-1:123456789012:cluster/app"
    network = {"subnets": ["subnet-1"]}
    ecs = {"launchType": "FARGATE", "networkConfiguration": network}
    given = {"arn": arn, "ecsParameters": ecs, **target}
    return {"target": given, "flexibleTimeWindow": {"mode": "OFF"}, "scheduleExpression": "rate(1 hour)"}


ONE = [{"name": "URL", "value": "x"}]
ENDED = ("13", "12.4", "9.6")
HIDDEN = [{"name": "URL", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/x"}]
FARGATE = {"requiresCompatibilities": ["FARGATE"], "containerDefinitions": "[]"}
RUN = {"Type": "Task", "Resource": "arn:aws:states:::ecs:runTask.sync", "End": True}
STOP = {"Type": "Fail"}
AGAIN = {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 5, "MaxAttempts": 3, "BackoffRate": 2}
CAUGHT = {"ErrorEquals": ["States.ALL"], "Next": "Stop"}
WHEN = {"Variable": "$.n", "NumericEquals": 1, "Next": "Run"}
STAT = {"metricStat": {"stat": "Average"}, "returnData": False}
FIVE_IN_ALL = ("/a/*", "/b*", "/c")
DRIVE = {"name": "orders", "redrivePolicy": redrive("arn:aws:sqs:us-east-1:123456789012:letters", 1000)}
QUEUE, RULE, POLICY, SCHEDULE, MACHINE = (
    "aws:sqs/queue:Queue", "aws:lb/listenerRule:ListenerRule", "aws:appautoscaling/policy:Policy",
    "aws:scheduler/schedule:Schedule", "aws:sfn/stateMachine:StateMachine",
)  # fmt: skip
JOBS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    *((MACHINE, bad, machine(Run={**RUN, "Retry": [AGAIN], "Catch": [CAUGHT]}, Stop=STOP)) for bad in (
        machine("Walk"), run(End=False), run(Next="Run"), machine(Stop=STOP), run(Type="Job"), run(Resource="x"),
        machine(Run={**RUN, "End": False, "Next": "Stop"}), run(Retries=[]), run(Arguments={}),
        machine(Run={**RUN, "End": False, "Next": "Run"}), run(QueryLanguage="SQL"), machine(**{"S" * 81: STOP}),
        *(run(Retry=[{**AGAIN, **wrong}]) for wrong in (
            {"BackoffRate": 0.5}, {"MaxAttempts": -1}, {"IntervalSeconds": 0}, {"ErrorEquals": []},
            {"ErrorEquals": ["States.Never"]}, {"ErrorEquals": ["States.ALL", "Mine"]}, {"Backoff": 2},
            {"JitterStrategy": "SOME"})),
        run(Retry=[{"ErrorEquals": ["States.ALL"]}, AGAIN]), run(Catch=[{"ErrorEquals": ["States.ALL"]}]),
        run(Catch=[{**CAUGHT, "Next": "Nowhere"}]), machine(kind="EXPRESS"), {"definition": "{"},
        {"definition": "[]"}, {"definition": '{"StartAt": "a", "States": {"a": []}}'})),
    (MACHINE, machine("Ask", Ask={"Type": "Choice", "Choices": []}),
     machine("Ask", Ask={"Type": "Choice", "Choices": [WHEN], "Default": "Stop"}, Stop=STOP)),
    (MACHINE, machine("Ask", Ask={"Type": "Choice", "Choices": [{"Variable": "$.n", "Next": "Run"}]}),
     machine("Ask", Ask={"Type": "Choice", "Choices": [{"And": [WHEN, WHEN], "Next": "Run"}]})),
    (MACHINE, run(QueryLanguage="JSONata", ResultPath="$.x"), run(QueryLanguage="JSONata", Output="{% $x %}")),
    (MACHINE, machine("Wait", Wait={"Type": "Wait", "Next": "Run"}),
     machine("Wait", Wait={"Type": "Wait", "Seconds": 5, "Next": "Run"})),
    (MACHINE, machine("All", All={"Type": "Parallel", "Branches": [{"StartAt": "Run", "States": {"Run": RUN}}],
                                  "Next": "Run"}),
     machine("All", All={"Type": "Parallel", "Branches": [{"StartAt": "One", "States": {"One": RUN}}],
                         "Next": "Run"})),
    (MACHINE, {"loggingConfiguration": {"level": "ALL", "logDestination": "arn:aws:logs:us-east-1:1:log-group:x"}},
     {"loggingConfiguration": {"level": "ALL", "logDestination": "arn:aws:logs:us-east-1:1:log-group:x:*"}}),
    *each(QUEUE, "name", f"{'q' * 81}|a b|a.b|orders.fifo", "orders"),
    (QUEUE, {"name": "orders", "fifoQueue": True}, {"name": "orders.fifo", "fifoQueue": True}),
    *((QUEUE, {name: bad}, {name: good}) for name, bad, good in (
        ("delaySeconds", 901, 900), ("maxMessageSize", 1023, 1_048_576), ("messageRetentionSeconds", 59, 60),
        ("messageRetentionSeconds", 1_209_601, 1_209_600), ("receiveWaitTimeSeconds", 21, 20),
        ("visibilityTimeoutSeconds", 43_201, 0))),
    *((QUEUE, {**DRIVE, "redrivePolicy": redrive(letters, count)}, DRIVE) for letters, count in (
        ("arn:aws:sqs:us-east-1:123456789012:letters", 0), ("arn:aws:sqs:us-east-1:123456789012:letters", 1001),
        ("letters", 3), ("arn:aws:sqs:us-east-1:123456789012:letters.fifo", 3))),
    (QUEUE, {"contentBasedDeduplication": True}, {"contentBasedDeduplication": False}),
    *each("aws:sqs/queuePolicy:QueuePolicy", "policy", "allow|[]", "{}"),
    *each("aws:sqs/redriveAllowPolicy:RedriveAllowPolicy", "redriveAllowPolicy",
          '{}|{"redrivePermission": "byQueue"}', '{"redrivePermission": "denyAll"}'),
    *each(EVENT, "eventPattern",
          '{"source": "a"}|{"source": []}|[]|{|{"a": [{"begins": "b"}]}|{"$or": [{"a": [1]}]}',
          '{"source": ["a", {"prefix": "b"}], "detail": {"n": [{"numeric": [">", 1]}]}}'),
    (EVENT, {}, {"eventPattern": '{"$or": [{"a": [1]}, {"b": [{"exists": false}]}]}'}),
    *((SCHEDULE, {**scheduled(), **bad}, scheduled()) for bad in (
        {"scheduleExpressionTimezone": "Europe/Atlantis"}, {"flexibleTimeWindow": {"mode": "FLEXIBLE"}},
        {"flexibleTimeWindow": {"mode": "OFF", "maximumWindowInMinutes": 5}}, scheduled(ecsParameters=None),
        scheduled(ecsParameters={"launchType": "FARGATE"}),
        scheduled(deadLetterConfig={"arn": "arn:aws:sqs:us-east-1:123456789012:x.fifo"}),
        scheduled(arn="arn:aws:states:us-east-1:1:stateMachine:m", input="text"))),
    *((RULE, bad, listener_rule(hosts("*.a.example.com", "example.com"), paths(*FIVE_IN_ALL), priority=50_000))
      for bad in (
        listener_rule(hosts("a.example.com"), paths(*"abcde")), listener_rule(hosts("a.example.com"), priority=0),
        listener_rule(hosts("a.example.com"), priority=50_001), listener_rule(hosts("example")),
        listener_rule(hosts("a_b.example.com")), listener_rule(hosts("a.1")), listener_rule(paths("/a b")),
        listener_rule(paths("/" + "a" * 128)), listener_rule(paths("/*/*/*", "/*?/*")),
        listener_rule({**hosts("a.example.com"), **paths("/")}), listener_rule({}),
        listener_rule(paths("/a"), paths("/b")),
        listener_rule(paths("/a"), actions=[{"type": "authenticate-oidc"}]),
        listener_rule(paths("/a"), actions=[{"type": "forward"}, {"type": "redirect"}]))),
    *((POLICY, bad, tracked({"id": "a", **STAT}, {"id": "b", "expression": "MAX([a, 1]) / 2"})) for bad in (
        tracked({"id": "a", **STAT}), tracked({"id": "a", "metricStat": {}}, {"id": "b", "expression": "a"}),
        tracked({"id": "b", "expression": "c / 2"}), tracked({"id": "A", "metricStat": {}}),
        tracked({"id": "a", "expression": "(1"}), tracked({"id": "a"}), {"policyType": "TargetTrackingScaling"},
        {"targetTrackingScalingPolicyConfiguration": {"targetValue": 1}},
        {"targetTrackingScalingPolicyConfiguration": {
            "targetValue": 1, "customizedMetricSpecification": {"metricName": "m"}}})),
    *((TASK, bad, good) for bad, good in (
        (task({}, ephemeralStorage={"sizeInGib": 20}), task({}, ephemeralStorage={"sizeInGib": 21})),
        (task({}, ephemeralStorage={"sizeInGib": 201}), task({}, ephemeralStorage={"sizeInGib": 200})),
        (task({"name": "a"}, {"name": "a"}), task({"name": "a"}, {"name": "b"})),
        (task({"name": "a.b"}), task({"name": "a-b_1"})),
        (task({"essential": False}), task({"essential": False}, {})),
        (task({"memory": 256}, {"memory": 257}, memory="512"),
         task({"memory": 256}, {"memory": 256}, memory="512")),
        (task({"memoryReservation": 600}, memory="512"), task({"memoryReservation": 512}, memory="512")),
        (task({"cpu": 200}, {"cpu": 100}, cpu="256"), task({"cpu": 200}, {"cpu": 56}, cpu="256")),
        (task({"memory": 128, "memoryReservation": 256}), task({"memory": 256, "memoryReservation": 128})),
        (task(after("HEALTHY"), {}), task(after("HEALTHY"), {"healthCheck": {"command": ["CMD", "true"]}})),
        (task(after("SUCCESS"), {}), task(after("SUCCESS"), {"essential": False})),
        (task(after("READY"), {}), task(after("START"), {})),
        (task(after("START"), after("START", "c0")), task(after("START"), {})),
        (task({"secrets": HIDDEN}, requiresCompatibilities=["FARGATE"]),
         task({"secrets": HIDDEN}, requiresCompatibilities=["FARGATE"], executionRoleArn=UNKNOWN)))),
]  # fmt: skip
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    *each(DATABASE, "username", "admin|Admin|rdsadmin|pg_x|user", "admins"),
    *each(DATABASE, "identifier", f"a--b|a-|1a|{'a' * 64}|a_b", "a-b"),
    *each(CACHE, "replicationGroupId", f"a--b|a-|{'a' * 41}", "a-b"),
    *each(DATABASE, "dbName", "admin|template0|1feed|feed-api", "feed"),
    *((DATABASE, {**POSTGRES, "engineVersion": it}, {**POSTGRES, "engineVersion": "14"}) for it in ENDED),
    *((DATABASE, {**POSTGRES, "engineVersion": it}, {**POSTGRES, "engineVersion": "16.9"})
      for it in ("16.8", "17.4", "15.12", "14.17", "18.5", "18.99", "16.99", "19", "19.1")),
    *each(DATABASE, "instanceClass", "db.r6g|r6g.large|db.t4g.huge|db.t4g.metal|db.m5.7xlarge", "db.t4g.2xlarge"),
    *((DATABASE, {**it, "instanceClass": bad}, {**it, "instanceClass": "db.r6g.4xlarge"})
      for it in (POSTGRES, {"replicateSourceDb": "primary"}) for bad in ("db.r6g.3xlarge", "db.m4.large")),
    *each(CACHE, "nodeType", "cache.t4g.large|cache.r7g|cache.m5.medium|cache.r7g.24xlarge", "cache.t4g.micro"),
    *((CACHE, {"engine": engine, "engineVersion": bad}, {"engine": engine, "engineVersion": good})
      for engine, bad, good in (("valkey", "8.3", "8.2"), ("valkey", "7.1", "7.2"), ("redis", "7.2", "7.1"))),
    (
        DATABASE,
        {"allocatedStorage": 100, "maxAllocatedStorage": 50},
        {"allocatedStorage": 100, "maxAllocatedStorage": 200},
    ),
    (DATABASE, {"maintenanceWindow": "sunday:03:00-sunday:04:00"}, {"maintenanceWindow": "Sun:03:00-Sun:04:00"}),
    (DATABASE, {"backupWindow": "24:00-25:00"}, {"backupWindow": "03:00-04:00"}),
    (RULES, {"data": rules(21)}, {"data": rules(20)}),
    (RULES, {"data": "- a"}, {"data": rules(1)}),
    (TASK, {"containerDefinitions": container(environment=ONE, secrets=HIDDEN)},
     {"containerDefinitions": container(secrets=HIDDEN)}),
    (TASK, {"containerDefinitions": container(dependsOn=[{"containerName": "other", "condition": "START"}])},
     {"containerDefinitions": container(dependsOn=[])}),
    (TASK, {**FARGATE, "cpu": "256", "memory": "4096"}, {**FARGATE, "cpu": "256", "memory": "2048"}),
    *each(
        ACTION,
        "schedule",
        "cron(0 8 * * *)|cron(0 8 * * * *)|cron(0 25 * * ? *)|cron(0 8 ? * ? *)|cron(0 8 ? 13 MON *)|daily",
        "cron(0 8 ? * MON-FRI *)",
    ),
    *each(ACTION, "schedule", "rate(1 hours)|rate(0 days)|rate(5 minute)", "rate(1 hour)"),
    (ACTION, {"schedule": "at(2030-02-30T08:00:00)"}, {"schedule": "at(2030-02-28T08:00:00)"}),
    (EVENT, {"scheduleExpression": "at(2030-01-01T00:00:00)"}, {"scheduleExpression": "cron(0/15 * ? * 2#1 *)"}),
    *((TOPIC, {"tags": it}, {"tags": {"team:owner": "a+b @x"}}) for it in (
        {"aws:team": "x"}, {"team!": "x"}, {"team": "x" * 257}, {"": "x"}, {"t" * 129: "x"}, {"team": "a;b"},
        {f"t{n}": "" for n in range(51)})),
    *each(TOPIC, "kmsMasterKeyId", "arn:aws-cn:kms:us-east-1:1:key/a", "arn:aws:kms:us-east-1:1:key/a"),
    ("aws:ec2/subnet:Subnet", {"availabilityZone": "eu-west-1a"}, {"availabilityZone": "us-east-1a"}),
    (CACHE, {"preferredCacheClusterAzs": ["us-east-1a", "us-west-2b"]}, {"preferredCacheClusterAzs": []}),
    ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 31}, {"retentionInDays": 30}),
    *each("aws:s3/bucket:Bucket", "bucket", "Ab|a..b|192.0.2.1|-ab|ab", "a.b-c"),
    ("aws:lb/loadBalancer:LoadBalancer", {"name": "internal-x"}, {"name": "internal"}),
]  # fmt: skip


@pytest.mark.parametrize(("token", "bad", "good"), [*CASES, *JOBS])
def test_one_is_refused_and_its_neighbour_is_not(token: str, bad: dict[str, Any], good: dict[str, Any]) -> None:
    [fault, *_] = refused(token, bad, "us-east-1")
    assert "allowed" in fault.reason
    assert list(refused(token, good, "us-east-1")) == []


@pytest.mark.parametrize(
    ("token", "path", "region", "wanted"),
    [
        (
            "aws:cloudfront/distribution:Distribution",
            "viewerCertificate.acmCertificateArn",
            "eu-west-1",
            "us-east-1",
        ),
        ("aws:lb/listener:Listener", "certificateArn", "eu-west-1", "eu-west-1"),
        ("aws:acm/certificateValidation:CertificateValidation", "certificateArn", "us-west-2", "us-west-2"),
    ],
)
def test_a_certificate_is_of_the_region_that_reads_it(token: str, path: str, region: str, wanted: str) -> None:
    for place in ("ca-central-1", wanted):
        inputs: Any = f"arn:aws:acm:{place}:123456789012:certificate/a"
        for name in reversed(path.split(".")):
            inputs = {name: inputs}
        found = [(it.path, it.reason) for it in refused(token, inputs, region)]
        expected = [(path, f"given a certificate in ca-central-1, allowed one in {wanted}")]
        assert found == (expected if place != wanted else [])


def test_cloudfront_is_in_its_own_partition_alone() -> None:
    token = "aws:cloudfront/function:Function"
    assert [it.reason for it in refused(token, {}, "eu-west-1")] == []
    [fault] = refused(token, {}, "us-gov-west-1")
    assert "CloudFront is not in the others" in fault.reason


def test_a_preview_refuses_it(provider: Provider) -> None:
    assert "tags" in " ".join(provider.failures(TOPIC, {"tags": {"aws:a": "x"}}))
    [reason] = provider.failures(EVENT, {"scheduleExpression": "rate(1 hours)"}).values()
    assert "rate(1 hour)" in reason


COOKIES = {
    "parametersInCacheKeyAndForwardedToOrigin": {
        "cookiesConfig": {"cookieBehavior": "some"},
        "headersConfig": {"headerBehavior": "none"},
        "queryStringsConfig": {"queryStringBehavior": "none"},
    }
}


@pytest.mark.parametrize(
    ("token", "inputs", "fault"),
    [
        ("aws:acm/certificate:Certificate", {"domainName": "a b", "validationMethod": "DNS"}, "domainName"),
        ("aws:acm/certificate:Certificate", {"domainName": "a.example", "validationMethod": "FAX"}, "EMAIL, DNS"),
        ("aws:cloudfront/cachePolicy:CachePolicy", COOKIES, "cookieBehavior"),
        ("aws:amp/workspace:Workspace", {"alias": "x" * 101}, "at most 100"),
        (EVENT, {"name": "a b", "scheduleExpression": "rate(1 hour)"}, "Name"),
        ("aws:ec2/flowLog:FlowLog", {"trafficType": "SOME", "vpcId": "vpc-1"}, "ACCEPT, REJECT, ALL"),
        ("aws:lb/trustStore:TrustStore", {"name": "x" * 33, "caCertificatesBundleS3Bucket": "b",
         "caCertificatesBundleS3Key": "k"}, "at most 32"),
        ("aws:iam/role:Role", {"name": "a b", "assumeRolePolicy": "{}"}, "RoleName"),
        ("aws:cloudwatch/logGroup:LogGroup", {"name": "a b"}, "logGroupName"),
        ("aws:secretsmanager/secret:Secret", {"name": "x" * 513}, "at most 512"),
        ("aws:lb/targetGroup:TargetGroup", {"port": 70000, "protocol": "HTTP", "vpcId": "vpc-1"}, "at most 65535"),
        ("aws:appautoscaling/target:Target", {"minCapacity": 1, "maxCapacity": 2, "resourceId": "service/a/b",
         "scalableDimension": "ecs:service:Tasks", "serviceNamespace": "ecs"}, "DesiredCount"),
    ],
)  # fmt: skip
def test_the_model_of_the_service_bounds_it_at_every_depth(
    tmp_path: Path, token: str, inputs: dict[str, Any], fault: str
) -> None:
    with provider_over(tmp_path) as provider, pytest.raises(AbortedError, match="model refuses") as caught:
        provider.create(token, "it", inputs)
    assert fault in str(caught.value)
