"""What to watch on PgBouncer, as plain data."""

from components import _ecs_signals
from components._signals import Check, Signals


def signals(cluster: str, service: str, tasks: int) -> Signals:
    """Signals of the pooler's ECS service, of which `tasks` run at rest."""
    return Signals(
        subject="Pooler",
        signals=(
            _ecs_signals.running_tasks("pooler", cluster, service, tasks),
            _ecs_signals.cpu("pooler", cluster, service),
        ),
        checks=(
            Check(
                id="pooler-mode",
                title="PgBouncer pools by transaction, within its ceiling",
                probe="SHOW CONFIG",
                fix="Deploy the stack: pool_mode and default_pool_size come from its file.",
            ),
        ),
    )
