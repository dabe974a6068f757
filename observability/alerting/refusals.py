"""Records that a stack must not have, because no alert could ever come of them."""

from collections.abc import Iterable, Iterator

from observability.durations import DAY_SECONDS, window
from observability.promql import Expression, Increase, Rate, Ratio, Scaled
from observability.records.queries import Prometheus
from observability.records.record import Signal, Signals

REMEDIES = (
    "a shorter window (objectives.period_days), a longer metrics.store.retention_days, or no objectives: "
    "objectives.preset: none"
)
"""Ways out for a window that is longer than the store's retention."""


def refusals(components: Iterable[Signals], *, retention_days: int | None = None) -> list[str]:
    """Return one sentence for each record that cannot be evaluated over a store that keeps `retention_days`."""
    found: dict[str, None] = {}
    for component in components:
        for signal in component.signals:
            found |= dict.fromkeys(_signal_problems(signal, retention_days))
        for objective in component.objectives:
            longest = max((pair.long_seconds for pair in objective.windows), default=0)
            seconds = max(longest, objective.period_seconds)
            found |= dict.fromkeys(_retention_problems(f"objective {objective.id}", seconds, retention_days))
    return list(found)


def _signal_problems(signal: Signal, retention_days: int | None) -> Iterator[str]:
    if not isinstance(signal.query, Prometheus):
        return
    if signal.thresholds and signal.minimum_traffic is None and _is_share_of_events(signal.query.expression):
        yield (
            f"signal {signal.id}: given a share of events without minimum_traffic, where one failure of two "
            "requests is an outage; allowed with the least traffic under which the share means nothing"
        )
    yield from _retention_problems(f"signal {signal.id}", signal.query.window_seconds, retention_days)


def _retention_problems(name: str, seconds: int, retention_days: int | None) -> Iterator[str]:
    if retention_days is not None and seconds > retention_days * DAY_SECONDS:
        yield (
            f"{name}: given a window of {window(seconds)} where metrics are kept for {retention_days} days, so "
            f"that it would be computed over less than it says; allowed {REMEDIES}"
        )


def _is_share_of_events(expression: Expression) -> bool:
    if isinstance(expression, Scaled):
        return _is_share_of_events(expression.of)
    return isinstance(expression, Ratio) and isinstance(expression.whole, Rate | Increase)
