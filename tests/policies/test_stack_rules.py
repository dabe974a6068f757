"""Rules over several resources, on the smallest stacks that tell their cases apart."""

import json
from typing import Any

import pytest

from policies.judge import Catalogue
from policies.judgement import Verdict
from policies.resource import UNKNOWN, Resource, Stack
from policies.rules import CATALOGUE

PASS, FAIL, UNDECIDED, NOT_APPLICABLE = (
    *(Verdict.PASS, Verdict.FAIL),
    *(Verdict.UNDECIDED, Verdict.NOT_APPLICABLE),
)


def resource(token: str, urn: str, links: dict[str, str] | None = None, **properties: Any) -> Resource:
    """A resource called by its URN; `links` says which other one a property comes from."""
    comes_from = {key: (other,) for key, other in (links or {}).items()}
    return Resource(type=token, urn=urn, name=urn, properties=properties, property_dependencies=comes_from)


def verdicts(rule: str, *resources: Resource) -> dict[str, Verdict]:
    stack = Stack(environment="production", resources=resources)
    found = Catalogue([CATALOGUE.by_id[rule]]).of_all(stack)
    return {it.resource.name: it.judgement.verdict for it in found if it.judgement.verdict is not NOT_APPLICABLE}


BUCKET, POLICY = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"
BLOCK, VERSIONS = (
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "aws:s3/bucketVersioning:BucketVersioning",
)
OPEN = dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), True)


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        (resource(BLOCK, "block", {"bucket": "files"}, bucket=UNKNOWN, **OPEN), PASS),
        (resource(BLOCK, "block", bucket="by-name", **OPEN), PASS),
        (resource(BLOCK, "block", bucket="another", **OPEN), FAIL),
        (resource(BLOCK, "block", {"bucket": "another"}, bucket=UNKNOWN, **OPEN), FAIL),
        (resource(BLOCK, "block", bucket=UNKNOWN, **OPEN), UNDECIDED),
        (resource(BLOCK, "block", {"bucket": "versions"}, bucket=UNKNOWN, **OPEN), PASS),
    ],
)
def test_setting_belongs_to_a_bucket_by_link_by_name_and_through_another_setting(
    block: Resource, expected: Verdict
):
    versions = resource(VERSIONS, "versions", {"bucket": "files"}, bucket=UNKNOWN)
    found = verdicts("bucket-no-public-access", resource(BUCKET, "files", bucket="by-name"), versions, block)
    assert found == {"files": expected}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({}, PASS),
        ({"Principal": {"AWS": "*"}}, PASS),
        ({"Principal": {"AWS": "arn:aws:iam::1:root"}}, FAIL),
        ({"Action": "*"}, PASS),
        ({"Action": ["s3:GetObject"]}, FAIL),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, FAIL),
        ({"Effect": "Allow"}, FAIL),
    ],
)
def test_bucket_refuses_plain_http_from_everybody_for_everything(statement: dict[str, Any], expected: Verdict):
    whole = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    policy = json.dumps({"Statement": [{**whole, **statement}]})
    bucket = resource(BUCKET, "files")
    assert verdicts("bucket-https", bucket, resource(POLICY, "p", {"bucket": "files"}, policy=policy)) == {
        "files": expected
    }


SECRET, ROTATION = "aws:secretsmanager/secret:Secret", "aws:secretsmanager/secretRotation:SecretRotation"


@pytest.mark.parametrize(
    ("rotations", "expected"),
    [
        ([], FAIL),
        ([resource(ROTATION, "r", {"secretId": "secret"}, secretId=UNKNOWN)], PASS),
        ([resource(ROTATION, "r", secretId=UNKNOWN)], UNDECIDED),
    ],
)
def test_rotation_of_nobody_knows_what_decides_nothing(rotations: list[Resource], expected: Verdict):
    assert verdicts("secret-rotation", resource(SECRET, "secret"), *rotations) == {"secret": expected}


VPC, ADOPTED = "aws:ec2/vpc:Vpc", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"


