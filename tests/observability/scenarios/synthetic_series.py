"""Synthetic series: what a store would hold, so that a record's expressions have something to read."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from observability.promql import Match, Operator, Series

ANY_VALUE = "synthetic"
"""Value of a label that may have any."""


@dataclass(frozen=True)
class SyntheticSeries:
    """One series with all of its labels."""

    metric: str
    """Name of the metric."""
    labels: tuple[tuple[str, str], ...]
    """Names and values, in the order of the names."""

    def __str__(self) -> str:
        return str(Series(self.metric, tuple(Match(name, value) for name, value in self.labels)))

    def selected_by(self, wanted: Series) -> bool:
        """Whether `wanted` selects it."""
        return _meets(self, wanted)

    def with_label(self, label: str, value: str) -> "SyntheticSeries":
        """The same with one label more, or another value."""
        return synthetic(self.metric, {**dict(self.labels), label: value})


@cache
def _meets(one: SyntheticSeries, wanted: Series) -> bool:
    labels = dict(one.labels)
    return one.metric == wanted.metric and all(
        holds(match, labels.get(match.label, "")) for match in wanted.matches
    )


def synthetic(metric: str, labels: Mapping[str, str]) -> SyntheticSeries:
    """A series of `metric`."""
    return SyntheticSeries(metric, tuple(sorted((name, value) for name, value in labels.items() if value)))


def matching_series(wanted: Series, kept: Iterable[str]) -> SyntheticSeries:
    """The plainest series that `wanted` selects, with every label of `kept`.

    Raises:
        ValueError: no value that is tried selected_by the conditions on a label.

    """
    matches: dict[str, list[Match]] = {label: [] for label in kept}
    for match in wanted.matches:
        matches.setdefault(match.label, []).append(match)
    return synthetic(wanted.metric, {label: _value(label, found, set(kept)) for label, found in matches.items()})


def holds(match: Match, value: str) -> bool:
    """Whether a label of `value` meets `match`; Prometheus holds regular expressions to the whole value."""
    if match.operator in (Operator.EQUAL, Operator.DIFFERENT):
        return (value == match.value) is (match.operator is Operator.EQUAL)
    return bool(re.fullmatch(match.value, value)) is (match.operator is Operator.LIKE)


def _value(label: str, matches: list[Match], kept: set[str]) -> str:
    tried: list[str] = [value for match in matches for value in _examples(match)]
    for value in [*tried, *([] if label in kept else [""]), ANY_VALUE]:
        if all(holds(match, value) for match in matches):
            return value
    raise ValueError(f"no value of {label} was found that meets {', '.join(map(str, matches))}")


def _examples(match: Match) -> list[str]:
    if match.operator is Operator.EQUAL:
        return [match.value]
    if match.operator is not Operator.LIKE:
        return []
    return [_example(part) for part in match.value.strip("()").split("|")]


def _example(pattern: str) -> str:
    """A text for the plain patterns that labels are matched with."""
    spelled = re.sub(r"\[\^[^\]]*\][+*]?", "x", pattern)
    spelled = re.sub(r"\[(.)[^\]]*\][+*]?", r"\1", spelled)
    return re.sub(r"\.[+*]?|\\d[+*]?", "0", re.sub(r"\\([^d])", r"\1", spelled))
