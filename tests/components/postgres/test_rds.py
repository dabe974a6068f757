import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from components.aws.placement import NetworkPlacement
from components.postgres.rds.args import (
    BackupArgs,
    ConnectionAlertArgs,
    CredentialsArgs,
    DatabaseArgs,
    DiskArgs,
    ParameterArgs,
    ReplicaArgs,
    UpgradeArgs,
)
from components.postgres.rds.database import Database
from components.postgres.rds.guard import refusal
from observability import CloudWatch
from observability.records.exporters import POSTGRES, names_of
from tests.components.recording import Recorded, Secret, record_component

ARGS = DatabaseArgs(
    identifier="shop-staging-db",
    database_name="shop",
    username="shop",
    postgres_version="16",
    instance_class="db.t4g.medium",
    disk=DiskArgs(size_gib=20, max_gib=100),
    parameters=ParameterArgs(
        max_connections=200,
        statement_timeout_seconds=30,
        idle_in_transaction_timeout_seconds=60,
        slow_statement_ms=500,
    ),
    backup=BackupArgs(retention_days=7),
    connection_alerts=ConnectionAlertArgs(warning=80, critical=95),
    region="us-east-1",
    placement=NetworkPlacement(vpc_id="vpc-1", subnet_ids=["subnet-1", "subnet-2"]),
    log_retention_days=365,
)
REPLICA = ReplicaArgs(purpose="analytics", instance_class="db.r6g.large")


def record(**changes: object) -> Recorded[Database]:
    return record_component(lambda: Database("db", replace(ARGS, **changes)))


def test_primary_is_private_encrypted_backed_up_and_hard_to_lose():
    primary = record().one("aws:rds/instance:Instance")
    expected = {
        "identifier": "shop-staging-db",
        "publiclyAccessible": False,
        "storageEncrypted": True,
        "storageType": "gp3",
        "multiAz": True,
        "backupRetentionPeriod": 7,
        "deletionProtection": True,
        "deleteAutomatedBackups": False,
        "skipFinalSnapshot": False,
        "applyImmediately": False,
        "allowMajorVersionUpgrade": False,
        "maxAllocatedStorage": 100,
        "performanceInsightsEnabled": True,
        "monitoringInterval": 60,
        "performanceInsightsRetentionPeriod": 7,
        "iamDatabaseAuthenticationEnabled": True,
        "backupWindow": "03:00-04:00",
        "maintenanceWindow": "sun:04:30-sun:05:30",
        "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "vpcSecurityGroupIds": ["db-db-id"],
    }
    assert {key: primary.inputs[key] for key in expected} == expected
    assert primary.protect
    assert primary.inputs["finalSnapshotIdentifier"].startswith("shop-staging-db-final-")
    assert primary.ignore_changes == ("snapshotIdentifier",)
    assert not {"kmsKeyId", "blueGreenUpdate", "manageMasterUserPassword"} & primary.inputs.keys()
    own = replace(ARGS.disk, kms_key_arn="arn:aws:kms:us-east-1:1:key/own")
    assert record(disk=own).one("Instance").inputs["kmsKeyId"] == own.kms_key_arn


def test_slow_changes_have_time_and_dangerous_ones_are_asked_about():
    recorded = record(replicas=[REPLICA])
    primary = recorded.one("aws:rds/instance:Instance", "db-primary")
    assert primary.update_timeout == "12h"
    assert primary.before_update_hooks == ("db-guard",)
    assert recorded.one("aws:rds/instance:Instance", "db-analytics").update_timeout == "12h"


def test_protection_can_be_typed_out():
    primary = record(protect=False).one("aws:rds/instance:Instance")
    assert not primary.protect
    assert primary.inputs["deletionProtection"] is False
    assert primary.inputs["skipFinalSnapshot"] is False


def test_parameters_carry_the_numbers_and_static_ones_wait_for_a_reboot():
    made = record(parameters=replace(ARGS.parameters, max_connections=123)).one("ParameterGroup")
    group = made.inputs
    # A server cannot be without a group: a new one is there before the old one goes.
    assert not made.delete_before_replace
    assert group["family"] == "postgres16"
    assert group["namePrefix"] == "shop-staging-db-"
    assert parameters_of(group) == {
        "max_connections": ("123", "pending-reboot"),
        # The default of this version's family, with the default's way to apply: no difference in each preview.
        "rds.force_ssl": ("1", "pending-reboot"),
        "statement_timeout": ("30000", "immediate"),
        "idle_in_transaction_session_timeout": ("60000", "immediate"),
        "log_min_duration_statement": ("500", "immediate"),
        "log_lock_waits": ("1", "immediate"),
        "track_io_timing": ("1", "immediate"),
        "shared_preload_libraries": ("pg_stat_statements", "pending-reboot"),
    }