def test_default_group_of_another_network_is_not_this_ones():
    own = resource(ADOPTED, "own", {"vpcId": "vpc"}, vpcId=UNKNOWN)
    other = resource(ADOPTED, "other", {"vpcId": "elsewhere"}, vpcId=UNKNOWN)
    stray = resource(ADOPTED, "stray", vpcId=UNKNOWN)
    rule, vpc = "network-default-group-adopted", resource(VPC, "vpc")
    assert verdicts(rule, vpc, own) == {"vpc": PASS}
    assert verdicts(rule, vpc, other) == {"vpc": FAIL}
    assert verdicts(rule, vpc, stray) == {"vpc": UNDECIDED}


DATABASE, GROUP = "aws:rds/instance:Instance", "aws:rds/parameterGroup:ParameterGroup"


@pytest.mark.parametrize(
    ("database", "expected"),
    [
        ({"parameterGroupName": "ours", "engineVersion": "16.3"}, PASS),
        ({"parameterGroupName": "ours", "engineVersion": "17"}, FAIL),
        ({"parameterGroupName": "ours", "replicateSourceDb": "primary"}, PASS),
        ({"parameterGroupName": "ours"}, FAIL),
        ({"parameterGroupName": "default.postgres16", "engineVersion": "16"}, FAIL),
        ({"parameterGroupName": "somebody-elses", "engineVersion": "16"}, FAIL),
        ({"engineVersion": "16"}, FAIL),
        ({"parameterGroupName": "", "engineVersion": "16"}, FAIL),
        ({"parameterGroupName": UNKNOWN, "engineVersion": "16"}, UNDECIDED),
    ],
)
def test_parameter_group_written_by_hand_is_found_by_its_name(database: dict[str, Any], expected: Verdict):
    group = resource(GROUP, "group", name="ours", family="postgres16")
    assert verdicts("database-parameter-group", group, resource(DATABASE, "db", **database)) == {"db": expected}


SERVICE, TASK = "aws:ecs/service:Service", "aws:ecs/taskDefinition:TaskDefinition"


def poolers(pool: Any, tasks: int, percent: int, name: str = "poolers") -> list[Resource]:
    per_task = str(int(pool) // tasks) if str(pool).isdigit() else pool
    tags = {"footing:server-connections": pool, "footing:server-connections-per-task": per_task}
    return [
        resource(TASK, f"{name}-task", tags=tags, containerDefinitions=UNKNOWN),
        resource(
            SERVICE,
            name,
            {"taskDefinition": f"{name}-task"},
            taskDefinition=UNKNOWN,
            desiredCount=tasks,
            deploymentMaximumPercent=percent,
        ),
    ]


def server(value: Any, **more: Any) -> list[Resource]:
    parameters = [{"name": "max_connections", "value": value}]
    group = resource(GROUP, "group", family="postgres16", parameters=parameters)
    links = {"parameterGroupName": "group"}
    return [group, resource(DATABASE, "db", links, parameterGroupName=UNKNOWN, **more)]


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([*server("200"), *poolers("100", 2, 100)], PASS),
        ([*server("105"), *poolers("100", 2, 100)], PASS),
        ([*server("104"), *poolers("100", 2, 100)], FAIL),
        ([*server("200"), *poolers("100", 2, 150)], PASS),
        ([*server("200"), *poolers("100", 2, 200)], FAIL),
        ([*server(UNKNOWN), *poolers("100", 2, 100)], UNDECIDED),
        ([*server("200"), *poolers(UNKNOWN, 2, 100)], UNDECIDED),
        ([*server("many"), *poolers("100", 2, 100)], FAIL),
        ([*server("200"), *poolers("many", 2, 100)], FAIL),
        ([resource(DATABASE, "db", parameterGroupName=UNKNOWN), *poolers("100", 2, 100)], UNDECIDED),
        ([*server("200", replicateSourceDb="other"), *poolers("100", 2, 200)], None),
        (server("200"), None),
        (poolers("100", 2, 200), None),
    ],
)
def test_budget_counts_the_worst_moment_of_the_poolers(resources: list[Resource], expected: Verdict | None):
    assert verdicts("connection-budget", *resources) == ({} if expected is None else {"poolers": expected})


