"""The task definition of a web service, and the secrets that its container reads by reference."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.alloy.alloy_config import Target
from components.alloy.sidecar import VOLUME, Collecting
from components.aws import fargate, iam, secrets_manager
from components.service.args import ServiceArgs
from observability.records.names import Job

LEAST_DRAIN_SECONDS = 30
"""Shortest time in which a stopping task finishes its requests, in seconds."""
MOST_DRAIN_SECONDS = 115
"""Longest such time, in seconds: Fargate kills a task 120 seconds after SIGTERM.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

STOP_MARGIN_SECONDS = 5
"""Time between the last response and SIGKILL, in seconds."""


def drain_seconds(args: ServiceArgs) -> int:
    """Return the deregistration delay, in seconds: the longest request, within what Fargate allows."""
    longest = MOST_DRAIN_SECONDS if args.http.websockets else args.http.idle_timeout_seconds
    return min(max(longest, LEAST_DRAIN_SECONDS), MOST_DRAIN_SECONDS)


def make_task_definition(name: str, args: ServiceArgs, opts: pulumi.ResourceOptions) -> aws.ecs.TaskDefinition:
    """Return a task definition of one container: unprivileged, read-only but for /tmp, with an init process.

    Beside it runs the collector, where the application's metrics are collected.
    """
    log = fargate.make_log_group(name, args.task.log_retention_days, opts)
    arns, references = _make_secrets(name, args, opts)
    role = fargate.make_task_role(name, opts)
    policies = []
    if args.task_policy is not None:
        policies.append(aws.iam.RolePolicy(f"{name}-task", role=role.id, policy=args.task_policy, opts=opts))
    main: dict[str, Any] = fargate.container(
        name,
        args.image.reference,
        environment={"PORT": str(args.http.port), **args.variables.plain},
        secrets=references,
        log_group=log.name,
        region=args.region,
        portMappings=[{"containerPort": args.http.port, "protocol": "tcp"}],
        mountPoints=[{"sourceVolume": "tmp", "containerPath": "/tmp"}],  # noqa: S108  a volume of the task
        linuxParameters={"initProcessEnabled": True},
        stopTimeout=drain_seconds(args) + STOP_MARGIN_SECONDS,
    )
    telemetry = args.telemetry
    target = Target(job=Job.SERVICE, port=telemetry.port or args.http.port, path=telemetry.path)
    collecting = Collecting(telemetry.collecting, [target]) if telemetry.collecting else None
    sidecars = collecting.containers(log.name, args.region) if collecting else []
    if collecting:
        policies += collecting.allow(name, role, opts)
    readable = [*arns, *(collecting.secrets if collecting else [])]
    return fargate.make_task_definition(
        name,
        args.task,
        [main, *sidecars],
        family=args.service_name,
        execution_role_arn=fargate.make_execution_role(name, readable, opts, args.task),
        task_role_arn=iam.arn_with(role, *policies),
        volumes=["tmp", VOLUME] if collecting else ["tmp"],
        opts=opts,
    )


def _make_secrets(
    name: str, args: ServiceArgs, opts: pulumi.ResourceOptions
) -> tuple[list[pulumi.Output[str]], dict[str, pulumi.Input[str]]]:
    """Return the ARNs to read, and the references by variable: to one version, so a change replaces the tasks."""
    generated = {
        key: random.RandomPassword(
            f"{name}-{key.lower().replace('_', '-')}", length=64, special=False, opts=opts
        ).result
        for key in args.variables.generated
    }
    values = {**args.variables.secret, **generated}
    if not values:
        return [], {}
    description = f"Secret variables of {args.service_name}"
    version = secrets_manager.make_secret(f"{name}-environment", description, values, opts)
    arn, version_id = version.secret_arn, version.version_id
    return [arn], {key: secrets_manager.reference(arn, key, version_id) for key in values}
