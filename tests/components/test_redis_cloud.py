import pytest
from msgspec.structs import replace

from components.redis.redis_cloud import RedisCloud, RedisCloudArgs
from components.redis.roles import Role
from tests.components.recording import Recorded, Secret, record_component

ARGS = RedisCloudArgs(
    database_name="shop-staging",
    role=Role.SESSION,
    plan_id=34858,
    size="1GB",
    allowed_cidrs=["203.0.113.0/24"],
    alerts={"datasets-size": 80},
    backup_path="s3://backups/shop",
)


def record(**changes: object) -> Recorded[RedisCloud]:
    return record_component(lambda: RedisCloud("redis", replace(ARGS, **changes)))


def test_url_is_secret_encrypted_and_at_the_port_that_redis_cloud_chose():
    address = Secret("rediss://default:made%2Fpassword@redis-12345.example.com:12345")
    recorded = record()
    assert recorded.outputs == {
        "url": address,
        "reader_url": address,
        "host": "redis-12345.example.com",
        "port": 12345,
    }
    ports = record_component(lambda: RedisCloud("redis", ARGS), read=lambda it: [up.port for up in it.upstreams])
    assert ports.read == [12345]


@pytest.mark.parametrize(
    ("role", "eviction", "persistence", "protected"),
    [
        (Role.CACHE, "allkeys-lru", "none", False),
        (Role.SESSION, "volatile-lru", "aof-every-1-second", True),
        (Role.QUEUE, "noeviction", "aof-every-1-second", True),
        (Role.PRIMARY_STORE, "noeviction", "aof-every-1-second", True),
    ],
)
def test_role_decides_what_is_dropped_written_and_protected(
    role: Role, eviction: str, persistence: str, protected: bool
):
    store = record(role=role).one("EssentialsDatabase")
    assert store.inputs["dataEvictionPolicy"] == eviction
    assert store.inputs["dataPersistence"] == persistence
    assert store.protect is protected


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"size": "3GB"}, "size is '3GB': one of 30MB, 250MB"),
        ({"size": "30MB"}, "size: given 30MB, which has no TLS"),
        ({"allowed_cidrs": []}, "allowed_cidrs: missing"),
        ({"eviction_policy": "allkeys-lru"}, "eviction_policy: given allkeys-lru, allowed with role session"),
        ({"role": Role.QUEUE, "replication": False}, "replication: given false, allowed true with role queue"),
    ],
)
def test_what_a_plan_cannot_do_or_a_role_must_not_is_refused(changes: dict[str, object], sentence: str):
    with pytest.raises(ValueError, match=sentence):
        replace(ARGS, **changes)
