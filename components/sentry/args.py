"""What error tracking is made from, and what it refuses to be made from."""

from collections.abc import Iterator
from dataclasses import dataclass

from components.sentry.sampling import scaling_problem


@dataclass(frozen=True, kw_only=True)
class SlackArgs:
    """A channel, over Sentry's own connection to Slack."""

    integration_id: int
    """Number of the Slack integration in the organization. It ends the address of its settings."""
    channel: str
    """Name of the channel with its `#`."""


@dataclass(frozen=True, kw_only=True)
class PagerDutyArgs:
    """A service of PagerDuty, over Sentry's own connection to it: it wakes somebody."""

    integration_id: int
    """Number of the PagerDuty integration in the organization."""
    service_id: int
    """Number that Sentry gives the service in that integration."""


@dataclass(frozen=True, kw_only=True)
class AlertArgs:
    """What Sentry tells people about; each can be switched off."""

    errors: bool = True
    """Tell when errors come too fast."""
    errors_warning: int = 10
    """Errors in five minutes over which a ticket is written. Source: requirements, S0."""
    errors_critical: int = 100
    """Errors in five minutes over which somebody is paged. Source: requirements, S0."""
    new_issue: bool = True
    """Tell of every error that was never seen before, or is back."""
    performance_regression: bool = True
    """Tell of every new performance issue, and when transactions take too long."""
    p95_target_ms: int = 500
    """95th percentile of the time of a transaction over which a ticket is written, in ms. Source: S4."""


@dataclass(frozen=True, kw_only=True)
class SentryArgs:
    """What `Sentry` is made from."""

    organization: str
    """Slug of the organization. Source: config `sentry.organization`."""
    team: str
    """Slug of the team that owns the project. Source: config `sentry.team`."""
    team_id: int | None = None
    """Number of that team, for mail about alerts that count: Sentry takes no slug there."""
    part: str = "api"
    """Which part of the application: `api` or `web`; ends the ids of its records."""
    project: str
    """Slug of the project, unique in the organization, for example `feed-api-staging`."""
    platform: str
    """Sentry's name of the language or framework, for example `python-fastapi`; decides how traces are read."""
    environment: str
    """Name of the key, and what every event is tagged with."""
    release: str | None = None
    """Version that every event is tagged with; what a new issue came with is then known. Source: S2-39."""
    error_sample_rate: float = 1.0
    """Share of errors that are sent, 0 to 1. Under 1, thresholds of counts are scaled by it."""
    traces_sample_rate: float
    """Share of requests that are traced, 0 to 1. Source: config `sentry.traces_sample_rate`."""
    profiles_sample_rate: float = 0.0
    """Share of the traced requests that are profiled, 0 to 1. Source: S4."""
    key_rate_limit_count: int
    """Events the key may send in one window; more are dropped, so a loop cannot use up the month's quota."""
    key_rate_limit_window_seconds: int
    """Window of that limit, in seconds."""
    alerts: AlertArgs = AlertArgs()
    """What people are told about."""
    slack: SlackArgs | None = None
    """Where tickets and pages are written."""
    pagerduty: PagerDutyArgs | None = None
    """Where pages ring, in production alone."""
    protect: bool = True
    """Refuse to delete the project: its issues go with it."""

    def __post_init__(self) -> None:
        """Refuse what Sentry would take and then not do.

        Raises:
            ValueError: a rate is no share, a limit is not positive, or an alert could not fire or be heard.

        """
        for field in ("error_sample_rate", "traces_sample_rate", "profiles_sample_rate"):
            if not 0 <= getattr(self, field) <= 1:
                raise ValueError(f"{field} is {getattr(self, field)}: a share from 0 to 1")
        for field in ("key_rate_limit_count", "key_rate_limit_window_seconds"):
            if getattr(self, field) < 1:
                raise ValueError(f"{field} is {getattr(self, field)}: at least 1")
        reasons = list(_unheard(self))
        if reasons:
            raise ValueError("; ".join(reasons))


def _unheard(args: SentryArgs) -> Iterator[str]:
    counted = args.alerts.errors or args.alerts.performance_regression
    if counted and args.slack is None and args.team_id is None:
        yield "alerts that count reach nobody: give slack or team_id, or switch them off"
    if args.alerts.performance_regression and args.traces_sample_rate == 0:
        yield "performance_regression sees nothing while traces_sample_rate is 0: switch it off"
    for threshold in (args.alerts.errors_warning, args.alerts.errors_critical) if args.alerts.errors else ():
        problem = scaling_problem(threshold=threshold, sample_rate=args.error_sample_rate)
        if problem:
            yield problem
    if args.alerts.errors and args.alerts.errors_warning >= args.alerts.errors_critical:
        most = args.alerts.errors_critical
        yield f"errors_warning is {args.alerts.errors_warning}: under errors_critical, {most}"
