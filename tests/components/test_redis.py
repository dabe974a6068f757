from datetime import datetime, timedelta
from itertools import product

import pytest
from msgspec.structs import replace

from components.aws.placement import NetworkPlacement
from components.component import output_names
from components.redis.auth import AuthArgs, AuthMode
from components.redis.elasticache import Redis, RedisArgs
from components.redis.redis_cloud import RedisCloud
from components.redis.roles import ENGINE_POLICIES, Role
from components.redis.serverless import ServerlessRedis
from components.redis.store import RedisStore
from components.redis.upstash import UpstashRedis
from observability import CloudWatch, Severity, Signal, Signals
from tests.components.recording import MADE, Recorded, Secret, record_component

ARGS = RedisArgs(
    replication_group_id="shop-staging-redis",
    role=Role.CACHE,
    engine_version="8.0",
    node_type="cache.t4g.small",
    replicas=1,
    snapshot_retention_days=5,
    placement=NetworkPlacement(vpc_id="vpc-1", subnet_ids=["subnet-1", "subnet-2"]),
    log_retention_days=365,
)


def record(**changes: object) -> Recorded[Redis]:
    return record_component(lambda: Redis("redis", replace(ARGS, **changes)))


def logging_in(mode: AuthMode, *credentials: int) -> Recorded[Redis]:
    return record(auth=AuthArgs(mode=mode, credentials=credentials))


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
    assert store.protect


def test_redis_is_a_replication_group_never_a_cluster_that_an_engine_change_replaces():
    recorded = record(engine="redis", engine_version="7.1")
    assert {it.type.rpartition(":")[2] for it in recorded.resources if "elasticache" in it.type} == {
        *("ReplicationGroup", "ParameterGroup", "SubnetGroup", "User", "UserGroup")
    }
    assert recorded.one("ParameterGroup").inputs["family"] == "redis7"


@pytest.mark.parametrize(("replicas", "fails_over"), [(0, False), (1, True), (5, True)])
def test_failover_and_zones_follow_the_number_of_nodes(replicas: int, fails_over: bool):
    store = record(replicas=replicas).one("ReplicationGroup").inputs
    assert store["numCacheClusters"] == 1 + replicas
    assert store["automaticFailoverEnabled"] is store["multiAzEnabled"] is fails_over


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


def test_chosen_eviction_policy_is_used_where_the_role_bears_it():
    group = record(role=Role.SESSION, eviction_policy="volatile-ttl").one("ParameterGroup").inputs
    assert group["parameters"] == [{"name": "maxmemory-policy", "value": "volatile-ttl"}]


@pytest.mark.parametrize(
    ("role", "policy"),
    [
        *product((Role.QUEUE, Role.PRIMARY_STORE), ENGINE_POLICIES[:-1]),
        *product((Role.SESSION,), [policy for policy in ENGINE_POLICIES if policy.startswith("allkeys")]),
    ],
)
def test_policy_that_loses_data_of_the_role_is_refused(role: Role, policy: str):
    with pytest.raises(
        ValueError, match=rf"eviction_policy: given {policy}, allowed with role {role}: .*noeviction"
    ):
        replace(ARGS, role=role, eviction_policy=policy)


@pytest.mark.parametrize("role", [Role.SESSION, Role.QUEUE, Role.PRIMARY_STORE])
def test_data_that_is_nowhere_else_needs_snapshots(role: Role):
    with pytest.raises(ValueError, match=f"snapshot_retention_days: given 0, allowed 1 or more with role {role}"):
        replace(ARGS, role=role, snapshot_retention_days=0)
    store = record(role=role, snapshot_retention_days=None).one("ReplicationGroup").inputs
    assert store["snapshotRetentionLimit"] == 7
    assert store["finalSnapshotIdentifier"] == "shop-staging-redis-final-0a1b2c3d"


def test_copies_need_no_snapshot():
    store = record(snapshot_retention_days=None).one("ReplicationGroup").inputs
    assert store["snapshotRetentionLimit"] == 0
    assert "finalSnapshotIdentifier" not in store


