"""A task of the application that a person or a pipeline runs once: a migration, an import."""

import json
import shlex
from collections.abc import Mapping
from typing import Any

import pulumi

from components.component import Component
from components.service.args import WorkloadArgs
from components.service.network import make_task_network
from components.service.tasks import make_task_definition
from observability import AwsQuestion, Check, Comparison, Group, Signals, Wanted

STOP_TIMEOUT_SECONDS = 60
"""Time that a stopped task has to leave its work in order, in seconds."""


class StandaloneTask(Component):
    """What a task needs to run: its definition, roles, log group and security group. Nothing runs by itself."""

    task_definition_arn: pulumi.Output[str]
    """ARN of the newest revision."""
    security_group_id: pulumi.Output[str]
    """Group of the task."""
    log_group_name: pulumi.Output[str]
    """Log group of the task's output."""
    run_request: pulumi.Output[dict[str, Any]]
    """Request of RunTask that runs the task once, in `request`, with its region, container and log group."""
    run_command: pulumi.Output[str]
    """The same as a command of the AWS CLI; neither holds a secret."""

    def __init__(self, name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        group, needed = make_task_network(name, "Standalone task", args, self._child())
        task = make_task_definition(name, args, self._child(), stop_timeout_seconds=STOP_TIMEOUT_SECONDS)
        # Who runs the task by the command finds what it calls.
        ready = pulumi.Output.all(*(it.urn for it in needed))
        self.task_definition_arn = task.arn
        self.security_group_id = group.id
        # The container of the task is the first, its sidecars follow.
        logged = task.container_definitions.apply(lambda text: json.loads(text)[0]["logConfiguration"]["options"])
        self.log_group_name = logged.apply(lambda options: str(options["awslogs-group"]))
        definition = args.service_name if args.image.owned_by_ci else task.arn
        self.run_request = pulumi.Output.all(
            definition, args.placement.subnet_ids, group.id, self.log_group_name, ready
        ).apply(lambda known: _run_request(name, args, *known[:4]))
        self.run_command = self.run_request.apply(_run_command)
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch: nothing but a line of the checklist."""
        task = self._args.key.rpartition(".")[2].replace("_", "-")
        check = Check(
            id=f"task-{task}-runs",
            group=Group.SERVICE,
            title=f"Task {task} can be run",
            question=AwsQuestion(
                service="ecs",
                operation="DescribeTaskDefinition",
                parameters={"taskDefinition": self._args.service_name},
                path="taskDefinition.status",
                wanted=Wanted(Comparison.IS, "ACTIVE"),
            ),
            fix="footing up registers it; the command of the output run_commands runs it.",
        )
        return Signals(subject=f"Task {task}", checks=(check,))


def _run_request(
    name: str, args: WorkloadArgs, definition: str, subnet_ids: list[str], group_id: str, log_group: str
) -> dict[str, Any]:
    network = {"subnets": list(subnet_ids), "securityGroups": [group_id], "assignPublicIp": "DISABLED"}
    return {
        "provider": "fargate",
        "region": args.region,
        "family": args.service_name,
        "container": name,
        "log_group": log_group,
        "request": {
            "cluster": args.cluster.name,
            "taskDefinition": definition,
            "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}],
            "propagateTags": "TASK_DEFINITION",
            "networkConfiguration": {"awsvpcConfiguration": network},
        },
    }


def _run_command(run: Mapping[str, Any]) -> str:
    request = run["request"]
    network = request["networkConfiguration"]["awsvpcConfiguration"]
    subnets, groups = (f"[{','.join(network[key])}]" for key in ("subnets", "securityGroups"))
    configuration = f"awsvpcConfiguration={{subnets={subnets},securityGroups={groups},assignPublicIp=DISABLED}}"
    return (
        f"aws ecs run-task --region {run['region']} --cluster {request['cluster']} "
        f"--task-definition {request['taskDefinition']} "
        "--capacity-provider-strategy capacityProvider=FARGATE,weight=1 --propagate-tags TASK_DEFINITION "
        f"--network-configuration {shlex.quote(configuration)}"
    )
