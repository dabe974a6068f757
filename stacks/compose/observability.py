"""Rules, dashboards and alerts of all components' signals, on each evaluator."""

from collections.abc import Mapping, Sequence

import pulumi
from msgspec import Struct

from components.backup.restore_test import RestoreTest
from observability import Signals
from observability.alerting.evaluators import without_source_evaluated
from observability.alerting.refusals import refusals
from observability.promql import Match
from observability.records.scope import add_matchers
from observability.records.sources import scrape_signals
from stacks.compose.alarms import make_alarms
from stacks.compose.datadog import make_datadog
from stacks.compose.grafana import make_grafana
from stacks.compose.metrics import MetricsStore, make_rules
from stacks.compose.stack import Stack
from stacks.config.errors import ConfigError
from stacks.registers import unknown_triggers


class ObservabilityResult(Struct, frozen=True, kw_only=True):
    """Outputs and signals of a stack's observability."""

    outputs: Mapping[str, pulumi.Input[str]]
    """Outputs of the stack: addresses of dashboards, and the topic of pages."""
    signals: tuple[Signals, ...]
    """Signals of its components, of their sources and of Grafana itself."""


def observe_components(
    stack: Stack,
    store: MetricsStore,
    measured: Sequence[Signals],
    needed: Sequence[pulumi.Resource],
    restore_test: RestoreTest | None,
) -> ObservabilityResult:
    """Make the rules, dashboards and alerts of all that components have `measured`, after the `needed` servers.

    Raises:
        ConfigError: one of their signals could never fire, or something deferred waits for none of them.

    """
    here = Match("environment", stack.config.environment)
    component_signals = tuple(add_matchers(it, here) for it in measured)
    signals = (*component_signals, scrape_signals(component_signals))
    problems = [
        *refusals(signals, retention_days=stack.config.metrics.store.retention_days),
        *unknown_triggers(stack.config.deferred, signals),
    ]
    if problems:
        raise ConfigError(f"the stack {stack.config.environment}", problems)
    grafana = make_grafana(stack, without_source_evaluated(signals), needed)
    alarms, datadog = make_alarms(stack, signals, needed, restore_test), make_datadog(stack, signals)
    make_rules(stack, store, signals, alarms, needed)
    outputs = {
        **({"dashboard_url": grafana.dashboard_url} if grafana else {}),
        **({"datadog_dashboard_url": datadog.dashboard_url} if datadog else {}),
        **({"page_topic_arn": alarms.page_topic_arn} if alarms else {}),
    }
    return ObservabilityResult(outputs=outputs, signals=(*signals, *((grafana.signals,) if grafana else ())))