@pytest.mark.parametrize("role", [Role.QUEUE, Role.PRIMARY_STORE])
def test_only_node_of_what_must_not_be_lost_is_refused_while_protected(role: Role):
    with pytest.raises(ValueError, match="replicas: given 0, allowed 1 or more"):
        replace(ARGS, role=role, replicas=0)
    assert replace(ARGS, role=role, replicas=0, protect=False).replicas == 0
    assert replace(ARGS, role=Role.SESSION, replicas=0).replicas == 0


def hours(window: str) -> tuple[datetime, datetime]:
    start, end = (datetime.strptime(time[-5:], "%H:%M") for time in window.split("-"))
    return start, end


def test_snapshot_and_maintenance_never_meet():
    store = record().one("ReplicationGroup").inputs
    (snapshot, snapshot_end), (maintenance, maintenance_end) = (
        hours(store[window]) for window in ("snapshotWindow", "maintenanceWindow")
    )
    hour = timedelta(hours=1)
    assert snapshot_end - snapshot >= hour
    assert maintenance_end - maintenance >= hour
    assert snapshot_end <= maintenance or maintenance_end <= snapshot


def test_logs_go_to_groups_that_forget():
    recorded = record()
    delivered = recorded.one("ReplicationGroup").inputs["logDeliveryConfigurations"]
    groups = {it.inputs["name"]: it.inputs["retentionInDays"] for it in recorded.of("LogGroup")}
    assert groups == {f"/aws/elasticache/shop-staging-redis/{log}": 365 for log in ("slow-log", "engine-log")}
    assert {(it["logType"], it["destination"]) for it in delivered} == {
        (log, f"/aws/elasticache/shop-staging-redis/{log}") for log in ("slow-log", "engine-log")
    }
    assert {(it["destinationType"], it["logFormat"]) for it in delivered} == {("cloudwatch-logs", "json")}


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


@pytest.mark.parametrize("mode", AuthMode)
def test_url_is_secret_and_speaks_tls(mode: AuthMode):
    outputs = logging_in(mode, 1).outputs
    assert outputs["url"] == Secret("rediss://default:generated-password@redis.internal:6379")
    assert outputs["reader_url"] == Secret("rediss://default:generated-password@reader.redis.internal:6379")
    assert (outputs["host"], outputs["port"]) == ("redis.internal", 6379)


@pytest.mark.parametrize("mode", AuthMode)
def test_token_and_user_group_exclude_each_other(mode: AuthMode):
    store = logging_in(mode, 1).one("ReplicationGroup").inputs
    assert ("authToken" in store, "userGroupIds" in store) == (mode is AuthMode.TOKEN, mode is AuthMode.USER_GROUP)


def test_only_user_is_the_default_one_and_needs_a_password():
    recorded = logging_in(AuthMode.USER_GROUP, 1, 2)
    user = recorded.one("User").inputs
    assert (user["userName"], user["authenticationMode"]["type"]) == ("default", "password")
    assert user["authenticationMode"]["passwords"] == [Secret("generated-password")] * 2
    assert recorded.one("UserGroup").inputs["userIds"] == [user["userId"]]
    assert "noPasswordRequired" not in user
    assert {"on", "~*", "&*", "+@all", "-flushall"} <= set(user["accessString"].split())


def test_user_and_group_stay_through_a_change_of_engine():
    users = [
        {type_: record(engine=engine, engine_version="7.2").one(type_).inputs for type_ in ("User", "UserGroup")}
        for engine in ("redis", "valkey")
    ]
    assert users[0] == users[1]


def test_token_alone_is_set_so_that_no_login_without_it_is_left():
    store = logging_in(AuthMode.TOKEN, 1).one("ReplicationGroup").inputs
    assert (store["authToken"], store["authTokenUpdateStrategy"]) == (Secret("generated-password"), "SET")


def test_token_beside_an_older_one_is_rotated_so_that_both_work():
    recorded = logging_in(AuthMode.TOKEN, 1, 2)
    store = recorded.one("ReplicationGroup").inputs
    assert store["authTokenUpdateStrategy"] == "ROTATE"
    assert {it.name for it in recorded.of("RandomPassword")} == {"redis-password-1", "redis-password-2"}


