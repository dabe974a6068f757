"""A signal's query as Grafana's data sources write it, for a panel and for an alert rule."""

from dataclasses import dataclass
from typing import Any

import pulumi

from components._signals import CloudWatch, Prometheus, Signal

EXPRESSION_SOURCE = "__expr__"
"""Grafana's own data source, which computes with the answers of others."""

EVALUATION_FIELDS = {"intervalMs": 1000, "maxDataPoints": 43200}
"""Grafana adds these to every query of a rule; left out, they come back as a difference that never ends.

Source: https://github.com/grafana/terraform-provider-grafana/issues/948
"""

CLOUDWATCH_PERIOD_SECONDS = 60
"""Finest period of the metrics that AWS's own services publish."""


@dataclass(frozen=True, kw_only=True)
class Sources:
    """Where queries are sent."""

    cloudwatch_uid: pulumi.Input[str] | None
    """Uid of the CloudWatch data source."""
    prometheus_uid: pulumi.Input[str] | None
    """Uid of the Prometheus data source."""
    region: str
    """AWS region of the CloudWatch metrics."""

    def of(self, signal: Signal) -> dict[str, Any]:
        """Reference to the data source that answers `signal`."""
        if isinstance(signal.query, CloudWatch):
            return {"type": "cloudwatch", "uid": self.cloudwatch_uid}
        return {"type": "prometheus", "uid": self.prometheus_uid}


def panel_query(signal: Signal, sources: Sources) -> dict[str, Any]:
    """Query of a panel: a series, as fine as the panel is wide."""
    if isinstance(signal.query, CloudWatch):
        return _cloudwatch(signal.query, period="", source=sources.of(signal), region=sources.region)
    return _prometheus(_promql(signal), instant=False, source=sources.of(signal))


def alert_query(signal: Signal, sources: Sources) -> dict[str, Any]:
    """Query of a rule's first stage."""
    source = sources.of(signal)
    if isinstance(signal.query, CloudWatch):
        period = str(CLOUDWATCH_PERIOD_SECONDS)
        query = _cloudwatch(signal.query, period=period, source=source, region=sources.region)
    else:
        query = _prometheus(_promql(signal), instant=True, source=source)
    return {**query, **EVALUATION_FIELDS}


def last_value(ref_id: str, of: str) -> dict[str, Any]:
    """Stage that takes the last number of the query `of`; empty points at the end are late, not zero."""
    return _expression(ref_id, type="reduce", expression=of, reducer="last", settings={"mode": "dropNN"})


def compared(ref_id: str, of: str, value: float, *, below: bool) -> dict[str, Any]:
    """Stage that tells whether the number `of` is over `value`, or under it."""
    evaluator = {"type": "lt" if below else "gt", "params": [value]}
    return _expression(ref_id, type="threshold", expression=of, conditions=[{"evaluator": evaluator}])


def _expression(ref_id: str, **fields: Any) -> dict[str, Any]:
    source = {"type": EXPRESSION_SOURCE, "uid": EXPRESSION_SOURCE}
    return {"refId": ref_id, "datasource": source, **fields, **EVALUATION_FIELDS}


def _cloudwatch(query: CloudWatch, *, period: str, source: dict[str, Any], region: str) -> dict[str, Any]:
    return {
        "refId": "A",
        "datasource": source,
        "queryMode": "Metrics",
        # 0 and 0: one metric, put together from its fields rather than from a search or an SQL text.
        "metricQueryType": 0,
        "metricEditorMode": 0,
        "region": region,
        "namespace": query.namespace,
        "metricName": query.metric,
        "dimensions": {name: [value] for name, value in query.dimensions.items()},
        "matchExact": True,
        "statistic": query.statistic,
        "period": period,
        "id": "",
        "expression": "",
        "label": "",
    }


def _promql(signal: Signal) -> str:
    if not isinstance(signal.query, Prometheus):
        raise TypeError(f"signal {signal.id}: Grafana is not asked for {type(signal.query).__name__} yet")
    return signal.query.promql


def _prometheus(promql: str, *, instant: bool, source: dict[str, Any]) -> dict[str, Any]:
    return {
        "refId": "A",
        "datasource": source,
        "editorMode": "code",
        "expr": promql,
        "instant": instant,
        "range": not instant,
        "legendFormat": "__auto",
    }
