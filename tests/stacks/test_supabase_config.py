"""PostgreSQL at Supabase: what its sizes and plans can do, and how its connections are counted."""

import json
from typing import Any

import pytest

from providers.supabase.plans import COMPUTE
from stacks.config import ConfigError, parse
from stacks.config.managed_postgres import SupabaseConfig
from stacks.contract import app_contract

SUPABASE = {"provider": "supabase", "organization": "acme"}
RATE = {"requests": 100, "window_seconds": 60}
SERVICE = {"kind": "web", "image": f"registry.example.com/shop/api@sha256:{64 * 'a'}", "database_pool": 10}


def stack(database: dict[str, Any], **blocks: Any) -> dict[str, Any]:
    return {
        "app": "feed",
        "environment": "production",
        "region": "us-east-1",
        "owners": {"team": "platform"},
        "database": {**SUPABASE, **database},
        **blocks,
    }


def problems(database: dict[str, Any], **blocks: Any) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", stack(database, **blocks))
    return list(caught.value.problems)


def test_few_keys_are_enough_and_the_size_follows_from_the_connections():
    config = parse("test", stack({}))
    assert isinstance(config.database, SupabaseConfig)
    assert config.database.size == "xlarge"
    assert COMPUTE["large"].max_connections < config.database.max_connections <= COMPUTE["xlarge"].max_connections
    assert not config.in_cluster
    assert config.images == {}


@pytest.mark.parametrize(
    ("database", "sentence"),
    [
        (
            {"compute": "large"},
            (
                "database.compute: given large, which has 160 connections, allowed xlarge or larger with "
                "database.max_connections 200"
            ),
        ),
        ({"enforce_tls": False}, "database.enforce_tls: given false, allowed true"),
        (
            {"plan": "free", "pitr_days": 7},
            "database.pitr_days: given with plan free, allowed with pro, the smallest that has it",
        ),
        (
            {"plan": "free"},
            (
                "database.max_connections: given 200, allowed up to 60 with plan free: pro is the smallest with a "
                "larger server"
            ),
        ),
        (
            {"pooler": {"client_connections": 10000}},
            (
                "database.pooler.client_connections: given 10000, allowed left out: Supabase fixes it by "
                "database.compute: 16xlarge, for 12000, is the smallest that takes so many"
            ),
        ),
        (
            {"pooler": {"query_wait_timeout_seconds": 30}},
            (
                "database.pooler.query_wait_timeout_seconds: given 30, allowed left out: Supabase has no setting "
                "for it"
            ),
        ),
        (
            {"pooler": {"server_connections": 50, "user_database_pairs": 4}},
            "database.pooler.server_connections: given 50, allowed a multiple of user_database_pairs, 4",
        ),
        (
            {"allowed_cidrs": ["0.0.0.0/0"]},
            "database.allowed_cidrs: given 0.0.0.0/0, which is everybody, allowed ranges of your own networks",
        ),
        (
            {"pooler": {"server_connections": 100, "dedicated": True}},
            (
                "database.pooler.server_connections: given 100, which is 210 connections at the worst moment "
                "(2 poolers, each 100, and 10 direct), allowed 167 (max_connections 200 less 33 reserved): lower "
                "it to 78"
            ),
        ),
    ],
)
def test_what_the_vendor_cannot_do_is_refused_with_its_reason(database: dict[str, Any], sentence: str):
    assert sentence in problems(database)


@pytest.mark.parametrize(
    ("database", "sentence"),
    [
        (
            {"function_limits": {"search": {"requests": 5, "window_seconds": 60, "counted_in": "redis"}}},
            (
                "database.function_limits.search.counted_in: given redis, allowed memory: no store of redis is in "
                "reach"
            ),
        ),
        (
            {"function_limits": {"burst": {"requests": 5, "window_seconds": 61, "counted_in": "memory"}}},
            (
                "database.function_limits.burst.counted_in: given memory with window_seconds 61, allowed up to "
                "60: each instance counts alone, and a new one begins with nothing"
            ),
        ),
        (
            {
                "function_secrets": {"RESOURCE_LIMITS": "config"},
                "function_limits": {"burst": {"requests": 5, "window_seconds": 1}},
            },
            "database.function_secrets.RESOURCE_LIMITS: given, allowed without database.function_limits",
        ),
    ],
)
def test_limit_that_cannot_be_counted_there_is_refused(database: dict[str, Any], sentence: str):
    assert sentence in problems(database)


def test_limits_of_functions_are_counted_where_they_say():
    limits = {"burst": {"requests": 5, "window_seconds": 1, "counted_in": "memory"}, "api": RATE}
    given = {"function_secrets": {"REDIS_URL": "redis.cache"}, "function_limits": limits}
    store = {"cache": {"provider": "upstash", "role": "cache", "primary_region": "us-east-1", "budget_usd": 20}}
    contract = json.loads(app_contract(parse("test", stack(given, redis=store))))
    found = {name: it["counted_in"] for name, it in contract["functions"]["resource_limits"].items()}
    assert found == {"burst": "memory", "api": "redis"}
    alone = json.loads(app_contract(parse("test", stack({"function_limits": {"api": RATE}}))))
    assert alone["functions"]["resource_limits"]["api"]["counted_in"] == "memory"
    assert json.loads(app_contract(parse("test", stack({}))))["functions"] is None


def test_region_that_supabase_lacks_needs_one_of_its_own():
    assert "database.region: missing; required where Supabase has no region us-gov-west-1" in "\n".join(
        problems({}, region="us-gov-west-1")
    )


def test_clients_are_those_of_the_size():
    scaling = {"mode": "target", "minimum_tasks": 8, "maximum_tasks": 50}
    found = problems(
        {}, services={"api": {**SERVICE, "scaling": scaling}}, load_balancer={"ingress_cidrs": ["203.0.113.0/24"]}
    )
    assert "choose a larger database.compute" in "\n".join(found)
    assert "allowed 900" in "\n".join(found)


def test_pool_of_25_for_each_of_four_pairs_is_a_pool_of_100():
    config = parse("test", stack({"pooler": {"server_connections": 100, "user_database_pairs": 4}}))
    assert isinstance(config.database, SupabaseConfig)
    assert config.database.pooler.pool_size == 25
