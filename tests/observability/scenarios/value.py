"""What an expression is worth, computed here: Prometheus then has to agree, or a test fails."""

from functools import singledispatch
from typing import Protocol

from observability.promql import (
    Aggregation,
    Difference,
    Expression,
    Increase,
    Level,
    Quantile,
    Rate,
    Ratio,
    Scaled,
    Series,
    Sum,
)
from tests.observability.scenarios.synthetic_series import SyntheticSeries


class Store(Protocol):
    """Something that knows series at one moment."""

    def levels(self, wanted: Series) -> list[float]:
        """Gauges that `wanted` selects."""

    def growth(self, wanted: Series, seconds: int) -> dict[SyntheticSeries, float]:
        """Growth in a second of the counters that `wanted` selects, over `seconds`."""


@singledispatch
def value(expression: Expression, store: Store, seconds: int) -> float | None:
    """What `expression` is over a window of `seconds`; None where it is nothing.

    Raises:
        TypeError: nothing here knows what the expression means.

    """
    raise TypeError(f"{type(expression).__name__}: its value has to be defined beside the others, for its tests")


@value.register
def _(expression: Level, store: Store, seconds: int) -> float | None:
    found = store.levels(expression.of)
    if not found:
        return None
    if expression.how in (Aggregation.MAX, Aggregation.MIN):
        return max(found) if expression.how is Aggregation.MAX else min(found)
    return sum(found) / (len(found) if expression.how is Aggregation.AVERAGE else 1)


@value.register
def _(expression: Rate, store: Store, seconds: int) -> float | None:
    found = store.growth(expression.of, seconds)
    return sum(found.values()) if found else None


@value.register
def _(expression: Increase, store: Store, seconds: int) -> float | None:
    found = store.growth(expression.of, seconds)
    return sum(found.values()) * seconds if found else None


@value.register
def _(expression: Quantile, store: Store, seconds: int) -> float | None:
    found = store.growth(expression.of, seconds)
    buckets = sorted((float(dict(made.labels)["le"]), rate) for made, rate in found.items())
    if not buckets or buckets[-1][1] <= 0:
        return None
    rank = expression.share * buckets[-1][1]
    place = next(place for place, (_, rate) in enumerate(buckets) if rate >= rank)
    if place == len(buckets) - 1:
        return buckets[-2][0]
    start, before = buckets[place - 1] if place else (0.0, 0.0)
    end, rate = buckets[place]
    return start + (end - start) * (rank - before) / (rate - before)


@value.register
def _(expression: Sum, store: Store, seconds: int) -> float | None:
    terms = [value(term, store, seconds) for term in expression.terms]
    return None if None in terms else sum(term for term in terms if term is not None)


@value.register
def _(expression: Difference, store: Store, seconds: int) -> float | None:
    whole, part = value(expression.whole, store, seconds), value(expression.part, store, seconds)
    return None if whole is None or part is None else whole - part


@value.register
def _(expression: Ratio, store: Store, seconds: int) -> float | None:
    whole, part = value(expression.whole, store, seconds), value(expression.part, store, seconds)
    return None if part is None or whole is None or whole <= 0 else part / whole


@value.register
def _(expression: Scaled, store: Store, seconds: int) -> float | None:
    found = value(expression.of, store, seconds)
    return None if found is None else expression.factor * found
