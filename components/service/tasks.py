"""Task definitions of the application, and the secrets that its container reads by reference."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws
import pulumi_random as random

from components.alloy.sidecar import RESTART, VOLUME, Collecting
from components.aws import datadog_agent, fargate, iam, secrets_manager
from components.service.args import ServiceArgs, WorkloadArgs

LEAST_DRAIN_SECONDS = 30
"""Shortest time in which a stopping task finishes its requests, in seconds."""
MOST_DRAIN_SECONDS = 115
"""Longest such time, in seconds: Fargate kills a task 120 seconds after SIGTERM.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_definition_parameters.html
"""

SCRATCH_VOLUME = "scratch"
"""Volume of a larger disk, mounted under its name: root's, unless the image has a VOLUME there of another owner.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
"""

STOP_MARGIN_SECONDS = 5
"""Time between the last response and SIGKILL, in seconds."""


def drain_seconds(args: ServiceArgs) -> int:
    """Return the deregistration delay, in seconds: the longest request, within what Fargate allows."""
    longest = MOST_DRAIN_SECONDS if args.http.websockets else args.http.idle_timeout_seconds
    return min(max(longest, LEAST_DRAIN_SECONDS), MOST_DRAIN_SECONDS)


def make_task_definition(
    name: str,
    args: WorkloadArgs,
    opts: pulumi.ResourceOptions,
    *,
    environment: Mapping[str, str] | None = None,
    stop_timeout_seconds: int,
    collecting: Collecting | None = None,
    **settings: Any,
) -> aws.ecs.TaskDefinition:
    """Return a task definition of one container and its sidecars: unprivileged, read-only but for /tmp, with init.

    Beside it runs the collector, where the application's metrics are collected. `environment` are further plain
    variables, `settings` further fields of the container's definition in ECS's own spelling.

    Raises:
        ValueError: two containers have one name, or a sidecar shares an unknown variable.

    """
    log = fargate.make_log_group(name, args.task.log_retention_days, opts)
    arns, references = _make_secrets(name, args, opts)
    role = fargate.make_task_role(name, opts)
    policies = [
        aws.iam.RolePolicy(f"{name}-{role_name}", role=role.id, policy=policy, opts=opts)
        for role_name, policy in args.task_policies.items()
    ]
    tmpfs = [{"containerPath": "/tmp", "size": args.tmp_mib}]  # noqa: S108  in the task's memory
    scratch = [SCRATCH_VOLUME] if args.task.ephemeral_gib else []
    main: dict[str, Any] = fargate.container(
        name,
        args.image.reference,
        environment={**(environment or {}), **args.variables.plain},
        secrets=references,
        log_group=log.name,
        region=args.region,
        **_overrides(args.entry_point, args.command),
        mountPoints=[{"sourceVolume": it, "containerPath": f"/{it}"} for it in scratch],
        linuxParameters={"initProcessEnabled": True, "tmpfs": tmpfs},
        stopTimeout=stop_timeout_seconds,
        **({"dockerLabels": datadog_agent.labels(args.agent)} if args.agent else {}),
        **settings,
    )
    policies += collecting.allow(name, role, opts) if collecting else []
    sidecars = _sidecars(name, args, references, log.name, collecting)
    readable = [
        *(*arns, *_by_arn(args), *(collecting.secrets if collecting else [])),
        *([args.agent.api_key_arn] if args.agent else []),
    ]
    return fargate.make_task_definition(
        name,
        args.task,
        [main, *sidecars],
        family=args.service_name,
        execution_role_arn=fargate.make_execution_role(name, readable, opts, args.task, region=args.region),
        task_role_arn=iam.arn_with(role, *policies),
        volumes=[*scratch, *([VOLUME] if collecting else []), *(datadog_agent.VOLUMES if args.agent else [])],
        opts=opts,
    )


def _sidecars(
    name: str,
    args: WorkloadArgs,
    references: Mapping[str, pulumi.Input[str]],
    log_group: pulumi.Output[str],
    collecting: Collecting | None,
) -> list[dict[str, Any]]:
    """Return the containers beside the main one, called `name`: those of the configuration, collector, agent."""
    unknown = {it for sidecar in args.sidecars for it in sidecar.shared.values()} - references.keys()
    if unknown:
        raise ValueError(f"{args.key}: a sidecar shares {', '.join(sorted(unknown))}, which is no secret variable")
    found = [
        fargate.container(
            it.container_name,
            it.image,
            environment=it.environment,
            secrets={**it.referenced, **{own: references[theirs] for own, theirs in it.shared.items()}},
            log_group=log_group,
            region=args.region,
            **_overrides(it.entry_point, it.command),
            essential=it.essential,
            readonlyRootFilesystem=it.read_only,
            **({"restartPolicy": RESTART} if it.restarts else {}),
            **({} if it.user is None else {"user": it.user}),
            **({} if it.memory_mib is None else {"memory": it.memory_mib}),
        )
        for it in args.sidecars
    ]
    found += collecting.containers(log_group, args.region) if collecting else []
    found += datadog_agent.containers(args.agent, log_group, args.region) if args.agent else []
    names = Counter([name, *(it["name"] for it in found)])
    if twice := [it for it, times in names.items() if times > 1]:
        raise ValueError(f"{args.key}.sidecars: given {', '.join(twice)} twice in a task, allowed each name once")
    return found


def _overrides(entry_point: list[str], command: list[str]) -> dict[str, list[str]]:
    """Return the fields of a definition that win over the image's own; none where it decides."""
    return {
        **({"entryPoint": entry_point} if entry_point else {}),
        **({"command": command} if command else {}),
    }


def _by_arn(args: WorkloadArgs) -> list[str]:
    """Return the ARNs that a role must be allowed to read for what exists already: no JSON key at the end."""
    referenced = [args.variables.referenced, *(it.referenced for it in args.sidecars)]
    return [":".join(reference.split(":")[:7]) for it in referenced for reference in it.values()]


def _make_secrets(
    name: str, args: WorkloadArgs, opts: pulumi.ResourceOptions
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
        return [], {**args.variables.referenced}
    description = f"Secret variables of {args.service_name}"
    version = secrets_manager.make_secret(f"{name}-environment", description, values, opts)
    arn, version_id = version.secret_arn, version.version_id
    own = {key: secrets_manager.reference(arn, key, version_id) for key in values}
    return [arn], {**args.variables.referenced, **own}
