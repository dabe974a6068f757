"""Rules: pass, fail, not applicable, could not decide; test_matrix.py has both sides of every boundary."""

import json
from typing import Any

import pytest

from policies.judgement import Verdict
from policies.resource import SECRET, UNKNOWN, Resource
from policies.rule import Rule
from policies.rules import CATALOGUE, edge

BY_ID = {rule.id: rule for rule in CATALOGUE}
EDGE_RULES = edge.RULES
PARAMETERS = "aws:rds/parameterGroup:ParameterGroup"
TASK = "aws:ecs/taskDefinition:TaskDefinition"
RULESET = "cloudflare:index/ruleset:Ruleset"

PASS, FAIL, NOT_APPLICABLE, UNDECIDED = (
    Verdict.PASS,
    Verdict.FAIL,
    Verdict.NOT_APPLICABLE,
    Verdict.UNDECIDED,
)


def judged(rule: Rule, type_token: str, properties: dict[str, Any]) -> Verdict:
    return rule.judge(Resource(type=type_token, properties=properties)).verdict


def verdict(rule: str, type_token: str, properties: dict[str, Any]) -> Verdict:
    return judged(BY_ID[rule], type_token, properties)


def parameter_group(value: Any) -> dict[str, Any]:
    return {"family": "postgres16", "parameters": [{"name": "max_connections", "value": value}]}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("200", PASS),
        (None, FAIL),
        ("", FAIL),
        ("LEAST({DBInstanceClassMemory/9531392},5000)", FAIL),
    ],
)
def test_max_connections_is_exact(value: Any, expected: Verdict) -> None:
    assert verdict("database-max-connections", PARAMETERS, parameter_group(value)) is expected


@pytest.mark.parametrize(("value", "expected"), [("199", FAIL), ("200", PASS), ("201", PASS), ("many", FAIL)])
def test_replica_may_accept_more_than_its_primary_never_less(value: str, expected: Verdict) -> None:
    group = {**parameter_group(value), "tags": {"footing:replica": "analytics"}}
    assert verdict("database-max-connections", PARAMETERS, group) is expected
    assert (
        verdict("database-max-connections", PARAMETERS, {**group, "tags": UNKNOWN}) is not PASS or value == "200"
    )


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"family": "mysql8.0", "parameters": []}, NOT_APPLICABLE),
        ({"family": "postgres16", "parameters": []}, FAIL),
        ({"family": "postgres16"}, FAIL),
        ({"family": "postgres16", "parameters": UNKNOWN}, UNDECIDED),
        ({"family": "postgres16", "parameters": [UNKNOWN]}, UNDECIDED),
        ({"family": "postgres16", "parameters": [{"name": UNKNOWN, "value": "200"}]}, UNDECIDED),
        ({"family": UNKNOWN, "parameters": parameter_group("201")["parameters"]}, FAIL),
    ],
)
def test_max_connections_is_not_assumed(properties: dict[str, Any], expected: Verdict) -> None:
    assert verdict("database-max-connections", PARAMETERS, properties) is expected


def pooler(pool: Any, per_task: Any, opened: int | None = None) -> dict[str, Any]:
    """A task whose tags state `pool` and `per_task`, and whose configuration opens `opened`, where it is known."""
    tags = {"footing:server-connections": pool, "footing:server-connections-per-task": per_task}
    variable = {"name": "PGBOUNCER_INI", "value": f"[pgbouncer]\nmax_db_connections = {opened}\n"}
    containers = json.dumps([{"name": "prepare"}, {"name": "pgbouncer", "environment": [variable]}])
    return {"tags": tags, "containerDefinitions": UNKNOWN if opened is None else containers}


@pytest.mark.parametrize(
    ("pool", "per_task", "expected"),
    [
        *(("49", "49", FAIL), ("50", "25", PASS), ("100", "50", PASS), ("101", "101", FAIL)),
        *(("80", "30", FAIL), ("80", "0", FAIL), ("80", "many", FAIL), ("many", "40", FAIL)),
        *(("80", UNKNOWN, UNDECIDED), (UNKNOWN, "40", UNDECIDED), ("101", UNKNOWN, FAIL)),
    ],
)
def test_pool_is_judged_by_its_tags_while_containers_are_unknown(
    pool: Any, per_task: Any, expected: Verdict
) -> None:
    assert verdict("pooler-server-connections", TASK, pooler(pool, per_task)) is expected


