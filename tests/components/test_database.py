import dataclasses
import json

import pytest

from components.database import Database, DatabaseArgs, ReplicaArgs
from tests.components.recording import Recorded, Secret, record_component

ARGS = DatabaseArgs(
    identifier="shop-staging-db",
    database_name="shop",
    username="shop",
    postgres_version="16",
    instance_class="db.t4g.medium",
    storage_gib=20,
    storage_max_gib=100,
    backup_retention_days=7,
    max_connections=200,
    statement_timeout_seconds=30,
    idle_in_transaction_timeout_seconds=60,
    slow_statement_ms=500,
    connection_warning=80,
    connection_critical=95,
    vpc_id="vpc-1",
    subnet_ids=["subnet-1", "subnet-2"],
)
REPLICA = ReplicaArgs(purpose="analytics", instance_class="db.r6g.large")


def record(**changes: object) -> Recorded[Database]:
    return record_component(lambda: Database("db", dataclasses.replace(ARGS, **changes)))


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
        "engineLifecycleSupport": "open-source-rds-extended-support-disabled",
        "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
        "vpcSecurityGroupIds": ["db-db-id"],
    }
    assert {key: primary.inputs[key] for key in expected} == expected
    assert primary.protect
    assert primary.inputs["finalSnapshotIdentifier"].startswith("shop-staging-db-final-")
    assert primary.ignore_changes == ("snapshotIdentifier",)


def test_protection_can_be_typed_out():
    primary = record(protect=False).one("aws:rds/instance:Instance")
    assert not primary.protect
    assert primary.inputs["deletionProtection"] is False
    assert primary.inputs["skipFinalSnapshot"] is False


def test_parameters_carry_the_numbers_and_static_ones_wait_for_a_reboot():
    group = record(max_connections=123).one("ParameterGroup").inputs
    assert group["family"] == "postgres16"
    assert group["namePrefix"] == "shop-staging-db-"
    parameters = {it["name"]: (it["value"], it["applyMethod"]) for it in group["parameters"]}
    assert parameters == {
        "max_connections": ("123", "pending-reboot"),
        "rds.force_ssl": ("1", "immediate"),
        "statement_timeout": ("30000", "immediate"),
        "idle_in_transaction_session_timeout": ("60000", "immediate"),
        "log_min_duration_statement": ("500", "immediate"),
    }


def test_replica_follows_the_primary_with_its_own_size():
    recorded = record(replicas=[REPLICA])
    replica = recorded.one("aws:rds/instance:Instance", "db-analytics")
    assert replica.inputs["replicateSourceDb"] == "shop-staging-db"
    assert replica.inputs["instanceClass"] == "db.r6g.large"
    assert replica.inputs["parameterGroupName"] == "db-parameters"
    assert replica.protect
    # RDS refuses each of these on a replica.
    assert not {"username", "password", "dbName", "finalSnapshotIdentifier"} & replica.inputs.keys()
    assert recorded.outputs["reader_urls"].value["analytics"].startswith("postgresql://shop:")


def test_urls_and_password_are_secret_everywhere():
    recorded = record(replicas=[REPLICA])
    secret = {name for name, value in recorded.outputs.items() if isinstance(value, Secret)}
    assert secret == {"direct_url", "reader_urls", "password"}
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
    assert {it.inputs["retentionInDays"] for it in groups.values()} == {30}


@pytest.mark.parametrize(("replicas", "lags"), [([], 0), ([REPLICA], 1)])
def test_signals_use_the_given_thresholds(replicas: list[ReplicaArgs], lags: int):
    signals = record(replicas=replicas).component.signals.signals
    by_id = {signal.id: signal for signal in signals}
    assert [it.value for it in by_id["database-connections"].thresholds] == [80, 95]
    assert len([id_ for id_ in by_id if id_.startswith("database-replica-lag")]) == lags


def test_every_child_belongs_to_the_component():
    assert {it.parent for it in record(replicas=[REPLICA]).resources if it.custom} == {"db"}