def test_budget_adds_up_all_poolers():
    two = [*poolers("100", 2, 100), *poolers("100", 2, 100, "others")]
    assert verdicts("connection-budget", *server("200"), *two) == {"poolers": FAIL, "others": FAIL}
    assert verdicts("connection-budget", *server("205"), *two) == {"poolers": PASS, "others": PASS}


def test_unbounded_deployment_counts_as_ecs_would_run_it():
    task, service = poolers("100", 2, 100)
    usual = {key: value for key, value in service.properties.items() if key != "deploymentMaximumPercent"}
    service = resource(SERVICE, "poolers", {"taskDefinition": "poolers-task"}, **usual)
    assert verdicts("connection-budget", *server("200"), task, service) == {"poolers": FAIL}


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        ({"executionRoleArn": "a", "taskRoleArn": "b"}, PASS),
        ({"executionRoleArn": "a", "taskRoleArn": "a"}, FAIL),
        ({"executionRoleArn": "a"}, PASS),
        ({"taskRoleArn": "a"}, PASS),
        ({"executionRoleArn": UNKNOWN, "taskRoleArn": "a"}, UNDECIDED),
        ({"executionRoleArn": UNKNOWN, "taskRoleArn": UNKNOWN}, UNDECIDED),
    ],
)
def test_roles_are_told_apart_by_what_is_known_of_them(task: dict[str, Any], expected: Verdict):
    assert verdicts("task-separate-roles", resource(TASK, "task", **task)) == {"task": expected}


SUBNET = "aws:ec2/subnet:Subnet"


@pytest.mark.parametrize(
    ("zones", "subnets", "count", "expected"),
    [
        ([], ["subnet-1", "subnet-2"], 2, PASS),
        ([], ["subnet-1"], 2, FAIL),
        ([], UNKNOWN, 2, UNDECIDED),
        ([], ["subnet-1", "subnet-2"], 1, FAIL),
        ([], ["subnet-1", "subnet-2"], UNKNOWN, UNDECIDED),
        ([], ["subnet-1", "subnet-2"], "many", FAIL),
        (["a", "b"], UNKNOWN, 2, PASS),
        (["a", "a"], UNKNOWN, 2, FAIL),
        (["a", UNKNOWN], UNKNOWN, 2, UNDECIDED),
        (["a", None], UNKNOWN, 2, UNDECIDED),
    ],
)
def test_tasks_are_in_two_zones(zones: list[Any], subnets: Any, count: Any, expected: Verdict):
    made = [
        resource(SUBNET, f"s{it}", **({"availabilityZone": zone} if zone else {})) for it, zone in enumerate(zones)
    ]
    service = Resource(
        type=SERVICE,
        name="api",
        urn="api",
        properties={"desiredCount": count, "networkConfiguration": {"subnets": subnets}},
        property_dependencies={"networkConfiguration": tuple(it.urn for it in made)},
    )
    assert verdicts("service-two-tasks", service, *made) == {"api": expected}


INGRESS, FIREWALL = (
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    "aws:ec2/securityGroup:SecurityGroup",
)
OLD_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (resource(INGRESS, "in", {"securityGroupId": "sg", "referencedSecurityGroupId": "pool"}), PASS),
        (resource(INGRESS, "in", {"securityGroupId": "sg", "referencedSecurityGroupId": "app"}), FAIL),
        (resource(INGRESS, "in", {"securityGroupId": "sg"}, cidrIpv4="10.0.0.0/8"), FAIL),
        (resource(INGRESS, "in", {"securityGroupId": "sg"}, referencedSecurityGroupId=UNKNOWN), UNDECIDED),
        (resource(INGRESS, "in", securityGroupId=UNKNOWN), UNDECIDED),
        (resource(INGRESS, "in", {"securityGroupId": "app"}, securityGroupId=UNKNOWN), None),
        (resource(INGRESS, "in", securityGroupId="sg-of-another-stack"), None),
        (
            resource(OLD_RULE, "in", {"securityGroupId": "sg", "sourceSecurityGroupId": "pool"}, type="ingress"),
            PASS,
        ),
        (resource(OLD_RULE, "in", {"securityGroupId": "sg"}, type="ingress", cidrBlocks=["10.0.0.0/8"]), FAIL),
        (resource(OLD_RULE, "in", {"securityGroupId": "sg"}, type="egress", cidrBlocks=["10.0.0.0/8"]), None),
    ],
)
def test_only_the_poolers_group_may_enter_the_databases(rule: Resource, expected: Verdict | None):
    task, service = poolers("80", 2, 100)
    service = Resource(
        type=SERVICE,
        name="poolers",
        urn="poolers",
        properties=service.properties,
        property_dependencies={"taskDefinition": ("poolers-task",), "networkConfiguration": ("pool",)},
    )
    groups = [resource(FIREWALL, it) for it in ("sg", "pool", "app")]
    database = resource(DATABASE, "db", {"vpcSecurityGroupIds": "sg"}, vpcSecurityGroupIds=[UNKNOWN])
    found = verdicts("database-ingress-from-pooler", *groups, database, task, service, rule)
    assert found.pop("sg") is PASS
    assert found == ({} if expected is None else {"in": expected})


