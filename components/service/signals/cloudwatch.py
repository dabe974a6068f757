"""Signals of the target groups and of ECS, from CloudWatch."""

from collections.abc import Callable, Sequence
from typing import Any

from components.aws import ecs_signals
from components.aws.load_balancers import count, metric
from components.service.dimensions import total
from components.service.scaling import ScalingArgs
from observability import Board, CloudWatch, CloudWatchMath, Signal, Unit
from observability.records.limits import over

JUST_UNDER_HALF = 0.49
"""Unhealthy target ratio over which somebody is paged: one of two targets counts."""


def of_fleets(
    id_: str, queries: Sequence[CloudWatch], join: Callable[[str, int], str]
) -> CloudWatch | CloudWatchMath:
    """Return one number of the queries of all target groups, joined by `total` or `highest`."""
    if len(queries) == 1:
        return queries[0]
    metrics = {f"{id_}{number}": query for number, query in enumerate(queries)}
    return CloudWatchMath(expression=join(id_, len(queries)), metrics=metrics)


def server_errors(target_groups: Sequence[dict[str, Any]]) -> Signal:
    """Return the signal of requests that failed in the tasks."""
    return Signal(
        id="service-server-errors",
        title="HTTP 5xx responses of targets",
        description="HTTP 5xx responses that the tasks sent in five minutes.",
        query=of_fleets("errors", [count(it, "HTTPCode_Target_5XX_Count") for it in target_groups], total),
        board=Board.ERRORS,
        unit="short",
        thresholds=over(ticket=10, page=100),
        runbook="Read the newest issue in Sentry. If a deployment came before it, roll that back.",
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
                query=metric(target_group, "UnHealthyHostCount", "Maximum"),
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
                        "healthy": metric(target_group, "HealthyHostCount", "Minimum"),
                        "unhealthy": metric(target_group, "UnHealthyHostCount", "Maximum"),
                    },
                ),
                unit=Unit.SHARE,
                thresholds=over(page=JUST_UNDER_HALF),
                runbook=_UNHEALTHY_RUNBOOK,
            ),
        )
    )


def at_maximum(subject: str, key: str, scaling: ScalingArgs, cluster: str, service: str) -> tuple[Signal, ...]:
    """Return the signal of autoscaling that has no task left to start; none where the number is fixed.

    `subject` begins its id, `key` is that of the default of its kind in the stack file.
    """
    if not scaling.automatic:
        return ()
    return (
        Signal(
            id=f"{subject}-at-maximum",
            title="Running tasks at the autoscaling maximum",
            description=f"Running tasks; autoscaling starts {scaling.maximum_tasks} at the most.",
            query=CloudWatch(
                namespace=ecs_signals.INSIGHTS,
                metric="RunningTaskCount",
                dimensions=ecs_signals.dimensions(cluster, service),
                statistic="Minimum",
            ),
            unit="short",
            thresholds=over(ticket=scaling.maximum_tasks - 1),
            for_seconds=900,
            runbook=(
                f"Autoscaling cannot follow more load. Raise `{key}.scaling.maximum_tasks`; `footing check` "
                "says whether the poolers have the connections for it."
            ),
        ),
    )
