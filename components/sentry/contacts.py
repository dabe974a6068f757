"""Contacts of Sentry's alerts: the routes of every other evaluator, over Sentry's own integrations."""

from msgspec import Struct

from components.sentry.args import PagerDutyArgs, SentryArgs, SlackArgs
from observability import Severity
from observability.routing.destinations import ROUTES, Destination


class Mail(Struct, frozen=True):
    """Mail to the members of a team; to whoever owns the issue where its number is not known."""

    team_id: int | None
    """Number of the team."""


Contact = PagerDutyArgs | SlackArgs | Mail
"""One receiver of an alert."""


def contacts(args: SentryArgs, severity: Severity) -> tuple[Contact, ...]:
    """Return where alerts of `severity` go; mail stands in where there is no Slack."""
    unique: dict[Contact, None] = {}
    for destination in ROUTES[severity]:
        if destination is Destination.PAGER:
            unique |= {args.pagerduty: None} if args.pagerduty else {}
        elif destination is Destination.CHAT and args.slack:
            unique[args.slack] = None
        else:
            unique[Mail(args.team.team_id)] = None
    return tuple(unique)
