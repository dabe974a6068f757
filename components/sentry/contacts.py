"""Whom Sentry tells: the routes of every other evaluator, over Sentry's own connections."""

from dataclasses import dataclass

from components.sentry.args import PagerDutyArgs, SentryArgs, SlackArgs
from observability import Severity
from observability.routing.destinations import ROUTES, Destination


@dataclass(frozen=True)
class Mail:
    """Mail to the members of a team; to whoever owns the issue where its number is not known."""

    team_id: int | None
    """Number of the team."""


Contact = PagerDutyArgs | SlackArgs | Mail
"""One place where a message goes."""


def contacts(args: SentryArgs, severity: Severity) -> tuple[Contact, ...]:
    """Where a message of `severity` goes; mail stands in for a chat that is not there, so nothing is lost."""
    found: dict[Contact, None] = {}
    for destination in ROUTES[severity]:
        if destination is Destination.PAGER:
            found |= {args.pagerduty: None} if args.pagerduty else {}
        elif destination is Destination.CHAT and args.slack:
            found[args.slack] = None
        else:
            found[Mail(args.team_id)] = None
    return tuple(found)
