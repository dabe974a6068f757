"""Signals that every ECS service has, whatever runs in it."""

from observability import CloudWatch, Severity, Signal, Threshold

NAMESPACE = "AWS/ECS"
"""CloudWatch namespace of what ECS measures itself."""
INSIGHTS = "ECS/ContainerInsights"
"""CloudWatch namespace of Container Insights."""


APPLICATIONS = ("service", "worker")
"""Subjects whose program is the user's own."""

LEAK = "What grows without it is a leak: run the image elsewhere under `memray run`, where it is Python. "


def dimensions(cluster: str, service: str) -> dict[str, str]:
    """Return the CloudWatch dimensions of one ECS service, both by physical name."""
    return {"ClusterName": cluster, "ServiceName": service}


def running_tasks(subject: str, cluster: str, service: str, minimum: int) -> Signal:
    """Return the signal that pages below `minimum` running tasks. `subject` is one lower-case word: `pooler`."""
    return Signal(
        id=f"{subject}-running-tasks",
        title=f"{subject.capitalize()} running tasks",
        description=f"Running tasks of the ECS service; at least {minimum} are expected.",
        query=CloudWatch(
            namespace=INSIGHTS,
            metric="RunningTaskCount",
            dimensions=dimensions(cluster, service),
            statistic="Minimum",
        ),
        unit="short",
        thresholds=(Threshold(severity=Severity.PAGE, value=minimum, below=True),),
        runbook=(
            f"Read why the last tasks stopped: `aws ecs describe-services --cluster {cluster} "
            f"--services {service} --query 'services[0].events[:5]'`."
        ),
    )


def cpu(subject: str, cluster: str, service: str) -> Signal:
    """Return the signal of a service short of processor time."""
    return _utilization(subject, cluster, service, "CPU", (70, 90))


def memory(subject: str, cluster: str, service: str) -> Signal:
    """Return the signal of a service short of memory; at 100 % ECS kills the task."""
    leak = LEAK if subject in APPLICATIONS else ""
    return _utilization(subject, cluster, service, "Memory", (75, 90), leak)


def _utilization(
    subject: str, cluster: str, service: str, what: str, limits: tuple[int, int], advice: str = ""
) -> Signal:
    return Signal(
        id=f"{subject}-{what.lower()}",
        title=f"{subject.capitalize()} {what if what == 'CPU' else what.lower()} utilisation",
        description=f"{what} used, as a share of what the tasks reserve.",
        query=CloudWatch(
            namespace=NAMESPACE, metric=f"{what}Utilization", dimensions=dimensions(cluster, service)
        ),
        unit="percent",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=limits[0]),
            Threshold(severity=Severity.PAGE, value=limits[1]),
        ),
        for_seconds=600,
        runbook=(
            f"Compare with the traffic. {advice}Give the {subject} more tasks, or larger ones, in the stack's "
            "file."
        ),
    )
