"""Records of one environment: several may share a store of metrics, and only its own may fire its alerts."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import asdict, replace

from observability.promql import Expression, Match, Series
from observability.records.objective import Slowness

Record = TypeVar("Record")
_LEAVES = frozenset({str, int, float, bool, type(None)})


def add_matchers(record: Record, *matches: Match) -> Record:
    """Return `record` with the label matchers `matches` added to every series that it queries."""
    with_matchers: Record = _with_matchers(record, matches)
    return with_matchers


def _with_matchers(value: Any, matches: tuple[Match, ...]) -> Any:
    if type(value) in _LEAVES:
        return value
    if isinstance(value, Series):
        return value.where(*matches)
    if isinstance(value, Slowness):
        return replace(value, matches=(*value.matches, *matches))
    if isinstance(value, tuple):
        return tuple(_with_matchers(item, matches) for item in value)
    if isinstance(value, Mapping):
        return {key: _with_matchers(item, matches) for key, item in value.items()}
    if isinstance(value, Expression):
        return dataclasses.replace(value, **_with_matchers(vars(value), matches))  # type: ignore[type-var]  # it is one
    if isinstance(value, Struct):
        return replace(value, **_with_matchers(asdict(value), matches))
    return value
