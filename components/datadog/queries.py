"""Records as Datadog's queries; what it has no words for is said, not guessed.

Expressions of PromQL are read as data. A counter is what it grew by in each scrape, a bucket of a histogram is a
counter with the tag `upper_bound`; the check collects histograms as counters, so it has no quantiles.
"""

import re
from collections.abc import Mapping
from typing import Any

import pulumi

from components.datadog.names import UnsayableError, of_cloudwatch, of_counter, of_gauge
from observability import CloudWatch, Failures, Objective, Prometheus, Query, Signal, Threshold
from observability.durations import MINUTE_SECONDS
from observability.promql import (
    Aggregation,
    Difference,
    Expression,
    Increase,
    Level,
    Match,
    Operator,
    Rate,
    Ratio,
    Scaled,
    Series,
    Sum,
)

AGGREGATORS: Mapping[str, str] = {"Average": "avg", "Sum": "sum", "Maximum": "max", "Minimum": "min"}
"""Datadog's words for CloudWatch's statistics."""
LEVELS: Mapping[Aggregation, str] = {it: it.value for it in Aggregation}
"""Datadog's words for how series become one: the same."""
NOT_A_TAG = {"Region"}
"""Dimensions that Datadog makes no tag of."""


def query(asked: Query, app: str) -> pulumi.Input[str]:
    """`asked` as a query of a panel.

    Raises:
        UnsayableError: Datadog cannot ask it.

    """
    if isinstance(asked, CloudWatch):
        return _cloudwatch(asked)
    if isinstance(asked, Prometheus):
        return expression(asked.expression, app)
    raise UnsayableError(f"{type(asked).__name__} has no counterpart")


def condition(signal: Signal, threshold: Threshold, app: str) -> pulumi.Output[str]:
    """Query of a monitor: true while every number of the wait was beyond the threshold.

    Raises:
        UnsayableError: Datadog cannot ask it, or not as the record means it.

    """
    if signal.minimum_traffic:
        raise UnsayableError("a monitor of one query has no floor of traffic")
    # The least of all numbers is over the threshold only if each is; under it, the largest.
    extreme, sign = ("max", "<") if threshold.below else ("min", ">")
    wait = signal.for_seconds if threshold.for_seconds is None else threshold.for_seconds
    window = max(1, -(-wait // MINUTE_SECONDS))
    asked = query(signal.query, app)
    return pulumi.Output.concat(f"{extreme}(last_{window}m):", asked, f" {sign} {threshold.value:.10g}")


def counted(objective: Objective, app: str) -> tuple[str, str]:
    """Good events and all events, as sums of counters.

    Raises:
        UnsayableError: a label is compared in a way that tags cannot be.

    """
    indicator = objective.indicator
    if isinstance(indicator, Failures):
        whole = _counter(indicator.all, (), app)
        return f"{whole}.as_count() - {_counter(indicator.bad, (), app)}.as_count()", f"{whole}.as_count()"
    # The check calls the bucket and the count of a histogram by the names below, without a suffix of their own.
    bucket = f"{app}.{indicator.histogram}.bucket"
    matches = (*indicator.matches, Match("upper_bound", indicator.edge))
    whole = f"sum:{app}.{indicator.histogram}.count{_scope(indicator.matches)}"
    return f"sum:{bucket}{_scope(matches)}.as_count()", f"{whole}.as_count()"


def _cloudwatch(asked: CloudWatch) -> pulumi.Output[str]:
    name, how = of_cloudwatch(asked.namespace, asked.metric), AGGREGATORS.get(asked.statistic)
    if how is None:
        name, how = f"{name}.{asked.statistic}", "max"
    parts: list[Any] = []
    for dimension, value in asked.dimensions.items():
        if dimension not in NOT_A_TAG:
            parts += ["," if parts else "", f"{dimension.lower()}:", value]
    # A sum is that of one period, not of the whole wait.
    ending = f".rollup(sum, {asked.period_seconds})" if asked.statistic == "Sum" else ""
    return pulumi.Output.concat(f"{how}:{name}{{", *parts, f"}}{ending}")


def expression(asked: Expression, app: str) -> str:
    """An expression of PromQL in Datadog's words.

    Raises:
        UnsayableError: it holds something that Datadog does not have.

    """
    match asked:
        case Level(of, how, by):
            return f"{LEVELS[how]}:{of_gauge(app, of.metric)}{_scope(of.matches)}{_kept(by)}"
        case Rate(of, by):
            return f"{_counter(of, by, app)}.as_rate()"
        case Increase(of, by):
            return f"{_counter(of, by, app)}.as_count()"
        case Sum(terms):
            return f"({' + '.join(expression(it, app) for it in terms)})"
        case Difference(whole, part):
            return f"({expression(whole, app)} - {expression(part, app)})"
        case Ratio(part, whole):
            return f"({expression(part, app)} / {expression(whole, app)})"
        case Scaled(of, factor):
            return f"({factor:g} * {expression(of, app)})"
        case _:
            raise UnsayableError(f"{type(asked).__name__} has no counterpart")


def _counter(of: Series, by: tuple[str, ...], app: str) -> str:
    return f"sum:{of_counter(app, of.metric)}{_scope(of.matches)}{_kept(by)}"


def _kept(by: tuple[str, ...]) -> str:
    return f" by {{{','.join(by)}}}" if by else ""


def _scope(matches: tuple[Match, ...]) -> str:
    """The tags that are asked for, in words alone: `AND` and `NOT` may not stand beside `,` and `!`.

    https://docs.datadoghq.com/metrics/advanced-filtering/#boolean-filtered-queries
    """
    return f"{{{' AND '.join(_tag(it) for it in matches) or '*'}}}"


def _tag(match: Match) -> str:
    exact = match.operator in (Operator.EQUAL, Operator.DIFFERENT)
    values = [match.value] if exact else [_like(value, match) for value in match.value.split("|")]
    alternatives = " OR ".join(f"{match.label}:{value}" for value in values)
    tag = f"({alternatives})" if len(values) > 1 else alternatives
    return f"NOT {tag}" if match.operator in (Operator.DIFFERENT, Operator.UNLIKE) else tag


def _like(value: str, match: Match) -> str:
    """A tag's value for one alternative of a regular expression."""
    if re.fullmatch(r"[\w-]+", value):
        return value
    prefix = re.fullmatch(r"([\w-]+)(\.\.?|\.\*|\.\+)", value)
    if prefix is None:
        raise UnsayableError(f"tags cannot be compared with {match}")
    return f"{prefix[1]}*"
