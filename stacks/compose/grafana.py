"""Dashboards and alerts at Grafana."""

from collections.abc import Sequence

import pulumi

from components.grafana.args import ContactArgs, ObservabilityArgs, TicketHoursArgs
from components.grafana.observability import Observability
from observability import Severity, Signals
from observability.alerting.evaluators import without_cloudwatch
from observability.routing.destinations import Destination, destinations
from stacks.alert_identity import alert_identity
from stacks.compose.stack import Stack
from stacks.config.observability import ContactsConfig


def make_grafana(
    stack: Stack, signals: Sequence[Signals], needed: Sequence[pulumi.Resource]
) -> Observability | None:
    """Return dashboards and alerts for `signals`, made after what they watch; None without Grafana."""
    grafana, shared = stack.config.grafana, stack.config.alerts
    if grafana is None:
        return None
    if grafana.cloudwatch_datasource_uid is None:
        signals = _without_cloudwatch(signals)
    hours = grafana.ticket_hours
    page, ticket, info = (_contact(stack, grafana.contacts, severity) for severity in Severity)
    return Observability(
        "observability",
        ObservabilityArgs(
            app=stack.config.app,
            environment=stack.config.environment,
            owner=alert_identity(stack.config).owner,
            folder_title=f"{stack.config.app} {stack.config.environment}",
            signals=signals,
            region=stack.config.region,
            cloudwatch_datasource_uid=grafana.cloudwatch_datasource_uid,
            prometheus_datasource_uid=grafana.prometheus_datasource_uid,
            postgres_datasource_uid=grafana.postgres_datasource_uid,
            upstash_datasource_uid=grafana.upstash_datasource_uid,
            recorded_objectives=grafana.recorded_objectives or stack.config.metrics.records,
            page=page,
            ticket=ticket,
            info=info,
            may_page=shared.may_page,
            ticket_hours=TicketHoursArgs(
                first_hour=hours.first_hour, last_hour=hours.last_hour, timezone=hours.timezone
            )
            if hours
            else None,
            pages_inhibit=grafana.pages_inhibit,
            owns_notification_policy=grafana.owns_notification_policy,
            runbook_url=shared.runbook_url or "",
            needed=needed,
            evaluation_interval_seconds=shared.evaluation_interval_seconds,
        ),
        stack.opts,
    )


def _without_cloudwatch(signals: Sequence[Signals]) -> Sequence[Signals]:
    """Return what Grafana can ask for without a data source of CloudWatch, and say what it cannot."""
    kept = without_cloudwatch(signals)
    left = {it.id for component in kept for it in component.signals}
    if lost := [it.id for component in signals for it in component.signals if it.id not in left]:
        pulumi.log.warn(
            f"grafana.cloudwatch_datasource_uid: left out, so Grafana has neither panel nor alert of {len(lost)} "
            f"records that CloudWatch alone measures: {', '.join(lost)}"
        )
    return kept


def _contact(stack: Stack, contacts: ContactsConfig, severity: Severity) -> ContactArgs:
    """Return the contact points of `severity`, and no other."""
    routes = destinations(contacts.destinations, tickets_mailed=contacts.tickets_mailed)[severity]
    webhook, key = contacts.slack_webhook_secret, contacts.pagerduty_key_secret
    return ContactArgs(
        email_addresses=contacts.email if Destination.MAIL in routes else (),
        slack_webhook_url=stack.secrets[webhook] if webhook and Destination.CHAT in routes else None,
        slack_channel=contacts.slack_channel if Destination.CHAT in routes else None,
        pagerduty_integration_key=stack.secrets[key] if key and Destination.PAGER in routes else None,
    )
