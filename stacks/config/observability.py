"""Configuration of error tracking, dashboards and alerts."""

from typing import Annotated, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from stacks.config.base import Model
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


class ContactsConfig(Model):
    """Who is told: everybody by mail and Slack, a pager only for pages and only where it may ring."""

    email: Annotated[list[EmailAddress], Field(min_length=1)] = Field(
        description="Addresses for tickets and information."
    )
    slack_webhook_secret: VariableName | None = Field(
        default=None, description="Key under `secrets` that holds a Slack webhook for pages and tickets."
    )
    pagerduty_key_secret: VariableName | None = Field(
        default=None, description="Key under `secrets` that holds a PagerDuty integration key; needs may_page."
    )
    may_page: bool = Field(default=False, description="Whether this stack may ring a pager. Production only.")

    @property
    def secrets(self) -> list[str]:
        """Names of the secrets that the contacts need."""
        return [name for name in (self.slack_webhook_secret, self.pagerduty_key_secret) if name]


class TicketHoursConfig(Model):
    """When tickets are sent, Monday to Friday; those of the night wait for the morning."""

    first_hour: Annotated[int, Field(ge=0, le=23)] = Field(default=8, description="Hour at which they begin.")
    last_hour: Annotated[int, Field(ge=1, le=24)] = Field(default=18, description="Hour at which they end.")
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

    cloudwatch_datasource_uid: str = Field(description="UID of Grafana's CloudWatch data source.")
    prometheus_datasource_uid: str = Field(
        description="UID of Grafana's Prometheus data source, which scrapes the Cloudflare exporter."
    )
    runbook_url: Annotated[str, Field(pattern=r"^https://\S+$")] = Field(
        description="Page with a section for each alert, its id the anchor."
    )
    evaluation_interval_seconds: Annotated[int, Field(ge=10, le=3600, multiple_of=10)] = Field(
        default=60, description="How often alert rules are evaluated, in seconds."
    )
    contacts: ContactsConfig
    postgres_datasource_uid: str | None = Field(
        default=None,
        description="UID of Grafana's PostgreSQL data source, for an application that writes rpc_observations.",
    )
    recorded_objectives: bool = Field(
        default=False,
        description="Whether Prometheus has the recording rules of `footing observe`: panels then read those.",
    )
    owns_notification_policy: bool = Field(
        default=False,
        description="Whether this stack writes the organization's whole tree of policies, over everybody's.",
    )
    ticket_hours: TicketHoursConfig | None = Field(
        default=None, description="When tickets are sent, Monday to Friday; at any time when left out."
    )


class ConnectionAlertConfig(Model):
    """Open connections to PostgreSQL at which people are told."""

    warning: Annotated[int, Field(ge=1)] = Field(default=80, description="A ticket is written.")
    critical: Annotated[int, Field(ge=1)] = Field(default=95, description="Somebody is paged.")


class AlertsConfig(Model):
    """Thresholds that the stack sets; the others come with the components."""

    database_connections: ConnectionAlertConfig = ConnectionAlertConfig()
