"""Dashboards and alerts at Grafana."""

from collections.abc import Sequence

import pulumi

from components.grafana.args import ContactArgs, ObservabilityArgs, TicketHoursArgs
from components.grafana.observability import Observability
from observability import Severity, Signals
from observability.routing.destinations import Destination, destinations
from stacks.alert_identity import alert_identity
from stacks.compose.stack import Stack


def make_grafana(stack: Stack, signals: Sequence[Signals], needed: Sequence[pulumi.Resource]) -> Observability:
    """Return dashboards and alerts for `signals`; the alerts are made after what they watch."""
    grafana = stack.config.grafana
    hours = grafana.ticket_hours
    page, ticket, info = (_contact(stack, severity) for severity in Severity)
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
            may_page=grafana.contacts.may_page,
            ticket_hours=TicketHoursArgs(
                first_hour=hours.first_hour, last_hour=hours.last_hour, timezone=hours.timezone
            )
            if hours
            else None,
            pages_inhibit=grafana.pages_inhibit,
            owns_notification_policy=grafana.owns_notification_policy,
            runbook_url=grafana.runbook_url,
            needed=needed,
            evaluation_interval_seconds=grafana.evaluation_interval_seconds,
        ),
        stack.opts,
    )


def _contact(stack: Stack, severity: Severity) -> ContactArgs:
    """Return the contact points of `severity`, and no other."""
    contacts = stack.config.grafana.contacts
    routes = destinations(contacts.destinations)[severity]
    webhook, key = contacts.slack_webhook_secret, contacts.pagerduty_key_secret
    return ContactArgs(
        email_addresses=contacts.email if Destination.MAIL in routes else (),
        slack_webhook_url=stack.secrets[webhook] if webhook and Destination.CHAT in routes else None,
        slack_channel=contacts.slack_channel if Destination.CHAT in routes else None,
        pagerduty_integration_key=stack.secrets[key] if key and Destination.PAGER in routes else None,
    )
