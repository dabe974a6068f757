"""A worker on Fargate: tasks that nobody calls, as many as their load or their queue needs."""

import pulumi
from msgspec.structs import replace

from components.alloy.alloy_config import Target
from components.alloy.sidecar import Collecting
from components.component import Component
from components.service.args import WorkerArgs
from components.service.autoscaling import make_autoscaling
from components.service.ecs import make_ecs_service, make_task_group
from components.service.queue import backlog_query, depth_sidecars
from components.service.rollout import running_task_definition
from components.service.signals.worker import worker_signals
from components.service.tasks import make_task_definition
from observability import Signals
from observability.records.names import Job


class Worker(Component):
    """One worker. Holds no data: a task can be replaced at any time."""

    security_group_id: pulumi.Output[str]
    """Group of the tasks."""
    task_definition_arn: pulumi.Output[str]
    """ARN of the task definition that runs; an error where it is not the requested one, unless CI owns it."""

    def __init__(self, name: str, args: WorkerArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        metrics = args.metrics
        stores, collecting = [], None
        if metrics:
            target = Target(job=Job.WORKER, port=metrics.port, path=metrics.path, service=metrics.label)
            stores, collecting = metrics.collecting.store.upstreams, Collecting(metrics.collecting, [target])
        group, needed = make_task_group(name, args, "Worker tasks", stores, self._child())
        task = make_task_definition(
            name,
            replace(args, sidecars=[*args.sidecars, *depth_sidecars(args)]),
            self._child(),
            stop_timeout_seconds=args.stop_timeout_seconds,
            collecting=collecting,
        )
        self._service = service = make_ecs_service(
            name, args, task, group, self._child(), needed=needed, leaving_seconds=args.stop_timeout_seconds
        )
        make_autoscaling(name, args, service, self._child(), backlog=backlog_query(args))
        self.security_group_id = group.id
        looked_up = pulumi.InvokeOutputOptions(parent=self, depends_on=[service])
        self.task_definition_arn = (
            service.task_definition.apply(str)
            if args.image.owned_by_ci
            else running_task_definition(service, task.arn, looked_up)
        )
        self._signals = worker_signals(args)
        self._finish()

    @property
    def ready(self) -> pulumi.Resource:
        """The running tasks; all that they call is there before them."""
        return self._service

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return self._signals
