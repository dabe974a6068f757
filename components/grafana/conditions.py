"""Query of a rule's first stage."""

from typing import Any

import pulumi

from components.document import joined_text
from observability import CloudWatch, CloudWatchMath, Prometheus, Signal
from observability.dashboards import cloudwatch
from observability.dashboards.queries import DataSources, instant, query_options


def alert_query(signal: Signal, sources: DataSources) -> dict[str, Any]:
    """Return the query of the first stage of the rule of `signal`.

    Raises:
        TypeError: Grafana evaluates no alert on such a query: SQL, or what Sentry evaluates itself.

    """
    query = signal.query
    if isinstance(query, Prometheus):
        promql = query.promql
        if traffic := signal.minimum_traffic:
            counted = Prometheus(expression=traffic.expression, window_seconds=query.window_seconds)
            promql = f"({promql}) and ({counted.promql} > {traffic.value:.10g})"
        return instant(promql, sources)
    if not isinstance(query, CloudWatch | CloudWatchMath):
        raise TypeError(f"signal {signal.id}: Grafana has no alert on {type(query).__name__}")
    options = query_options(query, sources, str(cloudwatch.period_seconds(query)))
    return cloudwatch.metric(query, options) if isinstance(query, CloudWatch) else one_math_query(query, options)


def one_math_query(query: CloudWatchMath, options: cloudwatch.QueryOptions) -> dict[str, Any]:
    """Return metric math as one query: a rule sends each of its queries alone, so none can name another.

    https://github.com/grafana/grafana/issues/74563
    """
    searches: dict[str, pulumi.Input[str]] = {}
    for name, metric in query.metrics.items():
        schema = ",".join((metric.namespace, *metric.dimensions))
        terms = [part for label, value in metric.dimensions.items() for part in (f' {label}="', value, '"')]
        begin = f'SUM(SEARCH(\'{{{schema}}} MetricName="{metric.metric}"'
        searches[name] = joined_text(begin, *terms, f"', '{metric.statistic}', {options.period}))")
    return cloudwatch.math_text(joined_text(*cloudwatch.with_names(query, searches)), options)
