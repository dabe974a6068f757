"""Error tracking at Sentry."""

from typing import Any

import pulumi

from components.sentry.args import (
    AlertArgs,
    KeyLimitArgs,
    PagerDutyArgs,
    SamplingArgs,
    SentryArgs,
    SlackArgs,
    TeamArgs,
)
from components.sentry.component import Sentry
from stacks.compose.stack import Stack
from stacks.config.sentry import SentryConfig, SentryProjectConfig, switched_on

RELEASE_DIGITS = 12
"""Digits of an image's digest that name its release, as registries and git abbreviate."""


def make_sentry(stack: Stack) -> Sentry | None:
    """Return error tracking of the services; None without Sentry."""
    config = stack.config.sentry
    return Sentry("sentry", _sentry_args(stack, config, config, "api"), stack.opts) if config else None


def make_sentry_frontend(stack: Stack) -> Sentry | None:
    """Return error tracking of what runs in browsers; None where the stack has no such project."""
    config = stack.config.sentry
    if config is None or config.frontend is None:
        return None
    return Sentry("sentry-frontend", _sentry_args(stack, config, config.frontend, "web"), stack.opts)


def sentry_outputs(sentry: Sentry | None, frontend: Sentry | None) -> dict[str, pulumi.Input[Any]]:
    """Return the stack's outputs about its projects: where errors are sent to."""
    made = {"sentry_dsn": sentry, "sentry_frontend_dsn": frontend}
    return {name: it.dsn for name, it in made.items() if it}


def _sentry_args(stack: Stack, shared: SentryConfig, project: SentryProjectConfig, part: str) -> SentryArgs:
    alerts, services, main = project.alerts, stack.config.services, stack.config.main_web
    image = services[main].image if main else next((it.image for it in services.values()), stack.config.app)
    slack, pagerduty = shared.slack, shared.pagerduty
    return SentryArgs(
        team=TeamArgs(organization=shared.organization, slug=shared.team, team_id=shared.team_id),
        part=part,
        project=stack.names.of(part),
        platform=project.platform,
        environment=stack.config.environment,
        release=release(image),
        sampling=SamplingArgs(
            errors=project.error_sample_rate,
            traces=project.traces_sample_rate,
            profiles=project.profiles_sample_rate,
        ),
        key_limit=KeyLimitArgs(
            events=project.key_rate_limit_count, window_seconds=project.key_rate_limit_window_seconds
        ),
        alerts=AlertArgs(
            **switched_on(shared, project),
            errors_warning=alerts.errors_warning,
            errors_critical=alerts.errors_critical,
            p95_target_ms=alerts.p95_target_ms,
            largest_paint_ms=alerts.largest_paint_ms,
            first_byte_ms=alerts.first_byte_ms,
        ),
        slack=SlackArgs(integration_id=slack.integration_id, channel=slack.channel) if slack else None,
        pagerduty=PagerDutyArgs(integration_id=pagerduty.integration_id, service_id=pagerduty.service_id)
        if pagerduty
        else None,
        protect=project.protect,
    )


def release(image: str) -> str:
    """Return Sentry's release of `image`: `api@4f53cda18c2b`, or `api@1.4.0` for a tag."""
    name = image.rpartition("/")[2]
    tagged, _, digest = name.partition("@")
    short = digest.rpartition(":")[2][:RELEASE_DIGITS]
    image_name, _, tag = tagged.partition(":")
    return f"{image_name}@{short or tag or 'latest'}"
