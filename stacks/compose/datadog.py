"""Datadog, where the stack asks for it: nothing of it is imported otherwise."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from observability import Severity, Signals
from stacks.alert_identity import alert_identity
from stacks.compose.stack import Stack
from stacks.config.stack import StackConfig

if TYPE_CHECKING:
    from components.datadog.component import Datadog


def make_datadog(stack: Stack, signals: Sequence[Signals]) -> "Datadog | None":
    """Return the monitors, objectives and dashboard for what the components tell."""
    config = stack.config.datadog
    if config is None:
        return None
    from components.datadog.args import DatadogArgs
    from components.datadog.component import Datadog

    return Datadog(
        "datadog",
        DatadogArgs(
            app=stack.config.app,
            environment=stack.config.environment,
            owner=alert_identity(stack.config).owner,
            signals=signals,
            runbook_url=stack.config.alerts.runbook_url or "",
            handles={Severity.PAGE: config.page, Severity.TICKET: config.ticket, Severity.INFO: config.info},
        ),
        stack.opts,
    )


def datadog_variables(config: StackConfig) -> Mapping[str, str]:
    """Return the variables by which Datadog's tracer tags what the service sends. Source: S3-68."""
    return {"DD_SERVICE": config.app, "DD_ENV": config.environment} if config.datadog else {}
