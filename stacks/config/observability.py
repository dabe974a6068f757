"""Configuration of error tracking, dashboards and alerts."""

from collections.abc import Iterator, Mapping
from typing import Annotated

from pydantic import Field

from components._signals.routing import Destination, pager_key_problem, webhook_problem
from stacks.config.base import Hostname, Model
from stacks.config.service import VariableName

Share = Annotated[float, Field(ge=0, le=1)]
"""Share between 0 and 1."""

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,49}$")]
"""Identifier at a provider: lower case, digits, hyphens."""


EmailAddress = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
"""Something with an @ and a domain; the mail server knows the rest."""


class SentryConfig(Model):
    """Error tracking at Sentry."""

    organization: Slug = Field(description="Slug of the organization.")
    team: Slug = Field(description="Slug of the team that owns the projects.")
    platform: str = Field(default="python", description="Sentry's name of the application's platform.")
    key_rate_limit_count: Annotated[int, Field(ge=1)] = Field(
        default=1000, description="Events the key accepts in one window: protects the quota."
    )
    key_rate_limit_window_seconds: Annotated[int, Field(ge=60, le=86400)] = Field(
        default=60, description="Window of that limit, in seconds."
    )
    error_sample_rate: Share = Field(default=1.0, description="Share of errors that are sent.")
    traces_sample_rate: Share = Field(default=0.1, description="Share of requests that are traced.")
    protect: bool = Field(default=True, description="Refuse to delete the project: its issues go with it.")


class MailServerConfig(Model):
    """What an Alertmanager of our own sends mail through; Grafana has a server of its own."""

    host: Hostname = Field(description="Name of the server, for example `email-smtp.eu-west-1.amazonaws.com`.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=587, description="Port that speaks STARTTLS.")
    sender: EmailAddress = Field(description="Address that messages come from.")
    username: str | None = Field(
        default=None,
        min_length=1,
        description="Who logs in; the password is a file beside the routes.",
    )


class ContactsConfig(Model):
    """Who is told: a page rings the pager and the chat, a ticket the chat; information is mailed.

    Without a chat its messages are mailed, and without a pager pages go to chat and mail, so that nothing is lost:
    every stack has mail.
    """

    email: Annotated[list[EmailAddress], Field(min_length=1)] = Field(
        description="Addresses for information, and for whatever has no other place to go."
    )
    mail_server: MailServerConfig | None = Field(
        default=None,
        description="Mail server of an Alertmanager of our own; Amazon SES in the stack's region when left out.",
    )
    slack_webhook_secret: VariableName | None = Field(
        default=None, description="Key under `secrets` that holds a Slack webhook for pages and tickets."
    )
    slack_channel: Annotated[str, Field(pattern=r"^#[a-z0-9_-]{1,80}$")] | None = Field(
        default=None, description="Channel to ask for; a webhook of a Slack app has its own and ignores it."
    )
    pagerduty_key_secret: VariableName | None = Field(
        default=None, description="Key under `secrets` that holds a PagerDuty integration key; needs may_page."
    )
    may_page: bool = Field(default=False, description="Whether this stack may ring a pager. Production only.")

    @property
    def secrets(self) -> list[str]:
        """Names of the secrets that the contacts need."""
        return [name for name in (self.slack_webhook_secret, self.pagerduty_key_secret) if name]

    @property
    def destinations(self) -> frozenset[Destination]:
        """The kinds of place that there are."""
        given = {
            Destination.PAGER: self.pagerduty_key_secret,
            Destination.CHAT: self.slack_webhook_secret,
            Destination.MAIL: self.email,
        }
        return frozenset(place for place, value in given.items() if value)


def contact_problems(contacts: ContactsConfig) -> Iterator[tuple[str, str]]:
    """Every way in which the contacts do not fit each other."""
    if contacts.pagerduty_key_secret and not contacts.may_page:
        yield "grafana.contacts.pagerduty_key_secret", "given, allowed only with may_page: true"
    if contacts.slack_channel and not contacts.slack_webhook_secret:
        yield "grafana.contacts.slack_channel", "given, allowed only with slack_webhook_secret"


def contact_secret_problems(contacts: ContactsConfig, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Why a message would not arrive, told by the secret `values` without repeating any."""
    forms = ((contacts.slack_webhook_secret, webhook_problem), (contacts.pagerduty_key_secret, pager_key_problem))
    for name, problem_of in forms:
        if name and name in values and (problem := problem_of(values[name])):
            yield f"secrets.{name}", problem


class GrafanaConfig(Model):
    """Dashboards and alert rules at Grafana."""

    cloudwatch_datasource_uid: str = Field(description="UID of Grafana's CloudWatch data source.")
    prometheus_datasource_uid: str = Field(
        description="UID of Grafana's Prometheus data source, which scrapes the Cloudflare exporter."
    )
    url: Annotated[str, Field(pattern=r"^https://[^\s/]+(/[^\s/]+)*$")] = Field(
        description="Address of Grafana, for links in messages, for example `https://example.grafana.net`."
    )
    runbook_url: Annotated[str, Field(pattern=r"^https://\S+$")] = Field(
        description="Page with a section for each alert, its id the anchor."
    )
    evaluation_interval_seconds: Annotated[int, Field(ge=10, le=3600, multiple_of=10)] = Field(
        default=60, description="How often alert rules are evaluated, in seconds."
    )
    contacts: ContactsConfig


class ConnectionAlertConfig(Model):
    """Open connections to PostgreSQL at which people are told."""

    warning: Annotated[int, Field(ge=1)] = Field(default=80, description="A ticket is written.")
    critical: Annotated[int, Field(ge=1)] = Field(default=95, description="Somebody is paged.")


class AlertsConfig(Model):
    """Thresholds that the stack sets; the others come with the components."""

    database_connections: ConnectionAlertConfig = ConnectionAlertConfig()
