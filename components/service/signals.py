"""What to watch on a web service, as plain data."""

from collections.abc import Iterator, Sequence
from typing import Any

from components import _ecs_signals
from components._scaling import ScalingArgs
from components._signals import Check, CloudWatch, Severity, Signal, Signals, Threshold
from components.service.alarms import BALANCER_NAMESPACE, SLOW_SECONDS, Front
from components.service.args import ServiceArgs

REFUSED_CALLERS = 30
"""Failed TLS connections in a minute over which a ticket is written: a scanner makes fewer."""

TICKET, PAGE = Severity.TICKET, Severity.PAGE


def signals(args: ServiceArgs, front: Front) -> Signals:
    """Signals of an ECS service behind a load balancer."""
    balancer = {"LoadBalancer": front.balancer}
    return Signals(
        subject="Service",
        signals=(
            _latency(balancer),
            *_errors(balancer),
            *(_handshakes(balancer) if args.trust_store_arn is not None else ()),
            _requests(balancer),
            *_unhealthy(balancer, front.targets),
            _ecs_signals.running_tasks(
                "service", args.cluster_name, args.service_name, args.scaling.minimum_tasks
            ),
            *_at_maximum(args.scaling, args.cluster_name, args.service_name),
            _ecs_signals.cpu("service", args.cluster_name, args.service_name),
            _ecs_signals.memory("service", args.cluster_name, args.service_name),
        ),
        checks=(
            Check(
                id="service-health",
                title="The service answers its health path",
                probe="GET health_path",
                fix="Read the tasks' log group.",
            ),
            Check(
                id="service-deployment",
                title="The service runs the task definition that was requested",
                probe="DescribeServices: taskDefinition",
                fix="Read the service's events: ECS took the deployment back. Mend the image and deploy again.",
            ),
        ),
    )


def _metric(dimensions: dict[str, Any], metric: str, statistic: str) -> CloudWatch:
    return CloudWatch(namespace=BALANCER_NAMESPACE, metric=metric, dimensions=dimensions, statistic=statistic)


def _over(ticket: float, page: float) -> tuple[Threshold, ...]:
    return (Threshold(severity=TICKET, value=ticket), Threshold(severity=PAGE, value=page))


def _latency(balancer: dict[str, Any]) -> Signal:
    return Signal(
        id="service-latency-p95",
        title="Response time, 95th percentile",
        description="19 of 20 requests are answered faster, measured at the load balancer.",
        query=_metric(balancer, "TargetResponseTime", "p95"),
        unit="s",
        thresholds=_over(SLOW_SECONDS / 2, SLOW_SECONDS),
        runbook="Compare with the database's CPU and connections; then look at the slowest route.",
    )


def _errors(balancer: dict[str, Any]) -> Iterator[Signal]:
    yield Signal(
        id="service-server-errors",
        title="Server errors",
        description="Answers of the tasks with a 5xx status in five minutes.",
        query=_metric(balancer, "HTTPCode_Target_5XX_Count", "Sum"),
        unit="short",
        thresholds=_over(10, 100),
        runbook="Read the newest issue in Sentry. If a deployment came before it, roll that back.",
    )
    yield Signal(
        id="service-balancer-errors",
        title="Load balancer errors",
        description="Requests in five minutes that no task answered in time, or at all.",
        query=_metric(balancer, "HTTPCode_ELB_5XX_Count", "Sum"),
        unit="short",
        thresholds=_over(10, 100),
        runbook=(
            "502: a task closed the connection, its keep-alive is shorter than the idle timeout. 503: no healthy "
            "task. 504: a request took longer than `service.max_request_seconds`."
        ),
    )
    yield Signal(
        id="service-rejected-connections",
        title="Rejected connections",
        description="Connections that the load balancer refused, at its own limit.",
        query=_metric(balancer, "RejectedConnectionCount", "Sum"),
        unit="short",
        thresholds=(Threshold(severity=PAGE, value=0),),
        runbook="Look for an attack at the edge first; the load balancer grows by itself within minutes.",
    )


def _handshakes(balancer: dict[str, Any]) -> Iterator[Signal]:
    yield Signal(
        id="service-refused-callers",
        title="Connections without our certificate",
        description="TLS connections in a minute that failed: callers without the edge's certificate.",
        query=_metric(balancer, "ClientTLSNegotiationErrorCount", "Sum"),
        unit="short",
        thresholds=(Threshold(severity=TICKET, value=REFUSED_CALLERS),),
        runbook=(
            "With 525 and 526 at the edge: its certificate has expired or is of another authority; deploy the "
            "stack, which renews both. Without: somebody calls the load balancer past the edge, and is refused."
        ),
    )


def _requests(balancer: dict[str, Any]) -> Signal:
    return Signal(
        id="service-requests",
        title="Requests",
        description="Requests that reached the origin in five minutes; the edge answers the others.",
        query=_metric(balancer, "RequestCount", "Sum"),
        unit="short",
    )


def _unhealthy(balancer: dict[str, Any], targets: Sequence[Any]) -> Iterator[Signal]:
    for number, target in enumerate(targets):
        yield Signal(
            id="service-unhealthy-tasks" if number == 0 else "service-unhealthy-tasks-second",
            title="Unhealthy tasks" if number == 0 else "Unhealthy tasks, second fleet",
            description="Tasks that run and do not answer their health path.",
            query=_metric({**balancer, "TargetGroup": target}, "UnHealthyHostCount", "Maximum"),
            unit="short",
            thresholds=(Threshold(severity=TICKET, value=0),),
            runbook="Read the tasks' log group around the first failed health check.",
        )


def _at_maximum(scaling: ScalingArgs, cluster: str, service: str) -> Iterator[Signal]:
    if not scaling.automatic:
        return
    yield Signal(
        id="service-at-maximum",
        title="Tasks at the maximum",
        description=f"Running tasks; {scaling.maximum_tasks} are the most that autoscaling may start.",
        query=CloudWatch(
            namespace="ECS/ContainerInsights",
            metric="RunningTaskCount",
            dimensions=_ecs_signals.dimensions(cluster, service),
            statistic="Minimum",
        ),
        unit="short",
        thresholds=(Threshold(severity=TICKET, value=scaling.maximum_tasks - 1),),
        for_seconds=600,
        runbook=(
            "Nothing is left for more load. Raise `service.scaling.maximum_tasks`; the connection budget says "
            "whether the poolers bear it."
        ),
    )
