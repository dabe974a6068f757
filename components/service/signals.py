"""What to watch on a web service, as plain data."""

from collections.abc import Iterator, Sequence
from typing import Any

from components.aws import ecs_signals
from components.service.alarms import BALANCER_NAMESPACE, Front
from components.service.args import ServiceArgs
from components.service.metrics import metrics
from components.service.objectives import hit_ratios, objectives
from components.service.scaling import ScalingArgs
from components.service.traffic import count, traffic
from observability import Board, Check, CloudWatch, CloudWatchMath, Severity, Signal, Signals, Threshold, Unit
from observability.records.limits import over

REFUSED_CALLERS = 30
"""Failed TLS connections in a minute over which a ticket is written: a scanner makes fewer."""

TICKET, PAGE = Severity.TICKET, Severity.PAGE

JUST_UNDER_HALF = 0.49
"""Half of the tasks is too many: one of two."""


def signals(args: ServiceArgs, front: Front) -> Signals:
    """Signals of an ECS service behind a load balancer."""
    balancer = {"LoadBalancer": front.balancer}
    return Signals(
        subject="Service",
        signals=(
            *traffic(args, balancer),
            *_errors(balancer),
            *(_handshakes(balancer) if args.trust_store_arn is not None else ()),
            *_unhealthy(balancer, front.targets),
            ecs_signals.running_tasks("service", args.cluster_name, args.service_name, args.scaling.minimum_tasks),
            *_at_maximum(args.scaling, args.cluster_name, args.service_name),
            ecs_signals.cpu("service", args.cluster_name, args.service_name),
            ecs_signals.memory("service", args.cluster_name, args.service_name),
            *(metrics(args.metrics) if args.metrics else ()),
            *(hit_ratios(args.objectives) if args.objectives and args.metrics else ()),
        ),
        objectives=objectives(args.objectives, args.metrics) if args.objectives and args.metrics else (),
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


def _errors(balancer: dict[str, Any]) -> Iterator[Signal]:
    yield Signal(
        id="service-server-errors",
        title="Server errors",
        description="Answers of the tasks with a 5xx status in five minutes.",
        query=count(balancer, "HTTPCode_Target_5XX_Count"),
        board=Board.ERRORS,
        unit="short",
        thresholds=over(ticket=10, page=100),
        runbook="Read the newest issue in Sentry. If a deployment came before it, roll that back.",
    )
    yield Signal(
        id="service-balancer-errors",
        title="Load balancer errors",
        description="Requests in five minutes that no task answered in time, or at all.",
        query=count(balancer, "HTTPCode_ELB_5XX_Count"),
        board=Board.ERRORS,
        unit="short",
        thresholds=over(ticket=5, page=100),
        runbook=(
            "502: a task closed the connection, its keep-alive is shorter than the idle timeout. 503: no healthy "
            "task. 504: a request took longer than `service.max_request_seconds`."
        ),
    )
    yield Signal(
        id="service-rejected-connections",
        title="Rejected connections",
        description="Connections that the load balancer refused in five minutes, at its own limit.",
        query=count(balancer, "RejectedConnectionCount"),
        board=Board.ERRORS,
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


def _unhealthy(balancer: dict[str, Any], targets: Sequence[Any]) -> Iterator[Signal]:
    for number, target in enumerate(targets):
        yield Signal(
            id="service-unhealthy-tasks" if number == 0 else "service-unhealthy-tasks-second",
            title="Unhealthy tasks" if number == 0 else "Unhealthy tasks, second fleet",
            description="Tasks that run and do not answer their health path.",
            query=_metric({**balancer, "TargetGroup": target}, "UnHealthyHostCount", "Maximum"),
            unit="short",
            thresholds=(Threshold(severity=TICKET, value=0),),
            runbook=_UNHEALTHY_RUNBOOK,
        )
        yield _unhealthy_share({**balancer, "TargetGroup": target}, "" if number == 0 else "-second")


_UNHEALTHY_RUNBOOK = "Read the tasks' log group around the first failed health check."


def _unhealthy_share(target: dict[str, Any], suffix: str) -> Signal:
    return Signal(
        id=f"service-unhealthy-share{suffix}",
        title="Share of unhealthy tasks" if not suffix else "Share of unhealthy tasks, second fleet",
        description="Of the tasks that the load balancer knows, those that do not answer their health path.",
        query=CloudWatchMath(
            expression="IF(healthy + unhealthy > 0, unhealthy / (healthy + unhealthy), 0)",
            metrics={
                "healthy": _metric(target, "HealthyHostCount", "Minimum"),
                "unhealthy": _metric(target, "UnHealthyHostCount", "Maximum"),
            },
        ),
        unit=Unit.SHARE,
        thresholds=(Threshold(severity=PAGE, value=JUST_UNDER_HALF),),
        runbook=_UNHEALTHY_RUNBOOK,
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
            dimensions=ecs_signals.dimensions(cluster, service),
            statistic="Minimum",
        ),
        unit="short",
        thresholds=(Threshold(severity=TICKET, value=scaling.maximum_tasks - 1),),
        for_seconds=900,
        runbook=(
            "Nothing is left for more load. Raise `service.scaling.maximum_tasks`; the connection budget says "
            "whether the poolers bear it."
        ),
    )
