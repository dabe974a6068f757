import configparser
import json
import subprocess
from pathlib import Path
from typing import Any

import pulumi_random as random
import pytest
from msgspec.structs import replace

from components.aws.endpoints import DatabaseEndpoint
from components.aws.fargate import TaskArgs
from components.aws.placement import ClusterRef, NetworkPlacement
from components.postgres.pooler.args import (
    DRAIN_LIMIT_SECONDS,
    STOP_TIMEOUT_SECONDS,
    PoolerArgs,
    PoolerDeployment,
    PoolerImages,
    PoolerTimeouts,
)
from components.postgres.pooler.containers import HEALTH_SCRIPT, METRICS_PORT, PREPARE_SCRIPT
from components.postgres.pooler.pgbouncer import (
    KEEPALIVE_IDLE_SECONDS,
    START_SCRIPT,
    PgBouncerSettings,
    PoolSize,
    render_ini,
)
from components.postgres.pooler.service import Pooler
from tests.components.recording import UNKNOWN, Recorded, Secret, record_component

ARGS = PoolerArgs(
    service_name="shop-staging-pooler",
    pool=PoolSize(tasks=2, server_connections=80, client_connections=1000),
    timeouts=PoolerTimeouts(
        query_wait_timeout_seconds=30, statement_timeout_seconds=30, server_idle_timeout_seconds=600
    ),
    deployment=PoolerDeployment(minimum_healthy_percent=50, maximum_percent=100),
    database=DatabaseEndpoint(
        host="db.internal",
        port=5432,
        database_name="shop",
        user="shop",
        secret_arn="arn:secret",
        secret_version_id="v1",
        security_group_id="sg-db",
    ),
    placement=NetworkPlacement(vpc_id="vpc-1", subnet_ids=["subnet-1", "subnet-2"]),
    cluster=ClusterRef(arn="arn:cluster", name="shop-staging"),
    region="eu-west-1",
    task=TaskArgs(cpu=256, memory_mib=512, architecture="X86_64", log_retention_days=30),
    application_role="shop_app",
    images=PoolerImages(
        pgbouncer="example/pgbouncer:1",
        curl="example/curl:1",
        psql="example/psql:1",
        exporter="example/exporter:1",
    ),
)


def changed(changes: dict[str, Any]) -> PoolerArgs:
    """The arguments with each change in the group that has a field of its name."""
    groups = {name: getattr(ARGS, name) for name in ("pool", "timeouts", "database", "placement")}
    own = {name: value for name, value in changes.items() if hasattr(ARGS, name)}
    for name, group in groups.items():
        inner = {key: value for key, value in changes.items() if hasattr(group, key)}
        groups[name] = replace(group, **inner)
    return replace(ARGS, **{**groups, **own})


def record(**changes: Any) -> Recorded[Pooler]:
    return record_component(lambda: Pooler("pool", changed(changes)))


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
    assert ini["server_tls_ca_file"] == "/run/pgbouncer/rds-ca.pem"
    assert ini["auth_type"] == "scram-sha-256"
    assert ini["auth_file"] == "/run/pgbouncer/userlist.txt"
    assert (ini["query_wait_timeout"], ini["server_idle_timeout"]) == ("7", "11")
    assert int(ini["max_prepared_statements"]) > 0
    assert "admin_users" not in ini
    assert (ini["server_check_query"], ini["server_lifetime"]) == ("select 1", "1800")


def test_log_is_for_faults_not_for_every_connection():
    ini = ini_of(record())
    assert (ini["log_connections"], ini["log_disconnections"]) == ("0", "0")
    assert ini["ignore_startup_parameters"] == "extra_float_digits,search_path"


