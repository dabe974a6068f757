"""A distributed run against AWS's own shapes: botocore checks what is asked and what is answered."""

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from footing.load.fargate import Fleet, play_distributed
from loadtest.run import GeneratorError
from loadtest.scenario import Job
from stacks.config import from_file
from stacks.load_scenarios import job, scenarios

CONFIG = from_file(Path(__file__).parents[2] / "Pulumi.staging.yaml", secrets_stood_in=True).config
MASTER = "arn:aws:ecs:us-east-1:123456789012:task/feed-staging/0a1b"
DEFINITION = {
    "taskDefinition": {
        "containerDefinitions": [
            {
                "name": "master",
                "environment": [
                    {"name": "FOOTING_LOAD_FLEET", "value": "12"},
                    {"name": "FOOTING_LOAD_SECURITY_GROUP", "value": "sg-1"},
                    {"name": "FOOTING_LOAD_SUBNETS", "value": "subnet-1,subnet-2"},
                ],
                "logConfiguration": {
                    "logDriver": "awslogs",
                    "options": {"awslogs-group": "load", "awslogs-stream-prefix": "master"},
                },
            }
        ]
    }
}
RESULT = 'measured: {"offered": 10, "counts": {"api:later": {"sent": 10}}}'


class Cloud:
    def __init__(self) -> None:
        keys = {"region_name": "us-east-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
        self.clients = {name: boto3.client(name, **keys) for name in ("ecs", "logs")}  # type: ignore[call-overload]
        self.stubs = {name: Stubber(client) for name, client in self.clients.items()}
        for stub in self.stubs.values():
            stub.activate()
        self.fleet = Fleet(CONFIG, lambda name: self.clients[name], sleep=lambda _: None)

    def task(self, status: str, *, address: str = "") -> None:
        details = [{"name": "privateIPv4Address", "value": address}] if address else []
        found = {"taskArn": MASTER, "lastStatus": status, "attachments": [{"details": details}]}
        asked = {"cluster": "feed-staging", "tasks": [MASTER]}
        self.stubs["ecs"].add_response("describe_tasks", {"tasks": [found]}, asked)

    def run(self, kind: str, *arns: str, failures: Any = (), variables: Any = ANY) -> None:
        asked = {
            "cluster": "feed-staging",
            "taskDefinition": f"feed-staging-load-{kind}",
            "count": len(arns) or 1,
            "launchType": "FARGATE",
            "propagateTags": "TASK_DEFINITION",
            "networkConfiguration": {
                "awsvpcConfiguration": {
                    "subnets": ["subnet-1", "subnet-2"],
                    "securityGroups": ["sg-1"],
                    "assignPublicIp": "DISABLED",
                }
            },
            "overrides": {"containerOverrides": [{"name": kind, "environment": variables}]},
        }
        tasks = [{"taskArn": it} for it in arns]
        self.stubs["ecs"].add_response("run_task", {"tasks": tasks, "failures": list(failures)}, asked)

    def stopped(self, arn: str) -> None:
        asked = {"cluster": "feed-staging", "task": arn, "reason": "the load test is over"}
        self.stubs["ecs"].add_response("stop_task", {}, asked)


def smoke() -> Job:
    return job(CONFIG, scenarios(CONFIG)["smoke"], None)


def test_master_starts_then_its_workers_find_it_and_all_end():
    cloud, said = Cloud(), []
    text = ANY
    cloud.stubs["ecs"].add_response(
        "describe_task_definition", DEFINITION, {"taskDefinition": "feed-staging-load-master"}
    )
    cloud.run(
        "master",
        MASTER,
        variables=[{"name": "FOOTING_LOAD_JOB", "value": text}, {"name": "FOOTING_LOAD_WORKERS", "value": "12"}],
    )
    cloud.task("PROVISIONING")
    cloud.task("RUNNING", address="10.20.0.9")
    workers = [f"arn:aws:ecs:us-east-1:123456789012:task/feed-staging/{number}" for number in range(12)]
    found = [{"name": "FOOTING_LOAD_JOB", "value": text}, {"name": "FOOTING_LOAD_MASTER", "value": "10.20.0.9"}]
    cloud.run("worker", *workers[:10], variables=found)
    cloud.run("worker", *workers[10:], variables=found)
    cloud.task("RUNNING", address="10.20.0.9")
    cloud.task("STOPPED")
    asked = {"logGroupName": "load", "logStreamName": "master/master/0a1b", "startFromHead": False, "limit": 100}
    cloud.stubs["logs"].add_response("get_log_events", {"events": [{"message": "x"}, {"message": RESULT}]}, asked)
    for arn in workers:
        cloud.stopped(arn)
    measured = cloud.fleet.play(smoke(), said.append)
    assert (measured.offered, measured.total.sent) == (10, 10)
    assert said == ["load: starting the master and 12 workers in feed-staging"]
    for stub in cloud.stubs.values():
        stub.assert_no_pending_responses()


def test_failure_of_a_task_ends_what_was_started_and_says_why():
    cloud = Cloud()
    cloud.stubs["ecs"].add_response("describe_task_definition", DEFINITION)
    cloud.run("master", MASTER)
    cloud.task("RUNNING", address="10.20.0.9")
    cloud.stubs["ecs"].add_response("run_task", {"tasks": [], "failures": [{"reason": "RESOURCE:FARGATE"}]})
    cloud.stopped(MASTER)
    with pytest.raises(GeneratorError, match="ECS started no worker: RESOURCE:FARGATE"):
        cloud.fleet.play(smoke(), str)
    cloud.stubs["ecs"].assert_no_pending_responses()


def test_stack_that_is_not_up_is_told_what_to_do():
    cloud = Cloud()
    cloud.stubs["ecs"].add_client_error("describe_task_definition", "ClientException")
    with pytest.raises(GeneratorError, match=r"bring the stack up with load_generator\.fargate"):
        cloud.fleet.play(smoke(), str)


def test_abuse_counts_one_address_and_the_block_has_to_be_there():
    workers = {"workers": 2, "image": "a:1"}
    config = CONFIG.model_copy(update={"load_generator": None})
    with pytest.raises(GeneratorError, match=r"load_generator\.fargate: missing"):
        play_distributed(config, smoke(), str)
    from stacks.config.load_generator import LoadGeneratorConfig

    config = CONFIG.model_copy(update={"load_generator": LoadGeneratorConfig.model_validate({"fargate": workers})})
    with pytest.raises(GeneratorError, match="counts what passes from one address"):
        play_distributed(config, job(config, scenarios(config)["auth-brute-force"], None), str)


def test_job_of_every_scenario_fits_into_a_tasks_overrides():
    import msgspec

    for it in scenarios(CONFIG).values():
        assert len(json.dumps(msgspec.to_builtins(job(CONFIG, it, None)))) < 8192
