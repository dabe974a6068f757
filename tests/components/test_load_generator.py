import json
from typing import Any

from components.aws.fargate import TaskArgs
from components.aws.placement import ClusterRef, NetworkPlacement
from components.load_generator import LoadGenerator, LoadGeneratorArgs
from tests.components.recording import Recorded, record_component

ARGS = LoadGeneratorArgs(
    family="shop-staging-load",
    image="registry.example.com/load-generator:1",
    workers=4,
    task=TaskArgs(cpu=1024, memory_mib=2048, architecture="X86_64", log_retention_days=30),
    cluster=ClusterRef(arn="arn:aws:made:::cluster", name="shop-staging"),
    placement=NetworkPlacement(vpc_id="vpc-1", subnet_ids=["private-1", "private-2"]),
    region="eu-west-1",
)


def record() -> Recorded[LoadGenerator]:
    return record_component(lambda: LoadGenerator("load-generator", ARGS))


def of(recorded: Recorded[Any], kind: str) -> list[dict[str, Any]]:
    return [it.inputs for it in recorded.resources if it.type.endswith(f":{kind}")]


def test_master_knows_where_tasks_run_and_neither_runs_by_itself():
    recorded = record()
    definitions = {it["family"]: it for it in of(recorded, "TaskDefinition")}
    assert set(definitions) == {"shop-staging-load-master", "shop-staging-load-worker"}
    [master] = json.loads(definitions["shop-staging-load-master"]["containerDefinitions"])
    [worker] = json.loads(definitions["shop-staging-load-worker"]["containerDefinitions"])
    told = {it["name"]: it["value"] for it in master["environment"]}
    assert told == {
        "FOOTING_LOAD_FLEET": "4",
        "FOOTING_LOAD_SECURITY_GROUP": "load-generator-tasks-id",
        "FOOTING_LOAD_SUBNETS": "private-1,private-2",
    }
    assert worker["environment"] == []
    for it in (master, worker):
        assert it["readonlyRootFilesystem"]
        assert it["user"] != "root"
        assert it["logConfiguration"]["options"]["awslogs-group"] == "load-generator-log"
    assert not of(recorded, "Service")


def test_tasks_reach_each_other_and_https_and_nobody_reaches_them():
    recorded = record()
    [into] = of(recorded, "SecurityGroupIngressRule")
    assert into["referencedSecurityGroupId"] == into["securityGroupId"] == "load-generator-tasks-id"
    assert (into["fromPort"], into["toPort"]) == (5557, 5557)
    ways_out = {
        (it["fromPort"], it.get("cidrIpv4", "the group")) for it in of(recorded, "SecurityGroupEgressRule")
    }
    assert ways_out == {(5557, "the group"), (443, "0.0.0.0/0")}


def test_nothing_of_it_is_watched():
    recorded = record_component(lambda: LoadGenerator("load-generator", ARGS), read=lambda it: it.signals)
    assert recorded.read.signals == ()
