"""Alerts and panels of PgBouncer, as plain data."""

import pulumi

from components.postgres.pooler.args import PoolerArgs
from components.postgres.pooler.procedures import pooler_procedures
from components.postgres.pooler.signals import cloudwatch, prometheus
from observability import Board, Signals


def signals(args: PoolerArgs, load_balancer: pulumi.Output[str], target_group: pulumi.Output[str]) -> Signals:
    """Return the signals of a pooler whose load balancer and target group are given by their ARN suffixes."""
    names, clients = args.exporter_names, args.pool.client_connections
    return Signals(
        subject="Pooler",
        board=Board.POOLER,
        signals=(
            *cloudwatch.signals(args, load_balancer, target_group),
            *(prometheus.signals(names, clients) if names else ()),
        ),
        procedures=pooler_procedures(args),
    )
