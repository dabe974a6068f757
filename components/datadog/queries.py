"""Records as Datadog's queries; what it does not support raises, and is not guessed.

Expressions of PromQL are read as data. A counter is what it grew by in each scrape, a bucket of a histogram is a
counter with the tag `upper_bound`; the check collects histograms as counters, so it has no quantiles.
"""

import re
from collections.abc import Mapping
from typing import Any

import pulumi

from components.datadog.names import UnsupportedQueryError, of_cloudwatch, of_counter, of_gauge
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


def query(record_query: Query, app: str) -> pulumi.Input[str]:
    """Return `record_query` as a query of a panel.

    Raises:
        UnsupportedQueryError: Datadog does not support it.

    """
    if isinstance(record_query, CloudWatch):
        name = of_cloudwatch(record_query.namespace, record_query.metric)
        how = AGGREGATORS.get(record_query.statistic)
        if how is None:
            name, how = f"{name}.{record_query.statistic}", "max"
        parts: list[Any] = []
        for dimension, value in record_query.dimensions.items():
            if dimension not in NOT_A_TAG:
                parts += ["," if parts else "", f"{dimension.lower()}:", value]
        # A sum is that of one period, not of the whole wait.
        ending = f".rollup(sum, {record_query.period_seconds})" if record_query.statistic == "Sum" else ""
        return pulumi.Output.concat(f"{how}:{name}{{", *parts, f"}}{ending}")
    if isinstance(record_query, Prometheus):
        return expression(record_query.expression, app)
    raise UnsupportedQueryError(f"{type(record_query).__name__} has no counterpart")


def condition(signal: Signal, threshold: Threshold, app: str) -> pulumi.Output[str]:
    """Return the query of a monitor: true while every number of the wait was beyond the threshold.

    Raises:
        UnsupportedQueryError: Datadog does not support it, or not as the record means it.

    """
    if signal.minimum_traffic:
        raise UnsupportedQueryError("a monitor of one query has no minimum traffic")
    if signal.after_first:
        raise UnsupportedQueryError("a monitor tells of missing data also before there ever was any")
    # The least of all numbers is over the threshold only if each is; under it, the largest.
    extreme, sign = ("max", "<") if threshold.below else ("min", ">")
    wait = signal.for_seconds if threshold.for_seconds is None else threshold.for_seconds
    window = max(1, -(-wait // MINUTE_SECONDS))
    metric = query(signal.query, app)
    return pulumi.Output.concat(f"{extreme}(last_{window}m):", metric, f" {sign} {threshold.value:.10g}")


def event_queries(objective: Objective, app: str) -> tuple[str, str]:
    """Return the queries of good events and all events, as sums of counters.

    Raises:
        UnsupportedQueryError: a label is compared in a way that tags cannot be.

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


def expression(promql: Expression, app: str) -> str:
    """Return an expression of PromQL as a query of Datadog.

    Raises:
        UnsupportedQueryError: it holds something that Datadog does not have.

    """
    match promql:
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
            raise UnsupportedQueryError(f"{type(promql).__name__} has no counterpart")


def _counter(of: Series, by: tuple[str, ...], app: str) -> str:
    return f"sum:{of_counter(app, of.metric)}{_scope(of.matches)}{_kept(by)}"


def _kept(by: tuple[str, ...]) -> str:
    return f" by {{{','.join(by)}}}" if by else ""


def _scope(matches: tuple[Match, ...]) -> str:
    """Return the scope in words alone: `AND` and `NOT` may not stand beside `,` and `!`.

    https://docs.datadoghq.com/metrics/advanced-filtering/#boolean-filtered-queries
    """
    return f"{{{' AND '.join(_tag(it) for it in matches) or '*'}}}"


def _tag(match: Match) -> str:
    exact = match.operator in (Operator.EQUAL, Operator.DIFFERENT)
    values = [match.value] if exact else match.value.split("|")
    for place, value in enumerate(values):
        # One alternative of a regular expression: a plain value, a prefix, or an ending.
        prefix = re.fullmatch(r"([\w-]+)(\.\.?|\.\*|\.\+)", value)
        ending = re.fullmatch(r"\.[*+]([\w/-]+)", value)
        if not exact and not re.fullmatch(r"[\w-]+", value):
            if prefix is None and ending is None:
                raise UnsupportedQueryError(f"tags cannot be compared with {match}")
            values[place] = f"{prefix[1]}*" if prefix else f"*{ending[1] if ending else ''}"
    alternatives = " OR ".join(f"{match.label}:{value}" for value in values)
    tag = f"({alternatives})" if len(values) > 1 else alternatives
    return f"NOT {tag}" if match.operator in (Operator.DIFFERENT, Operator.UNLIKE) else tag