@pytest.mark.parametrize(("opened", "expected"), [(40, PASS), (50, FAIL), (39, FAIL)])
def test_tag_that_hides_another_pool_is_caught(opened: int, expected: Verdict) -> None:
    assert verdict("pooler-server-connections", TASK, pooler("80", "40", opened)) is expected


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"containerDefinitions": json.dumps([{"name": "api"}])}, NOT_APPLICABLE),
        ({"containerDefinitions": "not JSON"}, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
        ({"tags": UNKNOWN, "containerDefinitions": UNKNOWN}, UNDECIDED),
        ({**pooler("80", "40", 40), "tags": UNKNOWN}, UNDECIDED),
        ({**pooler("80", "40", 40), "tags": {}}, FAIL),
        ({**pooler("80", "40", 40), "tags": {"footing:server-connections": "80"}}, FAIL),
    ],
)
def test_pool_rule_knows_a_pooler(properties: dict[str, Any], expected: Verdict) -> None:
    assert verdict("pooler-server-connections", TASK, properties) is expected


def test_task_of_another_program_with_unknown_containers_is_not_a_pooler() -> None:
    properties = {"tags": {"app": "feed"}, "containerDefinitions": UNKNOWN}
    assert verdict("pooler-server-connections", TASK, properties) is NOT_APPLICABLE


def limit(path: str, requests: Any, period: Any, **more: Any) -> dict[str, Any]:
    rate = {"requestsPerPeriod": requests, "period": period}
    return {"action": "block", "expression": f'starts_with(path, "{path}")', "ratelimit": rate, **more}


def ruleset(*rules: Any) -> dict[str, Any]:
    return {"phase": "http_ratelimit", "rules": list(rules)}


def failed(requests: Any) -> dict[str, Any]:
    """A challenge that comes by the answers to sign-in."""
    rule = limit("/auth/", requests, 600, action="managed_challenge")
    return {**rule, "ratelimit": {**rule["ratelimit"], "countingExpression": "http.response.code in {401}"}}


def named(ref: str, rule: dict[str, Any], expression: str) -> dict[str, Any]:
    return {**rule, "ref": ref, "expression": expression}


API, AUTH, FAILED = limit("/rest/", 100, 60), limit("/auth/", 20, 60), failed(4)
FREE = limit("/auth/", 3, 10)


@pytest.mark.parametrize(
    ("rule", "rules", "expected"),
    [
        ("edge-api-rate", [API, AUTH], PASS),
        ("edge-api-rate", [limit("/rest/", 200, 120), AUTH], PASS),
        ("edge-api-rate", [limit("/rest/", 201, 120), AUTH], FAIL),
        ("edge-api-rate", [AUTH], FAIL),
        ("edge-api-rate", [{**API, "enabled": False}, AUTH], FAIL),
        ("edge-api-rate", [{**API, "action": "log"}, AUTH], FAIL),
        ("edge-api-rate", [UNKNOWN], UNDECIDED),
        ("edge-api-burst", [API, AUTH], NOT_APPLICABLE),
        ("edge-auth-rate", [API, AUTH], PASS),
        ("edge-auth-rate", [API], FAIL),
        ("edge-api-rate", [FREE], NOT_APPLICABLE),
        ("edge-api-rate", [FREE, AUTH], FAIL),
        ("edge-api-rate", [{**FREE, "action": "log"}], FAIL),
        ("edge-auth-rate", [FREE], PASS),
        ("edge-auth-rate", [limit("/auth/", 4, 10)], FAIL),
        ("edge-auth-rate", [limit("/rest/", 3, 10)], FAIL),
        ("edge-api-rate", [named("api-per-minute", API, 'any(names eq "authorization")'), AUTH], PASS),
        ("edge-auth-rate", [API, named("auth-per-minute", AUTH, 'starts_with(path, "/login/")')], PASS),
        ("edge-auth-rate", [API, FAILED], FAIL),
        ("edge-failed-logins", [API, AUTH], NOT_APPLICABLE),
        ("edge-failed-logins", [API, AUTH, failed(4)], PASS),
        ("edge-failed-logins", [API, AUTH, failed(5)], FAIL),
        ("edge-failed-logins", [API, AUTH, failed(0)], FAIL),
        ("edge-failed-logins", [API, AUTH, failed(None)], FAIL),
        ("edge-failed-logins", [API, AUTH, failed(UNKNOWN)], UNDECIDED),
    ],
)
def test_rate_limit_is_judged_as_a_rate(rule: str, rules: list[Any], expected: Verdict) -> None:
    assert verdict(rule, RULESET, ruleset(*rules)) is expected


