"""What to watch on the collector, as plain data."""

from components import _ecs_signals
from components._signals import Board, Check, Signals


def signals(cluster: str, service: str) -> Signals:
    """Signals of the collector's ECS service, of which one task runs."""
    return Signals(
        subject="Collector",
        board=Board.TELEMETRY,
        signals=(
            _ecs_signals.running_tasks("collector", cluster, service, 1),
            _ecs_signals.cpu("collector", cluster, service),
            _ecs_signals.memory("collector", cluster, service),
        ),
        checks=(
            Check(
                id="collector-targets-up",
                title="Every exporter is read, and the store takes what is read",
                probe="up{job=~'postgres|redis|cloudflare|pgbouncer|service'}",
                fix="Read the collector's log group: each stream has the name of its container.",
            ),
        ),
    )
