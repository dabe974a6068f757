"""What runs at Fly.io: the apps, which come before the stores that admit them, their Machines, the collector.

Nothing of it is imported where nothing runs there.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pulumi

from components.service.args import TelemetryArgs
from stacks.compose.datadog import agent_tags, fly_agent_app, metrics_endpoint
from stacks.compose.metrics import MetricsStore
from stacks.compose.objectives import error_shares, latency_limits, objectives_args
from stacks.compose.stack import Stack
from stacks.compose.surroundings import Surroundings
from stacks.compose.workload import workload_variables
from stacks.config.fly import FlyConfig, GuestConfig
from stacks.config.metric_names import metric_names
from stacks.config.service import LongRunning, ServiceConfig, TaskRunConfig, WebConfig
from stacks.config.service_metrics import ServiceMetricsConfig
from stacks.naming import FIRST, component_name

if TYPE_CHECKING:
    from components.collector.fly import FlyCollector
    from components.datadog.fly_agent import FlyDatadogAgent
    from components.fly_machines.machines import GuestArgs, MachineArgs
    from components.service.fly.app import FlyApp
    from components.service.fly.service import FlyService
    from components.service.fly.task import FlyTask

KINDS = {"web": "service", "worker": "worker", "task": "task"}
"""First part of the name of a component, by kind."""


def make_apps(stack: Stack) -> dict[str, "FlyApp"]:
    """Return the app of each service at Fly.io, by the service's name."""
    fly = stack.config.fly
    if fly is None or not stack.config.on_fly:
        return {}
    from components.service.fly.app import FlyApp, FlyAppArgs

    return {
        name: FlyApp(
            f"{component_name(KINDS[config.kind], name)}-fly",
            FlyAppArgs(
                app_name=app_name(stack, name, config),
                organization=fly.organization,
                regions=config.fly.regions or fly.regions,
                public=isinstance(config, WebConfig),
                hostnames=_hostnames(stack, name, config),
                egress_addresses=fly.egress_addresses,
                protect=config.fly.protect,
            ),
            stack.opts,
        )
        for name, config in stack.config.on_fly.items()
    }


def app_name(stack: Stack, name: str, config: ServiceConfig) -> str:
    """Return the name of a service's app."""
    own = stack.names.prefix if name == FIRST["service"] else stack.names.of(name)
    return config.fly.app_name or own


def app_ranges(apps: Mapping[str, "FlyApp"]) -> list[pulumi.Output[str]]:
    """Return the IPv4 addresses from which the apps call others, each as a range."""
    return [address for app in apps.values() for address in app.egress_addresses]


def app_ranges_v6(apps: Mapping[str, "FlyApp"]) -> list[pulumi.Output[str]]:
    """Return the IPv6 addresses from which they do: a Machine takes those first where a server has one."""
    return [address for app in apps.values() for address in app.egress_addresses_v6]


def fly_hostname(stack: Stack, apps: Mapping[str, "FlyApp"]) -> pulumi.Output[str] | None:
    """Return the host name of the main web service, where it runs at Fly.io: the origin of the edge."""
    main = apps.get(stack.config.main_web or "")
    return main.hostname if main else None


def fly_outputs(apps: Mapping[str, "FlyApp"]) -> dict[str, pulumi.Input[Any]]:
    """Return the stack's outputs about its apps: their host names, and the records of their certificates."""
    records = {host: it for app in apps.values() for host, it in app.certificates.items()}
    return {
        **({"fly_hostnames": {name: app.hostname for name, app in apps.items()}} if apps else {}),
        **({"fly_dns_requirements": records} if records else {}),
    }


def make_fly_service(
    stack: Stack, name: str, config: ServiceConfig, around: Surroundings, app: "FlyApp", label: str
) -> "FlyService | FlyTask":
    """Return the Machines, or the task, of the service called `name`."""
    from components.service.fly.args import FlyHttpArgs, FlyServiceArgs, FlyWorkloadArgs
    from components.service.fly.service import FlyService
    from components.service.fly.task import FlyTask

    fly = stack.config.fly
    assert fly is not None  # noqa: S101  something runs there
    variables = workload_variables(stack, name, config, around)
    shared: dict[str, Any] = {
        "key": f"services.{name}",
        "app": app_name(stack, name, config),
        "app_name": app.app_name,
        "machine": _machine(fly, config, variables.plain),
        "secrets": variables.secret,
        "generated": variables.generated,
    }
    logical_name = component_name(KINDS[config.kind], name)
    if isinstance(config, TaskRunConfig):
        return FlyTask(logical_name, FlyWorkloadArgs(**shared), stack.opts)
    regions = len(config.fly.regions or fly.regions)
    http, telemetry = None, TelemetryArgs()
    if isinstance(config, WebConfig):
        http = FlyHttpArgs(
            port=config.port,
            health_path=config.health_path,
            ready_path=config.ready_path,
            idle_timeout_seconds=config.max_request_seconds,
            websockets=config.websockets,
            autostop=config.fly.autostop,
            autostart=config.fly.autostart,
            minimum_running=config.fly.always_running,
        )
        telemetry = _telemetry(stack, config, label)
    stays = config.fly.autostop == "off"
    args = FlyServiceArgs(
        **shared,
        http=http,
        least_running=config.fly.machines * regions if stays else config.fly.always_running,
        own_metrics=fly.metrics_token_secret is not None and stack.config.metrics.collects,
        telemetry=telemetry,
    )
    return FlyService(logical_name, args, stack.opts)


