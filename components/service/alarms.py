"""Alarms of a web service: those that change its number of tasks, and those that take a deployment back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws import ecs_signals
from components.service.args import ServiceArgs
from components.service.scaling import FULL_PERCENT, Metric, StepPolicy
from observability.records.limits import SLOW_SECONDS

BALANCER_NAMESPACE, TASKS_NAMESPACE = "AWS/ApplicationELB", "AWS/ECS"

PERIOD_SECONDS = 60
"""Shortest period in which ECS and the load balancer report."""

FAILING_PERCENT = 5
"""Share of failed requests at which a deployment is taken back."""

FEWEST_FAILURES = 10
"""Failed requests in a minute below which the share says nothing."""

FAILING_MINUTES = 3
"""Minutes in a row after which a deployment is taken back: one restart of one task is not a reason."""


@dataclass(frozen=True, kw_only=True)
class Front:
    """The load balancer and its target groups, as metrics name them."""

    balancer: pulumi.Output[str]
    """ARN suffix of the load balancer."""
    targets: Sequence[pulumi.Output[str]]
    """ARN suffixes of the target groups: one, or two with two fleets."""


def rollback_alarms(
    name: str, args: ServiceArgs, front: Front, opts: pulumi.ResourceOptions
) -> list[aws.cloudwatch.MetricAlarm]:
    """What takes a deployment back while it goes on: failed requests, slow ones, tasks that do not get well."""
    balancer = {"LoadBalancer": front.balancer}
    errors = f"100 * errors / requests * (errors >= {FEWEST_FAILURES})"
    watched: dict[str, tuple[list[Any], float]] = {
        "failing": (
            [
                _query("errors", BALANCER_NAMESPACE, "HTTPCode_Target_5XX_Count", balancer, "Sum"),
                _query("requests", BALANCER_NAMESPACE, "RequestCount", balancer, "Sum"),
                _expression(f"IF(requests > 0, {errors}, 0)"),
            ],
            FAILING_PERCENT,
        ),
        "slow": ([_response(balancer), _expression("FILL(response, 0)")], SLOW_SECONDS),
        "unhealthy": (_unhealthy(front), 0),
    }
    return [
        aws.cloudwatch.MetricAlarm(
            f"{name}-{role}",
            name=f"{args.service_name}-{role}",
            alarm_description=f"Takes a deployment of {args.service_name} back.",
            metric_queries=queries,
            comparison_operator="GreaterThanThreshold",
            threshold=threshold,
            evaluation_periods=FAILING_MINUTES,
            treat_missing_data="notBreaching",
            opts=opts,
        )
        for role, (queries, threshold) in watched.items()
    ]


def scaling_alarm(
    name: str,
    args: ServiceArgs,
    front: Front,
    policy: StepPolicy,
    action: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> aws.cloudwatch.MetricAlarm:
    """The alarm that has `action`, the ARN of the scaling policy, done while `policy` wants it."""
    return aws.cloudwatch.MetricAlarm(
        f"{name}-{policy.policy_name}",
        name=f"{args.service_name}-{policy.policy_name}",
        alarm_description=f"Changes the number of tasks of {args.service_name}.",
        metric_queries=_of_policy(policy, args, front),
        comparison_operator="LessThanThreshold" if policy.below else "GreaterThanThreshold",
        threshold=policy.threshold,
        evaluation_periods=policy.minutes,
        treat_missing_data="notBreaching",
        alarm_actions=[action],
        opts=opts,
    )


def _of_policy(policy: StepPolicy, args: ServiceArgs, front: Front) -> list[Any]:
    tasks = ecs_signals.dimensions(args.cluster_name, args.service_name)
    cpu = _query("cpu", TASKS_NAMESPACE, "CPUUtilization", tasks, "Average")
    response = _response({"LoadBalancer": front.balancer})
    if policy.metric is Metric.CPU:
        return [cpu, _expression("FILL(cpu, 0)")]
    if policy.metric is Metric.RESPONSE:
        return [response, _expression("FILL(response, 0)")]
    # A missing CPU is no idle one; a missing response time means that nobody asks.
    slow = args.scaling.step.response_high_ms / 1000 if args.scaling.step else SLOW_SECONDS
    idle = f"IF(FILL(response, 0) < {slow}, FILL(cpu, {FULL_PERCENT}), {FULL_PERCENT})"
    return [cpu, response, _expression(idle)]


def _unhealthy(front: Front) -> list[Any]:
    found = [
        _query(
            f"fleet{number}",
            BALANCER_NAMESPACE,
            "UnHealthyHostCount",
            {"LoadBalancer": front.balancer, "TargetGroup": target},
            "Maximum",
        )
        for number, target in enumerate(front.targets)
    ]
    total = " + ".join(f"FILL({query['id']}, 0)" for query in found)
    return [*found, _expression(total)]


def _response(dimensions: dict[str, Any]) -> dict[str, Any]:
    return _query("response", BALANCER_NAMESPACE, "TargetResponseTime", dimensions, "p95")


def _query(id_: str, namespace: str, metric: str, dimensions: dict[str, Any], statistic: str) -> dict[str, Any]:
    return {
        "id": id_,
        "return_data": False,
        "metric": {
            "namespace": namespace,
            "metric_name": metric,
            "dimensions": dimensions,
            "period": PERIOD_SECONDS,
            "stat": statistic,
        },
    }


def _expression(text: str) -> dict[str, Any]:
    return {"id": "watched", "label": "watched", "expression": text, "return_data": True}
