"""Expressions of PromQL as data: what they ask can be listed, written for any window, and fed by a test.

https://prometheus.io/docs/prometheus/latest/querying/basics/
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

EXPONENT_FROM = 1e6
"""Numbers from here on are stored with an exponent: `1e+06`."""


class Operator(StrEnum):
    """How a label is compared."""

    EQUAL = "="
    DIFFERENT = "!="
    LIKE = "=~"
    UNLIKE = "!~"


@dataclass(frozen=True)
class Match:
    """One condition on a label."""

    label: str
    """Name of the label."""
    value: str
    """A text, or a regular expression that has to match it whole."""
    operator: Operator = Operator.EQUAL
    """`LIKE` and `UNLIKE` take the value as a regular expression."""

    def __str__(self) -> str:
        value = self.value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
        return f'{self.label}{self.operator.value}"{value}"'


def numbered(label: str, written: str) -> Match:
    """A number in a label as its exporter writes it, and as Prometheus stores it: `le` and `quantile`.

    Prometheus 3, and Alloy with it, stores `1` as `1.0`; Prometheus 2 stores what is written.
    https://prometheus.io/docs/prometheus/latest/migration/#le-and-quantile-label-values
    """
    number = float(written)
    # Floats of OpenMetrics: Go's shortest form.
    stored = f"{number:g}" if number >= EXPONENT_FROM else repr(number)
    if stored == written:
        return Match(label, written)
    return Match(label, "|".join(re.escape(it) for it in (written, stored)), Operator.LIKE)


@dataclass(frozen=True)
class Series:
    """Series of one metric that meet every condition."""

    metric: str
    """Name as the exporter gives it."""
    matches: tuple[Match, ...] = ()
    """Conditions on labels; none means every series of the metric."""

    def __str__(self) -> str:
        return f"{self.metric}{{{','.join(map(str, self.matches))}}}" if self.matches else self.metric

    def where(self, *matches: Match) -> "Series":
        """The same metric under further conditions."""
        return Series(self.metric, (*self.matches, *matches))


class Aggregation(StrEnum):
    """How many series become one."""

    SUM = "sum"
    MAX = "max"
    MIN = "min"
    AVERAGE = "avg"


class Expression(ABC):
    """Something PromQL can compute: one number for each combination of the labels it keeps."""

    @abstractmethod
    def promql(self, window: str) -> str:
        """The text of it, rates taken over `window`, for example `5m`; a window of its own comes first."""

    @abstractmethod
    def series(self) -> Iterator[Series]:
        """Everything it reads."""


@dataclass(frozen=True)
class Level(Expression):
    """A gauge as it stands."""

    of: Series
    """The gauge."""
    how: Aggregation = Aggregation.SUM
    """How its series become one."""
    by: tuple[str, ...] = ()
    """Labels that are kept."""

    def promql(self, window: str) -> str:  # noqa: ARG002
        return f"{_aggregated(self.how, self.by)}({self.of})"

    def series(self) -> Iterator[Series]:
        yield self.of


@dataclass(frozen=True)
class Rate(Expression):
    """Growth of a counter in a second, over the window."""

    of: Series
    """The counter."""
    by: tuple[str, ...] = ()
    """Labels that are kept."""

    def promql(self, window: str) -> str:
        return f"{_aggregated(Aggregation.SUM, self.by)}(rate({self.of}[{window}]))"

    def series(self) -> Iterator[Series]:
        yield self.of


@dataclass(frozen=True)
class Increase(Expression):
    """Growth of a counter in the whole window."""

    of: Series
    """The counter."""
    by: tuple[str, ...] = ()
    """Labels that are kept."""

    def promql(self, window: str) -> str:
        return f"{_aggregated(Aggregation.SUM, self.by)}(increase({self.of}[{window}]))"

    def series(self) -> Iterator[Series]:
        yield self.of


@dataclass(frozen=True)
class Quantile(Expression):
    """A quantile of a classic histogram over the window, never over its whole life, and over all instances."""

    share: float
    """Between 0 and 1: 0.95 for the 95th percentile."""
    of: Series
    """The counters of the buckets, `..._bucket`."""
    by: tuple[str, ...] = ()
    """Labels that are kept beside `le`."""

    def promql(self, window: str) -> str:
        buckets = _aggregated(Aggregation.SUM, ("le", *self.by))
        return f"histogram_quantile({self.share:g}, {buckets}(rate({self.of}[{window}])))"

    def series(self) -> Iterator[Series]:
        yield self.of


@dataclass(frozen=True)
class Sum(Expression):
    """Terms that keep the same labels, added; a term without a series makes the whole empty."""

    terms: tuple[Expression, ...]
    """Two or more."""

    def promql(self, window: str) -> str:
        return "(" + " + ".join(term.promql(window) for term in self.terms) + ")"

    def series(self) -> Iterator[Series]:
        for term in self.terms:
            yield from term.series()


@dataclass(frozen=True)
class Difference(Expression):
    """`whole` without `part`, both with the same labels."""

    whole: Expression
    """What there is."""
    part: Expression
    """What of it does not count."""

    def promql(self, window: str) -> str:
        return f"({self.whole.promql(window)} - {self.part.promql(window)})"

    def series(self) -> Iterator[Series]:
        yield from self.whole.series()
        yield from self.part.series()


@dataclass(frozen=True)
class Ratio(Expression):
    """`part` of `whole`, both with the same labels; nothing at all while the whole is nothing."""

    part: Expression
    """What is counted."""
    whole: Expression
    """What it is a share of."""

    def promql(self, window: str) -> str:
        return f"{self.part.promql(window)} / ({self.whole.promql(window)} > 0)"

    def series(self) -> Iterator[Series]:
        yield from self.part.series()
        yield from self.whole.series()


@dataclass(frozen=True)
class Scaled(Expression):
    """Another unit of the same number."""

    of: Expression
    """The number."""
    factor: float
    """What it is multiplied by: 60 for a rate in a minute."""

    def promql(self, window: str) -> str:
        return f"{self.factor:g} * ({self.of.promql(window)})"

    def series(self) -> Iterator[Series]:
        return self.of.series()


def _aggregated(how: Aggregation, by: tuple[str, ...]) -> str:
    return f"{how.value} by ({', '.join(by)}) " if by else how.value
