"""A signal's query as Grafana's data sources write it."""

from collections.abc import Iterator
from string import ascii_uppercase
from typing import Any

from msgspec import Struct

from observability import CloudWatch, CloudWatchMath, Prometheus, Query, Signal, Sql, UpstashStatistic
from observability.dashboards import cloudwatch
from observability.promql import Expression, Increase

RATE_INTERVAL = "$__rate_interval"
"""Grafana's name for a window that is never shorter than four scrapes."""
UPSTASH_TIME = "2006-01-02 15:04:05 -0700 MST"
"""How Upstash writes times, as Go describes a layout; fractions of a second are read without being named."""


class DataSources(Struct, frozen=True, kw_only=True):
    """Data sources of one stack."""

    cloudwatch_uid: Any
    """Uid of the CloudWatch data source."""
    prometheus_uid: Any
    """Uid of the Prometheus data source."""
    postgres_uid: Any = None
    """Uid of the PostgreSQL data source."""
    upstash_uid: Any = None
    """Uid of the Infinity data source that may ask Upstash."""
    region: str
    """AWS region of the CloudWatch metrics."""

    def of(self, query: Query) -> dict[str, Any]:
        """Return the reference to the data source that answers `query`."""
        if isinstance(query, Sql):
            return {"type": "grafana-postgresql-datasource", "uid": self.postgres_uid}
        if isinstance(query, UpstashStatistic):
            return {"type": "yesoreyeram-infinity-datasource", "uid": self.upstash_uid}
        if isinstance(query, Prometheus):
            return self.prometheus
        return {"type": "cloudwatch", "uid": self.cloudwatch_uid}

    @property
    def prometheus(self) -> dict[str, Any]:
        """Reference to the data source that answers PromQL."""
        return {"type": "prometheus", "uid": self.prometheus_uid}


def panel_queries(signal: Signal, sources: DataSources) -> list[dict[str, Any]]:
    """Return the queries of a panel: the signal's own, then its extra queries."""
    labels = kept_labels(signal.query.expression) if isinstance(signal.query, Prometheus) else ()
    own_legend = " ".join(f"{{{{{label}}}}}" for label in labels) or signal.title
    queries: list[dict[str, Any]] = []
    lines = {own_legend: signal.query, **signal.extra_queries}
    for letter, (legend, query) in zip(ascii_uppercase, lines.items(), strict=False):
        queries += _panel_query(signal, query, letter, legend, sources)
    return queries


def instant(promql: str, sources: DataSources, ref_id: str = "A") -> dict[str, Any]:
    """Return `promql` as a query of its present value."""
    return {**ranged(promql, sources, ref_id, "__auto"), "instant": True, "range": False}


def ranged(promql: str, sources: DataSources, ref_id: str, legend: str) -> dict[str, Any]:
    """Return `promql` as a query over the time range of the dashboard."""
    return {
        "refId": ref_id,
        "datasource": sources.prometheus,
        "editorMode": "code",
        "expr": promql,
        "instant": False,
        "range": True,
        "legendFormat": legend,
    }


def kept_labels(expression: Expression) -> tuple[str, ...]:
    """Return the labels by which the lines of `expression` differ."""
    return next((tuple(part.by) for part in expression.parts() if hasattr(part, "by")), ())


def _panel_query(
    signal: Signal, query: Query, ref_id: str, legend: str, sources: DataSources
) -> Iterator[dict[str, Any]]:
    if isinstance(query, Prometheus):
        # Over the alert's window where there is one, and where the window is part of what is counted.
        counts = any(isinstance(part, Increase) for part in query.expression.parts())
        promql = query.promql if signal.thresholds or counts else query.expression.promql(RATE_INTERVAL)
        yield ranged(promql, sources, ref_id, legend)
        return
    if isinstance(query, Sql):
        yield {
            "refId": ref_id,
            "datasource": sources.of(query),
            "editorMode": "code",
            "format": query.shape.value,
            "rawQuery": True,
            "rawSql": query.text,
        }
        return
    if isinstance(query, UpstashStatistic):
        # https://grafana.com/docs/plugins/yesoreyeram-infinity-datasource/latest/
        yield {
            "refId": ref_id,
            "datasource": sources.of(query),
            "type": "json",
            "source": "url",
            "parser": "backend",
            "format": "timeseries",
            "url": query.address,
            "url_options": {"method": "GET", "data": ""},
            "root_selector": query.statistic,
            "columns": [
                {"selector": "x", "text": "time", "type": "timestamp", "timestampFormat": UPSTASH_TIME},
                {"selector": "y", "text": legend, "type": "number"},
            ],
            "filters": [],
        }
        return
    if not isinstance(query, CloudWatch | CloudWatchMath):
        raise TypeError(f"signal {signal.id}: Grafana has no panel for {type(query).__name__}")
    # A line that is compared with a threshold covers what the alert covers; another what the panel's width asks.
    period = str(cloudwatch.period_seconds(query)) if signal.thresholds else ""
    options, label = query_options(query, sources, period, ref_id), legend if signal.extra_queries else ""
    if isinstance(query, CloudWatch):
        yield cloudwatch.metric(query, options, label=label)
    else:
        yield from cloudwatch.math_targets(query, options, label)


def query_options(
    query: CloudWatch | CloudWatchMath, sources: DataSources, period: str, ref_id: str = "A"
) -> cloudwatch.QueryOptions:
    """Return the options with which CloudWatch runs `query`."""
    return cloudwatch.QueryOptions(source=sources.of(query), region=sources.region, period=period, ref_id=ref_id)
