"""What to watch on PgBouncer, as plain data."""

from typing import Any

from components.aws import ecs_signals
from components.postgres.pooler.args import PoolerArgs
from components.postgres.pooler.metrics import metrics
from observability import Board, Check, CloudWatch, Severity, Signal, Signals, Threshold


def signals(args: PoolerArgs, load_balancer: Any, target_group: Any) -> Signals:
    """Signals of the pooler's ECS service, its load balancer and target group given by ARN suffixes (Outputs)."""
    cluster, service = args.cluster_name, args.service_name
    return Signals(
        subject="Pooler",
        board=Board.POOLER,
        signals=(
            ecs_signals.running_tasks("pooler", cluster, service, args.tasks),
            ecs_signals.cpu("pooler", cluster, service),
            ecs_signals.memory("pooler", cluster, service),
            _unhealthy(load_balancer, target_group),
            *(metrics(args.metrics, args.client_connections) if args.metrics else ()),
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


def _unhealthy(load_balancer: Any, target_group: Any) -> Signal:
    return Signal(
        id="pooler-unhealthy-hosts",
        title="Pooler tasks that refuse connections",
        description="Tasks that the load balancer cannot open a connection to; clients are kept away from them.",
        query=CloudWatch(
            namespace="AWS/NetworkELB",
            metric="UnHealthyHostCount",
            dimensions={"LoadBalancer": load_balancer, "TargetGroup": target_group},
            statistic="Maximum",
        ),
        unit="short",
        thresholds=(Threshold(severity=Severity.TICKET, value=0),),
        runbook=(
            "Read the newest stream `pgbouncer/pgbouncer` of the pooler's log group. `login failed` means that "
            "the database's secret and its password differ; start a new deployment. A task that exits at once "
            "could not fetch the certificate authorities: look at the stream `prepare/prepare`."
        ),
    )
