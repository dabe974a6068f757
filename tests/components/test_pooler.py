import configparser
import dataclasses
import json
import subprocess
from pathlib import Path
from typing import Any

import pulumi_random as random
import pytest

from components._fargate import TaskArgs
from components.pooler import Pooler, PoolerArgs
from components.pooler.pgbouncer import START_SCRIPT, PgBouncerSettings, render_ini
from components.pooler.service import PREPARE_SCRIPT
from tests.components.recording import UNKNOWN, Recorded, Secret, record_component

ARGS = PoolerArgs(
    tasks=2,
    server_connections=80,
    client_connections=1000,
    minimum_healthy_percent=50,
    maximum_percent=100,
    query_wait_timeout_seconds=30,
    server_idle_timeout_seconds=600,
    image="example/pgbouncer:1",
    prepare_image="example/curl:1",
    task=TaskArgs(cpu=256, memory_mib=512, architecture="X86_64", log_retention_days=30),
    cluster_arn="arn:cluster",
    cluster_name="shop-staging",
    service_name="shop-staging-pooler",
    region="eu-west-1",
    vpc_id="vpc-1",
    subnet_ids=["subnet-1", "subnet-2"],
    database_name="shop",
    database_user="shop",
    database_host="db.internal",
    database_port=5432,
    database_password="in-a-secret",
    database_secret_arn="arn:secret",
    database_secret_version_id="v1",
    database_security_group_id="sg-db",
)


def record(**changes: Any) -> Recorded[Pooler]:
    return record_component(lambda: Pooler("pool", dataclasses.replace(ARGS, **changes)))


def containers(recorded: Recorded[Pooler]) -> dict[str, Any]:
    text = recorded.one("TaskDefinition").inputs["containerDefinitions"]
    return {it["name"]: it for it in json.loads(text)}


def environment(container: dict[str, Any]) -> dict[str, str]:
    return {it["name"]: it["value"] for it in container["environment"]}


def ini_of(recorded: Recorded[Pooler]) -> configparser.SectionProxy:
    text = environment(containers(recorded)["pgbouncer"])["PGBOUNCER_INI"]
    parser = configparser.ConfigParser()
    parser.read_string("".join(line for line in text.splitlines(keepends=True) if not line.startswith("%")))
    return parser["pgbouncer"]


def test_tasks_share_the_pool_and_the_clients():
    ini = ini_of(record())
    assert ini["pool_mode"] == "transaction"
    assert ini["max_db_connections"] == ini["default_pool_size"] == "40"
    assert ini["max_client_conn"] == "500"
    assert ini["reserve_pool_size"] == ini["min_pool_size"] == "0"


def test_connections_to_postgresql_are_verified_and_waits_end():
    ini = ini_of(record(query_wait_timeout_seconds=7, server_idle_timeout_seconds=11))
    assert ini["server_tls_sslmode"] == "verify-full"
    assert ini["auth_type"] == "scram-sha-256"
    assert (ini["query_wait_timeout"], ini["server_idle_timeout"]) == ("7", "11")
    assert int(ini["max_prepared_statements"]) > 0
    assert ini["stats_users"] == "shop"
    assert "admin_users" not in ini


def test_wait_without_an_end_is_refused():
    with pytest.raises(ValueError, match="query_wait_timeout_seconds is 0"):
        PgBouncerSettings(
            server_connections=50,
            client_connections=500,
            query_wait_timeout_seconds=0,
            server_idle_timeout_seconds=600,
            stats_user="shop",
        )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tasks": 0}, "tasks is 0: at least 1 pooler must run"),
        ({"server_connections": 81}, "server_connections is 81: it must be a multiple of tasks, 2"),
        ({"client_connections": 999}, "client_connections is 999: it must be a multiple of tasks, 2"),
    ],
)
def test_numbers_that_tasks_cannot_share_are_refused(changes: dict[str, int], message: str):
    with pytest.raises(ValueError, match=message):
        dataclasses.replace(ARGS, **changes)


