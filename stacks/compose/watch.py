"""What watches the stack: Sentry and Grafana."""

from collections.abc import Sequence

from components._signals import Severity, Signals
from components._signals.routing import Destination, destinations
from components.grafana import ContactArgs, Observability, ObservabilityArgs
from components.sentry import Sentry, SentryArgs
from stacks.compose.stack import Stack


def make_sentry(stack: Stack) -> Sentry:
    """Error tracking of the service."""
    sentry = stack.config.sentry
    return Sentry(
        "sentry",
        SentryArgs(
            **sentry.model_dump(),
            project=stack.names.of("api"),
            environment=stack.config.environment,
        ),
        stack.opts,
    )


def make_observability(stack: Stack, signals: Sequence[Signals]) -> Observability:
    """Dashboard and alerts for all that the components tell."""
    grafana = stack.config.grafana
    page, ticket, info = (_contact(stack, severity) for severity in Severity)
    return Observability(
        "observability",
        ObservabilityArgs(
            app=stack.config.app,
            environment=stack.config.environment,
            folder_title=f"{stack.config.app} {stack.config.environment}",
            signals=signals,
            region=stack.config.region,
            cloudwatch_datasource_uid=grafana.cloudwatch_datasource_uid,
            prometheus_datasource_uid=grafana.prometheus_datasource_uid,
            page=page,
            ticket=ticket,
            info=info,
            may_page=grafana.contacts.may_page,
            runbook_url=grafana.runbook_url,
            evaluation_interval_seconds=grafana.evaluation_interval_seconds,
        ),
        stack.opts,
    )


def _contact(stack: Stack, severity: Severity) -> ContactArgs:
    """The places that messages of `severity` go to, and no other."""
    contacts = stack.config.grafana.contacts
    ways = destinations(contacts.destinations)[severity]
    webhook, key = contacts.slack_webhook_secret, contacts.pagerduty_key_secret
    return ContactArgs(
        email_addresses=contacts.email if Destination.MAIL in ways else (),
        slack_webhook_url=stack.secrets[webhook] if webhook and Destination.CHAT in ways else None,
        slack_channel=contacts.slack_channel if Destination.CHAT in ways else None,
        pagerduty_integration_key=stack.secrets[key] if key and Destination.PAGER in ways else None,
    )