@pytest.mark.parametrize(
    ("source_database", "behind", "rule", "expected"),
    [
        ("main", "own", {"referencedSecurityGroupId": "app"}, PASS),
        ("main", "own", {}, FAIL),
        ("main", "sg", {"referencedSecurityGroupId": "app"}, FAIL),
        (None, "own", {"referencedSecurityGroupId": "app"}, FAIL),
        (UNKNOWN, "own", {"referencedSecurityGroupId": "app"}, UNDECIDED),
    ],
)
def test_any_group_may_enter_one_before_replicas_alone(
    source_database: Any, behind: str, rule: dict[str, str], expected: Verdict
):
    link = {"vpcSecurityGroupIds": behind}
    reader = resource(DATABASE, "reader", link, vpcSecurityGroupIds=[UNKNOWN], replicateSourceDb=source_database)
    primary = resource(DATABASE, "db", {"vpcSecurityGroupIds": "sg"}, vpcSecurityGroupIds=[UNKNOWN])
    groups = [resource(FIREWALL, it) for it in ("sg", "own", "app")]
    way = resource(
        INGRESS, "in", {"securityGroupId": behind, **rule}, **({} if rule else {"cidrIpv4": "10.0.0.0/8"})
    )
    assert verdicts("database-ingress-from-pooler", *groups, primary, reader, way)["in"] is expected


ALERTS, ALARM = "grafana:alerting/ruleGroup:RuleGroup", "aws:cloudwatch/metricAlarm:MetricAlarm"


MONITOR = "datadog:index/monitor:Monitor"


def alerts(model: Any, links: dict[str, str] | None = None, **more: Any) -> Resource:
    return resource(ALERTS, "alerts", links, rules=[{"datas": [{"model": model}], **more}])


@pytest.mark.parametrize(
    ("watch", "expected"),
    [
        (alerts(json.dumps({"dimensions": {"Id": ["main"]}})), PASS),
        (alerts({"dimensions": {"Id": "main"}}), PASS),
        (alerts(json.dumps({"dimensions": {"Id": ["mainly"]}})), FAIL),
        (alerts("no JSON"), FAIL),
        (alerts(json.dumps({"Id": "main"}), isPaused=True), FAIL),
        (alerts(json.dumps({"Id": "main"}), isPaused=UNKNOWN), UNDECIDED),
        (alerts(UNKNOWN, {"rules": "db"}), PASS),
        (alerts(UNKNOWN, {"rules": "another"}), FAIL),
        (alerts(UNKNOWN), UNDECIDED),
        (resource(ALERTS, "alerts", {"rules": "db"}, rules=UNKNOWN), UNDECIDED),
        (resource(ALARM, "alarm", dimensions={"Id": "main"}, alarmActions=["arn:people"]), PASS),
        (resource(ALARM, "alarm", {"dimensions": "db"}, dimensions=UNKNOWN, alarmActions=["arn:people"]), PASS),
        (resource(ALARM, "alarm", dimensions={"Id": UNKNOWN}, alarmActions=["arn:people"]), UNDECIDED),
        (resource(MONITOR, "monitor", query="min(last_5m):max:aws.rds.cpu{dbinstanceidentifier:main} > 80"), PASS),
        (
            resource(MONITOR, "monitor", query="min(last_5m):max:aws.rds.cpu{dbinstanceidentifier:mainly} > 80"),
            FAIL,
        ),
        (resource(MONITOR, "monitor", {"query": "db"}, query=UNKNOWN), PASS),
        (resource(MONITOR, "monitor", {"query": "another"}, query=UNKNOWN), FAIL),
        (resource(MONITOR, "monitor", query=UNKNOWN), UNDECIDED),
        (resource(ALARM, "alarm", dimensions={"Id": "main"}), FAIL),
        (resource(ALARM, "alarm", dimensions={"Id": "main"}, alarmActions=["a"], actionsEnabled=False), FAIL),
        (
            resource(ALARM, "alarm", dimensions={"Id": "main"}, alarmActions=["a"], actionsEnabled=UNKNOWN),
            UNDECIDED,
        ),
    ],
)
def test_alert_watches_what_its_query_names(watch: Resource, expected: Verdict):
    database = resource(DATABASE, "db", identifier="main")
    assert verdicts("alerts-on-data", database, watch) == {"db": expected}


