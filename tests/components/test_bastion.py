import json
import subprocess
from typing import Any

import pytest

from components.aws.fargate import TaskArgs
from components.aws.placement import NetworkPlacement
from components.aws.security_groups import Upstream
from components.bastion.bastion import Bastion, BastionArgs, TargetArgs
from tests.components.changed_args import changed
from tests.components.inventory import settings_inventory
from tests.components.recording import Recorded, record_component

SERVERS = {"database": 5432, "pooler": 6432, "redis": 6379}
ARGS = BastionArgs(
    bastion_name="shop-live-bastion",
    region="eu-west-1",
    placement=NetworkPlacement(vpc_id="vpc-1", subnet_ids=["private-1", "private-2"]),
    task=TaskArgs(cpu=256, memory_mib=512, architecture="X86_64", log_retention_days=365),
    image="postgres:17.6-alpine",
    minutes=60,
    read_only=True,
    targets={
        name: TargetArgs(
            upstream=Upstream(role=name, security_group_id=f"sg-{name}", port=port),
            host=f"{name}.internal",
            facts={"user": "shop"},
        )
        for name, port in SERVERS.items()
    },
    upstreams=[],
)


def record(**changes: Any) -> Recorded[Bastion]:
    return record_component(lambda: Bastion("bastion", changed(ARGS, changes)))


def test_bastion_is_as_written_down():
    made = settings_inventory(record())
    [task] = [it for key, it in made.items() if key == "container/bastion"]
    assert task == {
        "image": "postgres:17.6-alpine",
        "essential": True,
        "user": "10001:10001",
        "environment": {},
        "secrets": {},
        "entryPoint": ["sh", "-c"],
        "command": [],
        "linuxParameters": {"initProcessEnabled": True},
        "mountPoints": [
            {"sourceVolume": "agents", "containerPath": "/managed-agents"},
            {"sourceVolume": "agent-state", "containerPath": "/var/lib/amazon/ssm"},
            {"sourceVolume": "agent-log", "containerPath": "/var/log/amazon/ssm"},
        ],
    }
    assert made["Cluster/bastion-ecs"]["configuration"] == {
        "executeCommandConfiguration": {
            "kmsKeyId": "arn:aws:made:::bastion-key",
            "logging": "OVERRIDE",
            "logConfiguration": {
                "cloudWatchEncryptionEnabled": True,
                "cloudWatchLogGroupName": "/footing/shop-live-bastion-log",
            },
        }
    }
    log = made["LogGroup/bastion-log"]
    assert log == {
        "name": "/footing/shop-live-bastion-log",
        "retentionInDays": 365,
        "kmsKeyId": "arn:aws:made:::bastion-key",
    }
    key = made["Key/bastion-key"]
    assert (key["enableKeyRotation"], key["protect"]) == (True, True)
    allowed = {action for actions, _ in made["RolePolicy/bastion-sessions"]["policy"] for action in actions}
    assert {it.partition(":")[0] for it in allowed} == {"ssmmessages", "logs", "kms"}
    assert [it for it in made if it.startswith(("Service/", "Instance/", "LoadBalancer/"))] == []


def test_group_lets_it_out_to_the_servers_alone_and_nobody_in():
    recorded = record()
    rules = [it for it in recorded.resources if it.type.endswith(("IngressRule", "EgressRule"))]
    into = {it.inputs["securityGroupId"] for it in rules if it.type.endswith("IngressRule")}
    assert into == {f"sg-{name}" for name in SERVERS}
    out = {
        (it.inputs.get("referencedSecurityGroupId"), it.inputs["fromPort"])
        for it in rules
        if it.type.endswith("EgressRule")
    }
    assert out == {(None, 443), *((f"sg-{name}", port) for name, port in SERVERS.items())}


@pytest.mark.parametrize(
    ("given", "seconds"), [({}, "3600"), ({"MINUTES": "5"}, "300"), ({"MINUTES": "9999"}, "3600")]
)
def test_task_ends_by_itself_within_the_longest_time(given: dict[str, str], seconds: str):
    [definition] = json.loads(record().one("TaskDefinition").inputs["containerDefinitions"])
    [script] = definition["command"]
    shown = f"sleep() {{ echo slept $1; }}\n{script.replace('exec ', '')}"
    done = subprocess.run(["sh", "-c", shown], env=given, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == f"slept {seconds}"


def test_what_the_command_needs_is_told_and_no_secret():
    door = record_component(lambda: Bastion("bastion", ARGS), read=lambda it: it.door).read
    assert door["targets"]["redis"] == {"host": "redis.internal", "port": 6379, "user": "shop"}
    assert (door["minutes"], door["subnet_ids"]) == (60, ["private-1", "private-2"])


def test_writable_root_has_no_volumes_and_no_targets_is_refused():
    recorded = record(read_only=False)
    [definition] = json.loads(recorded.one("TaskDefinition").inputs["containerDefinitions"])
    assert definition["readonlyRootFilesystem"] is False
    assert not recorded.one("TaskDefinition").inputs.get("volumes")
    with pytest.raises(ValueError, match="leads nowhere"):
        changed(ARGS, {"targets": {}})
