"""PostgreSQL at Neon: what its sizes and plans can do, and how its connections are counted."""

from typing import Any

import pytest

from stacks.config import ConfigError, parse
from stacks.config.neon import NeonConfig
from stacks.config.regions import other_regions
from stacks.config.timeouts import late_answers

IMAGE = f"registry.example.com/shop/api@sha256:{64 * 'a'}"
CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/00000000-0000-4000-8000-000000000000"


def stack(database: dict[str, Any], **blocks: Any) -> dict[str, Any]:
    return {
        "app": "shop",
        "environment": "production",
        "region": "us-east-1",
        "owners": {"team": "platform"},
        "database": {"provider": "neon", **database},
        **blocks,
    }


def problems(database: dict[str, Any], **blocks: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", stack(database, **blocks))
    return list(caught.value.problems)


def test_provider_alone_is_enough_and_its_compute_is_never_suspended():
    config = parse("test", stack({}))
    database, budget = config.database, config.connection_budget
    assert isinstance(database, NeonConfig)
    assert budget is not None
    assert (database.suspend_timeout_seconds, database.history_retention_seconds) == (-1, 604_800)
    assert (budget.max_connections, budget.server_connections, budget.client_connections) == (839, 755, 10_000)
    assert not config.in_cluster
    assert config.database_name == "shop"


FREE = {"plan": "free", "suspend": "allowed"}


@pytest.mark.parametrize(
    ("database", "sentence"),
    [
        (
            {"plan": "free"},
            (
                "database.suspend: given never with plan free, allowed 'allowed', typed out: its compute stops "
                "after 300 seconds without a query; launch is the smallest that stays up"
            ),
        ),
        (
            {**FREE, "max_cu": 4},
            "database.max_cu: given 4, allowed up to 2 with plan free: launch has it",
        ),
        (
            {"min_cu": 56, "max_cu": 56},
            "database.max_cu: given 56, allowed up to 16 with plan launch: scale has it",
        ),
        ({"max_cu": 12}, "database.max_cu: given 12 with min_cu 1, allowed min_cu to 9"),
        (
            {**FREE, "history_days": 7},
            (
                "database.history_days: given 7, allowed up to 6 hours with plan free: launch is the smallest "
                "that has it"
            ),
        ),
        (
            {"history_days": 30},
            (
                "database.history_days: given 30, allowed up to 168 hours with plan launch: scale is the smallest "
                "that has it"
            ),
        ),
        (
            {"suspend": "allowed", "suspend_after_seconds": 600},
            "database.suspend_after_seconds: given 600 with plan launch, which has 300, allowed with scale",
        ),
        (
            {"suspend_after_seconds": 300},
            "database.suspend_after_seconds: given with suspend: never, allowed with suspend: allowed",
        ),
        (
            {"allowed_cidrs": ["203.0.113.0/24"]},
            "database.allowed_cidrs: given with plan launch, allowed with scale, the smallest that has it",
        ),
        (
            {"plan": "scale"},
            (
                "database.allowed_cidrs: missing; required where the stack has no NAT gateway of its own: Neon "
                "takes none for everybody"
            ),
        ),
        (
            {"plan": "scale", "allowed_cidrs": ["::/0"]},
            "database.allowed_cidrs: given ::/0, which is everybody, allowed ranges of your own networks",
        ),
        *(
            (
                {key: name},
                f"database.{key}: given {name!r}, allowed a name that PostgreSQL and Neon do not reserve",
            )
            for key, name in (("username", "pg_x"), ("username", "cloud_admin"), ("database_name", "template1"))
        ),
        (
            {"branches": [{"name": f"preview-{number}"} for number in range(10)]},
            "database.branches: given 10, allowed up to 9 with plan launch",
        ),
        (
            {"pooler": {"client_connections": 1000}},
            ("database.pooler.client_connections: given 1000, allowed left out: Neon's pool takes 10000 clients"),
        ),
        (
            {"pooler": {"server_connections": 80}},
            (
                "database.pooler.server_connections: given 80, allowed left out: Neon takes 0.9 of "
                "max_connections, which database.min_cu and max_cu decide"
            ),
        ),
        (
            {"min_cu": 0.25, "max_cu": 0.25},
            (
                "database.min_cu: given what makes 103 connections at the worst moment (the pool 93, and 10 "
                "direct), allowed 97 (max_connections 104 less 7 reserved): raise it, or lower "
                "database.direct_connections to 4"
            ),
        ),
        (
            {"min_cu": 0.75},
            (
                "database.min_cu: given 0.75, allowed 0.25, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, "
                "15, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56"
            ),
        ),
    ],
)
def test_what_the_vendor_cannot_do_is_refused_with_its_reason(database: dict[str, Any], sentence: str):
    assert sentence in problems(database)


def test_region_that_neon_lacks_needs_one_of_its_own():
    assert "database.region: missing; required where Neon has no region aws-us-west-1" in "\n".join(
        problems({}, region="us-west-1")
    )


def test_readers_have_the_connections_of_their_own_compute():
    service = {"kind": "web", "image": IMAGE, "database_pool": 10, "reader_pools": {"browse": 90}}
    found = problems(
        {"replicas": [{"purpose": "browse", "min_cu": 0.25, "max_cu": 0.25}]},
        services={"api": service},
        load_balancer={"ingress_cidrs": ["203.0.113.0/24"]},
    )
    assert "(its max_connections 104 less 7 reserved)" in "\n".join(found)
    assert "raise database.replicas.0.min_cu" in "\n".join(found)


SERVICES = {
    "services": {"api": {"kind": "web", "image": IMAGE, "database_pool": 10}},
    "load_balancer": {"ingress_cidrs": ["203.0.113.0/24"], "certificate_arn": CERTIFICATE},
}


def test_data_far_from_the_services_is_a_warning():
    redis = {
        "cache": {"provider": "redis_cloud", "role": "cache", "plan_id": 1, "size": "1GB", "region": "eu-west-1"},
        "queue": {"provider": "upstash", "role": "queue", "primary_region": "us-east-1", "budget_usd": 20},
    }
    far = parse("test", stack({"region": "aws-us-west-2"}, redis=redis, **SERVICES))
    assert [it.partition(":")[0] for it in other_regions(far)] == ["database.region", "redis.cache.region"]
    assert [*other_regions(parse("test", stack({"region": "aws-us-east-1"}, **SERVICES)))] == []
    assert [*other_regions(parse("test", stack({"region": "aws-us-west-2"})))] == []


def test_client_of_the_pool_may_wait_longer_than_a_request():
    [sentence] = late_answers(parse("test", stack({}, **SERVICES)))
    assert "one statement may take 150 (database.pooler.query_wait_timeout_seconds 120" in sentence


def test_neon_is_out_of_reach_without_nat():
    found = problems({}, network={"nat": "none"}, **SERVICES)
    assert "database.provider: given 'neon', allowed a PostgreSQL inside the VPC with network.nat: none" in found
