"""Alerts and panels of the monitoring servers, measured by CloudWatch, which does not fail with them."""

from components.aws import ecs_signals
from observability import Board, Signals


def signals(cluster: str, service: str) -> Signals:
    """Return the signals of the servers' ECS service, of which one task runs."""
    return Signals(
        subject="Metrics",
        board=Board.TELEMETRY,
        signals=(
            ecs_signals.running_tasks("metrics", cluster, service, 1),
            ecs_signals.memory("metrics", cluster, service),
        ),
    )