def test_wait_without_an_end_is_refused():
    with pytest.raises(ValueError, match="query_wait_timeout_seconds is 0"):
        PgBouncerSettings(
            server_connections=50,
            client_connections=500,
            query_wait_timeout_seconds=0,
            server_idle_timeout_seconds=600,
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
        changed(changes)


def test_policy_can_judge_the_pool_before_anything_exists():
    def build() -> Pooler:
        unknown = random.RandomPassword("later", length=8).result
        return Pooler("pool", changed({"secret_arn": unknown}))

    task = record_component(build, preview=True).one("TaskDefinition")
    assert task.inputs["containerDefinitions"] == UNKNOWN
    tags = task.inputs["tags"]
    assert (tags["footing:pool-mode"], tags["footing:server-connections"]) == ("transaction", "80")
    assert tags["footing:server-connections-per-task"] == "40"
    assert len(tags["footing:configuration"]) == 64


def test_passwords_reach_the_containers_by_reference_only():
    recorded = record()
    found = containers(recorded)
    assert {it["name"]: it["valueFrom"] for it in found["pgbouncer"]["secrets"]} == {
        "DATABASE_PASSWORD": "arn:aws:made:::secret:database_password::v1",
        "CLIENT_PASSWORD": "arn:aws:made:::secret:client_password::v1",
        "STATS_PASSWORD": "arn:aws:made:::secret:stats_password::v1",
    }
    assert found["exporter"]["secrets"] == [
        {
            "name": "PGBOUNCER_EXPORTER_CONNECTION_STRING",
            "valueFrom": "arn:aws:made:::secret:exporter_url::v1",
        }
    ]
    policy = json.loads(recorded.one("RolePolicy").inputs["policy"])
    assert [it["Resource"] for it in policy["Statement"]] == [["arn:secret", "arn:aws:made:::secret"]]
    in_clear = [it.inputs for it in recorded.resources]
    assert "generated-password" not in json.dumps(in_clear, default=lambda _: "secret")


def test_clients_exporter_and_role_have_passwords_of_their_own():
    recorded = record()
    assert recorded.outputs["pooled_url"] == Secret("postgresql://shop:generated-password@lb.internal:6432/shop")
    stored = json.loads(recorded.one("SecretVersion").inputs["secretString"].value)
    assert stored == {
        "client_password": "generated-password",
        "database_password": "generated-password",
        "stats_password": "generated-password",
        "exporter_url": "postgres://stats:generated-password@127.0.0.1:6432/pgbouncer?sslmode=disable",
    }
    assert {it.name for it in recorded.of("RandomPassword")} == {"pool-client", "pool-database", "pool-stats"}


@pytest.mark.parametrize(
    "changes",
    [
        {"server_connections": 82},
        {"client_connections": 1002},
        {"query_wait_timeout_seconds": 31},
        {"server_idle_timeout_seconds": 601},
        {"tasks": 4},
    ],
)
def test_every_edit_of_the_configuration_rolls_out(changes: dict[str, int]):
    before, after = (record(**given).one("TaskDefinition").inputs for given in ({}, changes))
    assert before["containerDefinitions"] != after["containerDefinitions"]
    assert before["tags"]["footing:configuration"] != after["tags"]["footing:configuration"]


def test_new_version_of_the_databases_secret_rolls_out():
    before, after = (record(secret_version_id=version).one("TaskDefinition").inputs for version in ("v1", "v2"))
    assert before["containerDefinitions"] != after["containerDefinitions"]


def test_application_is_never_the_owner_of_the_database():
    recorded = record()
    role, pgbouncer = (containers(recorded)[name] for name in ("database-role", "pgbouncer"))
    variables = {it["name"]: it["value"] for it in [*role["environment"], *pgbouncer["environment"]]}
    assert (variables["PGUSER"], variables["DATABASE_USER"], variables["APPLICATION_ROLE"]) == (
        *("shop", "shop_app", "shop_app"),
    )
    secrets = {it["name"]: it["valueFrom"] for it in [*role["secrets"], *pgbouncer["secrets"]]}
    assert secrets["DATABASE_PASSWORD"] == secrets["APPLICATION_PASSWORD"] != secrets["PGPASSWORD"]
    assert not any("arn:secret:" in it["valueFrom"] for it in pgbouncer["secrets"])
    assert role["essential"] is False
    assert pgbouncer["dependsOn"] == [{"containerName": "database-role", "condition": "SUCCESS"}]
    with pytest.raises(ValueError, match="application_role is shop, the owner"):
        record(application_role="shop")


def test_readers_get_a_role_and_a_password_of_their_own_only_where_there_is_one():
    recorded, without = record(reader_role="shop_reader"), record()
    role, before = (containers(it)["database-role"] for it in (recorded, without))
    added = environment(role).items() - environment(before).items()
    assert added == {("READER_ROLE", "shop_reader")}
    [reference] = [it for it in role["secrets"] if it not in before["secrets"]]
    assert reference == {
        "name": "READER_PASSWORD",
        "valueFrom": "arn:aws:made:::secret:reader_password::v1",
    }
    stored, earlier = (
        json.loads(it.one("SecretVersion").inputs["secretString"].value) for it in (recorded, without)
    )
    assert stored == {**earlier, "reader_password": "generated-password"}
    [password] = {it.name for it in recorded.resources} - {it.name for it in without.resources}
    assert password == "pool-reader"
    # PgBouncer itself never learns of it.
    assert containers(recorded)["pgbouncer"] == containers(without)["pgbouncer"]
    tags, plain = (it.one("TaskDefinition").inputs["tags"] for it in (recorded, without))
    assert tags == {**plain, "footing:reader-user": "shop_reader"}
    for name in ("shop", "shop_app"):
        with pytest.raises(ValueError, match=f"reader_role is {name}, which may write"):
            record(reader_role=name)


def test_pooler_is_private_and_replaced_within_its_shares():
    recorded = record()
    service = recorded.one("aws:ecs/service:Service").inputs
    assert service["desiredCount"] == 2
    assert (service["deploymentMinimumHealthyPercent"], service["deploymentMaximumPercent"]) == (50, 100)
    assert service["deploymentCircuitBreaker"] == {"enable": True, "rollback": True}
    assert service["networkConfiguration"]["assignPublicIp"] is False
    assert recorded.one("LoadBalancer").inputs["internal"] is True
    assert recorded.one("TargetGroup").inputs["preserveClientIp"] == "false"


@pytest.mark.parametrize(("wait", "statement"), [(30, 30), (1, 1), (120, 600), (120, 2880)])
def test_leaving_task_outlives_its_last_client(wait: int, statement: int):
    """The load balancer keeps a client for its longest wait and statement; then PgBouncer gets its own time."""
    recorded = record(query_wait_timeout_seconds=wait, statement_timeout_seconds=statement)
    target = recorded.one("TargetGroup").inputs
    ini, pgbouncer = ini_of(recorded), containers(recorded)["pgbouncer"]
    assert target["deregistrationDelay"] >= int(ini["query_wait_timeout"]) + statement
    assert target["deregistrationDelay"] <= DRAIN_LIMIT_SECONDS
    assert target["connectionTermination"] is True
    # The next one leaves no sooner than the one before it has drained, and within what a target group takes.
    check = target["healthCheck"]
    assert check["healthyThreshold"] * check["interval"] >= target["deregistrationDelay"]
    assert 2 <= check["healthyThreshold"] <= 10
    assert 10 <= check["interval"] <= 300
    assert int(ini["query_wait_timeout"]) <= pgbouncer["stopTimeout"] == STOP_TIMEOUT_SECONDS


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"query_wait_timeout_seconds": 121}, "query_wait_timeout_seconds is 121: a task has 120 seconds to stop"),
        ({"statement_timeout_seconds": 3571}, "statement_timeout_seconds is 3571: with the wait it must stay"),
        ({"subnet_ids": ["subnet-1"]}, "subnet_ids has 1: 2 tasks need 2, in two zones"),
    ],
)
def test_numbers_that_would_lose_clients_are_refused(changes: dict[str, Any], message: str):
    with pytest.raises(ValueError, match=message):
        changed(changes)


