"""Application Auto Scaling of a web service: bounds, policies and schedules, as `scaling.py` describes them."""

from collections.abc import Iterator
from typing import Any

import pulumi
import pulumi_aws as aws

from components.service.alarms import Front, scaling_alarm
from components.service.args import ServiceArgs
from components.service.scaling import StepPolicy, TargetArgs, step_policies


def make_autoscaling(
    name: str, args: ServiceArgs, service: aws.ecs.Service, front: Front, opts: pulumi.ResourceOptions
) -> None:
    """Everything that changes the number of tasks of `service`; nothing where its number is fixed."""
    scaling = args.scaling
    if not scaling.automatic:
        return
    target = aws.appautoscaling.Target(
        f"{name}-scaling",
        service_namespace="ecs",
        scalable_dimension="ecs:service:DesiredCount",
        resource_id=pulumi.Output.concat("service/", args.cluster_name, "/", service.name),
        min_capacity=scaling.minimum_tasks,
        max_capacity=scaling.maximum_tasks,
        opts=opts,
    )
    place = {
        "service_namespace": target.service_namespace,
        "scalable_dimension": target.scalable_dimension,
        "resource_id": target.resource_id,
    }
    for policy in step_policies(scaling):
        made = _make_step(name, policy, place, opts)
        scaling_alarm(name, args, front, policy, made.arn, opts)
    if scaling.target:
        _make_targets(name, args, scaling.target, front, place, opts)
    _make_schedules(name, args, place, opts)


def _make_step(
    name: str, policy: StepPolicy, place: dict[str, Any], opts: pulumi.ResourceOptions
) -> aws.appautoscaling.Policy:
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
    return aws.appautoscaling.Policy(
        f"{name}-{policy.policy_name}",
        policy_type="StepScaling",
        step_scaling_policy_configuration=configuration,
        opts=opts,
        **place,
    )


def _make_targets(
    name: str,
    args: ServiceArgs,
    target: TargetArgs,
    front: Front,
    place: dict[str, Any],
    opts: pulumi.ResourceOptions,
) -> None:
    for role, value, specification in _steered(target, front):
        configuration: Any = {
            "target_value": value,
            "scale_in_cooldown": args.scaling.cooldown_seconds,
            "scale_out_cooldown": args.scaling.cooldown_seconds,
            "predefined_metric_specification": specification,
        }
        aws.appautoscaling.Policy(
            f"{name}-{role}",
            policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration=configuration,
            opts=opts,
            **place,
        )


def _steered(target: TargetArgs, front: Front) -> Iterator[tuple[str, int, dict[str, Any]]]:
    yield "cpu", target.cpu_percent, {"predefined_metric_type": "ECSServiceAverageCPUUtilization"}
    if target.memory_percent:
        yield "memory", target.memory_percent, {"predefined_metric_type": "ECSServiceAverageMemoryUtilization"}
    if target.requests_per_task_per_minute:
        label = pulumi.Output.concat(front.balancer, "/", front.targets[0])
        specification = {"predefined_metric_type": "ALBRequestCountPerTarget", "resource_label": label}
        yield "requests", target.requests_per_task_per_minute, specification


def _make_schedules(name: str, args: ServiceArgs, place: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
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
            **place,
        )