@pytest.mark.parametrize(
    ("dimension", "expected"),
    [("cache-001", PASS), ("cache-0001-002", PASS), ("cache", PASS), ("cache-1", FAIL), ("cache-two-001", FAIL)],
)
def test_alert_on_a_node_watches_its_group(dimension: str, expected: Verdict):
    group = resource("aws:elasticache/replicationGroup:ReplicationGroup", "redis", replicationGroupId="cache")
    assert verdicts("alerts-on-data", group, alerts({"CacheClusterId": [dimension]})) == {"redis": expected}
    alarm = resource(ALARM, "alarm", dimensions={"CacheClusterId": dimension}, alarmActions=["arn:people"])
    assert verdicts("alerts-on-data", group, alarm) == {"redis": expected}


def test_alert_on_another_database_whose_name_ends_in_a_number_is_not_on_this_one():
    database = resource(DATABASE, "db", identifier="main")
    assert verdicts("alerts-on-data", database, alerts({"Id": ["main-001"]})) == {"db": FAIL}


def test_alarm_that_only_scales_is_no_alert():
    policy = resource("aws:appautoscaling/policy:Policy", "scaling")
    alarm = resource(
        ALARM, "alarm", {"alarmActions": "scaling"}, dimensions={"Id": "main"}, alarmActions=[UNKNOWN]
    )
    database = resource(DATABASE, "db", identifier="main")
    assert verdicts("alerts-on-data", database, policy, alarm) == {"db": FAIL}


@pytest.mark.parametrize(
    ("links", "looks_at", "expected"),
    [
        ({"dimensions": "db"}, {"dimensions": {"Id": UNKNOWN}}, PASS),
        ({"dimensions": "other"}, {"dimensions": {"Id": UNKNOWN}}, FAIL),
        ({}, {"dimensions": {"Id": UNKNOWN}}, UNDECIDED),
        ({}, {"metricQueries": [{"metric": {"dimensions": {"Id": "main"}}}]}, PASS),
        ({"metricQueries": "other"}, {"metricQueries": [{"metric": {"dimensions": {"Id": UNKNOWN}}}]}, FAIL),
    ],
)
def test_alarm_looks_at_what_its_dimensions_come_from(
    links: dict[str, str], looks_at: dict[str, Any], expected: Verdict
):
    other = resource("aws:lb/loadBalancer:LoadBalancer", "other")
    database = resource(DATABASE, "db", identifier="main")
    alarm = resource(ALARM, "alarm", links, alarmActions=["arn:aws:sns:::people"], **looks_at)
    assert verdicts("alerts-on-data", database, other, alarm) == {"db": expected}


ZONE, RULESET = "cloudflare:index/zone:Zone", "cloudflare:index/ruleset:Ruleset"


