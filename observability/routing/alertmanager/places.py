"""Where an Alertmanager sends messages, and how often; secrets are files beside it, never values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from observability.records.record import Severity
from observability.routing.destinations import INTERVAL_SECONDS, REPEAT_SECONDS, WAIT_SECONDS, Destination

SECRETS = "/etc/alertmanager/secrets"
"""Directory of the files that hold one secret each."""


@dataclass(frozen=True, kw_only=True)
class Pager:
    """A service of PagerDuty."""

    key_file: str = f"{SECRETS}/pagerduty-key"
    """File with its integration key."""
    url: str | None = None
    """Where events are sent; PagerDuty's own address when left out."""


@dataclass(frozen=True, kw_only=True)
class Chat:
    """A channel of Slack."""

    webhook_file: str = f"{SECRETS}/slack-webhook"
    """File with its webhook."""
    channel: str | None = None
    """Channel to ask for; the webhook's own when left out."""


@dataclass(frozen=True, kw_only=True)
class Mail:
    """Addresses, and the server that takes mail for them."""

    addresses: Sequence[str]
    """Who reads it, all in one message."""
    server: str
    """`host:port` of the server."""
    sender: str
    """Address that messages come from."""
    username: str | None = None
    """Who logs in there; nobody when left out."""
    password_file: str = f"{SECRETS}/smtp-password"
    """File with the password of `username`."""
    encrypted: bool = True
    """Whether the server has to offer STARTTLS."""


@dataclass(frozen=True, kw_only=True)
class Places:
    """The places that a stack has."""

    pager: Pager | None = None
    """Rings for pages."""
    chat: Chat | None = None
    """Is told of pages and tickets."""
    mail: Mail | None = None
    """Is told of information, and of what has no other place."""
    may_page: bool = False
    """Whether a pager may ring. Production only."""

    def __post_init__(self) -> None:
        """Refuse a pager where none may ring.

        Raises:
            ValueError: there is a pager without leave.

        """
        if self.pager and not self.may_page:
            raise ValueError("a pager is given, allowed only with may_page")

    @property
    def configured(self) -> frozenset[Destination]:
        """The kinds of place that there are."""
        given = {Destination.PAGER: self.pager, Destination.CHAT: self.chat, Destination.MAIL: self.mail}
        return frozenset(place for place, value in given.items() if value is not None)


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How soon and how often messages are sent."""

    wait_seconds: int = WAIT_SECONDS
    """How long the first message of a group waits for others."""
    interval_seconds: int = INTERVAL_SECONDS
    """How long a group waits before it tells of a change."""
    repeat_seconds: Mapping[Severity, int] = field(default_factory=lambda: REPEAT_SECONDS)
    """How long until a standing alert is told again."""
