"""Who hears of an alert: its severity alone decides, and every severity reaches somebody."""

import re
from collections.abc import Collection, Mapping
from enum import StrEnum

from observability.durations import DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS
from observability.records.record import Severity


class Destination(StrEnum):
    """A kind of place where messages go."""

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
"""Where messages of each severity go."""

INSTEAD: Mapping[Destination, tuple[Destination, ...]] = {
    Destination.PAGER: (Destination.CHAT, Destination.MAIL),
    Destination.CHAT: (Destination.MAIL,),
    Destination.MAIL: (Destination.CHAT,),
}
"""Where they go when a stack has no such place; a pager stands in for nothing, so that only pages ring it."""

GROUPED_BY = ("alertname", "service", "environment", "record")
"""Labels whose alerts share a message: a page of one environment never hides in another's."""

INHIBITED_WITHIN = ("service", "environment", "record")
"""Labels that a page shares with the tickets and the information that it makes needless."""

WAIT_SECONDS = 30
"""How long the first message of a group waits for others of its kind, in seconds."""

INTERVAL_SECONDS = 5 * MINUTE_SECONDS
"""How long a group waits before it tells of an alert that joined it, in seconds."""

REPEAT_SECONDS: Mapping[Severity, int] = {
    Severity.PAGE: HOUR_SECONDS,
    Severity.TICKET: 4 * HOUR_SECONDS,
    Severity.INFO: DAY_SECONDS,
}
"""How long until a message is sent again while its alert stands, in seconds."""

SLACK_WEBHOOK = re.compile(r"https://hooks\.(slack|slack-gov)\.com/(services|workflows|triggers)/[A-Za-z0-9_/-]+")
"""Form of a webhook of Slack, which has no backslash, no percent sign and nothing after its token.

https://api.slack.com/messaging/webhooks
"""

PAGER_KEY = re.compile(r"[A-Za-z0-9]{32}")
"""Form of the integration key of a PagerDuty service.

https://developer.pagerduty.com/docs/send-alert-event
"""


def destinations(configured: Collection[Destination]) -> dict[Severity, tuple[Destination, ...]]:
    """Where messages of each severity really go, given the places that a stack has.

    Raises:
        ValueError: a severity would reach nobody.

    """
    return {severity: _reached(severity, configured) for severity in ROUTES}


def unrouted(configured: Collection[Destination]) -> tuple[Destination, ...]:
    """Where an alert goes whose severity nobody knows: where tickets go, and never nowhere.

    Raises:
        ValueError: tickets would reach nobody.

    """
    return destinations(configured)[Severity.TICKET]


def webhook_problem(url: str) -> str | None:
    """Why `url` is no webhook of Slack, in words that do not repeat it: who has it may write to the channel."""
    if SLACK_WEBHOOK.fullmatch(url):
        return None
    if "\\" in url or "%" in url:
        return "the Slack webhook has escaped characters (a backslash or %2F), allowed its plain address"
    return "the Slack webhook is not of the form https://hooks.slack.com/services/..."


def pager_key_problem(key: str) -> str | None:
    """Why `key` is no integration key of PagerDuty, in words that do not repeat it."""
    return None if PAGER_KEY.fullmatch(key) else "the PagerDuty integration key is not 32 letters and digits"


def _reached(severity: Severity, configured: Collection[Destination]) -> tuple[Destination, ...]:
    found: dict[Destination, None] = {}
    for wanted in ROUTES[severity]:
        stand_ins = () if wanted in configured else INSTEAD[wanted]
        found |= dict.fromkeys(place for place in (wanted, *stand_ins) if place in configured)
    if not found:
        places = " or ".join(dict.fromkeys(_places(severity)))
        raise ValueError(f"alerts of severity {severity.value} reach nobody: give a place for {places}")
    return tuple(found)


def _places(severity: Severity) -> list[str]:
    allowed = [place for wanted in ROUTES[severity] for place in (wanted, *INSTEAD[wanted])]
    return [place.value for place in allowed]
