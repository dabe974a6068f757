"""What of the metrics does not fit the rest of a stack."""

from collections.abc import Iterator

from stacks.config.base import Problem
from stacks.config.exporting import Place, exporter_problems
from stacks.config.fly import SERIES_OF_MACHINE
from stacks.config.metrics import metrics_problems, sends_alerts, series_estimate
from stacks.config.service import LongRunning
from stacks.config.stack import StackConfig


def cross_metrics_problems(config: StackConfig) -> Iterator[Problem]:
    """Yield where what is measured, where it is kept, and who is told do not fit."""
    held = config.connection_budget
    fleets = {it.name: it.fleet.peak for it in (held.clients if held else ()) if it.fleet}
    own = {
        name: it.metrics.series
        for name, it in config.services.items()
        if isinstance(it, LongRunning) and it.metrics
    }
    series = series_estimate(
        config.metrics,
        poolers=held.poolers.peak if held else 0,
        services={name: fleets.get(name, 1) for name in own},
        series=own,
    )
    if config.fly and config.fly.metrics_token_secret:
        series += SERIES_OF_MACHINE * sum(fleets.get(it, config.services[it].fly.machines) for it in config.on_fly)
    if sends_alerts(config.metrics.store) and config.cloudwatch_alarms is None:
        yield "metrics.store.alerts", "given, allowed with cloudwatch_alarms, whose topics the alerts are sent to"
    if sends_alerts(config.metrics.store) and config.grafana is None:
        yield "metrics.store.alerts", "given, allowed with grafana, whose address the messages link to"
    sources = {f"redis.{name}": getattr(it, "metrics", "cloudwatch") for name, it in config.redis.items()}
    yield from exporter_problems(
        config.metrics,
        {
            **({"database": config.database.metrics} if config.database else {}),
            **sources,
            **({"edge": config.edge.metrics} if config.edge else {}),
        },
        exported_store=config.exported_store,
        edge_plan=config.edge.plan if config.edge else "",
        place=Place(region=config.region, account=config.aws_account_id),
    )
    # `network.existing` has a way out of its own, of which its file says nothing.
    yield from metrics_problems(
        config.metrics, nat=config.network.nat, endpoints=[*config.network.endpoints], series=series
    )
    if config.network.existing and config.metrics.store.provider == "self_hosted":
        allowed = "allowed amp, grafana_cloud or external with network.existing: its disk lies in one known zone"
        yield "metrics.store.provider", f"given 'self_hosted', {allowed}"
