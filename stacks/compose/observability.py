"""Everything that is made from what the components tell: rules, dashboards and alerts, on each evaluator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pulumi

from observability import Signals
from observability.alerting.evaluators import without_source_evaluated
from observability.alerting.refusals import refusals
from observability.promql import Match
from observability.records.scope import scoped
from observability.records.sources import sources
from stacks.compose.alarms import make_alarms
from stacks.compose.datadog import make_datadog
from stacks.compose.metrics import MetricsStore, make_rules
from stacks.compose.stack import Stack
from stacks.compose.watch import make_observability
from stacks.config.errors import ConfigError


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A stack that is watched."""

    outputs: Mapping[str, pulumi.Input[str]]
    """What the stack tells of those who watch it."""
    signals: tuple[Signals, ...]
    """What its components tell, and those who watch them."""


def watch(stack: Stack, store: MetricsStore, measured: Sequence[Signals]) -> Watched:
    """Watch all that components have `measured`.

    Raises:
        ConfigError: something they tell could never be noticed.

    """
    here = Match("environment", stack.config.environment)
    told = tuple(scoped(it, here) for it in measured)
    signals = (*told, sources(told))
    refused = refusals(signals, retention_days=stack.config.metrics.store.retention_days)
    if refused:
        raise ConfigError(f"the stack {stack.config.environment}", refused)
    observability = make_observability(stack, without_source_evaluated(signals))
    alarms, datadog = make_alarms(stack, signals), make_datadog(stack, signals)
    make_rules(stack, store, signals, alarms)
    outputs = {
        "dashboard_url": observability.dashboard_url,
        **({"datadog_dashboard_url": datadog.dashboard_url} if datadog else {}),
        **({"page_topic_arn": alarms.page_topic_arn} if alarms else {}),
    }
    return Watched(outputs=outputs, signals=(*signals, observability.signals))
