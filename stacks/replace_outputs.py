"""Records as they are known offline: a text stands for every Output."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

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
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{field.name: replaced(getattr(value, field.name)) for field in fields(value)})
        return value

    without_outputs: Record = replaced(record)
    return without_outputs
