"""CloudWatch alarms of a web service: those of step scaling, and those that roll a deployment back."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.aws import ecs_signals
from components.service.args import ServiceArgs
from components.service.dimensions import BALANCER_NAMESPACE, ECS_NAMESPACE, BalancerDimensions
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
    name: str, args: ServiceArgs, dimensions: BalancerDimensions, opts: pulumi.ResourceOptions
) -> list[aws.cloudwatch.MetricAlarm]:
    """Return the alarms that roll a running deployment back: HTTP 5xx ratio, latency, unhealthy targets."""
    balancer = dimensions.balancer
    errors = f"100 * errors / requests * (errors >= {FEWEST_FAILURES})"
    unhealthy = [
        _query(f"fleet{number}", BALANCER_NAMESPACE, "UnHealthyHostCount", target_group, "Maximum")
        for number, target_group in enumerate(dimensions.target_groups)
    ]
    total = " + ".join(f"FILL({query['id']}, 0)" for query in unhealthy)
    alarms: dict[str, tuple[list[Any], float]] = {
        "failing": (
            [
                _query("errors", BALANCER_NAMESPACE, "HTTPCode_Target_5XX_Count", balancer, "Sum"),
                _query("requests", BALANCER_NAMESPACE, "RequestCount", balancer, "Sum"),
                _expression(f"IF(requests > 0, {errors}, 0)"),
            ],
            FAILING_PERCENT,
        ),
        "slow": ([_response(balancer), _expression("FILL(response, 0)")], SLOW_SECONDS),
        "unhealthy": ([*unhealthy, _expression(total)], 0),
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
    args: ServiceArgs,
    dimensions: BalancerDimensions,
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


def _scaling_queries(policy: StepPolicy, args: ServiceArgs, dimensions: BalancerDimensions) -> list[Any]:
    tasks = ecs_signals.dimensions(args.cluster.name, args.service_name)
    cpu = _query("cpu", ECS_NAMESPACE, "CPUUtilization", tasks, "Average")
    response = _response(dimensions.balancer)
    if policy.metric is Metric.CPU:
        return [cpu, _expression("FILL(cpu, 0)")]
    if policy.metric is Metric.RESPONSE:
        return [response, _expression("FILL(response, 0)")]
    # Without CPU data the service may be busy; without a response time it has no requests.
    slow = args.scaling.step.response_high_ms / 1000 if args.scaling.step else SLOW_SECONDS
    idle = f"IF(FILL(response, 0) < {slow}, FILL(cpu, {FULL_PERCENT}), {FULL_PERCENT})"
    return [cpu, response, _expression(idle)]


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
