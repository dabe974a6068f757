"""Stages of an alert rule: a query, then expressions over its result."""

from collections.abc import Mapping
from typing import Any

import pulumi
from msgspec import Struct

EXPRESSION_SOURCE = "__expr__"
"""Grafana's own data source, which computes with the results of others."""
EVALUATION_FIELDS = {"intervalMs": 1000, "maxDataPoints": 43200}
"""Grafana adds these to every query of a rule; left out, they come back as a difference that never ends.

Source: https://github.com/grafana/terraform-provider-grafana/issues/948
"""

LOOKBACK_SECONDS = 600
"""Shortest time that a rule looks back for the last value: CloudWatch publishes minutes late."""


class Stage(Struct, frozen=True, kw_only=True):
    """One query or computation of a rule."""

    ref_id: str
    """Letter by which a later stage and a message name it."""
    datasource_uid: pulumi.Input[str]
    """Uid of the data source."""
    model: Mapping[str, Any]
    """Model as Grafana writes it; may hold Outputs."""
    lookback_seconds: int
    """How far back it looks, in seconds."""


def query_stage(query: Mapping[str, Any], lookback_seconds: int = LOOKBACK_SECONDS) -> Stage:
    """Return the stage that sends `query` to its data source."""
    return Stage(
        ref_id=query["refId"],
        datasource_uid=query["datasource"]["uid"],
        model={**query, **EVALUATION_FIELDS},
        lookback_seconds=lookback_seconds,
    )


def reduce_stage(ref_id: str, of: str) -> Stage:
    """Return the stage that takes the last number of the query `of`; empty points at its end are late, not 0."""
    return _expression_stage(ref_id, type="reduce", expression=of, reducer="last", settings={"mode": "dropNN"})


def threshold_stage(ref_id: str, of: str, value: float, *, below: bool) -> Stage:
    """Return the stage that compares the number `of` with `value`."""
    evaluator = {"type": "lt" if below else "gt", "params": [value]}
    return _expression_stage(ref_id, type="threshold", expression=of, conditions=[{"evaluator": evaluator}])


def math_stage(ref_id: str, expression: str) -> Stage:
    """Return the stage that computes `expression`, in which `$B` is the number of stage B."""
    return _expression_stage(ref_id, type="math", expression=expression)


def _expression_stage(ref_id: str, **fields: Any) -> Stage:
    source = {"type": EXPRESSION_SOURCE, "uid": EXPRESSION_SOURCE}
    model = {"refId": ref_id, "datasource": source, **fields, **EVALUATION_FIELDS}
    return Stage(ref_id=ref_id, datasource_uid=EXPRESSION_SOURCE, model=model, lookback_seconds=0)