def test_quiet_connections_are_probed_before_the_load_balancer_forgets_them():
    recorded = record()
    ini = ini_of(recorded)
    probed_for = KEEPALIVE_IDLE_SECONDS + int(ini["tcp_keepintvl"]) * int(ini["tcp_keepcnt"])
    assert (ini["tcp_keepalive"], ini["tcp_keepidle"]) == ("1", str(KEEPALIVE_IDLE_SECONDS))
    assert probed_for < recorded.one("Listener").inputs["tcpIdleTimeoutSeconds"]
    assert int(ini["server_idle_timeout"]) < recorded.one("Listener").inputs["tcpIdleTimeoutSeconds"]


def test_health_is_a_connection_and_the_poolers_own_answer():
    recorded = record()
    assert recorded.one("TargetGroup").inputs["healthCheck"]["protocol"] == "TCP"
    found = containers(recorded)
    assert found["exporter"]["essential"] is True
    assert found["exporter"]["healthCheck"]["command"] == ["CMD-SHELL", HEALTH_SCRIPT]
    assert ini_of(recorded)["stats_users"] == "stats"


@pytest.mark.parametrize(("answer", "healthy"), [("pgbouncer_up 1", True), ("pgbouncer_up 0", False), ("", False)])
def test_health_script_believes_only_an_answer(tmp_path: Path, answer: str, healthy: bool):
    """The real shell runs the real script; `wget` alone is replaced, by what the exporter would say."""
    fake = tmp_path / "wget"
    fake.write_text(f"#!/bin/sh\nprintf 'go_info 1\\n{answer}\\nx 1\\n'\n")
    fake.chmod(0o755)
    done = subprocess.run(["/bin/sh", "-c", HEALTH_SCRIPT], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, check=False)
    assert (done.returncode == 0) is healthy