def test_policy_can_judge_the_pool_before_anything_exists():
    def build() -> Pooler:
        unknown = random.RandomPassword("later", length=8).result
        return Pooler("pool", dataclasses.replace(ARGS, database_secret_arn=unknown))

    task = record_component(build, preview=True).one("TaskDefinition")
    assert task.inputs["containerDefinitions"] == UNKNOWN
    assert task.inputs["tags"] == {"footing:pool-mode": "transaction", "footing:server-connections": "80"}


def test_password_reaches_the_container_by_reference_only():
    recorded = record()
    pgbouncer = containers(recorded)["pgbouncer"]
    assert pgbouncer["secrets"] == [{"name": "DATABASE_PASSWORD", "valueFrom": "arn:secret:password::v1"}]
    assert "in-a-secret" not in recorded.one("TaskDefinition").inputs["containerDefinitions"]
    policy = json.loads(recorded.one("RolePolicy").inputs["policy"])
    assert [it["Resource"] for it in policy["Statement"]] == [["arn:secret"]]
    assert recorded.outputs["pooled_url"] == Secret("postgresql://shop:in-a-secret@lb.internal:6432/shop")


def test_pooler_is_private_and_replaced_without_doubling_the_pool():
    recorded = record()
    service = recorded.one("aws:ecs/service:Service").inputs
    assert service["desiredCount"] == 2
    assert (service["deploymentMinimumHealthyPercent"], service["deploymentMaximumPercent"]) == (50, 100)
    assert service["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert service["networkConfiguration"]["assignPublicIp"] is False
    assert recorded.one("LoadBalancer").inputs["internal"] is True
    assert recorded.one("TargetGroup").inputs["preserveClientIp"] == "false"


def test_leaving_task_is_drained_before_it_is_killed():
    recorded = record()
    drain = recorded.one("TargetGroup").inputs["deregistrationDelay"]
    assert drain < containers(recorded)["pgbouncer"]["stopTimeout"] <= 120


def test_doors_open_by_group_from_clients_to_the_database():
    recorded = record()
    doors = {
        (it.inputs["securityGroupId"], it.inputs["referencedSecurityGroupId"], it.inputs["fromPort"])
        for it in recorded.of("SecurityGroupIngressRule")
    }
    assert doors == {("pool-tasks-id", "pool-front-id", 6432), ("sg-db", "pool-tasks-id", 5432)}


def test_containers_run_unprivileged_on_a_read_only_root():
    found = containers(record())
    assert found["pgbouncer"]["user"] == "10001:10001"
    assert found["prepare"]["essential"] is False
    assert {it["readonlyRootFilesystem"] for it in found.values()} == {True}
    assert found["pgbouncer"]["dependsOn"] == [{"containerName": "prepare", "condition": "SUCCESS"}]


def test_start_script_writes_the_files_that_the_configuration_names(tmp_path: Path):
    """The real shell runs the real script; PgBouncer alone is replaced, by a listing of what it would read."""
    fake = tmp_path / "bin" / "pgbouncer"
    fake.parent.mkdir()
    fake.write_text('#!/bin/sh\nexec cat "$1" databases.ini userlist.txt\n')
    fake.chmod(0o755)
    settings = PgBouncerSettings(
        server_connections=40,
        client_connections=500,
        query_wait_timeout_seconds=30,
        server_idle_timeout_seconds=600,
        stats_user="shop",
    )
    variables = {
        "PATH": f"{fake.parent}:/usr/bin:/bin",
        "RUN_DIRECTORY": str(tmp_path),
        "PGBOUNCER_INI": render_ini(settings),
        "DATABASE_NAME": "shop",
        "DATABASE_HOST": "db.internal",
        "DATABASE_PORT": "5432",
        "DATABASE_USER": "shop",
        "DATABASE_PASSWORD": "p4ss",
    }
    done = subprocess.run(
        ["/bin/sh", "-c", START_SCRIPT], env=variables, capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        render_ini(settings) + "\n[databases]\nshop = host=db.internal port=5432\n" + '"shop" "p4ss"\n'
    )
    assert (tmp_path / "userlist.txt").stat().st_mode & 0o077 == 0


def test_prepare_script_is_valid_shell():
    subprocess.run(["/bin/sh", "-n", "-c", PREPARE_SCRIPT], check=True)
    assert "--fail" in PREPARE_SCRIPT
