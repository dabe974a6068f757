"""What runs the application: web services, workers, jobs and tasks, each by the kind of the configuration."""

from collections.abc import Iterator, Mapping
from typing import Any

import pulumi

from components.aws.load_balancers import LoadBalancerRef
from components.service.args import (
    CapacityArgs,
    HttpArgs,
    RedisList,
    ScrapeArgs,
    ServiceArgs,
    SqsQueue,
    TelemetryArgs,
    WorkerArgs,
    WorkloadArgs,
)
from components.service.job import Job
from components.service.job_args import JobArgs
from components.service.service import Service
from components.service.standalone import StandaloneTask
from components.service.web_service import RunOnce, WebService
from components.service.worker import Worker
from observability import Severity, Signals
from observability.promql import Match
from observability.records.named import named
from observability.records.scope import add_matchers
from stacks.compose.fly import make_fly_service
from stacks.compose.load_balancer import Balancer
from stacks.compose.objectives import error_shares, latency_limits, objectives_args, warn_of_looser_alerts
from stacks.compose.stack import Stack
from stacks.compose.surroundings import Surroundings
from stacks.compose.web import probe_requests
from stacks.compose.workload import workload_fields
from stacks.config.metric_names import metric_names
from stacks.config.redis import url_variable
from stacks.config.rollout import rollout_args
from stacks.config.scaling import QueueConfig, WorkerScalingConfig, scaling_args
from stacks.config.service import JobConfig, TaskRunConfig, WebConfig, WorkerConfig
from stacks.naming import FIRST, component_name

SERVICE_LABEL = "service"
"""Label by which series of several services in one store differ."""

RECORDED_WORKER = "worker"
"""The worker in whose words the component's records are."""

AppComponent = WebService | Worker | Job | RunOnce
"""What runs a part of the application."""


def make_services(stack: Stack, around: Surroundings, balancer: Balancer | None) -> dict[str, AppComponent]:
    """Return everything under `services`, by name."""
    warn_of_looser_alerts(stack.config.objectives.targets)
    made: dict[str, AppComponent] = {}
    for name, config in stack.config.services.items():
        if name in around.apps:
            made[name] = make_fly_service(stack, name, config, around, around.apps[name], _label(stack, name))
            continue
        match config:
            case WebConfig():
                assert balancer is not None  # noqa: S101  there is a web service
                made[name] = _web(stack, name, config, around, balancer.ref)
            case WorkerConfig():
                made[name] = _worker(stack, name, config, around)
            case JobConfig():
                made[name] = _job(stack, name, config, around)
            case TaskRunConfig():
                args = WorkloadArgs(**workload_fields(stack, name, config, around))
                made[name] = StandaloneTask(component_name("task", name), args, stack.opts)
    return made


def ready_service(stack: Stack, services: Mapping[str, AppComponent]) -> pulumi.Resource | None:
    """Return the tasks of the web service that answers the probe; None without any."""
    asked = services.get(stack.config.probed_web or "")
    return None if asked is None or isinstance(asked, RunOnce) else asked.ready


def service_signals(stack: Stack, services: Mapping[str, AppComponent]) -> Iterator[Signals]:
    """Yield the signals of each service, its name in their ids where there may be several of its kind."""
    # A job and a task have their names in their ids already.
    defaults = {WebConfig: FIRST["service"], WorkerConfig: RECORDED_WORKER}
    for name, component in services.items():
        signals = component.signals
        if label := _label(stack, name):
            signals = add_matchers(signals, Match(SERVICE_LABEL, label))
        if default := defaults.get(type(stack.config.services[name])):
            signals = named(signals, concept="services", default=default, name=name)
        yield signals


def service_outputs(
    services: Mapping[str, AppComponent], balancer: Balancer | None
) -> dict[str, pulumi.Input[Any]]:
    """Return the stack's outputs about what runs the application."""
    outputs: dict[str, pulumi.Input[Any]] = {}
    if balancer is not None:
        outputs["load_balancer_hostname"] = balancer.hostname
    tasks = {name: it for name, it in services.items() if isinstance(it, RunOnce)}
    if tasks:
        outputs["run_commands"] = {name: it.run_command for name, it in tasks.items()}
        outputs["run_requests"] = {name: it.run_request for name, it in tasks.items()}
    return outputs


