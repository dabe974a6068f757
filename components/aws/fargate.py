"""The parts that every Fargate task of the stack has: roles, log group, task definition."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
from msgspec import Struct, field

from components.aws import iam
from components.aws.fargate_sizes import disk_problem, size_problem
from components.aws.partition import managed_policy
from components.aws.registries import registry_of
from components.document import json_text

UNPRIVILEGED_USER = "10001:10001"
"""User and group that containers run as; needs no entry in the image."""


START_SECONDS = 300
"""Usual longest time in which a new task pulls its images, starts and is healthy, in seconds; an estimate."""
STOP_SECONDS = 30
"""Time between SIGTERM and SIGKILL where a container says nothing, in seconds: ECS's default."""
LEAST_WAIT_MINUTES = 30
"""Shortest wait for a service, in minutes: the provider alone would give up after 20."""


class TaskArgs(Struct, frozen=True, kw_only=True):
    """One Fargate task."""

    cpu: int
    """Size, in units of 1/1024 vCPU; a key of `_fargate_sizes.MEMORY_MIB_BY_CPU`."""
    memory_mib: int
    """Memory, MiB; one of those listed there for `cpu`."""
    architecture: str
    """`X86_64` or `ARM64`; must match the image."""
    log_retention_days: int
    """How long CloudWatch keeps the containers' output, in days."""
    registry_credentials: dict[str, str] = field(default_factory=dict)
    """ARNs of the secrets that log in to registries of the images, by the registry's host."""
    secret_key_arns: list[str] = field(default_factory=list)
    """KMS keys of a customer that encrypt a secret which ECS reads for the task."""
    ephemeral_gib: int | None = None
    """Disk of the task, GiB, 21 to 200; Fargate's 20 when left out."""

    def __post_init__(self) -> None:
        """Refuse a size that Fargate does not offer.

        Raises:
            ValueError: no such cpu size, no such memory for it, or no such disk.

        """
        problem = size_problem(self.cpu, self.memory_mib) or disk_problem(self.ephemeral_gib)
        if problem:
            raise ValueError(problem)


def deployment_timeouts(
    *, tasks: int, minimum_percent: int, maximum_percent: int, leaving_seconds: int, further_minutes: int = 0
) -> pulumi.CustomTimeouts:
    """Return how long the engine waits for a service whose tasks are replaced in batches, then taken back.

    A batch is what the two shares let ECS stop or start at once; its tasks start, and the old ones need
    `leaving_seconds` to drain and to stop. A wait that ends earlier reports a failure while ECS goes on.
    """
    batch = tasks - math.ceil(tasks * minimum_percent / 100) + tasks * maximum_percent // 100 - tasks
    batches = math.ceil(tasks / max(batch, 1))
    seconds = batches * (START_SECONDS + leaving_seconds)
    minutes = f"{max(LEAST_WAIT_MINUTES, math.ceil(2 * seconds / 60)) + further_minutes}m"
    return pulumi.CustomTimeouts(create=minutes, update=minutes, delete=minutes)


def make_log_group(name: str, retention_days: int, opts: pulumi.ResourceOptions) -> aws.cloudwatch.LogGroup:
    """Make the log group of a task's containers."""
    return aws.cloudwatch.LogGroup(f"{name}-log", retention_in_days=retention_days, opts=opts)


