"""Expressions of PromQL as data: their series can be listed, they can be written for any window, and evaluated.

https://prometheus.io/docs/prometheus/latest/querying/basics/
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from msgspec import Struct

EXPONENT_FROM = 1e6
"""Numbers from here on are stored with an exponent: `1e+06`."""


class Operator(StrEnum):
    """Comparison of a label with a value."""

    EQUAL = "="
    DIFFERENT = "!="
    LIKE = "=~"
    UNLIKE = "!~"


class Match(Struct, frozen=True):
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
    """Return the condition for a number in `le` or `quantile` as its exporter writes it or Prometheus stores it.

    Prometheus 3, and Alloy with it, stores `1` as `1.0`; Prometheus 2 stores what is written.
    https://prometheus.io/docs/prometheus/latest/migration/#le-and-quantile-label-values
    """
    number = float(written)
    # Floats of OpenMetrics: Go's shortest form.
    stored = f"{number:g}" if number >= EXPONENT_FROM else repr(number)
    if stored == written:
        return Match(label, written)
    return Match(label, "|".join(re.escape(it) for it in (written, stored)), Operator.LIKE)


class Series(Struct, frozen=True):
    """Series of one metric that meet every condition."""

    metric: str
    """Name as the exporter gives it."""
    matches: tuple[Match, ...] = ()
    """Conditions on labels; none means every series of the metric."""

    def __str__(self) -> str:
        return f"{self.metric}{{{','.join(map(str, self.matches))}}}" if self.matches else self.metric

    def where(self, *matches: Match) -> "Series":
        """Return the same metric under further conditions."""
        return Series(self.metric, (*self.matches, *matches))


class Aggregation(StrEnum):
    """Aggregation operator that makes one series of many."""

    SUM = "sum"
    MAX = "max"
    MIN = "min"
    AVERAGE = "avg"


class Expression(ABC):
    """Something PromQL can compute: one number for each combination of the labels it keeps."""

    @abstractmethod
    def promql(self, window: str) -> str:
        """Return its text, rates taken over `window`, for example `5m`."""

    def series(self) -> Iterator[Series]:
        """Yield every series that it reads, in the order in which they are written."""
        for part in self.parts():
            yield from (operand for operand in part._operands() if isinstance(operand, Series))

    def parts(self) -> "Iterator[Expression]":
        """Yield the expression itself and every expression in it."""
        yield self
        for operand in self._operands():
            if isinstance(operand, Expression):
                yield from operand.parts()

    def _operands(self) -> Iterator[object]:
        for field in fields(self):  # type: ignore[arg-type]  # every expression is a dataclass
            value = getattr(self, field.name)
            yield from value if isinstance(value, tuple) else (value,)


@dataclass(frozen=True)
class Level(Expression):
    """A gauge as it stands."""

    of: Series
    """The gauge."""
    how: Aggregation = Aggregation.SUM
    """Operator that makes one number of its series."""
    by: tuple[str, ...] = ()
    """Labels that are kept."""

    def promql(self, window: str) -> str:  # noqa: ARG002
        return f"{_aggregated(self.how, self.by)}({self.of})"


@dataclass(frozen=True)
class Rate(Expression):
    """Growth of a counter in a second, over the window."""

    of: Series
    """The counter."""
    by: tuple[str, ...] = ()
    """Labels that are kept."""

    def promql(self, window: str) -> str:
        return f"{_aggregated(Aggregation.SUM, self.by)}(rate({self.of}[{window}]))"


@dataclass(frozen=True)
class Increase(Expression):
    """Growth of a counter in the whole window."""

    of: Series
    """The counter."""
    by: tuple[str, ...] = ()
    """Labels that are kept."""

    def promql(self, window: str) -> str:
        return f"{_aggregated(Aggregation.SUM, self.by)}(increase({self.of}[{window}]))"


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


@dataclass(frozen=True)
class Sum(Expression):
    """Sum of terms that keep the same labels; a term without a series makes the sum empty."""

    terms: tuple[Expression, ...]
    """Two or more."""

    def promql(self, window: str) -> str:
        return "(" + " + ".join(term.promql(window) for term in self.terms) + ")"


@dataclass(frozen=True)
class Difference(Expression):
    """`whole` minus `part`, both with the same labels."""

    whole: Expression
    """Minuend."""
    part: Expression
    """Subtrahend."""

    def promql(self, window: str) -> str:
        return f"({self.whole.promql(window)} - {self.part.promql(window)})"


@dataclass(frozen=True)
class Ratio(Expression):
    """`part` divided by `whole`, both with the same labels; no value while the whole is 0."""

    part: Expression
    """Numerator."""
    whole: Expression
    """Denominator."""

    def promql(self, window: str) -> str:
        return f"{self.part.promql(window)} / ({self.whole.promql(window)} > 0)"


@dataclass(frozen=True)
class Scaled(Expression):
    """Another unit of the same number."""

    of: Expression
    """Expression that is scaled."""
    factor: float
    """Factor: 60 for a rate in a minute."""

    def promql(self, window: str) -> str:
        return f"{self.factor:g} * ({self.of.promql(window)})"


def _aggregated(how: Aggregation, by: tuple[str, ...]) -> str:
    return f"{how.value} by ({', '.join(by)}) " if by else how.value
