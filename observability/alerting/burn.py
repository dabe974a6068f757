"""When the budget of an objective is used up too fast, as PromQL."""

from observability.durations import window
from observability.promql import Rate, Ratio
from observability.records.objective import Objective, Window


def failed_share(objective: Objective) -> Ratio:
    """Share of events that failed, over whatever window it is written for."""
    return Ratio(objective.bad_rate(), Rate(objective.indicator.all))


def limit(objective: Objective, pair: Window) -> float:
    """Share of failures over which the alert of `pair` fires."""
    return pair.factor * objective.budget


def condition(objective: Objective, pair: Window) -> str:
    """True while the budget goes too fast over both windows, and enough events have failed to say so."""
    share, bound = failed_share(objective), f"{limit(objective, pair):.10g}"
    long, short = window(pair.long_seconds), window(pair.short_seconds)
    return (
        f"({share.promql(long)} > {bound}) and ({share.promql(short)} > {bound}) "
        f"and ({objective.bad_increase().promql(long)} >= {objective.minimum_failures})"
    )
