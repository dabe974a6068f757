"""Application Auto Scaling of a web service: bounds, policies and scheduled actions, from `scaling.py`."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.service.alarms import scaling_alarm
from components.service.args import ServiceArgs
from components.service.dimensions import BalancerDimensions
from components.service.scaling import TargetArgs, step_policies


def make_autoscaling(
    name: str,
    args: ServiceArgs,
    service: aws.ecs.Service,
    dimensions: BalancerDimensions,
    opts: pulumi.ResourceOptions,
) -> None:
    """Make all that changes the number of tasks of `service`; nothing where that number is fixed."""
    scaling = args.scaling
    if not scaling.automatic:
        return
    target = aws.appautoscaling.Target(
        f"{name}-scaling",
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=pulumi.Output.concat("service/", args.cluster.name, "/", service.name),
        min_capacity=scaling.minimum_tasks,
        max_capacity=scaling.maximum_tasks,
        opts=opts,
    )
    target_fields: dict[str, Any] = {
        "service_namespace": target.service_namespace,
        "scalable_dimension": target.scalable_dimension,
        "resource_id": target.resource_id,
    }
    for policy in step_policies(scaling):
        configuration: Any = {
            "adjustment_type": "PercentChangeInCapacity",
            "cooldown": policy.cooldown_seconds,
            "metric_aggregation_type": "Average",
            "min_adjustment_magnitude": policy.least_tasks,
            "step_adjustments": [
                {
                    "scaling_adjustment": percent,
                    **({} if lower is None else {"metric_interval_lower_bound": f"{lower:g}"}),
                    **({} if upper is None else {"metric_interval_upper_bound": f"{upper:g}"}),
                }
                for lower, upper, percent in policy.intervals
            ],
        }
        step = aws.appautoscaling.Policy(
            f"{name}-{policy.policy_name}",
            policy_type="StepScaling",
            step_scaling_policy_configuration=configuration,
            opts=opts,
            **target_fields,
        )
        scaling_alarm(name, args, dimensions, policy, step.arn, opts)
    if scaling.target:
        _make_target_tracking(name, scaling.cooldown_seconds, scaling.target, dimensions, target_fields, opts)
    _make_schedules(name, args, target_fields, opts)


def _make_target_tracking(
    name: str,
    cooldown_seconds: int,
    target: TargetArgs,
    dimensions: BalancerDimensions,
    target_fields: dict[str, Any],
    opts: pulumi.ResourceOptions,
) -> None:
    metrics: dict[str, tuple[int | None, dict[str, Any]]] = {
        "cpu": (target.cpu_percent, {"predefined_metric_type": "ECSServiceAverageCPUUtilization"}),
        "memory": (target.memory_percent, {"predefined_metric_type": "ECSServiceAverageMemoryUtilization"}),
        "requests": (
            target.requests_per_task_per_minute,
            {
                "predefined_metric_type": "ALBRequestCountPerTarget",
                "resource_label": pulumi.Output.concat(
                    dimensions.arn_suffix, "/", dimensions.target_group_suffixes[0]
                ),
            },
        ),
    }
    for role, (value, specification) in metrics.items():
        if not value:
            continue
        configuration: Any = {
            "target_value": value,
            "scale_in_cooldown": cooldown_seconds,
            "scale_out_cooldown": cooldown_seconds,
            "predefined_metric_specification": specification,
        }
        aws.appautoscaling.Policy(
            f"{name}-{role}",
            policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration=configuration,
            opts=opts,
            **target_fields,
        )


def _make_schedules(
    name: str, args: ServiceArgs, target_fields: dict[str, Any], opts: pulumi.ResourceOptions
) -> None:
    for schedule in args.scaling.schedules:
        aws.appautoscaling.ScheduledAction(
            f"{name}-at-{schedule.schedule_name}",
            name=f"{args.service_name}-{schedule.schedule_name}",
            schedule=schedule.expression,
            timezone=schedule.timezone,
            scalable_target_action={
                "min_capacity": schedule.minimum_tasks,
                "max_capacity": schedule.maximum_tasks,
            },
            opts=opts,
            **target_fields,
        )
