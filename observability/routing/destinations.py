"""Destinations of an alert: its severity alone decides, and every severity reaches somebody."""

import re
from collections.abc import Collection, Mapping
from enum import StrEnum

from observability.durations import DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS
from observability.records.record import Severity


class Destination(StrEnum):
    """Kind of receiver."""

    PAGER = "pager"
    """PagerDuty: wakes somebody."""
    CHAT = "chat"
    """Slack."""
    MAIL = "mail"
    """Addresses, all in one message."""


ROUTES: Mapping[Severity, tuple[Destination, ...]] = {
    Severity.PAGE: (Destination.PAGER, Destination.CHAT),
    Severity.TICKET: (Destination.CHAT,),
    Severity.INFO: (Destination.MAIL,),
}
"""Destinations of the messages of each severity."""
INSTEAD: Mapping[Destination, tuple[Destination, ...]] = {
    Destination.PAGER: (Destination.CHAT, Destination.MAIL),
    Destination.CHAT: (Destination.MAIL,),
    Destination.MAIL: (Destination.CHAT,),
}
"""Destinations instead of one that a stack does not have; the pager stands in for none, so only pages reach it."""
GROUPED_BY = ("alertname", "service", "environment", "record")
"""`group_by`: labels whose alerts share a message, so that no page hides in another environment's message."""
INHIBITED_WITHIN = ("service", "environment", "record")
"""`equal` of the inhibition rule: labels that a page shares with the tickets and information that it inhibits."""
WAIT_SECONDS = 30
"""`group_wait`: how long the first message of a group waits for others, in seconds."""
INTERVAL_SECONDS = 5 * MINUTE_SECONDS
"""`group_interval`: how long a group waits before it sends an alert that joined it, in seconds."""
REPEAT_SECONDS: Mapping[Severity, int] = {
    Severity.PAGE: HOUR_SECONDS,
    Severity.TICKET: 4 * HOUR_SECONDS,
    Severity.INFO: DAY_SECONDS,
}
"""`repeat_interval`: how long until a message is sent again while its alert fires, in seconds."""
SLACK_WEBHOOK = re.compile(r"https://hooks\.(slack|slack-gov)\.com/(services|workflows|triggers)/[A-Za-z0-9_/-]+")
"""Form of a webhook of Slack, which has no backslash, no percent sign and nothing after its token.

https://api.slack.com/messaging/webhooks
"""

PAGER_KEY = re.compile(r"[A-Za-z0-9]{32}")
"""Form of the integration key of a PagerDuty service.

https://developer.pagerduty.com/docs/send-alert-event
"""


def destinations(
    configured: Collection[Destination], *, tickets_mailed: bool = False
) -> dict[Severity, tuple[Destination, ...]]:
    """Return the destinations of each severity, given those that a stack has; tickets are mailed too where asked.

    Raises:
        ValueError: a severity would reach nobody.

    """
    found = {severity: _reached(severity, configured) for severity in ROUTES}
    if tickets_mailed and Destination.MAIL in configured:
        found[Severity.TICKET] = tuple(dict.fromkeys((*found[Severity.TICKET], Destination.MAIL)))
    return found


def unrouted(configured: Collection[Destination]) -> tuple[Destination, ...]:
    """Return the destinations of an alert without a known severity: those of tickets.

    Raises:
        ValueError: tickets would reach nobody.

    """
    return destinations(configured)[Severity.TICKET]


def webhook_problem(url: str) -> str | None:
    """Return why `url` is no webhook of Slack; the words do not repeat it, for it is a secret."""
    if SLACK_WEBHOOK.fullmatch(url):
        return None
    if "\\" in url or "%" in url:
        return "the Slack webhook has escaped characters (a backslash or %2F), allowed its plain address"
    return "the Slack webhook is not of the form https://hooks.slack.com/services/..."


def pager_key_problem(key: str) -> str | None:
    """Return why `key` is no integration key of PagerDuty; the words do not repeat it, for it is a secret."""
    return None if PAGER_KEY.fullmatch(key) else "the PagerDuty integration key is not 32 letters and digits"


def _reached(severity: Severity, configured: Collection[Destination]) -> tuple[Destination, ...]:
    found: dict[Destination, None] = {}
    for wanted in ROUTES[severity]:
        stand_ins = () if wanted in configured else INSTEAD[wanted]
        found |= dict.fromkeys(kind for kind in (wanted, *stand_ins) if kind in configured)
    if not found:
        allowed = dict.fromkeys(kind.value for wanted in ROUTES[severity] for kind in (wanted, *INSTEAD[wanted]))
        raise ValueError(f"alerts of severity {severity.value} reach nobody: configure {' or '.join(allowed)}")
    return tuple(found)
