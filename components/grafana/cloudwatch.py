"""CloudWatch's metrics and metric math, as Grafana's data source writes them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components._signals import CloudWatch, CloudWatchMath

BUILDER, CODE = 0, 1
"""Grafana's numbers for a metric put together from fields, and for a text."""
_NOTHING = CloudWatch(namespace="", metric="", dimensions={})


@dataclass(frozen=True, kw_only=True)
class Manner:
    """What one query has beside its metric."""

    source: dict[str, Any]
    """Reference to the data source."""
    region: str
    """AWS region of the metrics."""
    period: str
    """What one number covers, in seconds; empty leaves it to the panel's width."""
    ref_id: str = "A"
    """Letter of the query."""


def metric(query: CloudWatch, manner: Manner, **changes: object) -> dict[str, Any]:
    """One metric."""
    return {
        "refId": manner.ref_id,
        "datasource": manner.source,
        "queryMode": "Metrics",
        # A search of metrics put together from its fields; the other type is an SQL text of Metrics Insights.
        "metricQueryType": 0,
        "metricEditorMode": BUILDER,
        "region": manner.region,
        "namespace": query.namespace,
        "metricName": query.metric,
        "dimensions": {name: [value] for name, value in query.dimensions.items()},
        "matchExact": True,
        "statistic": query.statistic,
        "period": manner.period,
        "id": "",
        "expression": "",
        "label": "",
        **changes,
    }


def math_targets(query: CloudWatchMath, manner: Manner, label: str = "") -> Iterator[dict[str, Any]]:
    """Metric math of a panel: its metrics, hidden, and the text that names them; an id is used once in a panel."""
    ids = {name: f"{manner.ref_id.lower()}_{name}" for name in query.metrics}
    for number, (name, one) in enumerate(query.metrics.items()):
        yield metric(one, manner, refId=f"{manner.ref_id}{number}", id=ids[name], hide=True)
    yield _text("".join(map(str, _with_names(query, ids))), manner, label=label)


def math_alone(query: CloudWatchMath, manner: Manner) -> dict[str, Any]:
    """Metric math of a rule, in one query: a rule sends each of its queries alone, so none can name another.

    https://github.com/grafana/grafana/issues/74563
    """
    searches = {name: _search(one, manner.period) for name, one in query.metrics.items()}
    return _text(_joined(_with_names(query, searches)), manner)


def period_seconds(query: CloudWatch | CloudWatchMath) -> int:
    """What one number of an alert covers, in seconds: of several metrics the longest."""
    if isinstance(query, CloudWatch):
        return query.period_seconds
    return max(one.period_seconds for one in query.metrics.values())


def _with_names(query: CloudWatchMath, stand_ins: Mapping[str, pulumi.Input[str]]) -> list[pulumi.Input[str]]:
    """The expression in parts, each of its names replaced."""
    names = re.compile(rf"\b({'|'.join(map(re.escape, query.metrics))})\b")
    # With one group in the pattern, every second part is a name.
    return [
        stand_ins[part] if place % 2 else part for place, part in enumerate(names.split(query.expression)) if part
    ]


def _search(query: CloudWatch, period: str) -> pulumi.Input[str]:
    schema = ",".join((query.namespace, *query.dimensions))
    words = [part for name, value in query.dimensions.items() for part in (f' {name}="', value, '"')]
    begin = f'SUM(SEARCH(\'{{{schema}}} MetricName="{query.metric}"'
    return _joined([begin, *words, f"', '{query.statistic}', {period}))"])


def _joined(parts: Sequence[pulumi.Input[str]]) -> pulumi.Input[str]:
    """The parts as one text; an Output only where one of them is, so that a text can be read offline."""
    texts = [part for part in parts if isinstance(part, str)]
    if len(texts) == len(parts):
        return "".join(texts)
    joined: pulumi.Output[str] = pulumi.Output.concat(*parts)
    return joined


def _text(expression: pulumi.Input[str], manner: Manner, **changes: object) -> dict[str, Any]:
    return metric(_NOTHING, manner, metricEditorMode=CODE, expression=expression, **changes)
