"""Signals of a worker: of its tasks, and of the queue that it works off."""

from components.aws import ecs_signals
from components.service.args import ScrapeArgs, WorkerArgs
from components.service.procedures import service_procedures
from components.service.queue import backlog_query, depth_query
from components.service.signals.cloudwatch import at_maximum
from components.service.signals.deployment import deployment_check
from observability import Prometheus, Signal, Signals, Unit
from observability.promql import Aggregation, Level, Match, Series
from observability.records.limits import over, under
from observability.records.names import Job
from observability.records.sources import ADVICE, DOWN_SECONDS, UP

BEHIND_SECONDS = 900
"""How long a queue must be too long before anybody is alerted, in seconds: autoscaling has followed by then."""
TICKET_TIMES, PAGE_TIMES = 2, 10
"""Multiples of the messages that may wait for each task, over which a ticket is written and somebody is paged."""


def worker_signals(args: WorkerArgs) -> Signals:
    """Return the signals of a worker."""
    cluster, service = args.cluster.name, args.service_name
    return Signals(
        subject="Worker",
        signals=(
            ecs_signals.running_tasks("worker", cluster, service, args.scaling.minimum_tasks),
            *at_maximum("worker", "services.worker", args.scaling, cluster, service),
            ecs_signals.cpu("worker", cluster, service),
            ecs_signals.memory("worker", cluster, service),
            *_queue(args),
            *(_scrape(args.metrics) if args.metrics else ()),
        ),
        checks=(deployment_check("worker", cluster, service),),
        procedures=service_procedures(args),
    )


def _scrape(metrics: ScrapeArgs) -> tuple[Signal, ...]:
    up = Series(UP, (Match("job", Job.WORKER), Match("service", metrics.label)))
    return (
        Signal(
            id="worker-metrics",
            title="Scrape target up: the worker",
            description="1 while the metrics of any of its tasks are read; at 0 its own are missing.",
            query=Prometheus(expression=Level(up, Aggregation.MAX)),
            unit=Unit.NUMBER,
            thresholds=under(ticket=1),
            for_seconds=DOWN_SECONDS,
            alert_on_absence=True,
            runbook=ADVICE,
        ),
    )


def _queue(args: WorkerArgs) -> tuple[Signal, ...]:
    depth, backlog, scaling = depth_query(args), backlog_query(args), args.scaling.queue
    if args.queue is None or depth is None or backlog is None:
        return ()
    behind = (
        "Read the worker's log for failing messages first: one that always fails comes back for ever. Then "
        "compare the arrivals with those of the day before, and raise `services.worker.scaling.maximum_tasks`."
    )
    return (
        Signal(
            id="worker-queue-depth",
            title="Messages in the queue",
            description="Messages that wait for a worker.",
            query=depth,
            unit=Unit.NUMBER,
            thresholds=over(ticket=args.queue.most_messages),
            for_seconds=BEHIND_SECONDS,
            runbook=behind,
        ),
        Signal(
            id="worker-backlog-per-task",
            title="Messages in the queue for each running task",
            description="Messages that wait for a worker, for each running task; what autoscaling steers by.",
            query=backlog,
            unit=Unit.NUMBER,
            thresholds=over(
                ticket=TICKET_TIMES * scaling.messages_per_task, page=PAGE_TIMES * scaling.messages_per_task
            )
            if scaling
            else (),
            for_seconds=BEHIND_SECONDS,
            runbook=behind,
        ),
    )