def _web(
    stack: Stack, name: str, config: WebConfig, around: Surroundings, balancer: LoadBalancerRef
) -> WebService:
    scaling, metrics = scaling_args(config.scaling), config.metrics
    base_tasks, probed = config.capacity.base_tasks, name == stack.config.probed_web
    promised = stack.config.objectives
    return Service(
        component_name("service", name),
        ServiceArgs(
            **workload_fields(stack, name, config, around),
            http=HttpArgs(
                port=config.port,
                health_path=config.health_path,
                health_codes=config.health_codes,
                idle_timeout_seconds=config.max_request_seconds,
                websockets=config.websockets,
            ),
            scaling=scaling,
            capacity=CapacityArgs(
                base_tasks=scaling.minimum_tasks if base_tasks is None else base_tasks,
                spot_percent=config.capacity.spot_percent,
            ),
            balancer=balancer,
            routing=stack.config.routes[name],
            rollout=rollout_args(config.deployment),
            telemetry=TelemetryArgs(
                metric_names=metric_names(metrics, (config.health_path, metrics.path)) if metrics else None,
                collecting=around.collecting if metrics else None,
                port=metrics.port if metrics else None,
                path=metrics.path if metrics else "/metrics",
                label=_label(stack, name),
                probe_requests=probe_requests(stack) if probed else 0,
                latency_limits=latency_limits(promised.targets),
                error_shares=error_shares(promised.targets),
                objectives=objectives_args(promised.targets, metrics, period_days=promised.period_days),
            ),
        ),
        stack.opts,
    )


def _label(stack: Stack, name: str) -> str:
    """Return the label of a service's series; empty where no other has any."""
    measured = [it for it, config in stack.config.web.items() if config.metrics]
    return name if len(measured) > 1 and name in measured else ""


def _worker(stack: Stack, name: str, config: WorkerConfig, around: Surroundings) -> Worker:
    scaling, base_tasks = scaling_args(config.scaling), config.capacity.base_tasks
    return Worker(
        component_name("worker", name),
        WorkerArgs(
            **workload_fields(stack, name, config, around),
            scaling=scaling,
            capacity=CapacityArgs(
                base_tasks=scaling.minimum_tasks if base_tasks is None else base_tasks,
                spot_percent=config.capacity.spot_percent,
            ),
            rollout=rollout_args(config.deployment),
            queue=_queue(stack, config.scaling),
            stop_timeout_seconds=config.stop_timeout_seconds,
            metrics=(
                ScrapeArgs(
                    collecting=around.collecting,
                    port=config.metrics.port,
                    path=config.metrics.path,
                    label=name,
                )
                if config.metrics and around.collecting
                else None
            ),
        ),
        stack.opts,
    )


def _queue(stack: Stack, scaling: WorkerScalingConfig) -> SqsQueue | RedisList | None:
    """Return the queue that decides how many tasks run; None where another thing does."""
    if not isinstance(scaling, QueueConfig):
        return None
    if scaling.sqs_queue is not None:
        return SqsQueue(queue_name=scaling.sqs_queue, most_messages=scaling.most_messages)
    store = scaling.redis_store or ""
    return RedisList(
        url_variable=url_variable(store, stack.config.redis[store]),
        list_key=scaling.redis_list or "",
        image=scaling.redis_image,
        most_messages=scaling.most_messages,
    )


def _job(stack: Stack, name: str, config: JobConfig, around: Surroundings) -> Job:
    args = JobArgs(
        **workload_fields(stack, name, config, around),
        schedule=config.schedule,
        timezone=config.timezone,
        enabled=config.enabled,
        retries=config.retries,
        timeout_seconds=config.timeout_seconds,
        severity=Severity(config.severity),
    )
    return Job(component_name("job", name), args, stack.opts)
