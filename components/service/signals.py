"""What to watch on a web service, as plain data."""

from typing import Any

from components import _ecs_signals
from components._signals import Check, CloudWatch, Severity, Signal, Signals, Threshold

NAMESPACE = "AWS/ApplicationELB"


def signals(cluster: str, service: str, minimum_tasks: int, load_balancer: Any) -> Signals:
    """Signals of an ECS service behind a load balancer, given by its ARN suffix (an Output)."""
    return Signals(
        subject="Service",
        signals=(
            _latency(load_balancer),
            _server_errors(load_balancer),
            _requests(load_balancer),
            _ecs_signals.running_tasks("service", cluster, service, minimum_tasks),
            _ecs_signals.cpu("service", cluster, service),
            _ecs_signals.memory("service", cluster, service),
        ),
        checks=(
            Check(
                id="service-health",
                title="The service answers its health path",
                probe="GET health_path",
                fix="Read the tasks' log group.",
            ),
        ),
    )


def _metric(load_balancer: Any, metric: str, statistic: str) -> CloudWatch:
    return CloudWatch(
        namespace=NAMESPACE,
        metric=metric,
        dimensions={"LoadBalancer": load_balancer},
        statistic=statistic,
    )


def _latency(load_balancer: Any) -> Signal:
    return Signal(
        id="service-latency-p95",
        title="Response time, 95th percentile",
        description="19 of 20 requests are answered faster, measured at the load balancer.",
        query=_metric(load_balancer, "TargetResponseTime", "p95"),
        unit="s",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=1),
            Threshold(severity=Severity.PAGE, value=2),
        ),
        runbook="Compare with the database's CPU and connections; then look at the slowest route.",
    )


def _server_errors(load_balancer: Any) -> Signal:
    return Signal(
        id="service-server-errors",
        title="Server errors",
        description="Answers with a 5xx status in five minutes.",
        query=_metric(load_balancer, "HTTPCode_Target_5XX_Count", "Sum"),
        unit="short",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=10),
            Threshold(severity=Severity.PAGE, value=100),
        ),
        runbook="Read the newest issue in Sentry. If a deployment came before it, roll that back.",
    )


def _requests(load_balancer: Any) -> Signal:
    return Signal(
        id="service-requests",
        title="Requests",
        description="Requests that reached the origin in five minutes; the edge answers the others.",
        query=_metric(load_balancer, "RequestCount", "Sum"),
        unit="short",
    )
