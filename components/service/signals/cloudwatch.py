"""Signals of the load balancer and of ECS, from CloudWatch."""

from collections.abc import Sequence
from typing import Any

from components.aws import ecs_signals
from components.service.dimensions import BALANCER_NAMESPACE
from components.service.scaling import ScalingArgs
from observability import Board, CloudWatch, CloudWatchMath, Signal, Unit
from observability.durations import MINUTE_SECONDS
from observability.records.limits import over

COUNT_SECONDS = 5 * MINUTE_SECONDS
"""Period of one count of the load balancer, in seconds."""
FAILED_HANDSHAKES = 30
"""Failed TLS connections in a minute over which a ticket is written: a scanner makes fewer."""
JUST_UNDER_HALF = 0.49
"""Unhealthy target ratio over which somebody is paged: one of two targets counts."""


def count(balancer: dict[str, Any], metric: str) -> CloudWatch:
    """Return how often something happened at the load balancer in five minutes."""
    return CloudWatch(
        namespace=BALANCER_NAMESPACE,
        metric=metric,
        dimensions=balancer,
        statistic="Sum",
        period_seconds=COUNT_SECONDS,
    )


def _metric(dimensions: dict[str, Any], metric: str, statistic: str) -> CloudWatch:
    return CloudWatch(namespace=BALANCER_NAMESPACE, metric=metric, dimensions=dimensions, statistic=statistic)


def balancer_errors(balancer: dict[str, Any]) -> tuple[Signal, ...]:
    """Return the signals of requests that failed at the load balancer or behind it."""
    return (
        Signal(
            id="service-server-errors",
            title="HTTP 5xx responses of targets",
            description="HTTP 5xx responses that the tasks sent in five minutes.",
            query=count(balancer, "HTTPCode_Target_5XX_Count"),
            board=Board.ERRORS,
            unit="short",
            thresholds=over(ticket=10, page=100),
            runbook="Read the newest issue in Sentry. If a deployment came before it, roll that back.",
        ),
        Signal(
            id="service-balancer-errors",
            title="HTTP 5xx responses of the load balancer",
            description="HTTP 502, 503 and 504 in five minutes: no target answered, or not in time.",
            query=count(balancer, "HTTPCode_ELB_5XX_Count"),
            board=Board.ERRORS,
            unit="short",
            thresholds=over(ticket=5, page=100),
            runbook=(
                "502: a task closed the connection, its keep-alive is shorter than the idle timeout. 503: no "
                "healthy task. 504: a request took longer than `service.max_request_seconds`."
            ),
        ),
        Signal(
            id="service-rejected-connections",
            title="Rejected connections",
            description="Connections in five minutes that the load balancer rejected at its connection limit.",
            query=count(balancer, "RejectedConnectionCount"),
            board=Board.ERRORS,
            unit="short",
            thresholds=over(page=0),
            runbook="Look for an attack at the edge first; the load balancer grows by itself within minutes.",
        ),
    )


def failed_handshakes(balancer: dict[str, Any]) -> tuple[Signal, ...]:
    """Return the signal of callers without a valid client certificate."""
    return (
        Signal(
            id="service-refused-callers",
            title="Client TLS negotiation errors",
            description="TLS handshakes in a minute that failed: clients without the edge's certificate.",
            query=_metric(balancer, "ClientTLSNegotiationErrorCount", "Sum"),
            unit="short",
            thresholds=over(ticket=FAILED_HANDSHAKES),
            runbook=(
                "With HTTP 525 or 526 at the edge: its client certificate has expired or is of another authority; "
                "deploy the stack, which renews both. Without: somebody calls the load balancer past the edge, "
                "and is refused."
            ),
        ),
    )


_UNHEALTHY_RUNBOOK = "Read the tasks' log group around the first failed health check."


def target_health(target_groups: Sequence[dict[str, Any]]) -> tuple[Signal, ...]:
    """Return the signals of each target group: the second is that of a deployment's second fleet."""
    names = (("", ""), ("-second", ", second target group"))
    return tuple(
        signal
        for target_group, (suffix, which) in zip(target_groups, names, strict=False)
        for signal in (
            Signal(
                id=f"service-unhealthy-tasks{suffix}",
                title=f"Unhealthy targets{which}",
                description="Tasks that run and fail the health check of the load balancer.",
                query=_metric(target_group, "UnHealthyHostCount", "Maximum"),
                unit="short",
                thresholds=over(ticket=0),
                runbook=_UNHEALTHY_RUNBOOK,
            ),
            Signal(
                id=f"service-unhealthy-share{suffix}",
                title=f"Unhealthy target ratio{which}",
                description="Share of registered targets that fail the health check of the load balancer.",
                query=CloudWatchMath(
                    expression="IF(healthy + unhealthy > 0, unhealthy / (healthy + unhealthy), 0)",
                    metrics={
                        "healthy": _metric(target_group, "HealthyHostCount", "Minimum"),
                        "unhealthy": _metric(target_group, "UnHealthyHostCount", "Maximum"),
                    },
                ),
                unit=Unit.SHARE,
                thresholds=over(page=JUST_UNDER_HALF),
                runbook=_UNHEALTHY_RUNBOOK,
            ),
        )
    )


def at_maximum(scaling: ScalingArgs, cluster: str, service: str) -> tuple[Signal, ...]:
    """Return the signal of autoscaling that has no task left to start; none where the number is fixed."""
    if not scaling.automatic:
        return ()
    return (
        Signal(
            id="service-at-maximum",
            title="Running tasks at the autoscaling maximum",
            description=f"Running tasks; autoscaling starts {scaling.maximum_tasks} at the most.",
            query=CloudWatch(
                namespace="ECS/ContainerInsights",
                metric="RunningTaskCount",
                dimensions=ecs_signals.dimensions(cluster, service),
                statistic="Minimum",
            ),
            unit="short",
            thresholds=over(ticket=scaling.maximum_tasks - 1),
            for_seconds=900,
            runbook=(
                "Autoscaling cannot follow more load. Raise `service.scaling.maximum_tasks`; `footing check` says "
                "whether the poolers have the connections for it."
            ),
        ),
    )
