"""What watches the stack: Sentry and Grafana."""

from collections.abc import Sequence

from components._signals import Signals
from components.grafana import ContactArgs, Observability, ObservabilityArgs, TicketHoursArgs
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
    """Dashboards and alerts for all that the components tell."""
    grafana, contacts = stack.config.grafana, stack.config.grafana.contacts
    secret, hours = stack.secrets.get, grafana.ticket_hours
    slack = secret(contacts.slack_webhook_secret) if contacts.slack_webhook_secret else None
    pager = secret(contacts.pagerduty_key_secret) if contacts.pagerduty_key_secret else None
    return Observability(
        "observability",
        ObservabilityArgs(
            app=stack.config.app,
            environment=stack.config.environment,
            owner=next(iter(stack.config.owners.values())),
            folder_title=f"{stack.config.app} {stack.config.environment}",
            signals=signals,
            region=stack.config.region,
            cloudwatch_datasource_uid=grafana.cloudwatch_datasource_uid,
            prometheus_datasource_uid=grafana.prometheus_datasource_uid,
            postgres_datasource_uid=grafana.postgres_datasource_uid,
            recorded_objectives=grafana.recorded_objectives,
            page=ContactArgs(
                email_addresses=contacts.email, slack_webhook_url=slack, pagerduty_integration_key=pager
            ),
            ticket=ContactArgs(email_addresses=contacts.email, slack_webhook_url=slack),
            info=ContactArgs(email_addresses=contacts.email),
            may_page=contacts.may_page,
            ticket_hours=TicketHoursArgs(**hours.model_dump()) if hours else None,
            owns_notification_policy=grafana.owns_notification_policy,
            runbook_url=grafana.runbook_url,
            evaluation_interval_seconds=grafana.evaluation_interval_seconds,
        ),
        stack.opts,
    )
