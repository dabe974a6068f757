"""Configuration of error tracking."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from components.sentry.sampling import scaling_problem
from policies.nearest import nearest_name
from providers.sentry.platforms import PLATFORMS
from stacks.config.base import Model, Problem

Share = Annotated[float, Field(ge=0, le=1)]
"""Share between 0 and 1."""

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,49}$")]
"""Identifier at a provider: lower case, digits, hyphens."""

Number = Annotated[int, Field(ge=1)]
"""Number of an object at Sentry."""


def _known_platform(given: str) -> str:
    if given not in PLATFORMS:
        raise PydanticCustomError(
            "platform", f"other, or one of Sentry's list: {nearest_name(given, PLATFORMS) or ', '.join(PLATFORMS)}"
        )
    return given


class SlackConfig(Model):
    """A channel of Slack, over Sentry's own integration."""

    integration_id: Number = Field(description="Number of the Slack integration: the last part of its address.")
    channel: str = Field(pattern=r"^#[a-z0-9_-]{1,79}$", description="Channel, with its #.")


class PagerDutyConfig(Model):
    """A service of PagerDuty, over Sentry's own integration."""

    integration_id: Number = Field(
        description="Number of the PagerDuty integration: the last part of its address."
    )
    service_id: Number = Field(description="Number that Sentry gives the service in that integration.")


class SentryAlertsConfig(Model):
    """Alerts that Sentry evaluates: on where slack, pagerduty or team_id says who is told."""

    errors: bool | None = Field(
        default=None, description="Alert on the number of errors; left out, where a contact is given."
    )
    errors_warning: Number = Field(
        default=10, description="Errors in five minutes over which a ticket is written."
    )
    errors_critical: Number = Field(
        default=100, description="Errors in five minutes over which somebody is paged."
    )
    new_issue: bool | None = Field(
        default=None, description="Alert on new issues and regressions; left out, where a contact is given."
    )
    performance_regression: bool | None = Field(
        default=None,
        description="Alert on new performance issues, and on the p95 transaction duration; left out, where a "
        "contact is given and requests are traced.",
    )
    p95_target_ms: Number = Field(
        default=500, description="p95 transaction duration over which a ticket is written, in milliseconds."
    )
    largest_paint_ms: Number | None = Field(
        default=None, description="p75 of browsers' largest contentful paint over which a ticket is written."
    )
    first_byte_ms: Number | None = Field(
        default=None, description="p75 of browsers' time to the first byte over which a ticket is written."
    )


class SentryProjectConfig(Model):
    """One project: what a part of the application sends to it, and its alerts."""

    platform: Annotated[str, AfterValidator(_known_platform)] = Field(
        default="other",
        json_schema_extra={"enum": list(PLATFORMS)},
        description="Sentry's name of the part's platform.",
    )
    key_rate_limit_count: Number = Field(
        default=1000, description="Events the key accepts in one window: protects the quota."
    )
    key_rate_limit_window_seconds: int = Field(
        default=60, ge=60, le=86400, description="Window of that limit, in seconds."
    )
    error_sample_rate: Share = Field(
        default=1.0, description="Share of errors that are sent; thresholds of counts are scaled by it."
    )
    traces_sample_rate: Share = Field(default=0.1, description="Share of requests that are traced.")
    profiles_sample_rate: Share = Field(
        default=0.01, description="Share of the traced requests that are profiled."
    )
    alerts: SentryAlertsConfig = SentryAlertsConfig()
    protect: bool = Field(default=True, description="Refuse to delete the project: its issues go with it.")


class SentryConfig(SentryProjectConfig):
    """Error tracking at Sentry; these settings are those of the service."""

    organization: Slug = Field(description="Slug of the organization.")
    team: Slug = Field(description="Slug of the team that owns the projects.")
    team_id: Number | None = Field(
        default=None, description="Number of that team: without Slack, its members get the alerts by mail."
    )
    slack: SlackConfig | None = Field(default=None, description="Channel of the alerts.")
    pagerduty: PagerDutyConfig | None = Field(default=None, description="Service of pages; needs alerts.may_page.")
    frontend: SentryProjectConfig | None = Field(
        default=None, description="A project of its own for what runs in browsers."
    )


def switched_on(config: SentryConfig, project: SentryProjectConfig) -> dict[str, bool]:
    """Return which alerts a project has: as its file says, or else those that reach somebody."""
    alerts, told = project.alerts, bool(config.slack or config.pagerduty or config.team_id)
    default = {
        "errors": told,
        "new_issue": told,
        "performance_regression": told and project.traces_sample_rate > 0,
    }
    return {name: on if getattr(alerts, name) is None else getattr(alerts, name) for name, on in default.items()}


def sentry_problems(config: SentryConfig, *, may_page: bool) -> Iterator[Problem]:
    """Yield a key and a sentence for each alert that could not fire, and for a pager that may not ring."""
    if config.pagerduty and not may_page:
        yield "sentry.pagerduty", "given, allowed only with alerts.may_page: true"
    projects: dict[str, SentryProjectConfig | None] = {"sentry": config, "sentry.frontend": config.frontend}
    for key, project in projects.items():
        if project is None:
            continue
        alerts, on = project.alerts, switched_on(config, project)
        traced = {"performance_regression": on["performance_regression"]}
        traced |= {name: bool(getattr(alerts, name)) for name in ("largest_paint_ms", "first_byte_ms")}
        for name in (name for name, given in traced.items() if given and project.traces_sample_rate == 0):
            yield f"{key}.alerts.{name}", "given, allowed only with a traces_sample_rate over 0"
        if not on["errors"]:
            continue
        if alerts.errors_warning >= alerts.errors_critical:
            allowed = f"allowed under errors_critical, {alerts.errors_critical}"
            yield f"{key}.alerts.errors_warning", f"given {alerts.errors_warning}, {allowed}"
        if problem := scaling_problem(threshold=alerts.errors_warning, sample_rate=project.error_sample_rate):
            yield f"{key}.alerts.errors_warning", problem
