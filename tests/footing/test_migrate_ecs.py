"""A one-off task of ECS, in moto: its exit code, its log, why it never ran, and never two at once."""

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws

from footing.migrate.chosen import MigrationError
from footing.migrate.ecs import run_task
from simulator.task_runs import scripted

REGION = "us-east-1"


@pytest.fixture(scope="module")
def network() -> Iterator[dict[str, Any]]:
    with mock_aws():
        ec2 = boto3.client("ec2", REGION)
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        # moto names a task's network interface by it.
        ec2.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        group = ec2.create_security_group(VpcId=vpc, GroupName="migrate", Description="migrate")["GroupId"]
        boto3.client("logs", REGION).create_log_group(logGroupName="migrate-log")
        yield {"subnets": [subnet], "securityGroups": [group], "assignPublicIp": "DISABLED"}


@pytest.fixture
def run(network: dict[str, Any]) -> Iterator[dict[str, Any]]:
    ecs = boto3.client("ecs", REGION)
    ecs.create_cluster(clusterName="shop")
    logged = {"awslogs-group": "migrate-log", "awslogs-region": REGION, "awslogs-stream-prefix": "migrate"}
    container = {"name": "migrate", "image": "example/api:1", "memory": 512}
    definition = ecs.register_task_definition(
        family="shop-migrate",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        containerDefinitions=[{**container, "logConfiguration": {"logDriver": "awslogs", "options": logged}}],
    )["taskDefinition"]["taskDefinitionArn"]
    yield {
        "provider": "fargate",
        "region": REGION,
        "family": "shop-migrate",
        "container": "migrate",
        "log_group": "migrate-log",
        "request": {
            "cluster": "shop",
            "taskDefinition": definition,
            "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
            "networkConfiguration": {"awsvpcConfiguration": network},
        },
    }
    for task in ecs.list_tasks(cluster="shop", desiredStatus="RUNNING")["taskArns"]:
        ecs.stop_task(cluster="shop", task=task)


def migrated(run: Mapping[str, Any], script: Mapping[str, Any], limit_seconds: float = 30) -> tuple[int, list]:
    lines: list[str] = []
    clients = scripted({"shop-migrate": script})
    code = run_task(
        run, lambda it: clients(it, REGION), limit_seconds=limit_seconds, show=lines.append, poll_seconds=0.01
    )
    return code, lines


@pytest.mark.parametrize("exit_code", [0, 3])
def test_its_exit_code_and_its_log_are_those_of_the_program(run: dict[str, Any], exit_code: int):
    code, lines = migrated(run, {"exit_code": exit_code, "log": ["upgrade 1 -> 2", "done"], "polls": 3})
    assert code == exit_code
    assert lines[0].startswith("started arn:aws:ecs:us-east-1:")
    assert lines[1:] == ["upgrade 1 -> 2", "done"]


@pytest.mark.parametrize(
    ("script", "sentence"),
    [
        ({"exit_code": None, "reason": "CannotPullContainerError: not found"}, "image cannot be pulled: push it"),
        ({"exit_code": None, "reason": "ResourceInitializationError: secret"}, "a secret, a parameter or the log"),
        ({"exit_code": None, "reason": "Something new"}, "did not run: Something new"),
        ({"exit_code": 137, "reason": "OutOfMemoryError: killed"}, "137: it was killed for want of memory"),
        ({"exit_code": 137, "reason": "Task stopped"}, "137: it was killed: out of memory, or stopped"),
    ],
)
def test_why_it_did_not_run_or_was_killed_is_told(run: dict[str, Any], script: dict[str, Any], sentence: str):
    with pytest.raises(MigrationError, match=sentence):
        migrated(run, script)


def test_too_long_a_migration_is_stopped(run: dict[str, Any]):
    with pytest.raises(MigrationError, match=r"ran longer than 0\.05 seconds and was stopped: arn:"):
        migrated(run, {"polls": 10_000}, limit_seconds=0.05)
    listed = boto3.client("ecs", REGION).list_tasks(cluster="shop", desiredStatus="RUNNING")
    assert listed["taskArns"] == []


def test_interrupted_the_task_goes_on_and_is_named(run: dict[str, Any]):
    lines: list[str] = []

    def show(line: str) -> None:
        lines.append(line)
        if line == "half way":
            raise KeyboardInterrupt

    clients = scripted({"shop-migrate": {"log": ["half way"]}})
    with pytest.raises(KeyboardInterrupt):
        run_task(run, lambda it: clients(it, REGION), limit_seconds=30, show=show, poll_seconds=0.01)
    assert "the task goes on: `aws ecs stop-task --region us-east-1 --cluster shop --task arn:" in lines[-1]


def test_while_one_runs_none_is_started(run: dict[str, Any]):
    boto3.client("ecs", REGION).run_task(**run["request"], startedBy="somebody")
    with pytest.raises(MigrationError, match="running already, so none was started: arn:aws:ecs"):
        migrated(run, {"polls": 10_000})


def test_of_two_starts_at_the_same_moment_one_is_refused(run: dict[str, Any]):
    clients, together = scripted({"shop-migrate": {"polls": 20}}), threading.Barrier(2, timeout=20)
    results: list[int | str] = []

    def wait(**_: Any) -> None:
        together.wait()

    def client(service: str) -> Any:
        made = clients(service, REGION)
        if service == "ecs":
            # Both have looked, and have seen none, before either starts.
            made.meta.events.register("before-call.ecs.RunTask", wait)
            made.meta.events.register("after-call.ecs.RunTask", wait)
        return made

    def start() -> None:
        try:
            results.append(run_task(run, client, limit_seconds=30, show=lambda _: None, poll_seconds=0.02))
        except MigrationError as error:
            results.append(str(error))

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [refused] = [it for it in results if isinstance(it, str)]
    assert refused.startswith("Another migration was started at the same moment and goes on: arn:")
    assert [it for it in results if not isinstance(it, str)] == [0]
