"""Receivers of an Alertmanager and the timing of its groups; secrets are files beside it, never values."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from observability.records.record import Severity
from observability.routing.destinations import INTERVAL_SECONDS, REPEAT_SECONDS, WAIT_SECONDS, Destination

SECRETS = "/etc/alertmanager/secrets"
"""Directory of the files that hold one secret each."""


class PagerDuty(Struct, frozen=True, kw_only=True):
    """A service of PagerDuty."""

    key_file: str = f"{SECRETS}/pagerduty-key"
    """File with its integration key."""
    url: str | None = None
    """Address of the events API; PagerDuty's own when left out."""


class Slack(Struct, frozen=True, kw_only=True):
    """A channel of Slack."""

    webhook_file: str = f"{SECRETS}/slack-webhook"
    """File with its webhook."""
    channel: str | None = None
    """Channel that messages are posted to; the webhook's own when left out."""


class Email(Struct, frozen=True, kw_only=True):
    """Mail addresses, and the SMTP server that takes mail for them."""

    addresses: Sequence[str]
    """Recipients, all in one message."""
    server: str
    """`host:port` of the server."""
    sender: str
    """Address that messages come from."""
    username: str | None = None
    """SMTP user; no authentication when left out."""
    password_file: str = f"{SECRETS}/smtp-password"
    """File with the password of `username`."""
    encrypted: bool = True
    """Whether the server has to offer STARTTLS."""


class Receivers(Struct, frozen=True, kw_only=True):
    """Receivers that a stack has, by kind."""

    pager: PagerDuty | None = None
    """Receiver of pages."""
    chat: Slack | None = None
    """Receiver of pages and tickets."""
    mail: Email | None = None
    """Receiver of information, and of whatever has no other receiver."""
    tickets_mailed: bool = False
    """Whether tickets are mailed as well, where there is a chat."""
    may_page: bool = False
    """Whether a pager may ring. Production only."""

    def __post_init__(self) -> None:
        """Refuse a pager where nobody may be paged.

        Raises:
            ValueError: there is a pager without `may_page`.

        """
        if self.pager and not self.may_page:
            raise ValueError("a pager is given, allowed only with may_page")

    @property
    def configured(self) -> frozenset[Destination]:
        """Kinds of destination that the stack has."""
        by_kind = {Destination.PAGER: self.pager, Destination.CHAT: self.chat, Destination.MAIL: self.mail}
        return frozenset(kind for kind, receiver in by_kind.items() if receiver is not None)


class GroupTiming(Struct, frozen=True, kw_only=True):
    """Alertmanager's group_wait, group_interval and repeat_interval."""

    wait_seconds: int = WAIT_SECONDS
    """`group_wait`: how long the first message of a group waits for others, in seconds."""
    interval_seconds: int = INTERVAL_SECONDS
    """`group_interval`: how long a group waits before it sends a change, in seconds."""
    repeat_seconds: Mapping[Severity, int] = field(default_factory=lambda: REPEAT_SECONDS)
    """`repeat_interval`: how long until the message of a firing alert is sent again, in seconds."""
