"""A rule of the edge as plain data: when, and what then. The provider's classes are made from it elsewhere."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct

from edge_rules.expression import ALWAYS, Expression

LONGEST_EXPRESSION = 4096
"""Characters of one expression that Cloudflare takes."""


class Phase(StrEnum):
    """When a rule is looked at, in the order in which Cloudflare goes through them.

    A zone has one rule set in each phase. Source: https://developers.cloudflare.com/ruleset-engine/reference/phases-list/
    """

    REDIRECT = "http_request_dynamic_redirect"
    """The first match answers with another address."""
    FIREWALL = "http_request_firewall_custom"
    """In order; the first that refuses or challenges ends it."""
    RATE_LIMIT = "http_ratelimit"
    """In order; the first whose counter is over its number ends it."""
    MANAGED_FIREWALL = "http_request_firewall_managed"
    """Cloudflare's own rules, run by ours."""
    CACHE = "http_request_cache_settings"
    """All matches apply; of two that say the same thing, the last one wins."""
    RESPONSE_CACHE = "http_response_cache_settings"
    """As CACHE, once the origin has answered."""
    RESPONSE_HEADERS = "http_response_headers_transform"
    """All matches apply, in order."""
    COMPRESSION = "http_response_compression"
    """The last match wins."""


class Redirect(Struct, frozen=True, kw_only=True):
    """Answer with the same path at another host name."""

    hostname: str
    """Where to."""
    status: int = 301
    """301 for good, 302 for now."""


class Skip(Struct, frozen=True, kw_only=True):
    """Leave later checks out."""

    phases: tuple[str, ...] = ()
    """Phases that are left out, for example `http_request_sbfm`: Super Bot Fight Mode."""


class Challenge(Struct, frozen=True, kw_only=True):
    """Let the visitor show that it is a browser with a person, by Cloudflare's choice of means."""


class Block(Struct, frozen=True, kw_only=True):
    """Refuse with this answer."""

    status: int
    """400 to 499."""
    content_type: str
    """`application/json`, `text/html`, `text/plain` or `text/xml`."""
    content: str
    """Body of the answer; empty for Cloudflare's own page and status, all that the free plan has."""


class RateLimit(Struct, frozen=True, kw_only=True):
    """Count requests of one address in one data centre, and act once they are more than `requests`.

    The counter starts with the first request and is forgotten after the period: a fixed window, no token bucket.
    """

    requests: int
    """Requests that pass in one period."""
    period_seconds: int
    """Over which they are counted."""
    then: Block | Challenge
    """What happens to the next ones."""
    mitigation_seconds: int
    """How long it goes on; 0: while the counter is over, as a challenge needs below Enterprise."""
    counted: Expression | None = None
    """Exchanges that are counted, where that depends on the answer; None counts what the rule matches."""
    only_uncached: bool = False
    """Count only what reaches the origin."""
    counters: tuple[str, ...] = ("cf.colo.id", "ip.src")
    """What has a counter of its own; Cloudflare insists on the data centre."""


class ExecuteManaged(Struct, frozen=True, kw_only=True):
    """Run one of Cloudflare's own rule sets."""

    title: str
    """Its name in the dashboard."""
    ruleset_id: str
    """Its id, the same in every account."""
    action: str | None = None
    """What every rule in it does, for example `log`; None leaves each its own action."""


KEYED_BY = ("accept", "accept-encoding", "accept-language", "accept-profile", "origin", "prefer", "range")
"""Headers in an answer's Vary by whose values copies are kept apart; with any other, no copy is kept.

Source: https://developers.cloudflare.com/cache/concepts/vary/
"""


class EligibleForCache(Struct, frozen=True, kw_only=True):
    """The edge may keep the answer, a copy for each value of the headers of `KEYED_BY` that its Vary names."""

    edge_ttl_seconds: int | None
    """How long; None keeps only what the origin's headers allow, for as long as they say."""
    by_status: bool = False
    """Whether, where those say nothing, the answer is kept as Cloudflare keeps its status without a rule."""


class BypassCache(Struct, frozen=True, kw_only=True):
    """The edge asks the origin each time and keeps nothing."""


class CacheControl(Struct, frozen=True, kw_only=True):
    """Directives that are set in the answer's Cache-Control; None leaves one as it is."""

    max_age_seconds: int | None = None
    """How long the answer is fresh."""
    stale_while_revalidate_seconds: int | None = None
    """How long after that it is given out while it is fetched again; `s-maxage` would end that."""
    immutable: bool = False
    """A browser need not even ask: the name changes with the content."""
    public: bool = False
    """Any cache may keep it."""
    no_store: bool = False
    """No cache may keep it."""
    cloudflare_only: bool = False
    """For the edge alone: browsers get the origin's own header."""


class SetHeaders(Struct, frozen=True, kw_only=True):
    """Set headers of the answer, or remove them."""

    headers: Mapping[str, str | None]
    """Values by name; None removes the header."""


class Compress(Struct, frozen=True, kw_only=True):
    """Compress with the first of these that the client knows."""

    algorithms: tuple[str, ...]
    """`zstd`, `brotli`, `gzip`."""


Action = (
    Redirect
    | Skip
    | Challenge
    | Block
    | RateLimit
    | ExecuteManaged
    | EligibleForCache
    | BypassCache
    | CacheControl
    | SetHeaders
    | Compress
)
"""What a rule does."""


class Rule(Struct, frozen=True, kw_only=True):
    """One rule of one phase."""

    ref: str
    """Stable name, unique in its phase: without one, Cloudflare makes every later rule anew when a rule moves.

    https://developers.cloudflare.com/terraform/troubleshooting/rule-id-changes/
    """
    description: str
    """Why it is there; shown in the dashboard and by `footing trace`."""
    then: Action
    """What happens."""
    when: Expression = ALWAYS
    """Which requests or answers."""

    def __post_init__(self) -> None:
        """Refuse what Cloudflare would refuse.

        Raises:
            ValueError: the expression is too long.

        """
        counted = self.then.counted if isinstance(self.then, RateLimit) else None
        length = max(len(it.text()) for it in (self.when, counted or self.when))
        if length > LONGEST_EXPRESSION:
            raise ValueError(f"rule {self.ref}: {length} characters of expression, at most {LONGEST_EXPRESSION}")
