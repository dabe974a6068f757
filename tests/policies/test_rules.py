"""Rules: pass, fail, not applicable, could not decide, and both sides of every boundary."""

import json
from typing import Any

import pytest

from policies.resource import UNKNOWN, Resource
from policies.rule import Rule, Verdict
from policies.rules import CATALOGUE

BY_ID = {rule.id: rule for rule in CATALOGUE}
EDGE_RULES = [rule for rule in CATALOGUE if rule.id.startswith("edge")]
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
        ("199", FAIL),
        ("201", FAIL),
        (200, PASS),
        (200.0, PASS),
        (200.5, FAIL),
        (True, FAIL),
        (None, FAIL),
        ("", FAIL),
        ("LEAST({DBInstanceClassMemory/9531392},5000)", FAIL),
        (UNKNOWN, UNDECIDED),
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


def pooler(each: int, tasks: int) -> str:
    environment = [
        {"name": "PGBOUNCER_INI", "value": f"[pgbouncer]\nmax_db_connections = {each}\n"},
        {"name": "POOLER_TASKS", "value": str(tasks)},
    ]
    return json.dumps([{"name": "prepare"}, {"name": "pgbouncer", "environment": environment}])


@pytest.mark.parametrize(("pool", "expected"), [(49, FAIL), (50, PASS), (100, PASS), (101, FAIL)])
def test_pool_is_judged_by_tag_while_containers_are_unknown(pool: int, expected: Verdict) -> None:
    properties = {"tags": {"footing:server-connections": str(pool)}, "containerDefinitions": UNKNOWN}
    assert verdict("pooler-server-connections", TASK, properties) is expected


@pytest.mark.parametrize(
    ("each", "tasks", "expected"),
    [(49, 1, FAIL), (25, 2, PASS), (50, 2, PASS), (51, 2, FAIL), (101, 1, FAIL)],
)
def test_pool_is_judged_by_what_all_tasks_may_open(each: int, tasks: int, expected: Verdict) -> None:
    assert verdict("pooler-server-connections", TASK, {"containerDefinitions": pooler(each, tasks)}) is expected


def test_tag_that_hides_another_pool_is_caught() -> None:
    properties = {"tags": {"footing:server-connections": "80"}, "containerDefinitions": pooler(50, 2)}
    assert verdict("pooler-server-connections", TASK, properties) is FAIL


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ({"containerDefinitions": json.dumps([{"name": "api"}])}, NOT_APPLICABLE),
        ({"containerDefinitions": "not JSON"}, NOT_APPLICABLE),
        ({}, NOT_APPLICABLE),
        ({"tags": UNKNOWN, "containerDefinitions": UNKNOWN}, UNDECIDED),
        ({"tags": {"footing:server-connections": "many"}, "containerDefinitions": UNKNOWN}, FAIL),
        ({"containerDefinitions": pooler(80, 1).replace("max_db_connections", "other")}, FAIL),
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
        ("edge-api-rate", [limit("/rest/", 99, 60), AUTH], PASS),
        ("edge-api-rate", [API, AUTH], PASS),
        ("edge-api-rate", [limit("/rest/", 101, 60), AUTH], FAIL),
        ("edge-api-rate", [limit("/rest/", 200, 120), AUTH], PASS),
        ("edge-api-rate", [limit("/rest/", 201, 120), AUTH], FAIL),
        ("edge-api-rate", [AUTH], FAIL),
        ("edge-api-rate", [{**API, "enabled": False}, AUTH], FAIL),
        ("edge-api-rate", [{**API, "action": "log"}, AUTH], FAIL),
        ("edge-api-rate", [limit("/rest/", "100", 60), AUTH], PASS),
        ("edge-api-rate", [limit("/rest/", None, 60), AUTH], FAIL),
        ("edge-api-rate", [limit("/rest/", UNKNOWN, 60), AUTH], UNDECIDED),
        ("edge-api-rate", [UNKNOWN], UNDECIDED),
        ("edge-api-burst", [API, AUTH], NOT_APPLICABLE),
        ("edge-api-burst", [API, limit("/rest/", 30, 10), AUTH], PASS),
        ("edge-api-burst", [API, limit("/rest/", 31, 10), AUTH], FAIL),
        ("edge-auth-rate", [API, limit("/auth/", 19, 60)], PASS),
        ("edge-auth-rate", [API, AUTH], PASS),
        ("edge-auth-rate", [API, limit("/auth/", 21, 60)], FAIL),
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


def test_rule_ids_are_unique_and_tell_what_to_do() -> None:
    assert len(BY_ID) == len(CATALOGUE)
    assert all(rule.why and rule.source and rule.remedy and rule.types for rule in CATALOGUE)