def ruleset(phase: Any, *rules: Any) -> Resource:
    return resource(RULESET, "set", {"zoneId": "zone"}, zoneId=UNKNOWN, phase=phase, rules=list(rules))


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], FAIL),
        ([ruleset("http_request_firewall_managed", {"action": "execute"})], PASS),
        ([ruleset("http_request_firewall_managed", {"action": "log"})], FAIL),
        ([ruleset("http_request_firewall_managed", {"action": UNKNOWN})], UNDECIDED),
        ([ruleset("http_request_firewall_managed", UNKNOWN)], UNDECIDED),
        ([ruleset(UNKNOWN, {"action": "execute"})], UNDECIDED),
        ([resource(RULESET, "set", zoneId=UNKNOWN, phase="http_request_firewall_managed")], UNDECIDED),
    ],
)
def test_managed_rules_are_those_of_the_zone(others: list[Resource], expected: Verdict):
    assert verdicts("zone-managed-firewall", resource(ZONE, "zone"), *others) == {"zone": expected}


CACHED = {"action": "set_cache_settings", "actionParameters": {"cache": True}, "expression": "true"}
BY_HEADER = {
    "action": "set_cache_settings",
    "actionParameters": {"cache": False},
    "expression": 'any(http.request.headers.names[*] eq "authorization")',
}
BY_COOKIE = {**BY_HEADER, "expression": 'http.cookie contains "session"'}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([CACHED, BY_HEADER, BY_COOKIE], PASS),
        ([CACHED, BY_COOKIE, BY_HEADER], PASS),
        ([CACHED, BY_HEADER], FAIL),
        ([BY_HEADER, BY_COOKIE, CACHED], FAIL),
        ([BY_HEADER, CACHED, BY_COOKIE], FAIL),
        ([CACHED, BY_HEADER, {**BY_COOKIE, "enabled": False}], FAIL),
        ([CACHED, BY_HEADER, {**BY_COOKIE, "enabled": UNKNOWN}], UNDECIDED),
        ([CACHED, BY_HEADER, {**BY_COOKIE, "expression": UNKNOWN}], UNDECIDED),
        ([], PASS),
    ],
)
def test_last_rules_keep_one_persons_answers_out_of_the_cache(rules: list[Any], expected: Verdict):
    found = verdicts("edge-private-not-cached", ruleset("http_request_cache_settings", *rules))
    assert found == {"set": expected}


NO_STORE = {
    "action": "set_cache_control",
    "expression": 'any(http.response.headers.names[*] eq "set-cookie")',
    "actionParameters": {"noStore": {"operation": "set"}},
}


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([NO_STORE], PASS),
        ([], FAIL),
        ([{**NO_STORE, "expression": "http.response.code ge 400"}], FAIL),
        ([{**NO_STORE, "action": "log"}], FAIL),
        ([{**NO_STORE, "actionParameters": {"noStore": {"operation": "remove"}}}], FAIL),
        ([{**NO_STORE, "expression": UNKNOWN}], UNDECIDED),
    ],
)
def test_answers_that_set_a_cookie_are_not_stored(answers: list[Any], expected: Verdict):
    caching = resource(RULESET, "caching", {"zoneId": "zone"}, phase="http_request_cache_settings", rules=[CACHED])
    zone = resource(ZONE, "zone")
    found = verdicts("edge-cookies-not-cached", zone, caching, ruleset("http_response_cache_settings", *answers))
    assert found == {"zone": expected}
    assert verdicts("edge-cookies-not-cached", zone) == {}


SENTRY = "footing-sentry:index:ClientKey"


@pytest.mark.parametrize(
    ("task", "expected"),
    [
        (resource(TASK, "task", {"containerDefinitions": "key"}, containerDefinitions=UNKNOWN, tags={}), PASS),
        (
            resource(TASK, "task", containerDefinitions=json.dumps([{"environment": [{"name": "SENTRY_DSN"}]}])),
            PASS,
        ),
        (resource(TASK, "task", containerDefinitions=json.dumps([{"environment": [{"name": "PORT"}]}])), FAIL),
        (resource(TASK, "task", containerDefinitions=UNKNOWN, tags={}), UNDECIDED),
    ],
)
def test_service_reports_its_errors_where_it_knows_where(task: Resource, expected: Verdict):
    assert verdicts("service-error-reports", resource(SENTRY, "key"), task) == {"task": expected}
    # Without a project of Sentry nobody asks for its DSN.
    assert verdicts("service-error-reports", task) == {}
