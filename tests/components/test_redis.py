import dataclasses

import pytest

from components._component import output_names
from components.redis.elasticache import Redis, RedisArgs
from components.redis.role import Role
from components.redis.upstash import UpstashRedis
from tests.components.recording import Recorded, Secret, record_component

ARGS = RedisArgs(
    replication_group_id="shop-staging-redis",
    role=Role.CACHE,
    engine_version="8.0",
    node_type="cache.t4g.small",
    replicas=1,
    snapshot_retention_days=5,
    vpc_id="vpc-1",
    subnet_ids=["subnet-1", "subnet-2"],
)


def record(**changes: object) -> Recorded[Redis]:
    return record_component(lambda: Redis("redis", dataclasses.replace(ARGS, **changes)))


def test_store_is_encrypted_protected_and_fails_over():
    store = record().one("ReplicationGroup")
    expected = {
        "replicationGroupId": "shop-staging-redis",
        "engine": "valkey",
        "atRestEncryptionEnabled": True,
        "transitEncryptionEnabled": True,
        "transitEncryptionMode": "required",
        "automaticFailoverEnabled": True,
        "multiAzEnabled": True,
        "numCacheClusters": 2,
        "snapshotRetentionLimit": 5,
        "applyImmediately": False,
        "subnetGroupName": "shop-staging-redis",
    }
    assert {key: store.inputs[key] for key in expected} == expected
    assert isinstance(store.inputs["authToken"], Secret)
    assert store.protect


def test_single_node_asks_for_no_failover():
    store = record(replicas=0).one("ReplicationGroup").inputs
    assert (store["automaticFailoverEnabled"], store["multiAzEnabled"], store["numCacheClusters"]) == (
        False,
        False,
        1,
    )


@pytest.mark.parametrize(
    ("role", "policy"),
    [
        (Role.CACHE, "allkeys-lru"),
        (Role.SESSION, "volatile-lru"),
        (Role.QUEUE, "noeviction"),
        (Role.PRIMARY_STORE, "noeviction"),
    ],
)
def test_role_decides_what_may_be_lost(role: Role, policy: str):
    group = record(role=role).one("ParameterGroup").inputs
    assert group["parameters"] == [{"name": "maxmemory-policy", "value": policy}]


def test_next_version_gets_a_parameter_group_of_another_name():
    names = {
        record(engine=engine, engine_version=version, role=role).one("ParameterGroup").inputs["name"]
        for engine, version, role in [
            ("valkey", "8.0", Role.CACHE),
            ("valkey", "7.2", Role.CACHE),
            ("redis", "7.1", Role.CACHE),
            ("valkey", "8.0", Role.QUEUE),
        ]
    }
    assert len(names) == 4
    assert {name.split("-")[3] for name in names} == {"valkey8", "valkey7", "redis7"}


def test_url_is_secret_and_speaks_tls():
    recorded = record()
    assert recorded.outputs["url"] == Secret("rediss://:generated-password@redis.internal:6379")
    assert recorded.outputs["host"] == "redis.internal"
    assert recorded.outputs["port"] == 6379


@pytest.mark.parametrize(("role", "pages"), [(Role.CACHE, False), (Role.QUEUE, True)])
def test_full_memory_pages_where_writes_would_be_refused(role: Role, *, pages: bool):
    signals = record(role=role).component.signals.signals
    memory = [signal for signal in signals if signal.id.startswith("redis-memory")]
    assert [signal.id for signal in memory] == [f"redis-memory-shop-staging-redis-00{node}" for node in (1, 2)]
    assert any(it.severity == "page" for signal in memory for it in signal.thresholds) is pages


def test_every_backend_offers_the_same_outputs():
    shared = {"url", "host", "port"}
    assert shared <= set(output_names(Redis))
    assert shared <= set(output_names(UpstashRedis))