@pytest.mark.parametrize("rule", EDGE_RULES, ids=lambda rule: rule.id)
def test_rate_rule_ignores_other_phases_and_types(rule: Rule) -> None:
    assert judged(rule, RULESET, {"phase": "http_request_cache_settings", "rules": []}) is NOT_APPLICABLE
    assert judged(rule, "aws:ec2/vpc:Vpc", ruleset()) is NOT_APPLICABLE
    assert judged(rule, RULESET, {"phase": "http_ratelimit", "rules": UNKNOWN}) is UNDECIDED


@pytest.mark.parametrize(
    ("family", "expected"),
    [
        ("postgres14", FAIL),
        ("postgres15", PASS),
        ("postgres16", PASS),
        (UNKNOWN, UNDECIDED),
        ("mysql8.0", NOT_APPLICABLE),
    ],
)
def test_tls_is_forced_by_default_since_postgresql_15(family: Any, expected: Verdict) -> None:
    assert verdict("database-forced-tls", PARAMETERS, {"family": family, "parameters": []}) is expected


INSTANCE = "aws:rds/instance:Instance"
OF_THE_SOURCE = ("database-storage-encrypted", "database-multi-az", "database-backups", "database-owner-name")


@pytest.mark.parametrize("rule", OF_THE_SOURCE)
def test_replica_is_not_judged_for_what_it_has_from_its_source(rule: str) -> None:
    assert verdict(rule, INSTANCE, {"replicateSourceDb": "primary"}) is NOT_APPLICABLE
    assert verdict(rule, INSTANCE, {"replicateSourceDb": UNKNOWN}) is UNDECIDED
    assert verdict(rule, INSTANCE, {}) is FAIL


@pytest.mark.parametrize(
    ("password", "expected"),
    [(SECRET, PASS), (UNKNOWN, UNDECIDED), ("plain", FAIL), (12345678, FAIL), (None, PASS)],
)
def test_password_must_be_a_secret(password: Any, expected: Verdict) -> None:
    assert verdict("database-no-literal-password", INSTANCE, {"password": password}) is expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_PASSWORD", "x"),
        ("api_key", "x"),
        ("SESSION_KEY", "x"),
        ("GITHUB_TOKEN", "x"),
        ("BROKER", "redis://:pass@cache.internal:6379"),
        ("AWS", "AKIAIOSFODNN7EXAMPLE"),
        ("PEM", "-----BEGIN RSA PRIVATE KEY-----\nabc"),
        ("SALT", "q8Zr3Lk0VxN7bTgYw2HsJd5f"),
        ("CHECK", "9f86d081884c7d659a2feaa0c55ad015"),
        ("SECRET_ID", "9f86d081884c7d659a2feaa0c55ad015"),
        ("SESSION_ID", "q8Zr3Lk0VxN7bTgYw2HsJd5f"),
    ],
)
def test_literal_that_looks_like_a_secret_is_refused_by_name_alone(name: str, value: str) -> None:
    found = BY_ID["container-no-secret-literal"].judge(environment(name, value))
    assert found.verdict is FAIL
    assert name in found.reason
    assert value == "x" or value not in found.reason


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PASSWORD_FILE", "/run/secrets/password"),
        ("SECRET_ARN", "arn:aws:secretsmanager:us-east-1:123456789012:secret:it"),
        ("TOKEN_TTL", "3600"),
        ("TOKEN_SECONDS", "3600"),
        ("KEYBOARD", "qwerty"),
        ("SENTRY_DSN", "https://public@sentry.example.com/1"),
        ("CACHE_KEY_PREFIX", "feed"),
        ("DATABASE_PASSWORD", ""),
        ("ORIGIN", "https://feed.example.com:8443/path"),
        ("REGION", "us-east-1"),
        ("ENCODING", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        ("CF_ZONES", "9f86d081884c7d659a2feaa0c55ad015"),
        ("GIT_SHA", "2fd4e1c67a2d28fced849ee1bb76e7391b93eb12"),
    ],
)
def test_literal_that_is_no_secret_is_let_through(name: str, value: str) -> None:
    assert BY_ID["container-no-secret-literal"].judge(environment(name, value)).verdict is PASS


