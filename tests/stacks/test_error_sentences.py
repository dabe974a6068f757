"""Sentences about wrong values: in words, and without what may be a secret."""

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from test_config import problems, put

from stacks.config import StackConfig, parse
from stacks.config.adopt import AdoptConfig
from stacks.config.database import ParameterName
from stacks.config.frontends import ENVIRONMENT
from stacks.config.patterns import PATTERNS

SLACK = "https://hooks.slack.com/services/T000/B000/CANARY"
TOKENS = (
    SLACK,
    "postgres://admin:CANARY@db.example/app",
    "sntrys_eyJpYXQiOjE3CANARY",
    "sk_live_51CANARY00000000",
    "ghp_CANARY0123456789abcdefghij0123456789",
    "CANARY0123456789abcdefCANARY",
    "-----BEGIN PRIVATE KEY-----CANARY",
)


@pytest.mark.parametrize("token", TOKENS)
@pytest.mark.parametrize(
    "path",
    [
        *(
            "grafana.contacts.slack_webhook_secret",
            "grafana.contacts.pagerduty_key_secret",
            "edge.account_id",
            "edge.zone",
        ),
        *(
            "sentry.team_id",
            "region",
            "database.instance_class",
            "network.zones",
            "services.api.max_request_seconds",
        ),
        *("redis.cache.provider", "services.api.secrets.SESSION_KEY", "grafana.contacts.email", "aws_account_id"),
    ],
)
def test_value_that_may_be_a_secret_is_not_repeated(values: dict[str, Any], path: str, token: str) -> None:
    put(values, path, [token, token] if path.endswith(("zones", "email")) else token)
    found = problems(values)
    assert any(problem.startswith(path) for problem in found)
    assert not any("CANARY" in problem for problem in found)


@pytest.mark.parametrize("hostname", ["*.*.example", "bücher.feed.example", "API.feed.example", "feed.example."])
def test_host_name_is_explained_in_words(values: dict[str, Any], hostname: str) -> None:
    put(values, "edge.hostnames", [hostname])
    [problem] = problems(values)
    assert problem.startswith(f"edge.hostnames.0: given {hostname!r}, allowed a host name in lower case")
    assert "^" not in problem


def test_every_pattern_is_explained_in_words_and_no_words_are_left_over() -> None:
    def patterns(value: Any) -> Iterator[str]:
        if isinstance(value, dict) and isinstance(value.get("pattern"), str):
            yield value["pattern"]
        if isinstance(value, dict):
            yield from value.get("patternProperties", {})
        # A name of a key, such as that of a parameter, has its pattern there, in `propertyNames`, or none at all.
        for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from patterns(item)

    adopted = get_args(get_args(AdoptConfig)[0])[1].metadata[0].pattern
    keys = {get_args(ParameterName)[1].metadata[0].pattern, adopted, ENVIRONMENT}
    assert set(patterns(StackConfig.model_json_schema())) | keys == set(PATTERNS)


@pytest.mark.parametrize(
    ("path", "value", "meant"),
    [
        ("costs", {"usd": 50}, None),
        ("data_class", "personal", None),
        ("frontend", {"framework": "react"}, "frontends"),
        ("migrations", {}, None),
        ("database.expiry", 7, None),
        ("database.project", "shop", None),
        ("databse", {}, "database"),
        ("database.storage", 20, "storage_gib"),
        ("database.version", "16", "postgres_version"),
        ("database.max_conections", "200", "max_connections"),
        ("database.pool", {}, "pooler"),
        ("database.pool", "shop", None),
        ("network.zone", ["us-east-1a"], "zones"),
        ("services.api.enviroment", {"A": "b"}, "environment"),
        # Keys of other members of the union are none.
        ("redis.cache.primary_region", "us-east-1", None),
        ("services.api.scaling.tasks", 3, None),
    ],
)
def test_only_a_key_that_may_be_meant_is_suggested(
    values: dict[str, Any], path: str, value: Any, meant: str | None
) -> None:
    put(values, path, value)
    [problem] = problems(values)
    key, _, suggested = problem.partition(": unknown key")
    assert key == path
    if meant:
        assert suggested.endswith(f"; did you mean {meant}?")
    else:
        assert "did you mean" not in suggested
        assert path.rpartition(".")[2] not in suggested.rpartition("; allowed ")[2].split(", ")


@pytest.mark.parametrize(
    ("path", "bad", "sentence"),
    [
        ("objectives.availability", 1.5, "given 1.5, allowed less than 1"),
        ("objectives.availability", 0, "given 0, allowed more than 0"),
        ("region", "eu-central", "given 'eu-central', allowed a region of AWS, such as eu-central-1"),
        ("redis.cache.replicas", True, "given true, allowed a whole number"),
        ("redis.cache.replicas", None, "given null, allowed a whole number"),
    ],
)
def test_sentence_is_ours(values: dict[str, Any], path: str, bad: Any, sentence: str) -> None:
    values.setdefault("objectives", {})
    put(values, path, bad)
    assert f"{path}: {sentence}" in problems(values)


@pytest.mark.parametrize(
    ("path", "bad", "good"),
    [
        ("grafana.url", "https://admin:CANARY@grafana.example", "https://grafana.example:3000/sub"),
        ("grafana.url", "https://grafana.example/?token=CANARY", "https://grafana.example"),
        ("alerts.runbook_url", "https://me:CANARY@wiki.example/page", "https://wiki.example/@team/page?id=1"),
    ],
)
def test_address_with_a_password_is_refused(values: dict[str, Any], path: str, bad: str, good: str) -> None:
    put(values, path, good)
    parse("test", values)
    put(values, path, bad)
    [problem] = problems(values)
    assert problem.startswith(f"{path}: given ")
    assert "CANARY" not in problem


@pytest.mark.parametrize(
    ("path", "given", "allowed"),
    [
        ("database.instance_class", "db.r6g.3xlarge", "db.r6g.4xlarge, the nearest; r6g has large, xlarge, "),
        ("database.instance_class", "db.r6gg.large", "db.r6g.large, the nearest; r6g has "),
        ("database.instance_class", "db.c6g.large", "a family that AWS offers: "),
        ("redis.cache.node_type", "cache.m5.medium", "cache.m5.large, the nearest; m5 has "),
        ("redis.cache.node_type", "cache.r7g.24xlarge", "cache.r7g.16xlarge, the nearest; r7g has "),
        ("database.postgres_version", "16.8", "16 alone, or what RDS offered on "),
        ("database.postgres_version", "19", "a major version that RDS offers, 14, "),
    ],
)
def test_what_aws_does_not_offer_is_told_with_the_nearest(
    values: dict[str, Any], path: str, given: str, allowed: str
) -> None:
    put(values, path, given)
    [problem] = problems(values)
    assert problem.startswith(f"{path}: given '{given}', allowed {allowed}")


def test_member_of_a_union_that_is_missing_is_one_of_the_chosen_kind(values: dict[str, Any]) -> None:
    worker = {"kind": "worker", "image": "x/y:1", "image_by": "tag", "database_pool": 0}
    values["services"]["mails"] = {**worker, "scaling": {"queue_name": "mails"}}
    assert problems(values) == ["services.mails.scaling.mode: missing; allowed 'fixed', 'queue', 'target'"]
