import pytest
from msgspec.structs import replace

from components.aws.placement import NetworkPlacement
from components.redis.roles import Role
from components.redis.serverless import ServerlessRedis, ServerlessRedisArgs
from observability import Severity
from tests.components.recording import Recorded, Secret, record_component

ARGS = ServerlessRedisArgs(
    cache_name="shop-staging-redis",
    role=Role.SESSION,
    major_version="8",
    storage_max_gb=5,
    ecpu_max_per_second=5000,
    placement=NetworkPlacement(vpc_id="vpc-1", subnet_ids=["subnet-1", "subnet-2"]),
)


def record(**changes: object) -> Recorded[ServerlessRedis]:
    return record_component(lambda: ServerlessRedis("redis", replace(ARGS, **changes)))


def test_serverless_store_has_limits_users_snapshots_and_protection():
    recorded = record()
    store = recorded.one("ServerlessCache")
    assert store.protect
    expected = {
        "name": "shop-staging-redis",
        "engine": "valkey",
        "majorEngineVersion": "8",
        "cacheUsageLimits": {
            "dataStorage": {"maximum": 5, "unit": "GB"},
            "ecpuPerSeconds": [{"maximum": 5000}],
        },
        "userGroupId": recorded.one("UserGroup").inputs["userGroupId"],
        "snapshotRetentionLimit": 7,
        "dailySnapshotTime": "02:00",
        "subnetIds": ["subnet-1", "subnet-2"],
    }
    assert {key: store.inputs[key] for key in expected} == expected


def test_serverless_url_is_secret_and_both_its_ports_are_upstreams():
    recorded = record()
    assert recorded.outputs["url"] == Secret("rediss://default:generated-password@serverless.internal:6379")
    assert recorded.outputs["reader_url"] == Secret("rediss://default:generated-password@serverless.internal:6380")
    assert {(upstream.role, upstream.port) for upstream in recorded.component.upstreams} == {
        ("redis", 6379),
        ("redis-reader", 6380),
    }


def test_serverless_rotation_accepts_both_passwords():
    recorded = record(credentials=(4, 5))
    assert {it.name for it in recorded.of("RandomPassword")} == {"redis-password-4", "redis-password-5"}
    assert recorded.one("User").inputs["authenticationMode"]["passwords"] == [Secret("generated-password")] * 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"role": Role.QUEUE}, "role: given queue, allowed cache, session: this provider always evicts"),
        ({"role": Role.PRIMARY_STORE}, "role: given primary_store, allowed cache, session"),
        ({"snapshot_retention_days": 0}, "snapshot_retention_days: given 0, allowed 1 or more with role session"),
        ({"storage_max_gb": 0}, "storage_max_gb: given 0, allowed 1 to 5000"),
        ({"ecpu_max_per_second": 999}, "ecpu_max_per_second: given 999, allowed 1000 to 15000000"),
    ],
)
def test_serverless_refuses_what_loses_data_or_has_no_ceiling(changes: dict[str, object], message: str):
    with pytest.raises(ValueError, match=message):
        replace(ARGS, **changes)


@pytest.mark.parametrize(
    ("metric", "severity", "value"),
    [
        ("BytesUsedForCache", Severity.TICKET, 3_750_000_000),
        ("ElastiCacheProcessingUnits", Severity.TICKET, 225_000),
        ("ThrottledCmds", Severity.PAGE, 0),
        ("Evictions", Severity.TICKET, 0),
    ],
)
def test_serverless_limit_is_told_of_before_it_is_met(metric: str, severity: Severity, value: float):
    [signal] = [it for it in record().component.signals.signals if it.query.metric == metric]
    assert signal.query.dimensions == {"clusterId": "shop-staging-redis"}
    assert [(it.severity, it.value) for it in signal.thresholds] == [(severity, value)]