def parameters_of(group: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {it["name"]: (it["value"], it["applyMethod"]) for it in group["parameters"]}


def test_further_parameters_are_set_but_never_over_our_own():
    group = with_others({"work_mem": "16384", "max_wal_senders": "30"}).one("ParameterGroup").inputs
    assert parameters_of(group)["work_mem"] == ("16384", "immediate")
    assert parameters_of(group)["max_wal_senders"] == ("30", "pending-reboot")
    with pytest.raises(ValueError, match="parameters: given max_connections, allowed those without"):
        with_others({"rds.force_ssl": "0", "max_connections": "9"})


def test_further_libraries_are_loaded_once_each_beside_our_own():
    given = replace(ARGS.parameters, preload_libraries=["pgaudit", "pg_stat_statements", "pgaudit"])
    group = record(parameters=given).one("ParameterGroup").inputs
    assert parameters_of(group)["shared_preload_libraries"] == ("pg_stat_statements,pgaudit", "pending-reboot")


def with_others(others: dict[str, str]) -> Recorded[Database]:
    return record(parameters=replace(ARGS.parameters, others=others))


def test_replica_keeps_the_rows_that_its_queries_read():
    assert "hot_standby_feedback" not in parameters_of(record().one("ParameterGroup").inputs)
    with_replica = record(replicas=[REPLICA]).one("ParameterGroup").inputs
    assert parameters_of(with_replica)["hot_standby_feedback"] == ("1", "immediate")


def test_replica_with_more_connections_has_a_group_of_its_own():
    wide = replace(REPLICA, max_connections=201)
    recorded = record(replicas=[wide])
    group = recorded.one("ParameterGroup", "db-analytics-parameters").inputs
    assert parameters_of(group)["max_connections"] == ("201", "pending-reboot")
    assert group["tags"] == {"footing:replica": "analytics"}
    replica = recorded.one("aws:rds/instance:Instance", "db-analytics")
    assert replica.inputs["parameterGroupName"] == "db-analytics-parameters"
    same = record(replicas=[replace(REPLICA, max_connections=200)])
    assert len(same.of("ParameterGroup")) == 1


MANAGED = CredentialsArgs(managed=True, rotation_days=30)
BLUE_GREEN = UpgradeArgs(blue_green=True)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"credentials": MANAGED, "replicas": [REPLICA]}, "given managed, allowed generated with replicas"),
        (
            {"credentials": MANAGED, "upgrade": BLUE_GREEN, "protect": False},
            "given managed, allowed generated with blue/green",
        ),
        (
            {"upgrade": BLUE_GREEN, "replicas": [REPLICA], "protect": False},
            "given blue_green, allowed in_place with replicas",
        ),
        ({"upgrade": BLUE_GREEN}, "given blue_green, allowed only with protect: false"),
        (
            {"backup": BackupArgs(retention_days=0), "replicas": [REPLICA]},
            "given 0, allowed 1 or more with replicas",
        ),
        (
            {"backup": BackupArgs(retention_days=0), "upgrade": BLUE_GREEN, "protect": False},
            "given 0, allowed 1 or more with blue/green",
        ),
        (
            {"replicas": [replace(REPLICA, max_connections=199)]},
            "given max_connections 199 for analytics, allowed 200 or more",
        ),
        (
            {"credentials": CredentialsArgs(rotation_days=30)},
            "rotation_days: given 30, allowed only with mode: managed",
        ),
    ],
)
def test_what_rds_refuses_or_loses_data_is_refused_first(changes: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        replace(ARGS, **changes)


def test_blue_green_is_there_only_when_asked_for():
    recorded = record(upgrade=BLUE_GREEN, protect=False)
    assert recorded.one("aws:rds/instance:Instance").inputs["blueGreenUpdate"] == {"enabled": True}
    parameters = parameters_of(recorded.one("ParameterGroup").inputs)
    assert parameters["rds.logical_replication"] == ("1", "pending-reboot")


def test_major_upgrade_and_haste_are_typed_out():
    upgrade = UpgradeArgs(allow_major=True, apply_immediately=True)
    recorded = record(upgrade=upgrade, replicas=[REPLICA])
    for instance in recorded.of("aws:rds/instance:Instance"):
        assert instance.inputs["allowMajorVersionUpgrade"] is True
        assert instance.inputs["applyImmediately"] is True


VERSION = st.tuples(st.integers(13, 19), st.one_of(st.none(), st.integers(0, 15)))


def version(parts: tuple[int, int | None]) -> str:
    major, minor = parts
    return str(major) if minor is None else f"{major}.{minor}"


@given(VERSION, VERSION, st.booleans())
def test_only_the_major_version_needs_leave_and_no_version_falls(
    old: tuple[int, int | None], new: tuple[int, int | None], allowed: bool
):
    reason = refusal(
        {"engineVersion": version(old)}, {"engineVersion": version(new), "allowMajorVersionUpgrade": allowed}
    )
    minor_falls = new[0] == old[0] and None not in (new[1], old[1]) and new[1] < old[1]
    assert (reason is None) is ((new[0] == old[0] and not minor_falls) or (new[0] > old[0] and allowed))


@pytest.mark.parametrize(("wanted", "refused"), [(99, True), (100, False), (101, False)])
def test_disk_never_shrinks(wanted: int, refused: bool):
    old = {"engineVersion": "16", "allocatedStorage": 100.0}
    assert (refusal(old, {**old, "allocatedStorage": float(wanted)}) is not None) is refused


def test_password_managed_by_rds_is_known_to_nobody_else():
    recorded = record(credentials=MANAGED)
    primary = recorded.one("aws:rds/instance:Instance").inputs
    assert primary["manageMasterUserPassword"] is True
    assert "password" not in primary
    assert not recorded.of("RandomPassword")
    assert not recorded.of("Secret")
    assert recorded.outputs["secret_arn"] == "arn:of-rds"
    assert recorded.outputs["secret_version_id"] == ""
    assert recorded.outputs["direct_url"] == Secret("postgresql://shop@db.internal:5432/shop?sslmode=verify-full")
    rotation = recorded.one("SecretRotation").inputs
    assert rotation == {
        "secretId": "arn:of-rds",
        "rotationRules": {"automaticallyAfterDays": 30},
        "rotateImmediately": False,
    }


def test_rotation_by_rds_alone_needs_no_resource():
    assert not record(credentials=CredentialsArgs(managed=True)).of("SecretRotation")


def test_generation_of_the_password_is_what_replaces_it():
    first, second = (
        record(credentials=CredentialsArgs(generation=number)).one("RandomPassword").inputs for number in (1, 2)
    )
    assert first != second
    assert {**first, "keepers": None} == {**second, "keepers": None}


def test_replica_follows_the_primary_with_its_own_size():
    recorded = record(replicas=[REPLICA])
    replica = recorded.one("aws:rds/instance:Instance", "db-analytics")
    assert replica.inputs["replicateSourceDb"] == "shop-staging-db"
    assert replica.inputs["instanceClass"] == "db.r6g.large"
    assert replica.inputs["parameterGroupName"] == "db-parameters"
    assert replica.protect
    # RDS refuses each of these on a replica.
    assert not {"username", "password", "dbName", "finalSnapshotIdentifier"} & replica.inputs.keys()


def test_urls_and_password_are_secret_everywhere():
    recorded = record(replicas=[REPLICA])
    secret = {name for name, value in recorded.outputs.items() if isinstance(value, Secret)}
    assert secret == {"direct_url"}
    assert recorded.outputs["direct_url"] == Secret(
        "postgresql://shop:generated-password@db.internal:5432/shop?sslmode=verify-full"
    )
    assert isinstance(recorded.one("aws:rds/instance:Instance", "db-primary").inputs["password"], Secret)
    stored = recorded.one("SecretVersion").inputs["secretString"]
    assert isinstance(stored, Secret)
    assert json.loads(stored.value)["password"] == "generated-password"
    in_clear = [it.inputs for it in recorded.resources]
    assert "generated-password" not in json.dumps(in_clear, default=lambda _: "secret")


def test_security_group_has_no_rule_of_its_own():
    recorded = record()
    assert set(recorded.one("SecurityGroup").inputs) == {"description", "vpcId"}
    assert not recorded.of("SecurityGroupIngressRule")


def test_log_groups_exist_before_the_server_writes_to_them():
    recorded = record()
    groups = {it.inputs["name"]: it for it in recorded.of("LogGroup")}
    assert set(groups) == {f"/aws/rds/instance/shop-staging-db/{log}" for log in ("postgresql", "upgrade")}
    primary = recorded.one("aws:rds/instance:Instance")
    assert {it.name for it in groups.values()} <= primary.dependencies
    assert {it.inputs["retentionInDays"] for it in groups.values()} == {365}


@pytest.mark.parametrize(("replicas", "lags"), [([], 0), ([REPLICA], 1)])
def test_signals_use_the_given_thresholds(replicas: list[ReplicaArgs], lags: int):
    signals = record(replicas=replicas).component.signals.signals
    by_id = {signal.id: signal for signal in signals}
    assert [it.value for it in by_id["database-connections"].thresholds] == [80, 95]
    assert [it.value for it in by_id["database-free-storage"].thresholds] == [4 * 1024**3, 1024**3]
    assert len([id_ for id_ in by_id if id_.startswith("database-replica-lag")]) == lags


@pytest.mark.parametrize(
    ("instance_class", "bursts"),
    [
        *((f"db.{it}", True) for it in ("t4g.micro", "t3.2xlarge", "m5.large", "m6g.2xlarge", "r6g.xlarge")),
        *((f"db.{it}", False) for it in ("r6g.4xlarge", "m5.8xlarge", "m6g.16xlarge", "r5.24xlarge", "m7g.metal")),
    ],
)
def test_io_credits_are_watched_only_where_the_class_has_them(instance_class: str, *, bursts: bool):
    """Elsewhere the metric is never published, and an alarm on missing data never ends."""
    found = record(instance_class=instance_class).component.signals.signals
    assert any(it.id == "database-disk-burst" for it in found) is bursts


@pytest.mark.parametrize(("instance_class", "on_credits"), [("db.t4g.medium", True), ("db.r6g.large", False)])
def test_credits_are_watched_only_where_the_class_has_them(instance_class: str, on_credits: bool):
    signals = record(instance_class=instance_class).component.signals.signals
    metrics = {it.query.metric for it in signals if isinstance(it.query, CloudWatch)}
    assert metrics - {"CPUCreditBalance"} == {
        *("DatabaseConnections", "CPUUtilization", "FreeableMemory", "FreeStorageSpace", "DiskQueueDepth"),
        *("ReadLatency", "WriteLatency", "EBSIOBalance%", "MaximumUsedTransactionIDs"),
        *("OldestReplicationSlotLag", "TransactionLogsDiskUsage"),
    }
    assert ("CPUCreditBalance" in metrics) is on_credits


@pytest.mark.parametrize(
    ("instance_class", "gib"),
    [
        *(("db.t4g.micro", 1), ("db.t4g.medium", 4), ("db.t3.2xlarge", 32)),
        *(("db.m6g.large", 8), ("db.m7g.4xlarge", 64), ("db.r6g.large", 16), ("db.r6gd.12xlarge", 384)),
        *(("db.x2g.large", None), ("db.r6g.metal", None)),
    ],
)
def test_memory_alarms_are_shares_of_what_the_class_has(instance_class: str, gib: int | None):
    signals = record(instance_class=instance_class).component.signals.signals
    [memory] = [it for it in signals if it.id == "database-freeable-memory"]
    ticket, page = (threshold.value / 1024**3 for threshold in memory.thresholds)
    assert (ticket, page) == (
        (0.25, 96 / 1024) if gib is None else (pytest.approx(gib / 4), pytest.approx(gib / 10))
    )


def test_every_child_belongs_to_the_component():
    assert {it.parent for it in record(replicas=[REPLICA]).resources if it.custom} == {"db"}


MAINTENANCE = {
    *("database-slots-inactive", "database-exclusive-locks", "database-blocked-sessions", "database-restarts"),
    *("database-dead-rows", "database-stale-statistics"),
}


@pytest.mark.parametrize(
    ("version", "missing"),
    [
        ((0, 19), set()),
        # The label wait_event_type comes with 0.17.
        ((0, 16), {"database-blocked-sessions"}),
        ((0, 11), MAINTENANCE - {"database-slots-inactive", "database-exclusive-locks"}),
    ],
)
def test_maintenance_is_watched_as_far_as_the_exporter_measures_it(version: tuple[int, int], missing: set[str]):
    names = names_of(POSTGRES, version)
    found = {it.id for it in record(exporter_names=names).component.signals.signals}
    assert MAINTENANCE - found == missing


def test_slots_and_waits_that_are_not_there_are_no_fault():
    found = {it.id: it for it in record(exporter_names=names_of(POSTGRES, (0, 19))).component.signals.signals}
    assert {id_ for id_ in MAINTENANCE if found[id_].sparse} == {
        "database-slots-inactive",
        "database-blocked-sessions",
    }