def test_numbers_of_the_exporter_are_private():
    recorded = record()
    assert "portMappings" not in containers(recorded)["exporter"]
    assert METRICS_PORT not in {it.inputs["fromPort"] for it in recorded.of("SecurityGroupIngressRule")}


def test_signals_watch_the_tasks_and_the_way_to_them():
    recorded = record_component(
        lambda: Pooler("pool", ARGS),
        read=lambda pooler: [dict(it.query.dimensions) for it in pooler.signals.signals],
    )
    by_id = {it.id: it for it in recorded.component.signals.signals}
    assert set(by_id) == {"pooler-running-tasks", "pooler-cpu", "pooler-memory", "pooler-unhealthy-hosts"}
    assert {"LoadBalancer": "app/lb/1", "TargetGroup": "targetgroup/tg/1"} in recorded.read


def test_security_groups_admit_clients_to_the_pooler_and_it_to_the_database():
    recorded = record()
    rules = {
        (it.inputs["securityGroupId"], it.inputs["referencedSecurityGroupId"], it.inputs["fromPort"])
        for it in recorded.of("SecurityGroupIngressRule")
    }
    assert rules == {("pool-tasks-id", "pool-front-id", 6432), ("sg-db", "pool-tasks-id", 5432)}


def test_containers_run_unprivileged_on_a_read_only_root():
    found = containers(record())
    assert found["pgbouncer"]["user"] == "10001:10001"
    assert found["prepare"]["essential"] is False
    assert {it["readonlyRootFilesystem"] for it in found.values()} == {True}
    assert found["database-role"]["dependsOn"] == [{"containerName": "prepare", "condition": "SUCCESS"}]
    assert found["pgbouncer"]["dependsOn"] == [{"containerName": "database-role", "condition": "SUCCESS"}]


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
    )
    variables = {
        "PATH": f"{fake.parent}:/usr/bin:/bin",
        "RUN_DIRECTORY": str(tmp_path),
        "PGBOUNCER_INI": render_ini(settings),
        "DATABASE_NAME": "shop",
        "DATABASE_HOST": "db.internal",
        "DATABASE_PORT": "5432",
        "DATABASE_USER": "shop_app",
        "DATABASE_PASSWORD": "r0le",
        "CLIENT_USER": "shop",
        "CLIENT_PASSWORD": "cl1ent",
        "STATS_USER": "stats",
        "STATS_PASSWORD": "st4ts",
    }
    done = subprocess.run(
        ["/bin/sh", "-c", START_SCRIPT], env=variables, capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        render_ini(settings)
        + "\n[databases]\nshop = host=db.internal port=5432 user=shop_app password=r0le\n"
        + '"shop" "cl1ent"\n"stats" "st4ts"\n'
    )
    assert (tmp_path / "userlist.txt").stat().st_mode & 0o077 == 0


def test_prepare_script_is_valid_shell():
    subprocess.run(["/bin/sh", "-n", "-c", PREPARE_SCRIPT], check=True)
    assert "--fail" in PREPARE_SCRIPT
