"""What the clouds refuse is refused as configuration, with the key, before anything is made."""

from typing import Any

import boto3
import pytest
import yaml
from test_compose import ROOT, committed
from test_config import problems, put

from observability.alerting.rules import RULES_PER_GROUP
from stacks.config import ConfigError, from_file, parse
from stacks.config.identity import GOVCLOUD_REGIONS, REGIONS, arn_problems
from stacks.config.timeouts import late_answers

GIVEN = (
    *("DATABASE_URL", "REDIS_URL", "PORT", "DATABASE_POOL_MAX", "READER_URL_BROWSE"),
    "READER_POOL_MAX_ANALYTICS",
)
"""Variables that production's stack gives its service."""


@pytest.mark.parametrize(
    ("path", "bad", "good"),
    [
        *(("app", bad, "feed") for bad in ("feed-", "a--b", "-feed", "a" * 17)),
        *(("app", bad, "admins") for bad in ("admin", "user", "order", "table", "select", "all", "postgres")),
        *(("app", bad, "pgdash") for bad in ("pg-dash", "rdsadmin", "current-user", "pgbouncer", "stats")),
        *(
            (f"database.{key}", bad, "shop_owner")
            for key in ("database_name", "username")
            for bad in ("admin", "user", "pg_x", "rdsadmin", "pgbouncer", "stats")
        ),
        ("database.username", "footing_metrics", "postgres"),
        *(("environment", bad, "prod-2") for bad in ("prod-", "pr--2")),
        *(("region", bad, "eu-central-1") for bad in ("us-gov-north-1", "cn-north-1", "eusc-de-east-1")),
        *(("region", bad, "eu-central-1") for bad in ("zz-nowhere-9", "us-east-9", "eu-centrall-1")),
        *(
            ("network.zones", [f"us-east-1{it}" for it in bad], ["us-east-1a", "us-east-1f"])
            for bad in ("az", "ag", "a1")
        ),
        *(
            (
                "database.kms_key_arn",
                f"arn:{bad}:123456789012:key/1234",
                "arn:aws:kms:us-east-1:123456789012:key/1234",
            )
            for bad in ("aws:kms:eu-west-1", "aws-cn:kms:cn-north-1", "aws-us-gov:kms:us-gov-west-1")
        ),
        *(
            ("database.instance_class", bad, good)
            for bad, good in (
                ("db.zz9.gigantic", "db.r6g.large"),
                ("db.r6g.huge", "db.m6gd.16xlarge"),
                ("db.large.r6g", "db.x2iedn.xlarge"),
                ("db.serverless.large", "db.t4g.micro"),
                ("r6g.large", "db.x2iedn.2xlarge"),
                ("db.r6g.3xlarge", "db.r6g.4xlarge"),
                ("db.r6g.0xlarge", "db.r6g.xlarge"),
                ("db.r6g.medium", "db.t4g.medium"),
                ("db.c6g.large", "db.m8g.48xlarge"),
            )
        ),
        *(
            ("database.replicas", [{"purpose": "browse", "instance_class": bad}], [{"purpose": "browse"}])
            for bad in ("db.zz.big", "db.r6g.3xlarge")
        ),
        *(
            ("redis.cache.node_type", bad, "cache.t4g.micro")
            for bad in ("cache.zz.nope", "cache.r7g.tiny", "cache.9r.large", "cache.m5.medium", "cache.t4g.large")
        ),
        *(
            ("database.pooler.image", bad, f"x/y:1{'@sha256:' + 'a' * 64}")
            for bad in ("", " ", "registry example com/shop: 1.0")
        ),
        *(
            ("owners", {bad: "x"}, {"team": "x"})
            for bad in ("aws:team", "AWS:x", "", "k" * 123, "te\u202eam", "a\nb")
        ),
        *(
            ("owners", {"team": bad}, {"team": "Größe 5 + x@y.z"})
            for bad in ("v" * 257, "a\u202eb", "a\x07b", "a\u200bb")
        ),
        *(
            (
                "services.api.scaling.schedules",
                [{"name": "launch", "at": bad, "minimum_tasks": 8, "maximum_tasks": 9}],
                [{"name": "launch", "at": good, "minimum_tasks": 8, "maximum_tasks": 9}],
            )
            for bad, good in (
                ("at(2027-13-45T99:99:99)", "at(2027-03-01T11:00:00)"),
                ("at(2027-02-29T11:00:00)", "at(2028-02-29T11:00:00)"),
                ("cron(0 25 * * ? *)", "cron(0 23 * * ? *)"),
                ("cron(61 11 * * ? *)", "cron(0/15 11 ? * MON-FRI *)"),
                ("cron(0 11 * * * *)", "cron(0 11 L * ? *)"),
                ("cron(0 11 32 * ? *)", "cron(0 11 ? 1-12/2 6#3 2027)"),
            )
        ),
        *(
            ("database.preload_libraries", [bad], ["pgaudit", "pg_cron"])
            for bad in ("pg_audit", "pg_partman_bgw", "timescaledb", "PGAUDIT")
        ),
        *(
            ("storage.bucket", bad, "feed.files")
            for bad in ("feed..files", "10.0.0.1", "xn--feed", "sthree-x", "feed-s3alias", "feed--x-s3")
        ),
        ("database.postgres_version", "13", "14"),
        ("database.postgres_version", "13.20", "17.6"),
        *(("database.postgres_version", bad, "18.6") for bad in ("18.5", "18.0", "18.7", "19", "19.1")),
        *(("database.postgres_version", bad, "16.9") for bad in ("16.0", "16.5", "16.8", "16.99")),
        *(("database.postgres_version", bad, good) for bad, good in (("14.17", "14.18"), ("17.4", "17.5"))),
        *(
            ("redis.cache.engine_version", bad, good)
            for bad, good in (("8.3", "8.2"), ("7.1", "7.2"), ("9.2", "9.1"))
        ),
        *(("redis.cache.node_type", f"cache.r6gd.{size}", f"cache.r7g.{size}") for size in ("xlarge", "2xlarge")),
        ("services.api.max_request_seconds", 121, 120),
        *(("services.api.environment", {name: "x"}, {"MINE": "x", "READER_URL_OTHER": "x"}) for name in GIVEN),
        *(("services.api.secrets", {name: "generated"}, {"SIGNING_KEY": "generated"}) for name in GIVEN),
        ("services.api.reader_pools", {"browse": 2}, {"browse": 1}),
        ("database.parameters", {"shared_preload_libraries": "pgaudit"}, {"work_mem": "16384"}),
        ("database.parameters", {"max_connections": "500"}, {"pgaudit.log": "ddl"}),
        ("database.parameters", {"hot_standby_feedback": "0"}, {}),
        ("owners", {f"k{it}": "x" for it in range(8)}, {f"k{it}": "x" for it in range(7)}),
        ("owners", {"Team": "x", "team": "y"}, {"team": "x", "teams": "y"}),
    ],
)
def test_what_a_cloud_refuses_is_one_sentence_with_its_key(
    values: dict[str, Any], path: str, bad: Any, good: Any
) -> None:
    if path != "database.replicas":
        put(values, "services.api.reader_pools", {"browse": 1, "analytics": 1})
    put(values, path, good)
    if path == "region":
        values["network"]["zones"] = [f"{good}{zone}" for zone in "abc"]
        values.pop("metrics", None)
        values.pop("storage", None)
    parse("test", values)
    put(values, path, bad)
    refused = [problem for problem in problems(values) if problem.startswith(path) and ": given " in problem]
    assert len(refused) == 1
    assert ", allowed " in refused[0]
    assert refused[0].isprintable()


