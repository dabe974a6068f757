"""What the clouds refuse is refused as configuration, with the key, before anything is made."""

from typing import Any

import pytest
import yaml
from test_compose import committed
from test_config import problems, put

from components.amp import RULES_PER_GROUP
from stacks.config import parse


@pytest.mark.parametrize(
    ("path", "bad", "good"),
    [
        *(("app", bad, "feed") for bad in ("feed-", "a--b", "-feed", "a" * 17)),
        *(("app", bad, "admins") for bad in ("admin", "user", "order", "table", "select", "all", "postgres")),
        *(("app", bad, "pgdash") for bad in ("pg-dash", "rdsadmin", "current-user", "template0")),
        *(("environment", bad, "prod-2") for bad in ("prod-", "pr--2")),
        *(("region", bad, "eu-central-1") for bad in ("us-gov-west-1", "cn-north-1", "us-iso-east-1")),
        ("database.postgres_version", "13", "14"),
        ("database.postgres_version", "13.20", "17.6"),
        *(("redis.node_type", f"cache.r6gd.{size}", f"cache.r7g.{size}") for size in ("xlarge", "2xlarge")),
        ("service.max_request_seconds", 121, 120),
        *(("service.environment", {name: "x"}, {"MINE": "x"}) for name in ("DATABASE_URL", "REDIS_URL", "PORT")),
        *(
            ("service.secrets", {name: "generated"}, {"SIGNING_KEY": "generated"})
            for name in ("DATABASE_URL", "REDIS_URL", "PORT")
        ),
        ("database.parameters", {"shared_preload_libraries": "pgaudit"}, {"work_mem": "16384"}),
        ("database.parameters", {"max_connections": "500"}, {"pgaudit.log": "ddl"}),
        ("database.parameters", {"hot_standby_feedback": "0"}, {}),
    ],
)
def test_what_a_cloud_refuses_is_one_sentence_with_its_key(
    values: dict[str, Any], path: str, bad: Any, good: Any
) -> None:
    put(values, path, good)
    if path == "region":
        values["network"]["zones"] = [f"{good}{zone}" for zone in "abc"]
        values.pop("metrics", None)
        values.pop("storage", None)
    parse("test", values)
    put(values, path, bad)
    refused = [problem for problem in problems(values) if problem.startswith(f"{path}: given ")]
    assert len(refused) == 1
    assert ", allowed " in refused[0]


def test_an_enterprise_zone_waits_longer(values: dict[str, Any]) -> None:
    put(values, "edge.plan", "enterprise")
    put(values, "service.max_request_seconds", 300)
    assert parse("test", values).service.max_request_seconds == 300


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_no_parameter_differs_for_ever_from_what_rds_reads_back(stack: str) -> None:
    groups = [it for it in committed(stack).resources if it.type == "aws:rds/parameterGroup:ParameterGroup"]
    methods = [{it["name"]: it["applyMethod"] for it in group.inputs["parameters"]} for group in groups]
    assert methods
    assert {method["rds.force_ssl"] for method in methods} == {"pending-reboot"}


def test_no_group_of_a_managed_store_has_more_rules_than_its_quota() -> None:
    [namespace] = [it for it in committed("production").resources if it.type.endswith(":RuleGroupNamespace")]
    groups = yaml.safe_load(namespace.inputs["data"])["groups"]
    assert max(len(group["rules"]) for group in groups) <= RULES_PER_GROUP
    names = [group["name"] for group in groups]
    assert len(set(names)) == len(names) > 3
