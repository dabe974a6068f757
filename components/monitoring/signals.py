"""Alerts, panels and checks of the monitoring servers, measured by CloudWatch, which does not fail with them."""

from components.aws import ecs_signals
from observability import Board, ByHand, Check, Group, Signals


def signals(cluster: str, service: str) -> Signals:
    """Return the signals of the servers' ECS service, of which one task runs."""
    return Signals(
        subject="Metrics",
        board=Board.TELEMETRY,
        signals=(
            ecs_signals.running_tasks("metrics", cluster, service, 1),
            ecs_signals.memory("metrics", cluster, service),
        ),
        checks=(
            Check(
                id="metrics-disk-free",
                group=Group.OBSERVABILITY,
                title="Prometheus has free disk space",
                question=ByHand("prometheus_tsdb_storage_blocks_bytes"),
                fix="Raise `metrics.store.storage_gib`; xfs_growfs on the machine then makes the new room usable.",
            ),
        ),
    )
