"""Procedures of Redis: memory, evictions, latency; of ElastiCache, failover as well."""

from pathlib import Path
from typing import Final

from observability.records.procedure import Procedure, filled, read

_ALL: Final = read(Path(__file__).with_name("procedures.md"))
OF_NODES: Final = "redis-failover"


def redis_procedures(*, evicts: bool) -> tuple[Procedure, ...]:
    """Return the procedures of a store whose full memory drops keys, or refuses writes."""
    full = "old keys go, and the hit rate falls" if evicts else "writes are refused with `OOM`"
    return filled(tuple(it for it in _ALL if it.id != OF_NODES), full=full)


def failover_procedures(replication_group_id: str) -> tuple[Procedure, ...]:
    """Return the procedure by which a replica of ElastiCache becomes the primary."""
    return filled(tuple(it for it in _ALL if it.id == OF_NODES), identifier=replication_group_id)
