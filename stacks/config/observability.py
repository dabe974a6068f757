"""Configuration of dashboards and alerts."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from observability.routing.destinations import Destination, pager_key_problem, webhook_problem
from stacks.config.base import Hostname, Model, Problem, VariableName
from stacks.connection_thresholds import ThresholdUnit

EmailAddress = Annotated[str, Field(pattern=r"^[^@\s:/]+@[^@\s:/]+\.[^@\s:/]+$")]
"""Something with an @ and a domain; the mail server knows the rest."""


class MailServerConfig(Model):
    """What an Alertmanager of our own sends mail through; Grafana has a server of its own."""

    host: Hostname = Field(description="Name of the server, for example `email-smtp.eu-west-1.amazonaws.com`.")
    port: int = Field(default=587, ge=1, le=65535, description="Port that speaks STARTTLS.")
    sender: EmailAddress = Field(description="Address that messages come from.")
    username: str | None = Field(
        default=None, min_length=1, description="Who logs in; the password is a file beside the routes."
    )


class ContactsConfig(Model):
    """Who is told: a page rings the pager and the chat, a ticket the chat; information is mailed.

    Without a chat its messages are mailed, and without a pager pages go to chat and mail, so that nothing is lost:
    every stack has mail.
    """

    email: list[EmailAddress] = Field(
        min_length=1, description="Addresses for information, and for whatever has no other place to go."
    )
    tickets_mailed: bool = Field(
        default=False, description="Whether tickets are mailed as well, where there is a chat for them."
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
        default=None,
        description="Key under `secrets` that holds a PagerDuty integration key; needs alerts.may_page.",
    )

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


def contact_problems(contacts: ContactsConfig, *, may_page: bool) -> Iterator[Problem]:
    """Yield every way in which the contacts do not fit each other, or `alerts.may_page`."""
    if contacts.pagerduty_key_secret and not may_page:
        yield "grafana.contacts.pagerduty_key_secret", "given, allowed only with alerts.may_page: true"
    if contacts.slack_channel and not contacts.slack_webhook_secret:
        yield "grafana.contacts.slack_channel", "given, allowed only with slack_webhook_secret"


def contact_secret_problems(contacts: ContactsConfig, values: Mapping[str, str]) -> Iterator[Problem]:
    """Yield why a message would not arrive, by the secret `values`, without repeating any."""
    forms = ((contacts.slack_webhook_secret, webhook_problem), (contacts.pagerduty_key_secret, pager_key_problem))
    for name, problem_of in forms:
        if name and name in values and (problem := problem_of(values[name])):
            yield f"secrets.{name}", problem


class TicketHoursConfig(Model):
    """When tickets are sent, Monday to Friday; those of the night wait for the morning."""

    first_hour: int = Field(default=8, ge=0, le=23, description="Hour at which they begin.")
    last_hour: int = Field(default=18, ge=1, le=24, description="Hour at which they end.")
    timezone: Annotated[str, Field(pattern=r"^[A-Za-z_]+(/[A-Za-z_+-]+)*$")] = Field(
        default="UTC", description="Name in the time zone database, for example `Europe/Amsterdam`."
    )

    @model_validator(mode="after")
    def _within_a_day(self) -> Self:
        if self.first_hour >= self.last_hour:
            given = {"first": self.first_hour, "last": self.last_hour}
            raise PydanticCustomError(
                "ticket_hours", "from {first} to {last}, allowed a last_hour after the first_hour", given
            )
        return self


class GrafanaConfig(Model):
    """Dashboards and alert rules at Grafana."""

    cloudwatch_datasource_uid: str | None = Field(
        default=None,
        description="UID of Grafana's CloudWatch data source; left out where it has none: what CloudWatch alone "
        "measures then has neither panel nor alert there, and each run names it.",
    )
    prometheus_datasource_uid: str = Field(
        description="UID of Grafana's Prometheus data source, which scrapes the Cloudflare exporter."
    )
    url: Annotated[str, Field(pattern=r"^https://[^\s/@?#]+(/[^\s/?#]+)*$")] = Field(
        description="Address of Grafana, for links in messages, for example `https://example.grafana.net`."
    )
    contacts: ContactsConfig
    postgres_datasource_uid: str | None = Field(
        default=None,
        description="UID of Grafana's PostgreSQL data source, for an application that writes rpc_observations.",
    )
    upstash_datasource_uid: str | None = Field(
        default=None,
        description="UID of Grafana's Infinity data source that holds Upstash's credentials, for its statistics.",
    )
    recorded_objectives: bool = Field(
        default=False,
        description="Whether Prometheus has the recording rules of `footing observe`: panels then read those.",
    )
    owns_notification_policy: bool = Field(
        default=False,
        description="Whether this stack writes the organization's whole tree of policies, over everybody's.",
    )
    pages_inhibit: bool = Field(
        default=False, description="Whether a page silences tickets of the same record: Grafana 13 or later."
    )
    ticket_hours: TicketHoursConfig | None = Field(
        default=None, description="When tickets are sent, Monday to Friday; at any time when left out."
    )


class ConnectionAlertConfig(Model):
    """Open connections to PostgreSQL above which people are told."""

    warning: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="More make a ticket; left out, more than `database.pooler.server_connections`."
    )
    unit: ThresholdUnit = Field(
        default="connections",
        description="Of what warning and critical are: a count, or a share of database.pooler.server_connections "
        "or of database.max_connections.",
    )
    critical: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="More page somebody; left out, more than the pool and the direct connections together.",
    )


class AlertsConfig(Model):
    """What all evaluators have in common, and the thresholds that the stack sets."""

    runbook_url: Annotated[str, Field(pattern=r"^https://[^\s/@]+(/\S*)?$")] | None = Field(
        default=None,
        description="Page with a section for each alert, its id the anchor; required with grafana or datadog.",
    )
    may_page: bool = Field(default=False, description="Whether this stack may ring a pager. Production only.")
    evaluation_interval_seconds: int = Field(
        default=60, ge=10, le=3600, multiple_of=10, description="How often alert rules are evaluated, in seconds."
    )

    database_connections: ConnectionAlertConfig = ConnectionAlertConfig()
