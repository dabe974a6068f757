"""CloudWatch alarms of a web service: those of step scaling, and those that roll a deployment back."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws import ecs_signals, load_balancers
from components.service.args import ScaledArgs, ServiceArgs
from components.service.dimensions import TargetDimensions, highest, total
from components.service.scaling import FULL_PERCENT, Metric, StepPolicy
from observability.records.limits import SLOW_SECONDS

PERIOD_SECONDS = 60
"""Shortest period in which ECS and the load balancer report, in seconds."""
FAILING_PERCENT = 5
"""HTTP 5xx ratio over which a deployment is rolled back, in percent."""
FEWEST_FAILURES = 10
"""HTTP 5xx responses in a minute below which their ratio is ignored."""
FAILING_MINUTES = 3
"""Minutes in a row after which a deployment is rolled back: one restart of one task is not a reason."""


def rollback_alarms(
    name: str, args: ServiceArgs, dimensions: TargetDimensions, opts: pulumi.ResourceOptions
) -> list[aws.cloudwatch.MetricAlarm]:
    """Return the alarms that roll a running deployment back: HTTP 5xx ratio, latency, unhealthy targets."""
    fleets = len(dimensions.target_groups)
    errors, requests = total("errors", fleets), total("requests", fleets)
    failing = f"IF({requests} > 0, 100 * {errors} / {requests} * ({errors} >= {FEWEST_FAILURES}), 0)"
    alarms: dict[str, tuple[list[Any], float]] = {
        "failing": (
            [
                *_of_fleets("errors", "HTTPCode_Target_5XX_Count", dimensions, "Sum"),
                *_of_fleets("requests", "RequestCount", dimensions, "Sum"),
                _expression(failing),
            ],
            FAILING_PERCENT,
        ),
        "slow": ([*_responses(dimensions), _expression(highest("response", fleets))], SLOW_SECONDS),
        "unhealthy": (
            [
                *_of_fleets("fleet", "UnHealthyHostCount", dimensions, "Maximum"),
                _expression(total("fleet", fleets)),
            ],
            0,
        ),
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
        for role, (queries, threshold) in alarms.items()
    ]


def scaling_alarm(
    name: str,
    args: ScaledArgs,
    dimensions: TargetDimensions,
    policy: StepPolicy,
    action: pulumi.Output[str],
    opts: pulumi.ResourceOptions,
) -> aws.cloudwatch.MetricAlarm:
    """Return the alarm of `policy`; `action` is the ARN of the scaling policy that it starts."""
    return aws.cloudwatch.MetricAlarm(
        f"{name}-{policy.policy_name}",
        name=f"{args.service_name}-{policy.policy_name}",
        alarm_description=f"Changes the number of tasks of {args.service_name}.",
        metric_queries=_scaling_queries(policy, args, dimensions),
        comparison_operator="LessThanThreshold" if policy.below else "GreaterThanThreshold",
        threshold=policy.threshold,
        evaluation_periods=policy.minutes,
        treat_missing_data="notBreaching",
        alarm_actions=[action],
        opts=opts,
    )


def _scaling_queries(policy: StepPolicy, args: ScaledArgs, dimensions: TargetDimensions) -> list[Any]:
    tasks = ecs_signals.dimensions(args.cluster.name, args.service_name)
    cpu = _query("cpu", ecs_signals.NAMESPACE, "CPUUtilization", tasks, "Average")
    responses, response = _responses(dimensions), highest("response", len(dimensions.target_groups))
    if policy.metric is Metric.CPU:
        return [cpu, _expression("FILL(cpu, 0)")]
    if policy.metric is Metric.RESPONSE:
        return [*responses, _expression(response)]
    # Without CPU data the service may be busy; without a response time it has no requests.
    slow = args.scaling.step.response_high_ms / 1000 if args.scaling.step else SLOW_SECONDS
    idle = f"IF({response} < {slow}, FILL(cpu, {FULL_PERCENT}), {FULL_PERCENT})"
    return [cpu, *responses, _expression(idle)]


def _responses(dimensions: TargetDimensions) -> list[dict[str, Any]]:
    return _of_fleets("response", "TargetResponseTime", dimensions, "p95")


def _of_fleets(id_: str, metric: str, dimensions: TargetDimensions, statistic: str) -> list[dict[str, Any]]:
    """Return the query of one metric for each target group, numbered from 0."""
    return [
        _query(f"{id_}{number}", load_balancers.NAMESPACE, metric, target_group, statistic)
        for number, target_group in enumerate(dimensions.target_groups)
    ]


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