def test_the_database_answers_before_the_load_balancer_has_gone(values: dict[str, Any]) -> None:
    """Refused where a client waits for a connection alone for longer; warned of where its statement may run on."""
    put(values, "services.api.max_request_seconds", 40)
    put(values, "database.pooler.query_wait_timeout_seconds", 41)
    [problem] = problems(values)
    assert problem.startswith(
        "database.pooler.query_wait_timeout_seconds: given 41, allowed up to services.api.max_req"
    )
    put(values, "database.pooler.query_wait_timeout_seconds", 10)
    for statement, warned in ((30, 0), (31, 1)):
        put(values, "database.statement_timeout_seconds", statement)
        assert len(list(late_answers(parse("test", values)))) == warned
    for stack in ("staging", "production"):
        assert list(late_answers(from_file(ROOT / f"Pulumi.{stack}.yaml").config)) == []


def test_an_enterprise_zone_waits_longer(values: dict[str, Any]) -> None:
    put(values, "edge.plan", "enterprise")
    put(values, "services.api.max_request_seconds", 300)
    assert parse("test", values).web["api"].max_request_seconds == 300


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


def test_regions_are_those_of_the_provider() -> None:
    found = boto3.session.Session().get_available_regions
    assert set(found("ec2", "aws")) >= REGIONS - GOVCLOUD_REGIONS
    assert set(found("ec2", "aws-us-gov")) == GOVCLOUD_REGIONS < REGIONS
    assert len(REGIONS) > 30


