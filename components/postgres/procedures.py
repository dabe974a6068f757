"""Procedures of PostgreSQL, whoever runs it: what only SQL can tell and mend."""

from pathlib import Path
from typing import Final

from observability.records.procedure import Procedure, read

_ALL: Final = read(Path(__file__).with_name("procedures.md"))
OF_REPLICAS: Final = "postgres-replication-lag"


def procedures(*, replicas: bool) -> tuple[Procedure, ...]:
    """Return the procedures of a server with or without replicas."""
    return tuple(it for it in _ALL if replicas or it.id != OF_REPLICAS)
