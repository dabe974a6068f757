"""Series under which an expression has a wanted value: PromQL run backwards."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass
from functools import partial
from typing import Any

from observability.promql import Expression, Level, Quantile, Scaled
from tests.observability.scenarios.synthetic_series import SyntheticSeries, matching_series
from tests.observability.scenarios.timeline import SteadyState
from tests.observability.scenarios.value import value

HALVINGS = 60
"""Steps of the search: a float has 53 binary digits, and the range of exponents takes five."""
EXPONENTS = (-12.0, 15.0)
"""Powers of ten between which a level is sought."""
EDGE_RATIO, EDGES = 1.25, range(-7, 8)
"""Edges of a made histogram around the value that matters."""
Lever = Callable[[float], dict[SyntheticSeries, float]]
"""Sets some series by one number."""


@dataclass(frozen=True, kw_only=True)
class InverseSolver:
    """The made series of some expressions, and which of them can be moved."""

    series: tuple[SyntheticSeries, ...]
    """Every one."""
    gauges: frozenset[SyntheticSeries]
    """Those that stand; the others are counters."""
    levers: tuple[Lever, ...]
    """Each sets some series by one number."""

    def base(self, scale: float) -> dict[SyntheticSeries, float]:
        """Every later series a smaller one: what is taken from another must leave something."""
        return {made: scale / (1 + place) for place, made in enumerate(self.series)}

    def _moved(self, lever: Lever, scale: float, x: float) -> dict[SyntheticSeries, float]:
        return self.base(scale) | lever(x * scale)

    def reach(
        self, expression: Expression, seconds: int, goal: float, *, scale: float = 1.0, under: bool = False
    ) -> dict[SyntheticSeries, float] | None:
        """Levels under which `expression` is `goal`; from below with `under`, where it moves in steps.

        None where no lever moves it there. `scale` is the level of the series that are not moved.
        """
        for lever in self.levers:
            found = _search(
                partial(self._moved, lever, scale), partial(_worth, expression, seconds), goal, under=under
            )
            if found is not None:
                return found
        return None


def solver(expressions: Sequence[Expression], *, around: float) -> InverseSolver:
    """Series for `expressions`; a histogram's edges lie around the value `around` of the first."""
    nodes = [node for expression in expressions for node in _nodes(expression)]
    kept = {label for node in nodes for label in getattr(node, "by", ())}
    series: dict[SyntheticSeries, None] = {}
    levers: list[Lever] = []
    gauges = set()
    edges = [around / _factor(expressions[0]) * EDGE_RATIO**power for power in EDGES]
    for node in (node for node in nodes if hasattr(node, "of") and not isinstance(node.of, Expression)):
        one = matching_series(node.of, kept)
        if isinstance(node, Quantile):
            buckets = [one.with_label("le", f"{edge:.6g}") for edge in edges] + [one.with_label("le", "+Inf")]
            series |= dict.fromkeys(buckets)
            levers.append(partial(_placed, buckets))
            continue
        gauges |= {one} if isinstance(node, Level) else set()
        if one not in series:
            series[one] = None
            levers.append(partial(_alone, one))
    return InverseSolver(series=tuple(series), gauges=frozenset(gauges), levers=tuple(levers))


def _alone(one: SyntheticSeries, x: float) -> dict[SyntheticSeries, float]:
    return {one: x}


def _worth(expression: Expression, seconds: int, levels: dict[SyntheticSeries, float]) -> float | None:
    return value(expression, SteadyState(levels), seconds)


def _placed(buckets: list[SyntheticSeries], x: float) -> dict[SyntheticSeries, float]:
    """Every observation in the bucket that `x` belongs to, one in a second."""
    return {bucket: float(float(dict(bucket.labels)["le"]) >= x) for bucket in buckets}


def _nodes(node: Any) -> Iterator[Any]:
    if isinstance(node, tuple):
        for item in node:
            yield from _nodes(item)
    elif isinstance(node, Expression) and is_dataclass(node):
        yield node
        for field in fields(node):
            yield from _nodes(getattr(node, field.name))


def _factor(expression: Expression) -> float:
    return expression.factor * _factor(expression.of) if isinstance(expression, Scaled) else 1.0


def _search(
    levels: Callable[[float], dict[SyntheticSeries, float]],
    worth: Callable[[dict[SyntheticSeries, float]], float | None],
    goal: float,
    *,
    under: bool,
) -> dict[SyntheticSeries, float] | None:
    if worth(levels(0.0)) == goal:
        return levels(0.0)
    low, high = EXPONENTS
    first, last = worth(levels(10**low)), worth(levels(10**high))
    if first is None or last is None or not min(first, last) < goal < max(first, last):
        return None
    rising = last > first
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        found = worth(levels(10**middle))
        low, high = (middle, high) if found is not None and (found < goal) is rising else (low, middle)
    return levels(10 ** (low if under is rising else high))
