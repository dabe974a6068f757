"""Records that a stack must not have: they would never tell, or tell of nothing."""

from collections.abc import Iterable, Iterator

from observability.durations import DAY_SECONDS, window
from observability.promql import Expression, Increase, Rate, Ratio, Scaled
from observability.records.objective import PERIOD_DAYS, Objective
from observability.records.queries import Prometheus
from observability.records.record import Signal, Signals

REMEDIES = "a shorter window, a longer metrics.store.retention_days, or no objectives: objectives.preset: none"
"""What may be done about a window that is longer than the store keeps."""


def refusals(told: Iterable[Signals], *, retention_days: int | None = None) -> list[str]:
    """One sentence for each record that cannot be watched over a store that keeps `retention_days`."""
    found = [sentence for component in told for sentence in _of(component, retention_days)]
    return list(dict.fromkeys(found))


def _of(component: Signals, retention_days: int | None) -> Iterator[str]:
    for signal in component.signals:
        yield from _signal(signal, retention_days)
    for objective in component.objectives:
        yield from _objective(objective, retention_days)


def _signal(signal: Signal, retention_days: int | None) -> Iterator[str]:
    if not isinstance(signal.query, Prometheus):
        return
    if signal.thresholds and signal.minimum_traffic is None and _is_share_of_events(signal.query.expression):
        yield (
            f"signal {signal.id}: given a share of events without a floor, where one failure of two requests is "
            "an outage; allowed with the least traffic under which it means nothing"
        )
    yield from _kept(f"signal {signal.id}", signal.query.window_seconds, retention_days)


def _objective(objective: Objective, retention_days: int | None) -> Iterator[str]:
    longest = max((pair.long_seconds for pair in objective.windows), default=0)
    yield from _kept(f"objective {objective.id}", max(longest, PERIOD_DAYS * DAY_SECONDS), retention_days)


def _kept(name: str, seconds: int, retention_days: int | None) -> Iterator[str]:
    if retention_days is not None and seconds > retention_days * DAY_SECONDS:
        yield (
            f"{name}: given a window of {window(seconds)} where metrics are kept for {retention_days} days, so "
            f"that it would be computed over less than it says; allowed {REMEDIES}"
        )


def _is_share_of_events(expression: Expression) -> bool:
    if isinstance(expression, Scaled):
        return _is_share_of_events(expression.of)
    return isinstance(expression, Ratio) and isinstance(expression.whole, Rate | Increase)
