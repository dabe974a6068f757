"""Configuration of error tracking."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from policies.nearest import nearest_name
from stacks.config.base import Model, Problem

Share = Annotated[float, Field(ge=0, le=1)]
"""Share between 0 and 1."""

Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,49}$")]
"""Identifier at a provider: lower case, digits, hyphens."""

Number = Annotated[int, Field(ge=1)]
"""Number of an object at Sentry."""


ALERTS_ARE_GONE = "Sentry answers 410 to the API by which its provider makes alerts: components/sentry/README.md"
"""Why no alert can be made, for people."""

_FRAMEWORKS = {
    "apple": "ios macos",
    "dotnet": "aspnet aspnetcore awslambda gcpfunctions maui uwp winforms wpf xamarin",
    "java": "log4j2 logback spring spring-boot",
    "javascript": "angular ember gatsby nextjs react remix svelte sveltekit vue",
    "native": "qt",
    "node": "awslambda azurefunctions connect express gcpfunctions koa",
    "php": "laravel symfony",
    "python": "aiohttp asgi awslambda bottle celery chalice django falcon fastapi flask gcpfunctions pylons "
    "pymongo pyramid quart rq sanic serverless starlette tornado tryton wsgi",
    "ruby": "rack rails",
    "other android capacitor cordova dart electron elixir flutter go ionic kotlin minidump react-native rust "
    "unity unreal": "",
}
PLATFORMS = tuple(
    platform
    for languages, frameworks in _FRAMEWORKS.items()
    for platform in (*languages.split(), *(f"{languages}-{framework}" for framework in frameworks.split()))
)
"""Platforms that Sentry takes and that the provider finds at docs.sentry.io; newer ones it refuses.

https://github.com/getsentry/sentry/blob/master/src/sentry/models/project.py (GETTING_STARTED_DOCS_PLATFORMS),
https://github.com/getsentry/sentry-docs/blob/master/public/_platforms/_index.json
"""


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
    """Alerts that Sentry evaluates: refused while the provider makes them with an API that is gone."""

    errors: bool = Field(default=False, description="Alert on the number of errors.")
    errors_warning: Number = Field(
        default=10, description="Errors in five minutes over which a ticket is written."
    )
    errors_critical: Number = Field(
        default=100, description="Errors in five minutes over which somebody is paged."
    )
    new_issue: bool = Field(default=False, description="Alert on new issues and regressions.")
    performance_regression: bool = Field(
        default=False, description="Alert on new performance issues, and on the p95 transaction duration."
    )
    p95_target_ms: Number = Field(
        default=500, description="p95 transaction duration over which a ticket is written, in milliseconds."
    )


class SentryProjectConfig(Model):
    """One project: what a part of the application sends to it, and its alerts."""

    platform: Annotated[str, AfterValidator(_known_platform)] = Field(
        default="other",
        json_schema_extra={"enum": list(PLATFORMS)},
        description="Sentry's name of the part's platform; each preview asks docs.sentry.io for any but `other`.",
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
    pagerduty: PagerDutyConfig | None = Field(
        default=None, description="Service of pages: refused, as the alerts are."
    )
    frontend: SentryProjectConfig | None = Field(
        default=None, description="A project of its own for what runs in browsers."
    )


def sentry_problems(config: SentryConfig) -> Iterator[Problem]:
    """Yield a key and a sentence for each setting that Sentry's API no longer takes."""
    if config.pagerduty:
        yield "sentry.pagerduty", f"given, allowed left out: {ALERTS_ARE_GONE}"
    projects: dict[str, SentryProjectConfig | None] = {"sentry": config, "sentry.frontend": config.frontend}
    for key, project in projects.items():
        if project is None:
            continue
        for alert in ("errors", "new_issue", "performance_regression"):
            if getattr(project.alerts, alert):
                yield f"{key}.alerts.{alert}", f"given true, allowed false: {ALERTS_ARE_GONE}"
