"""Procedures of PgBouncer."""

from pathlib import Path
from typing import Final

from components.postgres.pooler.args import PoolerArgs
from observability.records.procedure import Procedure, filled, read

_OWN: Final = read(Path(__file__).with_name("procedures.md"))


def pooler_procedures(args: PoolerArgs) -> tuple[Procedure, ...]:
    """Return the procedures of the poolers."""
    return filled(
        _OWN,
        cluster=args.cluster.name,
        service=args.service_name,
        region=args.region,
        tasks=args.pool.tasks,
        server_connections=args.pool.server_connections_per_task,
        client_connections=args.pool.client_connections_per_task,
    )
