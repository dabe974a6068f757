"""Smoke tests of the stack file are refused when they cannot pass, and become checks that are asked on request."""

import re
from pathlib import Path
from typing import Any

import pytest

from observability import ON_REQUEST, ByHand, Group, HttpQuestion, StepsQuestion, TlsQuestion
from stacks.config.errors import ConfigError
from stacks.config.load import from_file, parse
from stacks.config.stack import StackConfig
from stacks.readiness_web import service_url, web_checks

ROOT = Path(__file__).parents[2]
GOOD = {"method": "POST", "path": "/v1/sessions", "body": {"id": "{uuid}"}, "save": {"session": "id"}}


def problems(values: dict[str, Any], *steps: dict[str, Any], **web: Any) -> list[str]:
    values["services"]["api"] |= {"smoke_tests": [{"name": "session", "steps": list(steps)}], **web}
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    return list(caught.value.problems)


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        (
            {"path": "/v1/sessions/{id}"},
            "steps.1.path: given {id}, which no step before saves, allowed {uuid}, {env:NAME}, {session}",
        ),
        (
            {"path": "/x", "body": {"tags": ["{sesion}"]}},
            "steps.1.body: given {sesion}, which no step before saves, allowed {uuid}, {env:NAME}, {session}",
        ),
        (
            {"path": "/x", "headers": {"Authorization": "Bearer {env}"}},
            "steps.1.headers: given {env}, allowed {env:NAME} with the name of a variable",
        ),
        (
            {"path": "/{session:twice}"},
            "steps.1.path: given {session:twice}, which no step before saves, allowed {uuid}",
        ),
        (
            {"path": "/x", "save": {"uuid": "id"}},
            "steps.1.save: given uuid, allowed other names: each step has these",
        ),
        (
            {"path": "/x", "save": {"next": "a["}},
            "steps.1.save: given 'a[', allowed a JMESPath: id, items[0].name",
        ),
        (
            {"path": "/x", "answer": {"a b": 1}},
            "steps.1.answer: given 'a b', allowed a JMESPath: id, items[0].name",
        ),
        ({"path": "v1"}, "steps.1.path: given 'v1'"),
        ({"path": "/x", "method": "FETCH"}, "steps.1.method: given 'FETCH'"),
        ({"path": "/x", "status": 700}, "steps.1.status: given 700"),
        ({"path": "/x", "json": {}}, "steps.1.json: "),
    ],
)
def test_step_that_cannot_pass_is_refused_with_its_key(
    values: dict[str, Any], step: dict[str, Any], sentence: str
):
    [found] = problems(values, GOOD, step)
    assert found.startswith(f"services.api.smoke_tests.0.{sentence}")


def test_names_stand_once_and_a_path_of_websockets_needs_websockets(values: dict[str, Any]):
    twice = [{"name": "session", "steps": [GOOD]}, {"name": "session", "steps": [GOOD]}]
    found = problems(values, smoke_tests=twice, websockets=False, websocket_path="/ws")
    assert found == [
        "services.api.smoke_tests: given the names session, session, allowed each once",
        "services.api.websocket_path: given /ws, allowed with websockets: true",
    ]


def parsed(values: dict[str, Any]) -> StackConfig:
    return parse("test", values)


def test_smoke_test_is_one_check_of_a_group_that_has_to_be_named(values: dict[str, Any]):
    values["services"]["api"]["smoke_tests"] = [
        {"name": "session", "title": "A session is made", "steps": [GOOD, {"path": "/v1/sessions/{session}"}]}
    ]
    [check] = [it for it in web_checks(parsed(values)) if it.group is Group.SMOKE]
    assert (check.id, check.title, check.group in ON_REQUEST) == ("smoke-session", "A session is made", True)
    question = check.question
    assert isinstance(question, StepsQuestion)
    assert [(it.method, it.path, it.status) for it in question.steps] == [
        ("POST", "/v1/sessions", None),
        ("GET", "/v1/sessions/{session}", None),
    ]
    assert question.main


def test_each_service_is_asked_at_its_own_address(values: dict[str, Any]):
    edge = values["edge"]["hostnames"][0]
    shop = {**values["services"]["api"], "hostnames": [edge], "database_pool": 0}
    values["services"] |= {"shop": shop}
    config = parsed(values)
    health = {it.id: it.question for it in web_checks(config) if re.fullmatch("service.*-health", it.id)}
    assert set(health) == {"service-health", "service-shop-health"}
    asked = health["service-shop-health"]
    assert isinstance(asked, HttpQuestion)
    assert (asked.url, asked.main) == (f"https://{edge}{config.web['shop'].health_path}", False)
    del values["edge"], values["services"]["shop"], values["storage"]
    values["metrics"]["exporters"] = []
    certificate = "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d-0000-0000-0000-000000000000"
    values["load_balancer"] = {"certificate_arn": certificate, "ingress_cidrs": ["198.51.100.0/24"]}
    assert service_url(parsed(values), "api") == "https://{output:load_balancer_hostname}"


def test_smoke_tests_of_synckairos_ask_the_address_of_the_document():
    config = from_file(ROOT / "systems/synckairos/Pulumi.staging.yaml", secrets_stood_in=True).config
    [question] = [it.question for it in web_checks(config) if it.group is Group.SMOKE]
    assert isinstance(question, StepsQuestion)
    assert (question.url, question.main) == ("https://synckairos-staging.fly.dev", True)


@pytest.mark.parametrize(
    "file", [*sorted(ROOT.glob("systems/*/Pulumi.*.yaml")), *sorted(ROOT.glob("Pulumi.*.yaml"))], ids=str
)
def test_ids_are_unique_and_only_what_is_named_writes(file: Path):
    found = web_checks(from_file(file, secrets_stood_in=True).config)
    ids = [it.id for it in found]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", it) for it in ids)
    for it in found:
        if it.group not in ON_REQUEST and isinstance(it.question, HttpQuestion):
            assert (it.question.method, it.question.body, it.question.times <= 2) == ("GET", None, True)
        assert it.fix.endswith(".")
        assert not isinstance(it.question, ByHand) or it.id.endswith("-websocket")
        assert isinstance(it.question, StepsQuestion) is (it.group is Group.SMOKE)
        assert not isinstance(it.question, TlsQuestion) or it.question.url.startswith("https://")
