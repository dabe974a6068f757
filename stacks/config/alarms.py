"""Configuration of CloudWatch alarms."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from stacks.config.base import Model, Problem, VariableName
from stacks.config.observability import EmailAddress


class CloudWatchAlarmsConfig(Model):
    """Alarms that AWS evaluates and sends itself, beside Grafana's: they tell while Grafana is down."""

    severities: Annotated[list[Literal["page", "ticket"]], Field(min_length=1)] = Field(
        default=["page"], description="Which alerts become alarms too; each is billed, about 0.10 USD a month."
    )
    email: list[EmailAddress] = Field(min_length=1, description="Who gets mail; each confirms a first one.")
    pager_url_secret: VariableName | None = Field(
        default=None,
        description="Key under `secrets` with a pager's https address for SNS; needs alerts.may_page.",
    )
    protect: bool = Field(default=True, description="Refuse to delete the key that encrypts the messages.")


def alarm_problems(config: CloudWatchAlarmsConfig | None, *, may_page: bool) -> Iterator[Problem]:
    """Yield key and sentence for a pager where nobody may be woken."""
    if config and config.pager_url_secret and not may_page:
        yield "cloudwatch_alarms.pager_url_secret", "given, allowed only with alerts.may_page: true"
