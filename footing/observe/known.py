"""Records as they are known offline."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

import pulumi

UNKNOWN = "unknown until deployed"
"""Stands for what only the provider knows, such as the name of a load balancer in a dimension."""

Record = TypeVar("Record")


def known(record: Record) -> Record:
    """`record` with `UNKNOWN` for every Output in it."""
    known_record: Record = _known(record)
    return known_record


def _known(value: Any) -> Any:
    if isinstance(value, pulumi.Output):
        return UNKNOWN
    if isinstance(value, tuple):
        return tuple(_known(item) for item in value)
    if isinstance(value, Mapping):
        return {key: _known(item) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _known(getattr(value, field.name)) for field in fields(value)})
    return value
