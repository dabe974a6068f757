"""When the error budget of an objective burns too fast, as PromQL.

https://sre.google/workbook/alerting-on-slos/#6-multiwindow-multi-burn-rate-alerts
"""

from observability.durations import window
from observability.promql import Rate, Ratio
from observability.records.objective import Objective, Window


def error_ratio(objective: Objective) -> Ratio:
    """Return the share of events that failed, over whatever window it is written for."""
    return Ratio(objective.bad_rate(), Rate(objective.indicator.all))


def error_ratio_limit(objective: Objective, pair: Window) -> float:
    """Return the error ratio over which the alert of `pair` fires: its burn rate times the error budget."""
    return pair.factor * objective.budget


def burn_rate_promql(objective: Objective, pair: Window) -> str:
    """Return what is true while both windows burn too fast, and enough events have failed to say so."""
    ratio, bound = error_ratio(objective), f"{error_ratio_limit(objective, pair):.10g}"
    long, short = window(pair.long_seconds), window(pair.short_seconds)
    return (
        f"({ratio.promql(long)} > {bound}) and ({ratio.promql(short)} > {bound}) "
        f"and ({objective.bad_increase().promql(long)} >= {objective.minimum_failures})"
    )
