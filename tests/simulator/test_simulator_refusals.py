"""What AWS refuses, though neither the SDK nor moto says so, is refused here; its neighbour passes."""

import json
from pathlib import Path
from typing import Any

import pytest
from simulated_provider import AbortedError, Provider, provider_over

from simulator.refusals import GONE, refused

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


ONE = [{"name": "URL", "value": "x"}]
ENDED = ("13", "12.4", "9.6")
HIDDEN = [{"name": "URL", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/x"}]
FARGATE = {"requiresCompatibilities": ["FARGATE"], "containerDefinitions": "[]"}
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    *each(DATABASE, "username", "admin|Admin|rdsadmin|pg_x|user", "admins"),
    *each(DATABASE, "identifier", f"a--b|a-|1a|{'a' * 64}|a_b", "a-b"),
    *each(CACHE, "replicationGroupId", f"a--b|a-|{'a' * 41}", "a-b"),
    *each(DATABASE, "dbName", "admin|template0|1feed|feed-api", "feed"),
    *((DATABASE, {**POSTGRES, "engineVersion": it}, {**POSTGRES, "engineVersion": "14"}) for it in ENDED),
    *each(DATABASE, "instanceClass", "db.r6g|r6g.large|db.t4g.huge|db.t4g.metal|db.m5.7xlarge", "db.t4g.2xlarge"),
    *each(CACHE, "nodeType", "cache.t4g.large|cache.r7g|db.r6g.large", "cache.t4g.micro"),
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


@pytest.mark.parametrize(("token", "bad", "good"), CASES)
def test_one_is_refused_and_its_neighbour_is_not(token: str, bad: dict[str, Any], good: dict[str, Any]) -> None:
    [fault, *_] = refused(token, bad, "us-east-1")
    assert "allowed" in fault.reason or "which is none" in fault.reason
    assert list(refused(token, good, "us-east-1")) == []


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
        (EVENT, {"name": "a b", "scheduleExpression": "rate(1 hour)"}, "name"),
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


@pytest.mark.parametrize("token", sorted(GONE))
def test_type_whose_api_is_gone_is_never_made(token: str) -> None:
    [failure] = refused(token, {}, "us-east-1")
    assert "410" in failure.reason