def test_user_group_lets_go_of_a_token_in_the_same_step():
    assert record().one("ReplicationGroup").inputs["authTokenUpdateStrategy"] == "DELETE"


@pytest.mark.parametrize("mode", AuthMode)
def test_newest_password_is_the_one_handed_out(mode: AuthMode):
    args = replace(ARGS, auth=AuthArgs(mode=mode, credentials=(1, 2)))
    made = {**MADE, "random:index/randomPassword:RandomPassword": {"result": lambda name: f"made-for-{name}"}}
    recorded = record_component(lambda: Redis("redis", args), made=made)
    assert recorded.outputs["url"] == Secret("rediss://default:made-for-redis-password-2@redis.internal:6379")
    # Clients get the URL once the store accepts it, never before.
    assert recorded.one("ReplicationGroup").dependencies >= (
        {"redis-password-2"} if mode is AuthMode.TOKEN else {"redis-users"}
    )


def watched(what: str, **changes: object) -> list[Signal]:
    found = [it for it in record(**changes).component.signals.signals if it.id.startswith(f"redis-{what}-")]
    assert found, what
    return found


def severities(signals: list[Signal]) -> set[Severity]:
    return {threshold.severity for signal in signals for threshold in signal.thresholds}


@pytest.mark.parametrize(("role", "pages"), [(Role.CACHE, False), (Role.QUEUE, True)])
def test_full_memory_pages_where_writes_would_be_refused(role: Role, *, pages: bool):
    memory = watched("memory", role=role)
    assert [signal.id for signal in memory] == ["redis-memory-1", "redis-memory-2"]
    assert (Severity.PAGE in severities(memory)) is pages


@pytest.mark.parametrize(
    ("role", "severities_of_role"),
    [
        (Role.CACHE, {Severity.INFO}),
        (Role.SESSION, {Severity.TICKET}),
        (Role.QUEUE, {Severity.PAGE}),
        (Role.PRIMARY_STORE, {Severity.PAGE}),
    ],
)
def test_eviction_is_as_urgent_as_what_the_role_loses(role: Role, severities_of_role: set[Severity]):
    evictions = watched("evictions", role=role)
    assert severities(evictions) == severities_of_role
    assert {threshold.value for signal in evictions for threshold in signal.thresholds} <= {0}


def test_every_node_is_watched_under_its_real_name():
    recorded = record_component(
        lambda: Redis("redis", replace(ARGS, replicas=2)),
        read=lambda redis: {
            signal.id: signal.query.dimensions
            for signal in redis.signals.signals
            if isinstance(signal.query, CloudWatch)
        },
    )
    names = {
        number: {names["CacheClusterId"] for id_, names in recorded.read.items() if id_.endswith(f"-{number}")}
        for number in (1, 2, 3)
    }
    # The cloud knows two members so far, with a gap in their numbers; the third is still being made.
    assert names == {1: {"redis-001"}, 2: {"redis-003"}, 3: {"shop-staging-redis-003"}}


def test_what_the_research_asks_for_is_watched():
    def metrics_of(signals: Signals) -> set[str]:
        return {it.query.metric for it in signals.signals if isinstance(it.query, CloudWatch)}

    metrics = metrics_of(record().component.signals)
    assert metrics == {
        *("DatabaseMemoryUsagePercentage", "Evictions", "EngineCPUUtilization", "CurrConnections"),
        *("SwapUsage", "AuthenticationFailures", "ReplicationLag"),
    }
    alone = metrics_of(record(replicas=0).component.signals)
    assert metrics - alone == {"ReplicationLag"}


@pytest.mark.parametrize("backend", [Redis, ServerlessRedis, UpstashRedis, RedisCloud])
def test_every_backend_offers_the_same_outputs(backend: type):
    shape = {name for name in vars(RedisStore) if not name.startswith("_")}
    assert shape == {"url", "url_reference", "reader_url", "host", "port", "upstreams", "signals"}
    offered = {*output_names(backend), *vars(backend)}
    assert shape <= offered
