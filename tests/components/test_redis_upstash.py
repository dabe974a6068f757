import pytest
from msgspec.structs import replace

from components.redis.roles import Role
from components.redis.signals.upstash import signals
from components.redis.upstash import UpstashRedis, UpstashRedisArgs
from observability import UpstashStatistic
from tests.components.recording import Recorded, Secret, record_component

ARGS = UpstashRedisArgs(
    database_name="shop-staging",
    role=Role.SESSION,
    primary_region="eu-west-1",
    read_regions=["us-east-1"],
    budget_usd=20,
)


def record(**changes: object) -> Recorded[UpstashRedis]:
    args = replace(ARGS, **changes)
    return record_component(lambda: UpstashRedis("redis", args))


def test_upstash_store_is_made_from_its_arguments():
    recorded = record()
    assert recorded.inventory() == {("RedisDatabase", "redis-store")}
    store = recorded.one("RedisDatabase")
    assert store.parent == "redis"
    assert store.inputs == {
        "databaseName": "shop-staging",
        "region": "global",
        "primaryRegion": "eu-west-1",
        "readRegions": ["us-east-1"],
        "eviction": True,
        "budget": 20,
        "tls": True,
    }


def test_upstash_url_is_secret_encrypted_and_escaped():
    recorded = record()
    expected = {
        "url": Secret("rediss://default:made%2Fpassword@made.upstash.example.com:6379"),
        "reader_url": Secret("rediss://default:made%2Fpassword@made.upstash.example.com:6379"),
        "host": "made.upstash.example.com",
        "port": 6379,
    }
    assert recorded.outputs == expected
    assert recorded.registered_outputs["redis"] == expected


def test_upstash_url_is_secret_before_it_is_known():
    planned = record_component(lambda: UpstashRedis("redis", ARGS), preview=True)
    assert isinstance(planned.outputs["url"], Secret)


@pytest.mark.parametrize(
    ("role", "protect", "protected"),
    [
        (Role.CACHE, True, False),
        (Role.SESSION, True, True),
        (Role.QUEUE, True, True),
        (Role.PRIMARY_STORE, True, True),
        (Role.PRIMARY_STORE, False, False),
    ],
)
def test_upstash_store_is_protected_unless_it_holds_copies(role: Role, protect: bool, protected: bool):
    recorded = record(role=role, protect=protect)
    assert recorded.one("RedisDatabase").protect is protected


@pytest.mark.parametrize("role", [Role.QUEUE, Role.PRIMARY_STORE])
def test_upstash_refuses_to_drop_what_is_nowhere_else(role: Role):
    with pytest.raises(ValueError, match=f"given optimistic-volatile, allowed with role {role}: noeviction"):
        replace(ARGS, role=role, eviction_policy="optimistic-volatile")
    assert record(role=role).one("RedisDatabase").inputs["eviction"] is False


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"read_regions": ["eu-west-1"]}, "primary region 'eu-west-1'"),
        ({"budget_usd": 0}, "budget_usd is 0: at least 1"),
        ({"plan": "pro"}, "plan is 'pro': one of free, pay_as_you_go"),
        ({"plan": "free"}, "budget_usd: given 20, allowed with pay_as_you_go; left out with plan free"),
        ({"budget_usd": None}, "budget_usd: missing; required with plan pay_as_you_go"),
    ],
)
def test_upstash_refuses_what_cannot_be_made(changes: dict[str, object], message: str):
    with pytest.raises(ValueError, match=message):
        replace(ARGS, **changes)


def test_upstash_keeps_keys_where_asked_to():
    store = record(role=Role.CACHE, eviction_policy="noeviction").one("RedisDatabase")
    assert store.inputs["eviction"] is False


def test_statistics_of_upstash_are_drawn_where_grafana_may_ask_for_them():
    address = "https://api.example.com/v2/redis/stats/1"
    assert signals(address, has_datasource=False).signals == ()
    lines = [
        line
        for it in signals(address, has_datasource=True).signals
        for line in (it.query, *it.extra_queries.values())
    ]
    # Names of https://upstash.com/docs/devops/developer-api/redis/get_database_stats
    assert {(it.address, it.statistic) for it in lines if isinstance(it, UpstashStatistic)} == {
        (address, name)
        for name in (
            *("connection_count", "keyspace", "throughput", "hits", "misses", "diskusage"),
            *("read_latency_99", "write_latency_99"),
        )
    }


def test_store_tells_statistics_only_where_asked():
    assert record().component.signals.signals == ()
    assert len(record(has_statistics_datasource=True).component.signals.signals) == len(
        signals("", has_datasource=True).signals
    )


def test_a_fixed_plan_has_no_budget_and_prod_pack_is_asked_for():
    store = record(plan="fixed_1gb", budget_usd=None, prod_pack=True).one("RedisDatabase")
    assert "budget" not in store.inputs
    assert store.inputs["prodPack"] is True
