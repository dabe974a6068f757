"""Alerts and panels of the collector, as plain data."""

from components.aws import ecs_signals
from observability import Board, Signals


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
    )