@pytest.mark.parametrize("image", ["", " ", "registry example com/shop: 1.0", "-x/y:1"])
def test_text_that_names_no_image_is_refused(values: dict[str, Any], image: str) -> None:
    values["services"]["api"].update(image=image, image_by="tag")
    [problem] = problems(values)
    assert problem.startswith(f"services.api.image: given {image!r}, allowed ")


def test_arn_anywhere_is_one_of_the_partition_and_a_key_one_of_the_region() -> None:
    key, stranger = "arn:aws:kms:us-west-2:123456789012:key/1", "arn:aws-cn:s3:::bucket"
    store = {"metrics": {"store": {"kms_key_arn": key}}, "list": [{"bucket": stranger}], "other": "arn:aws:s3:::x"}
    assert [key for key, _ in arn_problems(store, "us-east-1")] == ["metrics.store.kms_key_arn", "list.0.bucket"]
    assert [key for key, _ in arn_problems(store, "us-west-2")] == ["list.0.bucket"]
    assert [key for key, _ in arn_problems(store, "us-gov-west-1")] == [
        *("metrics.store.kms_key_arn", "list.0.bucket", "other"),
    ]


def test_region_that_does_not_exist_is_one_sentence(values: dict[str, Any]):
    values["region"] = "us-east-9"
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    of_region = [it for it in caught.value.problems if it.startswith(("region", "network.zones"))]
    assert of_region == ["region: given 'us-east-9', allowed a region of AWS; did you mean us-east-2?"]


@pytest.mark.parametrize(
    ("region", "key", "bad", "good"),
    [
        ("me-central-1", "database.instance_class", "db.r7g.large", "db.m6g.large"),
        ("ap-southeast-4", "database.replicas.0.instance_class", "db.x2g.large", "db.r6g.large"),
        ("me-south-1", "redis.cache.node_type", "cache.t4g.small", "cache.t3.small"),
        ("eu-south-1", "redis.cache.node_type", "cache.m7g.large", "cache.r7g.large"),
        ("us-gov-east-1", "redis.cache.node_type", "cache.c7gn.large", "cache.m7g.large"),
    ],
)
def test_class_that_a_region_lacks_is_refused_there_alone(region: str, key: str, bad: str, good: str) -> None:
    def stack(region: str, given: str) -> dict[str, Any]:
        database: dict[str, Any] = {"provider": "rds", "instance_class": "db.r6g.large"}
        node_type = given if key.startswith("redis") else "cache.r7g.large"
        if key == "database.instance_class":
            database["instance_class"] = given
        elif "replicas" in key:
            database["replicas"] = [{"purpose": "browse", "instance_class": given}]
        redis = {"cache": {"provider": "elasticache", "role": "cache", "node_type": node_type}}
        named = {"app": "shop", "environment": "live", "region": region, "owners": {"team": "shop"}}
        return {**named, "database": database, "redis": redis}

    parse("test", stack(region, good))
    parse("test", stack("us-east-1", bad))
    [sentence] = problems(stack(region, bad))
    assert sentence.startswith(f"{key}: given {bad}, allowed what {region} had on ")
    assert f" {good.split('.')[1]}" in sentence
