"""Redis: what a role bears, and the login."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest

from components.redis.roles import ENGINE_POLICIES, SERVERLESS_POLICIES, UPSTASH_POLICIES, Role
from components.redis.upstash_plans import PLANS
from providers.rediscloud.essentials import ALERTS
from providers.rediscloud.plans import EVICTION_POLICIES
from stacks.config import ConfigError, parse
from stacks.config.redis import ServerlessConfig
from stacks.config.redis_cloud import Alert
from stacks.config.redis_keys import EnginePolicy, RoleName
from stacks.config.upstash import UpstashConfig, upstash_steps

ROOT = Path(__file__).parents[2]
SERVERLESS = {
    "provider": "elasticache_serverless",
    "role": "cache",
    "storage_max_gb": 5,
    "ecpu_max_per_second": 5000,
}
REDIS_CLOUD = {"provider": "redis_cloud", "role": "cache", "plan_id": 34858, "size": "1GB"}
UPSTASH = {"provider": "upstash", "role": "cache", "primary_region": "us-east-1", "budget_usd": 20}


def problems(values: dict[str, Any], redis: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", {**values, "redis": {"cache": redis}})
    return list(caught.value.problems)


def test_config_offers_the_words_that_the_components_know():
    assert get_args(get_args(RoleName)[0]) == tuple(Role)
    assert get_args(EnginePolicy) == ENGINE_POLICIES


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"role": "queue", "eviction_policy": "allkeys-lru"},
            "redis.cache.eviction_policy: given allkeys-lru, allowed with role queue: noeviction",
        ),
        (
            {"role": "primary_store", "eviction_policy": "volatile-lru"},
            "redis.cache.eviction_policy: given volatile-lru, allowed with role primary_store: noeviction",
        ),
        (
            {"role": "session", "eviction_policy": "allkeys-lru"},
            (
                "redis.cache.eviction_policy: given allkeys-lru, allowed with role session: volatile-lru, "
                "volatile-lfu, "
                "volatile-random, volatile-ttl, noeviction"
            ),
        ),
        (
            {"role": "primary_store", "snapshot_retention_days": 0},
            (
                "redis.cache.snapshot_retention_days: given 0, allowed 1 or more with role primary_store: its "
                "data is "
                "nowhere else"
            ),
        ),
        (
            {"role": "queue", "replicas": 0},
            (
                "redis.cache.replicas: given 0, allowed 1 or more with role queue, or protect: false for a "
                "throw-away stack"
            ),
        ),
        (
            {"engine": "redis", "engine_version": "8.0"},
            (
                "redis.cache.engine_version: given 8.0, allowed what ElastiCache offered of redis on "
                "2026-10-20: 7.0, 7.1"
            ),
        ),
        (
            {"auth": {"credentials": [2, 1]}},
            "redis.cache.auth.credentials: given 2, 1, allowed one number, or two with the higher one last",
        ),
        (
            {"auth": {"credentials": [1, 1]}},
            "redis.cache.auth.credentials: given 1, 1, allowed one number, or two with the higher one last",
        ),
        (
            {"auth": {"credentials": [1, 2, 3]}},
            "redis.cache.auth.credentials: given a list, allowed at most 2 entries",
        ),
        ({"auth": {"mode": "open"}}, "redis.cache.auth.mode: given 'open', allowed 'user_group' or 'token'"),
    ],
)
def test_redis_that_would_lose_data_is_refused(values: dict[str, Any], changes: dict[str, Any], message: str):
    assert problems(values, {**values["redis"]["cache"], **changes}) == [message]


@pytest.mark.parametrize(
    ("redis", "message"),
    [
        (
            {**SERVERLESS, "role": "queue"},
            "redis.cache.role: given queue, allowed cache, session: this provider always evicts by volatile-lru",
        ),
        (
            {key: value for key, value in SERVERLESS.items() if key != "storage_max_gb"},
            "redis.cache.storage_max_gb: missing; it is required",
        ),
        (
            {key: value for key, value in SERVERLESS.items() if key != "ecpu_max_per_second"},
            "redis.cache.ecpu_max_per_second: missing; it is required",
        ),
        (
            {**SERVERLESS, "auth": {"mode": "token"}},
            "redis.cache.auth.mode: given 'token', allowed 'user_group'",
        ),
        (
            {**SERVERLESS, "engine": "redis"},
            "redis.cache.major_version: given 8, allowed 7 with engine redis",
        ),
        (
            {**UPSTASH, "role": "queue", "eviction_policy": "optimistic-volatile"},
            "redis.cache.eviction_policy: given optimistic-volatile, allowed with role queue: noeviction",
        ),
        (
            {**UPSTASH, "read_regions": ["us-east-1"]},
            "redis.cache.read_regions: given the primary region us-east-1, allowed others",
        ),
        (
            {**REDIS_CLOUD, "size": "30MB"},
            (
                "redis.cache.size: given 30MB, which has no TLS, no replica and nothing on disk, allowed 250MB or "
                "larger: the smallest that has them"
            ),
        ),
        (
            {**REDIS_CLOUD, "role": "queue", "persistence": "none"},
            "redis.cache.persistence: given none, allowed another with role queue: its data is nowhere else",
        ),
        (
            {**REDIS_CLOUD, "role": "primary_store", "replication": False},
            (
                "redis.cache.replication: given false, allowed true with role primary_store, or protect: false "
                "for a throw-away stack"
            ),
        ),
        (
            {**REDIS_CLOUD, "allowed_cidrs": ["203.0.113.0/25", "198.51.100.0/24"]},
            (
                "redis.cache.allowed_cidrs: given what makes 5 with the stack's NAT gateways, allowed 4 with size "
                "1GB: join ranges, or set network.nat to single"
            ),
        ),
        (
            {**REDIS_CLOUD, "allowed_cidrs": ["0.0.0.0/0"]},
            (
                "redis.cache.allowed_cidrs: given 0.0.0.0/0, which is everybody, allowed ranges of your own "
                "networks"
            ),
        ),
    ],
)
def test_redis_that_a_provider_cannot_be_is_refused(values: dict[str, Any], redis: dict[str, Any], message: str):
    assert problems(values, redis) == [message]


def test_serverless_is_bounded_and_evicts_by_its_only_policy(values: dict[str, Any]):
    store = parse("test", {**values, "redis": {"cache": SERVERLESS}}).redis["cache"]
    assert isinstance(store, ServerlessConfig)
    assert (store.storage_max_gb, store.ecpu_max_per_second) == (5, 5000)
    assert len(SERVERLESS_POLICIES) == 1
    assert set(UPSTASH_POLICIES) == {"optimistic-volatile", "noeviction"}


def test_regions_of_upstash_are_those_of_its_openapi_document(values: dict[str, Any]):
    published = json.loads((ROOT / "simulator" / "published.json").read_text())["upstash"]["types"]
    fields = published["upstash:index/redisDatabase:RedisDatabase"]["properties"]
    own = UpstashConfig.model_json_schema()["properties"]
    assert own["primary_region"]["enum"] == fields["primary_region"]["enum"]
    assert own["read_regions"]["items"]["enum"] == fields["read_regions"]["items"]["enum"]
    values["redis"]["cache"] = {
        "provider": "upstash",
        "role": "cache",
        "primary_region": "mars-1",
        "budget_usd": 20,
    }
    with pytest.raises(ConfigError, match=r"redis.cache.primary_region: given 'mars-1', allowed 'us-east-1', "):
        parse("test", values)


def test_store_at_redis_cloud_is_open_to_nobody_by_accident():
    redis = {"cache": {**REDIS_CLOUD, "backup_path_secret": "BACKUPS"}}
    stack = {"app": "shop", "environment": "dev", "region": "us-east-1", "owners": {"team": "shop"}}
    with pytest.raises(ConfigError, match=r"redis\.cache\.allowed_cidrs: missing; required where"):
        parse("test", {**stack, "redis": redis})
    redis["cache"]["allowed_cidrs"] = ["203.0.113.0/24"]
    config = parse("test", {**stack, "redis": redis}, secrets_stood_in=True)
    assert config.missing_secrets == ["BACKUPS"]
    assert get_args(Alert) == ALERTS
    assert {*EVICTION_POLICIES} == {*ENGINE_POLICIES}


FREE = {"provider": "upstash", "role": "cache", "primary_region": "us-west-1", "plan": "free"}
FIXED = {**FREE, "plan": "fixed_250mb"}


@pytest.mark.parametrize(
    ("store", "message"),
    [
        (
            {**FREE, "plan": "pro"},
            (
                "plan: given 'pro', allowed free, pay_as_you_go, fixed_250mb, fixed_1gb, fixed_5gb, fixed_10gb, "
                "fixed_50gb, fixed_100gb, fixed_500gb"
            ),
        ),
        (
            {**FREE, "role": "primary_store"},
            (
                "plan: given free with role primary_store, allowed pay_as_you_go, the smallest with daily "
                "backups, or larger: its data is nowhere else; or protect: false for a throw-away stack"
            ),
        ),
        (
            {**FREE, "daily_backup": True},
            "daily_backup: given true with plan free, allowed with pay_as_you_go, the smallest that has it",
        ),
        (
            {**FREE, "prod_pack": True},
            "prod_pack: given true with plan free, allowed with pay_as_you_go, the smallest that has it",
        ),
        (
            {**FREE, "read_regions": ["us-east-1"]},
            "read_regions: given 1 of them with plan free, allowed with pay_as_you_go, the smallest that has it",
        ),
        (
            {**FREE, "budget_usd": 10},
            (
                "budget_usd: given 10, allowed with pay_as_you_go; left out with plan free, which costs 0 "
                "US dollars "
                "a month"
            ),
        ),
        (
            {**FIXED, "budget_usd": 10},
            (
                "budget_usd: given 10, allowed with pay_as_you_go; left out with plan fixed_250mb, which "
                "costs 10 US "
                "dollars a month"
            ),
        ),
        (
            {**FREE, "plan": "pay_as_you_go"},
            "budget_usd: missing; required with plan pay_as_you_go, whose commands are paid for one by one",
        ),
        (
            # One client that asks once a second.
            {**FREE, "expected_commands_per_day": 86_400},
            (
                "expected_commands_per_day: given 86400, which are 2592000 in 30 days, allowed up to 16666 "
                "with plan "
                "free, which answers 500000 a month: pay_as_you_go is the smallest that has it"
            ),
        ),
        (
            # Ten US dollars are 5,000,000 commands a month.
            {**UPSTASH, "budget_usd": 10, "expected_commands_per_day": 200_000},
            (
                "budget_usd: given 10, which pays for 166666 commands a day, allowed 12 or more with "
                "expected_commands_per_day 200000: above it Upstash throttles; fixed plans do not"
            ),
        ),
        (
            {**FIXED, "expected_commands_per_day": 864_000_001},
            (
                "expected_commands_per_day: given 864000001, allowed up to 10000 a second with plan fixed_250mb: "
                "fixed_100gb is the smallest that has it"
            ),
        ),
        (
            {**FIXED, "expected_size_mb": 251},
            (
                "expected_size_mb: given 251, allowed up to 250 with plan fixed_250mb: free is the smallest "
                "that has it"
            ),
        ),
        (
            {**UPSTASH, "role": "queue", "daily_backup": False},
            "daily_backup: given false, allowed true with role queue: its data is nowhere else",
        ),
    ],
)
def test_what_a_plan_of_upstash_cannot_do_is_refused(values: dict[str, Any], store: dict[str, Any], message: str):
    assert problems(values, store) == [f"redis.cache.{message}"]


@pytest.mark.parametrize(
    ("store", "parts"),
    [
        ({**FREE, "expected_commands_per_day": 10_000, "expected_size_mb": 256}, ["plan"]),
        ({**FREE, "role": "primary_store", "protect": False}, ["plan"]),
        ({**FIXED, "expected_commands_per_day": 864_000_000}, ["plan"]),
        ({**FIXED, "role": "queue"}, ["plan", "daily_backup"]),
        ({**UPSTASH, "budget_usd": 10, "expected_commands_per_day": 166_666, "prod_pack": True}, []),
    ],
)
def test_what_no_input_of_upstash_sets_is_said(values: dict[str, Any], store: dict[str, Any], parts: list[str]):
    config = parse("test", {**values, "redis": {"cache": store}})
    said = list(upstash_steps(config.redis))
    assert [it.partition(":")[0] for it in said] == [f"redis.cache.{part}" for part in parts]
    for sentence in said:
        assert "https://api.upstash.com/v2/redis/" in sentence


def test_plans_of_upstash_are_those_of_its_openapi_document():
    published = json.loads((ROOT / "simulator" / "published.json").read_text())["upstash"]["types"]
    fields = published["upstash:index/redisDatabase:RedisDatabase"]["properties"]
    assert [plan.name for plan in PLANS.values()] == fields["plan"]["enum"]
