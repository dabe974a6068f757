"""The second way to tell somebody: alarms that AWS evaluates itself."""

from collections.abc import Sequence

import pulumi

from components.alarms.args import AlarmsArgs
from components.alarms.component import Alarms
from observability import Severity, Signals
from observability.alerting.evaluators import prefer_cloudwatch
from stacks.compose.stack import Stack
from stacks.config.metrics import sends_alerts

EXHAUSTED = ("database-connections-page", "service-server-errors-page")
"""Alerts that together mean that the database has no connection left, and answers fail for it."""


def make_alarms(stack: Stack, signals: Sequence[Signals], needed: Sequence[pulumi.Resource]) -> Alarms | None:
    """Return the alarms of `signals`, made after what they watch, where the stack asks for them."""
    config = stack.config.cloudwatch_alarms
    if config is None:
        return None
    return Alarms(
        "alarms",
        AlarmsArgs(
            prefix=stack.names.prefix,
            signals=prefer_cloudwatch(signals),
            severities=[Severity(it) for it in config.severities],
            region=stack.config.region,
            runbook_url=stack.config.grafana.runbook_url,
            email_addresses=config.email,
            pager_url=stack.secrets[config.pager_url_secret] if config.pager_url_secret else None,
            may_page=stack.config.grafana.contacts.may_page,
            cluster_name=stack.names.prefix,
            service_name=stack.names.of("api"),
            database_identifier=stack.names.of("db"),
            protect=config.protect,
            store_publishes=sends_alerts(stack.config.metrics.store),
            needed=needed,
            exhausted=EXHAUSTED if "page" in config.severities else None,
        ),
        stack.opts,
    )
