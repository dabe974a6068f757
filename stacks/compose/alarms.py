"""The second way to tell somebody: alarms that AWS evaluates itself."""

from collections.abc import Sequence

import pulumi

from components.alarms.args import AlarmsArgs
from components.alarms.component import Alarms
from components.backup.restore_test import RestoreTest
from observability import Severity, Signals
from observability.alerting.evaluators import prefer_cloudwatch
from stacks.compose.stack import Stack
from stacks.config.database import RdsConfig
from stacks.config.metrics import sends_alerts
from stacks.naming import component_name

CONNECTIONS, FAILED_ANSWERS = "database-connections-page", "server-errors-page"
"""Alerts that together mean that the database has no connection left, and answers fail for it; the second's name
begins with that of its service."""


def make_alarms(
    stack: Stack,
    signals: Sequence[Signals],
    needed: Sequence[pulumi.Resource],
    restore_test: RestoreTest | None,
) -> Alarms | None:
    """Return the alarms of `signals`, made after what they watch, where the stack asks for them."""
    config = stack.config.cloudwatch_alarms
    if config is None:
        return None
    database, web = stack.config.database, stack.config.main_web
    own = database if isinstance(database, RdsConfig) else None
    cluster_name = stack.config.cluster.existing_name or stack.names.prefix
    return Alarms(
        "alarms",
        AlarmsArgs(
            prefix=stack.names.prefix,
            signals=prefer_cloudwatch(signals),
            severities=[Severity(it) for it in config.severities],
            region=stack.config.region,
            runbook_url=stack.config.alerts.runbook_url or "",
            email_addresses=config.email,
            pager_url=stack.secrets[config.pager_url_secret] if config.pager_url_secret else None,
            may_page=stack.config.alerts.may_page,
            cluster_name=cluster_name if stack.config.in_cluster else None,
            service_name=stack.names.of(web) if web else None,
            database_identifier=(own.identifier or stack.names.of("db")) if own else None,
            bastion_name=stack.names.of("bastion") if stack.config.bastion else None,
            restore_role_arn=restore_test.role_arn if restore_test else None,
            protect=config.protect,
            store_publishes=sends_alerts(stack.config.metrics.store),
            needed=needed,
            exhausted=(CONNECTIONS, f"{component_name('service', web)}-{FAILED_ANSWERS}")
            if own and web and "page" in config.severities
            else None,
        ),
        stack.opts,
    )
