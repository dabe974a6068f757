"""What the first stage of a rule asks for a signal."""

from typing import Any

import pulumi

from components.document import joined_text
from observability import CloudWatch, CloudWatchMath, Prometheus, Signal
from observability.dashboards import cloudwatch
from observability.dashboards.queries import Sources, instant, manner


def alert_query(signal: Signal, sources: Sources) -> dict[str, Any]:
    """Query of a rule's first stage.

    Raises:
        TypeError: the signal asks what Grafana evaluates no alert on: SQL, or what Sentry judges itself.

    """
    query = signal.query
    if isinstance(query, Prometheus):
        return instant(_guarded(signal, query), sources)
    if not isinstance(query, CloudWatch | CloudWatchMath):
        raise TypeError(f"signal {signal.id}: no alert of Grafana's asks {type(query).__name__}")
    asked = manner(query, sources, str(cloudwatch.period_seconds(query)))
    return cloudwatch.metric(query, asked) if isinstance(query, CloudWatch) else math_alone(query, asked)


def math_alone(query: CloudWatchMath, manner: cloudwatch.Manner) -> dict[str, Any]:
    """Metric math of a rule, in one query: a rule sends each of its queries alone, so none can name another.

    https://github.com/grafana/grafana/issues/74563
    """
    searches = {name: _search(one, manner.period) for name, one in query.metrics.items()}
    return cloudwatch.math_text(joined_text(*cloudwatch.with_names(query, searches)), manner)


def _guarded(signal: Signal, query: Prometheus) -> str:
    """The signal where there is traffic enough; nothing elsewhere."""
    if signal.minimum_traffic is None:
        return query.promql
    floor = Prometheus(expression=signal.minimum_traffic.expression, window_seconds=query.window_seconds)
    return f"({query.promql}) and ({floor.promql} > {signal.minimum_traffic.value:.10g})"


def _search(query: CloudWatch, period: str) -> pulumi.Input[str]:
    schema = ",".join((query.namespace, *query.dimensions))
    words = [part for name, value in query.dimensions.items() for part in (f' {name}="', value, '"')]
    begin = f'SUM(SEARCH(\'{{{schema}}} MetricName="{query.metric}"'
    return joined_text(begin, *words, f"', '{query.statistic}', {period}))")
