"""What to watch on the monitoring servers, as plain data: from CloudWatch, which does not fall with them."""

from components.aws import ecs_signals
from observability import Board, Check, Signals


def signals(cluster: str, service: str) -> Signals:
    """Signals of the servers' ECS service, of which one task runs."""
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
                title="The disk of the series has room",
                probe="prometheus_tsdb_storage_blocks_bytes",
                fix="Raise `metrics.store.storage_gib`; xfs_growfs on the machine then makes the new room usable.",
            ),
        ),
    )
