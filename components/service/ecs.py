"""The ECS service of web services and workers: its tasks' group, its capacity, its deployment."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from components.alloy.alloy_config import Target
from components.alloy.sidecar import Collecting
from components.aws import fargate, security_groups
from components.aws.security_groups import Upstream
from components.service.args import CapacityArgs, ScaledArgs, TelemetryArgs
from components.service.deployment import FULL_PERCENT
from components.service.rollout import deployment_configuration
from components.service.scaling import most_tasks
from observability.records.names import Job


def make_task_group(
    name: str, args: ScaledArgs, description: str, stores: Sequence[Upstream], opts: pulumi.ResourceOptions
) -> tuple[aws.ec2.SecurityGroup, list[pulumi.Resource]]:
    """Return the group of the tasks, and what they wait for: its rules, routes, and all that they call.

    `stores` are further upstreams: those of metrics.
    """
    group = security_groups.group(f"{name}-tasks", description, args.placement.vpc_id, opts)
    needed = security_groups.connect(f"{name}-tasks", group.id, [*args.upstreams, *stores], opts)
    needed.append(security_groups.allow_https_out(f"{name}-tasks", group, opts))
    return group, [*needed, *args.placement.routes]


def make_ecs_service(
    name: str,
    args: ScaledArgs,
    task: aws.ecs.TaskDefinition,
    group: aws.ec2.SecurityGroup,
    opts: pulumi.ResourceOptions,
    *,
    needed: Sequence[pulumi.Resource],
    leaving_seconds: int,
    **settings: Any,
) -> aws.ecs.Service:
    """Return the service that runs `task`, once it is steady, with `settings`, further fields of it.

    Its tasks start after all that they have `needed`, and have `leaving_seconds` to drain and stop.
    """
    minimum_percent, maximum_percent = args.rollout.running_percents
    # Autoscaling changes the number of tasks, and CI the task definition.
    by_scaling = ["desiredCount"] if args.scaling.automatic else []
    by_ci = ["taskDefinition"] if args.image.owned_by_ci else []
    timeouts = fargate.deployment_timeouts(
        tasks=most_tasks(args.scaling),
        minimum_percent=minimum_percent,
        maximum_percent=maximum_percent,
        leaving_seconds=leaving_seconds,
        further_minutes=args.rollout.shifting_minutes,
    )
    return aws.ecs.Service(
        f"{name}-service",
        name=args.service_name,
        cluster=args.cluster.arn,
        task_definition=task.arn,
        desired_count=args.scaling.minimum_tasks,
        capacity_provider_strategies=_capacity_providers(args.capacity),
        # Without it the provider refuses a change of the capacity, and older ones replaced the service for it.
        # https://github.com/hashicorp/terraform-provider-aws/issues/11351
        force_new_deployment=True,
        deployment_minimum_healthy_percent=minimum_percent,
        deployment_maximum_percent=maximum_percent,
        deployment_circuit_breaker={"enable": True, "rollback": True},
        deployment_configuration=deployment_configuration(args.rollout),
        # ECS moves a task to another zone by starting a new one first.
        availability_zone_rebalancing="ENABLED" if maximum_percent > FULL_PERCENT else "DISABLED",
        enable_execute_command=False,
        network_configuration={
            "subnets": args.placement.subnet_ids,
            "security_groups": [group.id],
            "assign_public_ip": False,
        },
        wait_for_steady_state=True,
        propagate_tags="SERVICE",
        enable_ecs_managed_tags=True,
        opts=pulumi.ResourceOptions(
            parent=opts.parent,
            # A task that starts before its database counts as failed, and the first deployment with it.
            depends_on=[*needed],
            ignore_changes=[*by_scaling, *by_ci],
            custom_timeouts=timeouts,
        ),
        **settings,
    )


def collecting(telemetry: TelemetryArgs, port: int) -> Collecting | None:
    """Return the collector of each task, of metrics at `port` where no other is given; None without a store."""
    target = Target(job=Job.SERVICE, port=telemetry.port or port, path=telemetry.path, service=telemetry.label)
    return Collecting(telemetry.collecting, [target]) if telemetry.collecting else None


def _capacity_providers(capacity: CapacityArgs) -> list[Any]:
    """Return shares of Fargate and Spot; never a launch type, for from one to the other replaces the service."""
    base, spot = capacity.base_tasks, capacity.spot_percent
    # AWS places no task with a provider of weight 0, be it of its base.
    # https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
    weight = max(FULL_PERCENT - spot, 1 if base else 0)
    providers: list[Any] = [{"capacity_provider": "FARGATE", "base": base, "weight": weight}] if weight else []
    return providers + ([{"capacity_provider": "FARGATE_SPOT", "weight": spot}] if spot else [])
