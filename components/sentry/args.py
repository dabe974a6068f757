"""Arguments of error tracking."""

from collections.abc import Iterator

from msgspec import Struct

from components.sentry.sampling import scaling_problem


class SlackArgs(Struct, frozen=True, kw_only=True):
    """A channel, over Sentry's own connection to Slack."""

    integration_id: int
    """Number of the Slack integration in the organization. It ends the address of its settings."""
    channel: str
    """Name of the channel with its `#`."""


class PagerDutyArgs(Struct, frozen=True, kw_only=True):
    """A service of PagerDuty, over Sentry's own connection to it: it wakes somebody."""

    integration_id: int
    """Number of the PagerDuty integration in the organization."""
    service_id: int
    """Number that Sentry gives the service in that integration."""


class AlertArgs(Struct, frozen=True, kw_only=True):
    """Alerts that Sentry evaluates; each can be switched off."""

    errors: bool = True
    """Alert on the number of errors."""
    errors_warning: int = 10
    """Errors in five minutes over which a ticket is written. Source: requirements, S0."""
    errors_critical: int = 100
    """Errors in five minutes over which somebody is paged. Source: requirements, S0."""
    new_issue: bool = True
    """Alert on every new issue and on every regression."""
    performance_regression: bool = True
    """Alert on every new performance issue, and on the p95 transaction duration."""
    p95_target_ms: int = 500
    """p95 transaction duration over which a ticket is written, in milliseconds. Source: S4."""
    largest_paint_ms: int | None = None
    """p75 of the largest contentful paint over which a ticket is written, in milliseconds. Source: S4-65."""
    first_byte_ms: int | None = None
    """p75 of the time to the first byte over which a ticket is written, in milliseconds. Source: S4-64."""


class TeamArgs(Struct, frozen=True, kw_only=True):
    """The team that owns the project."""

    organization: str
    """Slug of the organization. Source: config `sentry.organization`."""
    slug: str
    """Slug of the team. Source: config `sentry.team`."""
    team_id: int | None = None
    """Number of the team, for mail to its members: Sentry takes no slug there. Without it, owners of issues."""


class SamplingArgs(Struct, frozen=True, kw_only=True):
    """Shares of what happens that are sent to Sentry, each 0 to 1."""

    errors: float = 1.0
    """Share of errors; thresholds of counts are scaled by it. Source: config `sentry.error_sample_rate`."""
    traces: float
    """Share of requests that are traced. Source: config `sentry.traces_sample_rate`."""
    profiles: float = 0.0
    """Share of the traced requests that are profiled. Source: S4."""


class KeyLimitArgs(Struct, frozen=True, kw_only=True):
    """Rate limit of the key: a loop of errors cannot use up the month's quota."""

    events: int
    """Events the key accepts in one window, 1 or more; the others are dropped."""
    window_seconds: int
    """Length of the window, in seconds, 1 or more."""


class SentryArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Sentry`."""

    team: TeamArgs
    """Owner of the project."""
    project: str
    """Slug of the project, unique in the organization, for example `feed-api-staging`."""
    part: str = "api"
    """Part of the application: `api` or `web`; ends the ids of its signals."""
    platform: str
    """Sentry's name of the language or framework, for example `python-fastapi`; decides how traces are read."""
    environment: str
    """Name of the key, and the environment of every event."""
    release: str | None = None
    """Release of every event, so that an issue names the release it came with. Source: S2-39."""
    sampling: SamplingArgs
    """Sample rates."""
    key_limit: KeyLimitArgs
    """Rate limit of the key."""
    alerts: AlertArgs = AlertArgs()
    """Alerts and their thresholds."""
    slack: SlackArgs | None = None
    """Channel of tickets and pages; mail to the team when left out."""
    pagerduty: PagerDutyArgs | None = None
    """Where pages are sent, in production alone."""
    protect: bool = True
    """Refuse to delete the project: its issues go with it."""

    def __post_init__(self) -> None:
        """Refuse what Sentry would accept and then not do.

        Raises:
            ValueError: a rate or a limit is out of range, or an alert could not fire or reach anybody.

        """
        for field in ("errors", "traces", "profiles"):
            given = getattr(self.sampling, field)
            if not 0 <= given <= 1:
                raise ValueError(f"sampling.{field}: given {given}, allowed 0 to 1")
        for field in ("events", "window_seconds"):
            given = getattr(self.key_limit, field)
            if given < 1:
                raise ValueError(f"key_limit.{field}: given {given}, allowed 1 or more")
        problems = list(_alert_problems(self))
        if problems:
            raise ValueError("; ".join(problems))


def _alert_problems(args: SentryArgs) -> Iterator[str]:
    alerts, sampling = args.alerts, args.sampling
    for field in ("performance_regression", "largest_paint_ms", "first_byte_ms"):
        if getattr(alerts, field) and sampling.traces == 0:
            yield f"alerts.{field}: given, allowed only with sampling.traces over 0"
    for threshold in (alerts.errors_warning, alerts.errors_critical) if alerts.errors else ():
        problem = scaling_problem(threshold=threshold, sample_rate=sampling.errors)
        if problem:
            yield problem
    if alerts.errors and alerts.errors_warning >= alerts.errors_critical:
        critical = alerts.errors_critical
        yield f"alerts.errors_warning: given {alerts.errors_warning}, allowed under errors_critical, {critical}"
