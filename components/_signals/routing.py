"""Who hears of an alert: its severity alone decides."""

from collections.abc import Mapping
from enum import StrEnum

from components._signals.record import Severity


class Destination(StrEnum):
    """A kind of place where messages go."""

    PAGER = "pager"
    CHAT = "chat"
    MAIL = "mail"


ROUTES: Mapping[Severity, tuple[Destination, ...]] = {
    Severity.PAGE: (Destination.PAGER, Destination.CHAT),
    Severity.TICKET: (Destination.CHAT,),
    Severity.INFO: (Destination.MAIL,),
}
"""Where messages of each severity go."""
