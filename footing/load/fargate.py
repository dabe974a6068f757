"""Running a load test on the stack's own tasks at AWS: Locust's master adds up what its workers send."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from msgspec import json as msgspec_json
from msgspec.structs import replace

from loadtest.measured import Measured
from loadtest.run import GeneratorError, result_in
from loadtest.scenario import Job
from stacks.config.load_generator import ROLE, workers_of
from stacks.naming import Names

if TYPE_CHECKING:
    from stacks.config.stack import StackConfig

SUBNETS, GROUP, FLEET = "FOOTING_LOAD_SUBNETS", "FOOTING_LOAD_SECURITY_GROUP", "FOOTING_LOAD_FLEET"
"""Variables of the master's task definition: where tasks run, and how many send."""
LONGEST_OVERRIDES: Final = 8192
"""Characters of a task's overrides. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html"""
START_SECONDS: Final = 300
"""Longest time in which the master starts, in seconds."""
AFTER_SECONDS: Final = 600
"""Longest time after the test in which the master ends, in seconds."""
POLL_SECONDS: Final = 3.0
AT_ONCE: Final = 10
"""Tasks that one RunTask starts."""


class Fleet:
    """The tasks of a stack's load generator.

    Args:
        config: configuration of the stack.
        client: returns the boto3 client of a service.
        sleep: waits some seconds.

    """

    def __init__(
        self, config: "StackConfig", client: Callable[[str], Any], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        names = Names(config.app, config.environment)
        self._ecs, self._logs, self._sleep = client("ecs"), client("logs"), sleep
        self._cluster = config.cluster.existing_name or names.prefix
        self._families = {kind: f"{names.of(ROLE)}-{kind}" for kind in ("master", "worker")}

    def play(self, job: Job, say: Callable[[str], object]) -> Measured:
        """Return what a run of the job on all the tasks measured.

        Raises:
            GeneratorError: a task could not be started, or the master ended without a result.

        """
        definition = self._definition()
        container = definition["containerDefinitions"][0]
        told = {it["name"]: it["value"] for it in container.get("environment", [])}
        workers = int(told[FLEET])
        place = {
            "subnets": told[SUBNETS].split(","),
            "securityGroups": [told[GROUP]],
            "assignPublicIp": "DISABLED",
        }
        network = {"awsvpcConfiguration": place}
        # Limits are judged here.
        text = msgspec_json.encode(replace(job, scenario=replace(job.scenario, limits=()))).decode()
        if len(text) > LONGEST_OVERRIDES - 500:
            raise GeneratorError(
                f"the scenario is {len(text)} characters of JSON, at most {LONGEST_OVERRIDES - 500} go to a task: "
                "give it fewer requests"
            )
        variables = {"FOOTING_LOAD_JOB": text}
        say(f"load: starting the master and {workers} workers in {self._cluster}")
        started: list[str] = []
        try:
            [master] = self._run("master", 1, network, {**variables, "FOOTING_LOAD_WORKERS": str(workers)})
            started.append(master)
            task = self._wait(
                master,
                lambda it: it["lastStatus"] == "RUNNING" and bool(_addresses(it)),
                START_SECONDS,
                "did not start",
            )
            address = _addresses(task)[0]
            for first in range(0, workers, AT_ONCE):
                count = min(AT_ONCE, workers - first)
                started += self._run("worker", count, network, {**variables, "FOOTING_LOAD_MASTER": address})
            limit = job.scenario.duration_seconds + START_SECONDS + AFTER_SECONDS
            self._wait(master, lambda it: it["lastStatus"] == "STOPPED", limit, "did not end")
            started.remove(master)
            return self._result(container, master)
        finally:
            # Workers end with their master; whatever is left costs money.
            for arn in started:
                self._ecs.stop_task(cluster=self._cluster, task=arn, reason="the load test is over")

    def _definition(self) -> Mapping[str, Any]:
        try:
            found: Mapping[str, Any] = self._ecs.describe_task_definition(taskDefinition=self._families["master"])
        except self._ecs.exceptions.ClientException:
            family = self._families["master"]
            raise GeneratorError(
                f"there is no task definition {family}: bring the stack up with load_generator.fargate"
            ) from None
        definition: Mapping[str, Any] = found["taskDefinition"]
        return definition

    def _run(self, kind: str, count: int, network: Mapping[str, Any], variables: Mapping[str, str]) -> list[str]:
        environment = [{"name": name, "value": value} for name, value in variables.items()]
        done = self._ecs.run_task(
            cluster=self._cluster,
            taskDefinition=self._families[kind],
            count=count,
            launchType="FARGATE",
            networkConfiguration=network,
            overrides={"containerOverrides": [{"name": kind, "environment": environment}]},
            propagateTags="TASK_DEFINITION",
        )
        if done.get("failures"):
            reasons = ", ".join(sorted({str(it.get("reason")) for it in done["failures"]}))
            raise GeneratorError(f"ECS started no {kind}: {reasons}")
        return [it["taskArn"] for it in done["tasks"]]

    def _wait(
        self, arn: str, done: Callable[[Mapping[str, Any]], bool], seconds: float, what: str
    ) -> Mapping[str, Any]:
        for _ in range(max(1, round(seconds / POLL_SECONDS))):
            [task] = self._ecs.describe_tasks(cluster=self._cluster, tasks=[arn])["tasks"]
            if done(task):
                found: Mapping[str, Any] = task
                return found
            if task["lastStatus"] == "STOPPED":
                raise GeneratorError(f"the master stopped: {task.get('stoppedReason', 'no reason given')}")
            self._sleep(POLL_SECONDS)
        raise GeneratorError(f"the master {what} in {seconds:.0f} seconds")

    def _result(self, container: Mapping[str, Any], master: str) -> Measured:
        options = container["logConfiguration"]["options"]
        stream = f"{options['awslogs-stream-prefix']}/{container['name']}/{master.rpartition('/')[2]}"
        events = self._logs.get_log_events(
            logGroupName=options["awslogs-group"], logStreamName=stream, startFromHead=False, limit=100
        )["events"]
        found = result_in("\n".join(it["message"] for it in events))
        if found is None:
            raise GeneratorError(f"the master ended without a result: read {options['awslogs-group']}, {stream}")
        return found


def play_distributed(config: "StackConfig", job: Job, say: Callable[[str], object]) -> Measured:
    """Return what a run of the job on the stack's own tasks measured.

    Raises:
        GeneratorError: the stack has none, boto3 or credentials are missing, or the run failed.

    """
    if workers_of(config.load_generator) is None:
        raise GeneratorError("load_generator.fargate: missing; it makes the tasks that --distributed runs")
    if job.scenario.abuse:
        raise GeneratorError(
            f"{job.scenario.name} counts what passes from one address: given --distributed, allowed without it"
        )
    try:
        import boto3
        import botocore.exceptions
    except ImportError:
        raise GeneratorError("boto3 is not installed: --distributed asks AWS with it") from None
    session = boto3.Session(region_name=config.region)
    try:
        return Fleet(config, session.client).play(job, say)
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise GeneratorError(f"AWS: {error}") from None


def _addresses(task: Mapping[str, Any]) -> list[str]:
    return [
        detail["value"]
        for attachment in task.get("attachments", [])
        for detail in attachment.get("details", [])
        if detail["name"] == "privateIPv4Address"
    ]
