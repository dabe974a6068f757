"""The task definition of a web service, and the secrets that its container reads by reference."""

from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.alloy.alloy_config import Target
from components.alloy.sidecar import VOLUME, Collecting
from components.aws import fargate, secrets_manager
from components.service.args import ServiceArgs
from observability.records.names import Job

LEAST_DRAIN_SECONDS = 30
"""How long a leaving task at the least still answers the requests it has, in seconds."""

MOST_DRAIN_SECONDS = 115
"""And at the most: Fargate kills a task 120 seconds after it was told to stop.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

STOP_MARGIN_SECONDS = 5
"""Time that the program keeps for itself once its last request is answered, in seconds."""


def drain_seconds(args: ServiceArgs) -> int:
    """How long a leaving task is given for its requests: as the longest one takes, within what Fargate allows."""
    wanted = MOST_DRAIN_SECONDS if args.websockets else args.idle_timeout_seconds
    return min(max(wanted, LEAST_DRAIN_SECONDS), MOST_DRAIN_SECONDS)


def make_task_definition(name: str, args: ServiceArgs, opts: pulumi.ResourceOptions) -> aws.ecs.TaskDefinition:
    """One container: unprivileged, read-only but for /tmp, with an init process that reaps what it leaves.

    Beside it the collector, where the program's numbers go somewhere.
    """
    log = fargate.make_log_group(name, args.task.log_retention_days, opts)
    arns, references = _make_secrets(name, args, opts)
    role = _make_role(name, args, opts)
    main: dict[str, Any] = fargate.container(
        name,
        args.image,
        environment={"PORT": str(args.port), **args.environment},
        secrets=references,
        log_group=log.name,
        region=args.region,
        portMappings=[{"containerPort": args.port, "protocol": "tcp"}],
        mountPoints=[{"sourceVolume": "tmp", "containerPath": "/tmp"}],  # noqa: S108  a volume of the task
        linuxParameters={"initProcessEnabled": True},
        stopTimeout=drain_seconds(args) + STOP_MARGIN_SECONDS,
    )
    collecting = _collecting(args)
    beside = collecting.containers(log.name, args.region) if collecting else []
    if collecting:
        collecting.allow(name, role, opts)
    readable = [*arns, *(collecting.secrets if collecting else [])]
    return fargate.make_task_definition(
        name,
        args.task,
        [main, *beside],
        family=args.service_name,
        execution_role=fargate.make_execution_role(name, readable, opts),
        task_role=role,
        volumes=["tmp", VOLUME] if collecting else ["tmp"],
        opts=opts,
    )


def _collecting(args: ServiceArgs) -> Collecting | None:
    if args.collecting is None:
        return None
    target = Target(job=Job.SERVICE, port=args.metrics_port or args.port, path=args.metrics_path)
    return Collecting(args.collecting, [target])


def _make_role(name: str, args: ServiceArgs, opts: pulumi.ResourceOptions) -> aws.iam.Role:
    role = fargate.make_task_role(name, opts)
    if args.task_policy is not None:
        aws.iam.RolePolicy(f"{name}-task", role=role.id, policy=args.task_policy, opts=opts)
    return role


def _make_secrets(
    name: str, args: ServiceArgs, opts: pulumi.ResourceOptions
) -> tuple[list[pulumi.Output[str]], dict[str, pulumi.Output[str]]]:
    """One secret with a key a variable; the references name its version, so a change rolls the tasks."""
    values = {**args.secrets, **_generate_secrets(name, args, opts)}
    if not values:
        return [], {}
    description = f"Secret variables of {args.service_name}"
    version = secrets_manager.make_secret(f"{name}-environment", description, values, opts)
    arn, version_id = version.secret_arn, version.version_id
    return [arn], {key: secrets_manager.reference(arn, key, version_id) for key in values}


def _generate_secrets(name: str, args: ServiceArgs, opts: pulumi.ResourceOptions) -> dict[str, pulumi.Output[str]]:
    return {
        key: random.RandomPassword(
            f"{name}-{key.lower().replace('_', '-')}", length=64, special=False, opts=opts
        ).result
        for key in args.generated_secrets
    }
