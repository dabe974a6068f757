"""Commands of each step of a launch, with the stack's own names."""

from collections.abc import Iterator, Mapping
from typing import Final

from footing.launch_plan.named import Named, Part
from stacks.config.scaling import FixedConfig
from stacks.config.stack import StackConfig
from stacks.naming import Names


def _infrastructure_commands(config: StackConfig, named: Named) -> Iterator[str]:
    yield f"footing check {named.footing}"
    yield f"footing plan {named.footing} --summary"
    if config.main_web in config.balanced:
        yield f"footing scaling {named.footing}"
    if config.edge:
        cookie = next(iter(config.edge.cache.session_cookies), "session")
        yield f"footing trace {named.footing} GET / --header 'Cookie: {cookie}=any'"
        yield f"footing trace {named.footing} GET /"
    yield from _breaker_commands(config, named)


def _breaker_commands(config: StackConfig, named: Named) -> Iterator[str]:
    """Yield what opens the breakers of the stack's own servers, on one machine: nobody else notices."""
    guarded = {it for service in config.services.values() for it in service.circuit_breakers}
    if not guarded:
        return
    yield f"footing compose {named.footing}"
    yield "docker compose up --detach"
    if config.database and "database" in guarded:
        yield "docker compose stop pgbouncer"
        yield "docker compose start pgbouncer"


def _load_commands(config: StackConfig, named: Named) -> Iterator[str]:
    for it in config.load_tests:
        yield f"footing load {named.footing} {it.name} --against-production"


def _alerting_commands(config: StackConfig, named: Named) -> Iterator[str]:
    if config.grafana:
        yield f"footing observe {named.footing}"
        yield f"footing fire-drill {named.footing} --grafana {config.grafana.url}"
        yield f"footing drift {named.footing} --grafana {config.grafana.url}"


def _way_back_commands(config: StackConfig, named: Named) -> Iterator[str]:
    names = Names(config.app, config.environment)
    cluster = config.cluster.existing_name or names.prefix
    for name in (it for it in config.long_running if it in config.on_fargate):
        service = names.of(name)
        yield _aws(config, f"ecs list-task-definitions --family-prefix {service} --sort DESC --max-items 5")
        yield _aws(config, f"ecs describe-services --cluster {cluster} --services {service}")
    if config.bastion:
        yield f"footing connect {named.footing} database"


def _scale_up_commands(config: StackConfig, _: Named) -> Iterator[str]:
    for name, _low, high in bounds(config):
        yield _scale(config, name, high, high)


def _scale_back_commands(config: StackConfig, named: Named) -> Iterator[str]:
    for name, low, high in bounds(config):
        yield _scale(config, name, low, high)
    if config.grafana:
        yield f"footing drift {named.footing} --grafana {config.grafana.url}"


def bounds(config: StackConfig) -> Iterator[tuple[str, int, int]]:
    """Yield the web services that scale, with their bounds."""
    for name, service in config.balanced.items():
        if not isinstance(service.scaling, FixedConfig):
            yield name, service.scaling.minimum_tasks, service.scaling.maximum_tasks


def _scale(config: StackConfig, name: str, low: int, high: int) -> str:
    names = Names(config.app, config.environment)
    cluster = config.cluster.existing_name or names.prefix
    return _aws(
        config,
        f"application-autoscaling register-scalable-target --service-namespace ecs --resource-id "
        f"service/{cluster}/{names.of(name)} --scalable-dimension ecs:service:DesiredCount "
        f"--min-capacity {low} --max-capacity {high}",
    )


def _aws(config: StackConfig, rest: str) -> str:
    return f"aws {rest} --region {config.region}"


def _watch_commands(config: StackConfig, _: Named) -> Iterator[str]:
    names = Names(config.app, config.environment)
    cluster = config.cluster.existing_name or names.prefix
    if services := [names.of(it) for it in config.long_running if it in config.on_fargate]:
        yield _aws(config, f"ecs describe-services --cluster {cluster} --services {' '.join(services)}")
    if config.cloudwatch_alarms:
        yield _aws(config, f"cloudwatch describe-alarms --state-value ALARM --alarm-name-prefix {names.prefix}")


COMMANDS: Final[Mapping[str, Part]] = {
    "t-7d": _infrastructure_commands,
    "t-3d": _load_commands,
    "t-2d": _alerting_commands,
    "t-1d": _way_back_commands,
    "t-12h": _scale_up_commands,
    "t-0": _watch_commands,
    "t+1h": _watch_commands,
    "t+6h": _scale_back_commands,
}
"""Commands by the profile's name, after those that ask its checks."""
