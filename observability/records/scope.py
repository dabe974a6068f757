"""Records of one environment: several may share a store of metrics, and only its own may fire its alerts."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from observability.promql import Match, Series
from observability.records.objective import Slowness

Record = TypeVar("Record")


def add_matchers(record: Record, *matches: Match) -> Record:
    """Return `record` with the label matchers `matches` added to every series that it queries."""
    with_matchers: Record = _with_matchers(record, matches)
    return with_matchers


def _with_matchers(value: Any, matches: tuple[Match, ...]) -> Any:
    if isinstance(value, Series):
        return value.where(*matches)
    if isinstance(value, Slowness):
        return replace(value, matches=(*value.matches, *matches))
    if isinstance(value, tuple):
        return tuple(_with_matchers(item, matches) for item in value)
    if isinstance(value, Mapping):
        return {key: _with_matchers(item, matches) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        return replace(
            value, **{field.name: _with_matchers(getattr(value, field.name), matches) for field in fields(value)}
        )
    return value
