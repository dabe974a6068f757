"""Stages of an alert rule: a query, then computations on what it answered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

EXPRESSION_SOURCE = "__expr__"
"""Grafana's own data source, which computes with the answers of others."""

EVALUATION_FIELDS = {"intervalMs": 1000, "maxDataPoints": 43200}
"""Grafana adds these to every query of a rule; left out, they come back as a difference that never ends.

Source: https://github.com/grafana/terraform-provider-grafana/issues/948
"""

LOOKBACK_SECONDS = 600
"""How far back a rule looks at the least for the last value: CloudWatch publishes minutes late."""


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One query or computation of a rule."""

    ref_id: str
    """Letter by which a later stage and a message name it."""
    datasource_uid: pulumi.Input[str]
    """Who answers."""
    model: Mapping[str, Any]
    """As Grafana writes it; may hold Outputs."""
    lookback_seconds: int
    """How far back it looks, in seconds."""


def asked(query: Mapping[str, Any], lookback_seconds: int = LOOKBACK_SECONDS) -> Stage:
    """The stage that sends `query` to its data source."""
    return Stage(
        ref_id=query["refId"],
        datasource_uid=query["datasource"]["uid"],
        model={**query, **EVALUATION_FIELDS},
        lookback_seconds=lookback_seconds,
    )


def last_value(ref_id: str, of: str) -> Stage:
    """Stage that takes the last number of the query `of`; empty points at the end are late, not zero."""
    return _computed(ref_id, type="reduce", expression=of, reducer="last", settings={"mode": "dropNN"})


def compared(ref_id: str, of: str, value: float, *, below: bool) -> Stage:
    """Stage that tells whether the number `of` is over `value`, or under it."""
    evaluator = {"type": "lt" if below else "gt", "params": [value]}
    return _computed(ref_id, type="threshold", expression=of, conditions=[{"evaluator": evaluator}])


def calculated(ref_id: str, expression: str) -> Stage:
    """Stage that computes `expression`, in which `$B` is the number of stage B."""
    return _computed(ref_id, type="math", expression=expression)


def _computed(ref_id: str, **fields: Any) -> Stage:
    source = {"type": EXPRESSION_SOURCE, "uid": EXPRESSION_SOURCE}
    model = {"refId": ref_id, "datasource": source, **fields, **EVALUATION_FIELDS}
    return Stage(ref_id=ref_id, datasource_uid=EXPRESSION_SOURCE, model=model, lookback_seconds=0)
