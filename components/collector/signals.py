"""Alerts, panels and checks of the collector, as plain data."""

from components.aws import ecs_signals
from observability import Board, ByHand, Check, Group, Signals


def signals(cluster: str, service: str) -> Signals:
    """Return the signals of the collector's ECS service, of which one task runs."""
    return Signals(
        subject="Collector",
        board=Board.TELEMETRY,
        signals=(
            ecs_signals.running_tasks("collector", cluster, service, 1),
            ecs_signals.cpu("collector", cluster, service),
            ecs_signals.memory("collector", cluster, service),
        ),
        checks=(
            Check(
                id="collector-targets-up",
                group=Group.OBSERVABILITY,
                title="Every scrape target is up, and remote_write succeeds",
                question=ByHand("up{job=~'postgres|redis|cloudflare|pgbouncer|service'}"),
                fix="Read the collector's log group: each stream has the name of its container.",
            ),
        ),
    )