def test_value_in_the_place_of_a_name_is_not_printed() -> None:
    found = BY_ID["container-no-secret-literal"].judge(environment("hunter2 password", "x"))
    assert found.verdict is FAIL
    assert "hunter2" not in found.reason


def environment(name: str, value: str) -> Resource:
    containers = [{"name": "it", "environment": [{"name": name, "value": value}]}]
    return Resource(type=TASK, properties={"containerDefinitions": json.dumps(containers)})


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Action": "s3:GetObject", "Resource": "arn:it"}, PASS),
        ({"Action": ["s3:GetObject"], "Resource": ["arn:it"]}, PASS),
        ({"Effect": "Allow", "Action": "*", "Resource": "arn:it"}, FAIL),
        ({"Effect": "Deny", "Action": "*", "Resource": "*"}, PASS),
        ({"Action": "ecr:GetAuthorizationToken", "Resource": "*"}, PASS),
        ({"Action": ["ecr:GetAuthorizationToken", "s3:GetObject"], "Resource": "*"}, FAIL),
        ({"NotAction": "iam:*", "Resource": "arn:it"}, FAIL),
        ({"Action": "s3:GetObject", "NotResource": "arn:it"}, FAIL),
    ],
)
def test_policy_document_is_read_as_list_and_as_text(statement: dict[str, Any], expected: Verdict) -> None:
    policy = "aws:iam/policy:Policy"
    for statements in (statement, [statement]):
        for document in ({"Statement": statements}, json.dumps({"Statement": statements})):
            assert verdict("iam-no-wildcard", policy, {"policy": document}) is expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 443, "toPort": 443}, PASS),
        ({"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": 80, "toPort": 443}, FAIL),
        ({"cidrIpv4": "0.0.0.0/0", "ipProtocol": "udp", "fromPort": 443, "toPort": 443}, FAIL),
        ({"cidrIpv4": "0.0.0.0/0", "ipProtocol": "-1"}, FAIL),
        ({"cidrIpv4": "128.0.0.0/1", "ipProtocol": "tcp", "fromPort": 22, "toPort": 22}, FAIL),
        ({"cidrIpv6": "::/0", "ipProtocol": "tcp", "fromPort": 6379, "toPort": 6379}, FAIL),
        ({"cidrIpv4": "10.0.0.0/8", "ipProtocol": "-1"}, PASS),
        ({"prefixListId": UNKNOWN, "ipProtocol": "-1"}, PASS),
        ({"cidrIpv4": UNKNOWN, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22}, UNDECIDED),
        ({"cidrIpv4": "0.0.0.0/0", "ipProtocol": "tcp", "fromPort": UNKNOWN, "toPort": 443}, UNDECIDED),
    ],
)
def test_any_address_may_reach_a_web_servers_ports_alone(rule: dict[str, Any], expected: Verdict) -> None:
    ingress = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
    assert verdict("network-no-open-ingress", ingress, rule) is expected


@pytest.mark.parametrize(
    ("configuration", "expected"),
    [
        (None, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
        ({"executeCommandConfiguration": {"logging": "OVERRIDE", "kmsKeyId": "key"}}, PASS),
        ({"executeCommandConfiguration": {"logging": "DEFAULT", "kmsKeyId": UNKNOWN}}, PASS),
        ({"executeCommandConfiguration": {"logging": "OVERRIDE"}}, FAIL),
        ({"executeCommandConfiguration": {"logging": "NONE", "kmsKeyId": "key"}}, FAIL),
        ({"executeCommandConfiguration": {"logging": UNKNOWN, "kmsKeyId": "key"}}, UNDECIDED),
        ({"executeCommandConfiguration": UNKNOWN}, UNDECIDED),
        (UNKNOWN, UNDECIDED),
    ],
)
def test_commands_typed_in_tasks_are_logged_where_they_are_configured(
    configuration: Any, expected: Verdict
) -> None:
    cluster = {} if configuration is None else {"configuration": configuration}
    assert verdict("cluster-exec-logged", "aws:ecs/cluster:Cluster", cluster) is expected
