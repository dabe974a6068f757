"""What watches the stack: Sentry and Grafana."""

from collections.abc import Sequence

from components.grafana.args import ContactArgs, ObservabilityArgs, TicketHoursArgs
from components.grafana.observability import Observability
from components.sentry.args import AlertArgs, PagerDutyArgs, SentryArgs, SlackArgs
from components.sentry.component import Sentry
from observability import Severity, Signals
from observability.routing.destinations import Destination, destinations
from stacks.alert_identity import alert_identity
from stacks.compose.stack import Stack
from stacks.config.sentry import SentryProjectConfig

RELEASE_DIGITS = 12
"""Digits of an image's digest that name its release, as registries and git abbreviate."""


def make_sentry(stack: Stack) -> Sentry:
    """Error tracking of the service."""
    return Sentry("sentry", _sentry_args(stack, stack.config.sentry, "api"), stack.opts)


def make_sentry_frontend(stack: Stack) -> Sentry | None:
    """Error tracking of what runs in browsers, if any."""
    frontend = stack.config.sentry.frontend
    return Sentry("sentry-frontend", _sentry_args(stack, frontend, "web"), stack.opts) if frontend else None


def _sentry_args(stack: Stack, project: SentryProjectConfig, part: str) -> SentryArgs:
    shared = stack.config.sentry
    settings = project.model_dump(include=set(SentryProjectConfig.model_fields) - {"alerts"})
    return SentryArgs(
        **settings,
        organization=shared.organization,
        team=shared.team,
        team_id=shared.team_id,
        part=part,
        project=stack.names.of(part),
        environment=stack.config.environment,
        release=release(stack.config.service.image),
        alerts=AlertArgs(**project.alerts.model_dump()),
        slack=SlackArgs(**shared.slack.model_dump()) if shared.slack else None,
        pagerduty=PagerDutyArgs(**shared.pagerduty.model_dump()) if shared.pagerduty else None,
    )


def release(image: str) -> str:
    """What Sentry calls the version that `image` holds: `api@4f53cda18c2b`, or `api@1.4.0` for a tag."""
    name = image.rpartition("/")[2]
    tagged, _, digest = name.partition("@")
    short = digest.rpartition(":")[2][:RELEASE_DIGITS]
    image_name, _, tag = tagged.partition(":")
    return f"{image_name}@{short or tag or 'latest'}"


def make_observability(stack: Stack, signals: Sequence[Signals]) -> Observability:
    """Dashboards and alerts for all that the components tell."""
    grafana = stack.config.grafana
    page, ticket, info = (_contact(stack, severity) for severity in Severity)
    hours = grafana.ticket_hours
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
            ticket_hours=TicketHoursArgs(**hours.model_dump()) if hours else None,
            pages_inhibit=grafana.pages_inhibit,
            owns_notification_policy=grafana.owns_notification_policy,
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
