"""Error tracking at Sentry: one project and one key for one part of the application in one environment.

A project for each environment, though Sentry could tell environments apart within one: a stack then owns all it
makes, so destroying staging takes no issue of production along, and noise in staging uses up no quota and hides
behind no filter of production. `SENTRY_ENVIRONMENT` is set all the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi
import pulumiverse_sentry as sentry

from components._component import Component
from components._signals import Check, Signals


@dataclass(frozen=True, kw_only=True)
class SentryArgs:
    """What `Sentry` is made from."""

    organization: str
    """Slug of the organization. Source: config `sentry.organization`."""
    team: str
    """Slug of the team that owns the project. Source: config `sentry.team`."""
    project: str
    """Slug of the project, unique in the organization, for example `feed-api-staging`."""
    platform: str
    """Sentry's name of the language or framework, for example `python-fastapi`; decides how traces are read."""
    environment: str
    """Name of the key, and what every event is tagged with."""
    error_sample_rate: float = 1.0
    """Share of errors that are sent, 0 to 1. Under 1, every count in Sentry is too small by that factor."""
    traces_sample_rate: float
    """Share of requests that are traced, 0 to 1. Source: config `sentry.traces_sample_rate`."""
    key_rate_limit_count: int
    """Events the key may send in one window; more are dropped, so a loop cannot use up the month's quota."""
    key_rate_limit_window_seconds: int
    """Window of that limit, in seconds."""
    protect: bool = True
    """Refuse to delete the project: its issues go with it."""

    def __post_init__(self) -> None:
        """Refuse what Sentry would take and then not send.

        Raises:
            ValueError: a rate is no share, or a limit is not positive.

        """
        for field in ("error_sample_rate", "traces_sample_rate"):
            if not 0 <= getattr(self, field) <= 1:
                raise ValueError(f"{field} is {getattr(self, field)}: a share from 0 to 1")
        for field in ("key_rate_limit_count", "key_rate_limit_window_seconds"):
            if getattr(self, field) < 1:
                raise ValueError(f"{field} is {getattr(self, field)}: at least 1")


class Sentry(Component):
    """One project with one rate-limited key."""

    dsn: pulumi.Output[str]
    """Address that events are sent to.

    Not a secret: browsers get it with every page, and all it allows is to add events up to the key's rate limit.
    """
    project_slug: pulumi.Output[str]
    """Slug of the project, for releases and source maps."""

    def __init__(self, name: str, args: SentryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args = args
        project = sentry.SentryProject(
            f"{name}-project",
            organization=args.organization,
            teams=[args.team],
            name=args.project,
            slug=args.project,
            platform=args.platform,
            opts=self._child(protect=args.protect),
        )
        key = sentry.SentryKey(
            f"{name}-key",
            organization=args.organization,
            project=project.slug,
            name=args.environment,
            rate_limit_count=args.key_rate_limit_count,
            rate_limit_window=args.key_rate_limit_window_seconds,
            opts=self._child(),
        )
        self.dsn = key.dsn_public
        self.project_slug = project.slug
        self._finish()

    @property
    def env(self) -> Mapping[str, pulumi.Input[str]]:
        """Environment variables for the application: the names that Sentry's SDKs know."""
        return {
            "SENTRY_DSN": self.dsn,
            "SENTRY_ENVIRONMENT": self._args.environment,
            "SENTRY_SAMPLE_RATE": f"{self._args.error_sample_rate:g}",
            "SENTRY_TRACES_SAMPLE_RATE": f"{self._args.traces_sample_rate:g}",
        }

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return _signals(self._args)


def _signals(args: SentryArgs) -> Signals:
    return Signals(
        subject="Error tracking",
        checks=(
            Check(
                id=f"sentry-accepts-{args.project}",
                title=f"Sentry accepts an event for {args.project}",
                probe="POST a test envelope to the DSN, status 200",
                fix="429: the key's rate limit or the quota is used up. 403: the key is off.",
            ),
        ),
    )
