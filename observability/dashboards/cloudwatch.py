"""CloudWatch's metrics and metric math, as Grafana's data source writes them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from observability import CloudWatch, CloudWatchMath

BUILDER, CODE = 0, 1
"""Grafana's numbers for a metric put together from fields, and for a text."""
_NOTHING = CloudWatch(namespace="", metric="", dimensions={})


class QueryOptions(Struct, frozen=True, kw_only=True):
    """Options of one query beside its metric."""

    source: dict[str, Any]
    """Reference to the data source."""
    region: str
    """AWS region of the metrics."""
    period: str
    """Period of one number, in seconds; empty leaves it to the panel's width."""
    ref_id: str = "A"
    """Letter of the query."""


def metric(query: CloudWatch, options: QueryOptions, **changes: object) -> dict[str, Any]:
    """Return the query of one metric."""
    return {
        "refId": options.ref_id,
        "datasource": options.source,
        "queryMode": "Metrics",
        # A search of metrics put together from its fields; the other type is an SQL text of Metrics Insights.
        "metricQueryType": 0,
        "metricEditorMode": BUILDER,
        "region": query.region or options.region,
        "namespace": query.namespace,
        "metricName": query.metric,
        "dimensions": {name: [value] for name, value in query.dimensions.items()},
        "matchExact": True,
        "statistic": query.statistic,
        "period": options.period,
        "id": "",
        "expression": "",
        "label": "",
        **changes,
    }


def math_targets(query: CloudWatchMath, options: QueryOptions, label: str = "") -> Iterator[dict[str, Any]]:
    """Yield metric math of a panel: its metrics, hidden, and the expression; an id is used once in a panel."""
    ids = {name: f"{options.ref_id.lower()}_{name}" for name in query.metrics}
    for number, (name, one) in enumerate(query.metrics.items()):
        yield metric(one, options, refId=f"{options.ref_id}{number}", id=ids[name], hide=True)
    yield math_text("".join(map(str, with_names(query, ids))), options, label=label)


def period_seconds(query: CloudWatch | CloudWatchMath) -> int:
    """Return the period of one number of an alert, in seconds: of several metrics the longest."""
    if isinstance(query, CloudWatch):
        return query.period_seconds
    return max(one.period_seconds for one in query.metrics.values())


def with_names(query: CloudWatchMath, stand_ins: Mapping[str, Any]) -> list[Any]:
    """Return the expression in parts, each name replaced by that of `stand_ins`, which may be an Output."""
    names = re.compile(rf"\b({'|'.join(map(re.escape, query.metrics))})\b")
    # With one group in the pattern, every second part is a name.
    return [
        stand_ins[part] if position % 2 else part
        for position, part in enumerate(names.split(query.expression))
        if part
    ]


def math_text(expression: Any, options: QueryOptions, **changes: object) -> dict[str, Any]:
    """Return the query of a metric math expression; it may be an Output."""
    return metric(_NOTHING, options, metricEditorMode=CODE, expression=expression, **changes)
