"""Records as they are known offline: a text stands for every Output."""

from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import asdict, replace

UNKNOWN = "unknown until deployed"
"""Stands for what only the provider knows, such as the name of a load balancer in a dimension."""

Record = TypeVar("Record")


def replace_outputs(record: Record) -> Record:
    """Return `record` with `UNKNOWN` for every Output in it."""
    # Only when called: what reads the configuration needs no Pulumi.
    from pulumi import Output

    def replaced(value: Any) -> Any:
        if isinstance(value, Output):
            return UNKNOWN
        if isinstance(value, tuple):
            return tuple(replaced(item) for item in value)
        if isinstance(value, Mapping):
            return {key: replaced(item) for key, item in value.items()}
        if isinstance(value, Struct):
            return replace(value, **replaced(asdict(value)))
        return value

    without_outputs: Record = replaced(record)
    return without_outputs
