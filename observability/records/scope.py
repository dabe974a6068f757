"""Records of one environment: several may share a store of metrics, and only its own may fire its alerts."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from observability.promql import Match, Series
from observability.records.objective import Slowness

Record = TypeVar("Record")


def scoped(record: Record, *matches: Match) -> Record:
    """`record` with every series that it asks Prometheus for under the further conditions `matches`."""
    scoped_record: Record = _scoped(record, matches)
    return scoped_record


def _scoped(value: Any, matches: tuple[Match, ...]) -> Any:
    if isinstance(value, Series):
        return value.where(*matches)
    if isinstance(value, Slowness):
        return replace(value, matches=(*value.matches, *matches))
    if isinstance(value, tuple):
        return tuple(_scoped(item, matches) for item in value)
    if isinstance(value, Mapping):
        return {key: _scoped(item, matches) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{field.name: _scoped(getattr(value, field.name), matches) for field in fields(value)}
        )
    return value