def make_execution_role(
    name: str,
    secrets: Sequence[pulumi.Input[str]],
    opts: pulumi.ResourceOptions,
    task: TaskArgs | None = None,
    *,
    region: str,
) -> pulumi.Output[str]:
    """Return the ARN of the role with which ECS starts a task: pulls the image, logs, reads `secrets`: ARNs.

    A plain one may be of a parameter of Systems Manager.

    It reads and decrypts what `task` names as well: logins of registries, and the keys of secrets.
    """
    role = aws.iam.Role(f"{name}-execution", assume_role_policy=iam.trust("ecs-tasks.amazonaws.com"), opts=opts)
    attached = aws.iam.RolePolicyAttachment(
        f"{name}-execution",
        role=role.name,
        policy_arn=managed_policy(region, "service-role/AmazonECSTaskExecutionRolePolicy"),
        opts=opts,
    )
    secrets = [*secrets, *(task.registry_credentials.values() if task else ())]
    if not secrets:
        return iam.arn_with(role, attached)
    parameters = [arn for arn in secrets if isinstance(arn, str) and ":ssm:" in arn]
    by_action = {
        "secretsmanager:GetSecretValue": [arn for arn in secrets if arn not in parameters],
        "ssm:GetParameters": parameters,
    }
    statements = [
        {"Effect": "Allow", "Action": [action], "Resource": arns} for action, arns in by_action.items() if arns
    ]
    readable = aws.iam.RolePolicy(f"{name}-secrets", role=role.id, policy=iam.document(statements), opts=opts)
    if task is None or not task.secret_key_arns:
        return iam.arn_with(role, attached, readable)
    # https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
    keys = aws.iam.RolePolicy(
        f"{name}-keys", role=role.id, policy=iam.allow(["kms:Decrypt"], task.secret_key_arns), opts=opts
    )
    return iam.arn_with(role, attached, readable, keys)


def make_task_role(name: str, opts: pulumi.ResourceOptions) -> aws.iam.Role:
    """Return the role of the program inside the task; it starts with no permission at all."""
    return aws.iam.Role(f"{name}-task", assume_role_policy=iam.trust("ecs-tasks.amazonaws.com"), opts=opts)


def container(
    name: str,
    image: pulumi.Input[str],
    *,
    environment: Mapping[str, pulumi.Input[str]] | None = None,
    secrets: Mapping[str, pulumi.Input[str]] | None = None,
    log_group: pulumi.Input[str],
    region: str,
    **settings: Any,
) -> dict[str, Any]:
    """Return one container definition: unprivileged, read-only root, logged; secrets only by reference.

    `secrets` maps a variable to the reference of its value. `settings` are further fields of the definition, in
    ECS's own spelling, and win over the defaults.
    """
    return {
        "name": name,
        "image": image,
        "essential": True,
        "user": UNPRIVILEGED_USER,
        "readonlyRootFilesystem": True,
        "environment": [{"name": key, "value": value} for key, value in sorted((environment or {}).items())],
        "secrets": [{"name": key, "valueFrom": value} for key, value in sorted((secrets or {}).items())],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": log_group, "awslogs-region": region, "awslogs-stream-prefix": name},
        },
        **settings,
    }


def _with_login(container: Mapping[str, Any], credentials: Mapping[str, str]) -> dict[str, Any]:
    """Return the definition with the login of its image's registry, where there is one."""
    image = container["image"]
    arn = credentials.get(registry_of(image)) if isinstance(image, str) else None
    return {**container, **({"repositoryCredentials": {"credentialsParameter": arn}} if arn else {})}


def make_task_definition(
    name: str,
    task: TaskArgs,
    containers: Sequence[Mapping[str, Any]],
    *,
    family: str,
    execution_role_arn: pulumi.Input[str],
    task_role_arn: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
    volumes: Sequence[str] = (),
    tags: Mapping[str, str] | None = None,
) -> aws.ecs.TaskDefinition:
    """Return the task definition of `containers`, its revisions counted by `family`, a physical name.

    Older revisions stay: ECS goes back to one when it takes a deployment back. `volumes` are empty directories
    that live as long as the task.
    """
    return aws.ecs.TaskDefinition(
        f"{name}-task",
        family=family,
        cpu=str(task.cpu),
        memory=str(task.memory_mib),
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        runtime_platform={"cpu_architecture": task.architecture, "operating_system_family": "LINUX"},
        execution_role_arn=execution_role_arn,
        task_role_arn=task_role_arn,
        ephemeral_storage=None if task.ephemeral_gib is None else {"size_in_gib": task.ephemeral_gib},
        container_definitions=json_text([_with_login(it, task.registry_credentials) for it in containers]),
        volumes=[{"name": volume} for volume in volumes],
        skip_destroy=True,
        tags=tags,
        opts=opts,
    )
