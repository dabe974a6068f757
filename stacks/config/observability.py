"""Configuration of dashboards and alerts."""

from typing import Annotated

from pydantic import Field

from stacks.config.base import Model
from stacks.config.service import VariableName

EmailAddress = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
"""Something with an @ and a domain; the mail server knows the rest."""


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


class ConnectionAlertConfig(Model):
    """Open connections to PostgreSQL at which people are told."""

    warning: Annotated[int, Field(ge=1)] = Field(default=80, description="A ticket is written.")
    critical: Annotated[int, Field(ge=1)] = Field(default=95, description="Somebody is paged.")


class AlertsConfig(Model):
    """Thresholds that the stack sets; the others come with the components."""

    database_connections: ConnectionAlertConfig = ConnectionAlertConfig()