def make_fly_collector(stack: Stack, store: MetricsStore) -> "FlyCollector | None":
    """Return the collector of what runs at Fly.io; None where nothing of it is measured."""
    fly, measured = stack.config.fly, _targets(stack)
    if fly is None or store.collecting is None or not (measured or fly.metrics_token_secret):
        return None
    from components.alloy.alloy_config import AppTarget
    from components.collector.fly import FlyCollector, FlyCollectorArgs

    token = fly.metrics_token_secret
    return FlyCollector(
        "collector-fly",
        FlyCollectorArgs(
            app_name=stack.names.of("collector"),
            organization=fly.organization,
            region=fly.regions[0],
            guest=_guest(fly.collector_guest),
            collecting=store.collecting,
            targets=[AppTarget(**it) for it in measured],
            apps=[app_name(stack, name, it) for name, it in stack.config.on_fly.items()],
            metrics_token=stack.secrets[token] if token else None,
        ),
        stack.opts,
    )


def make_fly_datadog_agent(stack: Stack, services: Mapping[str, object]) -> "FlyDatadogAgent | None":
    """Return Datadog's agent of what runs at Fly.io; None where there is none. `services` are all, by name."""
    config, fly, datadog = stack.config, stack.config.fly, stack.config.datadog
    agent = datadog.agent if datadog else None
    if fly is None or datadog is None or agent is None or not config.long_running.keys() & config.on_fly.keys():
        return None
    from components.datadog.fly_agent import FlyDatadogAgent, FlyDatadogAgentArgs, MachineMetrics
    from components.service.fly.service import FlyService

    assert agent.api_key_secret is not None  # noqa: S101  the configuration refuses its ARN here
    read = [
        MachineMetrics(app_name=app_name(stack, name, it), machine_ids=made.machine_ids, endpoint=endpoint)
        for name, it in config.on_fly.items()
        if isinstance(it, LongRunning)
        and isinstance(made := services[name], FlyService)
        and (endpoint := metrics_endpoint(config, name, it))
    ]
    return FlyDatadogAgent(
        "datadog-agent",
        FlyDatadogAgentArgs(
            app_name=fly_agent_app(config),
            organization=fly.organization,
            region=fly.regions[0],
            guest=_guest(agent.fly_guest),
            image=agent.image,
            site=datadog.site,
            api_key=stack.secrets[agent.api_key_secret],
            environment=config.environment,
            app=config.app,
            tags=agent_tags(config),
            traces=agent.traces,
            interval_seconds=config.metrics.scrape_interval_seconds,
            metrics=read,
        ),
        stack.opts,
    )


def _targets(stack: Stack) -> list[dict[str, Any]]:
    """Return the fields of each app whose own metrics are read."""
    found: list[dict[str, Any]] = []
    several = sum(bool(it.metrics) for it in stack.config.web.values()) > 1
    for name, config in stack.config.on_fly.items():
        if not isinstance(config, LongRunning) or config.metrics is None:
            continue
        metrics, web = config.metrics, isinstance(config, WebConfig)
        found.append(
            {
                "app": app_name(stack, name, config),
                "job": "service" if web else "worker",
                "port": metrics.port or getattr(config, "port", 0),
                "path": metrics.path,
                "service": name if several or not web else "",
            }
        )
    return found


def _hostnames(stack: Stack, name: str, config: ServiceConfig) -> list[str]:
    """Return the host names for which a service's app needs a certificate."""
    own = list(getattr(config, "hostnames", ()))
    edge = stack.config.edge
    behind_edge = edge is not None and name == stack.config.main_web and not own
    return [*edge.hostnames] if edge and behind_edge else own


def _guest(config: GuestConfig) -> "GuestArgs":
    from components.fly_machines.machines import GuestArgs

    return GuestArgs(cpu_kind=config.cpu_kind, cpus=config.cpus, memory_mib=config.memory_mib)


def _machine(fly: FlyConfig, config: ServiceConfig, environment: Mapping[str, pulumi.Input[str]]) -> "MachineArgs":
    from components.fly_machines.machines import MachineArgs

    return MachineArgs(
        image=config.image,
        owned_by_ci=config.image_by == "ci",
        regions=config.fly.regions or fly.regions,
        machines=config.fly.machines,
        guest=_guest(config.fly.guest),
        one_by_one=config.fly.strategy == "rolling",
        entry_point=config.entry_point,
        command=config.command,
        environment=environment,
        stop_timeout_seconds=config.fly.stop_timeout_seconds,
    )


def _telemetry(stack: Stack, config: WebConfig, label: str) -> TelemetryArgs:
    promised, metrics = stack.config.objectives, config.metrics
    paths: tuple[str, ...] = ()
    if isinstance(metrics, ServiceMetricsConfig):
        paths = (config.health_path, metrics.path, *([config.ready_path] if config.ready_path else []))
    return TelemetryArgs(
        metric_names=metric_names(metrics, paths) if metrics else None,
        label=label,
        latency_limits=latency_limits(promised.targets),
        error_shares=error_shares(promised.targets),
        objectives=objectives_args(promised.targets, metrics, period_days=promised.period_days),
    )
