"""Signals that CloudWatch measures of PgBouncer's service and its load balancer."""

import pulumi

from components.aws import ecs_signals
from components.postgres.pooler.args import PoolerArgs
from observability import CloudWatch, Signal
from observability.records.limits import over


def signals(
    args: PoolerArgs, load_balancer: pulumi.Output[str], target_group: pulumi.Output[str]
) -> tuple[Signal, ...]:
    """Return the signals of the ECS service, and of the targets that the load balancer sees."""
    cluster, service = args.cluster.name, args.service_name
    return (
        ecs_signals.running_tasks("pooler", cluster, service, args.pool.tasks),
        ecs_signals.cpu("pooler", cluster, service),
        ecs_signals.memory("pooler", cluster, service),
        Signal(
            id="pooler-unhealthy-hosts",
            title="Pooler unhealthy targets (UnHealthyHostCount)",
            description="Tasks that fail the load balancer's TCP health check; it sends no client to them.",
            query=CloudWatch(
                namespace="AWS/NetworkELB",
                metric="UnHealthyHostCount",
                dimensions={"LoadBalancer": load_balancer, "TargetGroup": target_group},
                statistic="Maximum",
            ),
            unit="short",
            thresholds=over(ticket=0),
            runbook=(
                "Read the newest stream `pgbouncer/pgbouncer` of the pooler's log group. `login failed` means "
                "that the database's secret and its password differ; start a new deployment. A task that exits at "
                "once could not fetch the certificate authorities: look at the stream `prepare/prepare`."
            ),
        ),
    )
