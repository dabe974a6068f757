"""Application Auto Scaling of web services and workers: bounds, policies, scheduled actions, from `scaling.py`."""

from collections.abc import Iterator
from typing import Any

import pulumi
import pulumi_aws as aws

from components.service.alarms import scaling_alarm
from components.service.args import ScaledArgs
from components.service.dimensions import TargetDimensions
from components.service.scaling import ScalingArgs, step_policies
from observability import CloudWatchMath


def make_autoscaling(
    name: str,
    args: ScaledArgs,
    service: aws.ecs.Service,
    opts: pulumi.ResourceOptions,
    *,
    dimensions: TargetDimensions | None = None,
    backlog: CloudWatchMath | None = None,
) -> None:
    """Make all that changes the number of tasks of `service`; nothing where that number is fixed.

    Args:
        name: logical name of the component.
        args: its arguments.
        service: what is scaled.
        opts: options of the component's children.
        dimensions: target groups of a web service.
        backlog: messages for each running task of a worker.

    """
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
    if dimensions:
        _make_step_scaling(name, args, dimensions, target_fields, opts)
    for role, value, specification in _targets(scaling, dimensions, backlog):
        tracking: Any = {
            "target_value": value,
            "scale_in_cooldown": scaling.cooldown_seconds,
            "scale_out_cooldown": scaling.cooldown_seconds,
            **specification,
        }
        aws.appautoscaling.Policy(
            f"{name}-{role}",
            policy_type="TargetTrackingScaling",
            target_tracking_scaling_policy_configuration=tracking,
            opts=opts,
            **target_fields,
        )
    _make_schedules(name, args, target_fields, opts)


def _make_step_scaling(
    name: str,
    args: ScaledArgs,
    dimensions: TargetDimensions,
    target_fields: dict[str, Any],
    opts: pulumi.ResourceOptions,
) -> None:
    for policy in step_policies(args.scaling):
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


def _targets(
    scaling: ScalingArgs, dimensions: TargetDimensions | None, backlog: CloudWatchMath | None
) -> Iterator[tuple[str, int, dict[str, Any]]]:
    """Yield role, value and metric of each policy of target tracking."""
    target = scaling.target
    if target:
        yield "cpu", target.cpu_percent, _predefined("ECSServiceAverageCPUUtilization")
    if target and target.memory_percent:
        yield "memory", target.memory_percent, _predefined("ECSServiceAverageMemoryUtilization")
    if target and target.requests_per_task_per_minute and dimensions:
        label = pulumi.Output.concat(dimensions.arn_suffix, "/", dimensions.target_group_suffixes[0])
        requests = _predefined("ALBRequestCountPerTarget", resource_label=label)
        yield "requests", target.requests_per_task_per_minute, requests
    if scaling.queue and backlog:
        yield "queue", scaling.queue.messages_per_task, _computed(backlog)


def _predefined(metric: str, **fields: Any) -> dict[str, Any]:
    return {"predefined_metric_specification": {"predefined_metric_type": metric, **fields}}


def _computed(math: CloudWatchMath) -> dict[str, Any]:
    """Return a metric that AWS has not: metric math over several.

    https://docs.aws.amazon.com/autoscaling/application/userguide/application-auto-scaling-target-tracking-metric-math.html
    """
    measured = [
        {
            "id": id_,
            "return_data": False,
            "metric_stat": {
                "metric": {
                    "namespace": it.namespace,
                    "metric_name": it.metric,
                    "dimensions": [{"name": name, "value": value} for name, value in it.dimensions.items()],
                },
                "stat": it.statistic,
            },
        }
        for id_, it in math.metrics.items()
    ]
    steered = {"id": "steered", "label": "steered", "expression": math.expression, "return_data": True}
    return {"customized_metric_specification": {"metrics": [*measured, steered]}}


def _make_schedules(
    name: str, args: ScaledArgs, target_fields: dict[str, Any], opts: pulumi.ResourceOptions
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
