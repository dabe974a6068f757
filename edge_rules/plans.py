"""What each Cloudflare plan can hold, as plain data: configuration and the edge refuse the same things.

Cloudflare refuses what a plan lacks only when it is applied, after the first resources are made. Nothing here
imports Pulumi.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from edge_rules.rule import Phase

MINUTE_SECONDS = 60
"""Period of a limit that is counted by the minute."""

PERIODS_SECONDS = (
    *(10, 15, 20, 30, 40, 45, 60),
    *(90, 120, 180, 240, 300, 480, 600),
    *(900, 1200, 1800, 2400, 3600, 65535),
)
"""Periods a rate limit may be counted over; a plan has those up to its longest.

Source: https://developers.cloudflare.com/waf/rate-limiting-rules/parameters/
"""


class CloudflarePlan(StrEnum):
    """Plan of a zone, smallest first."""

    FREE = "free"
    """One rate limit, over 10 seconds."""
    PRO = "pro"
    """Two rate limits, over up to a minute."""
    BUSINESS = "business"
    """Five rate limits; the edge may keep an answer for as little as a second."""
    ENTERPRISE = "enterprise"
    """As Business, and more by contract."""


class PlanCapabilities(Struct, frozen=True, kw_only=True):
    """The parts of a plan that decide whether a set of rules can be applied."""

    rules: int
    """Rules in each phase that has no number of its own: redirects, cache, headers, compression."""
    firewall_rules: int
    """Rules of the custom firewall."""
    rate_limit_rules: int
    """Rate limiting rules."""
    longest_period_seconds: int
    """Longest period a rate limit may be counted over."""
    longest_request_seconds: int
    """Longest time that the edge waits for the origin's answer, in seconds; then it answers 524.

    Source: https://developers.cloudflare.com/fundamentals/reference/connection-limits/
    """
    shortest_edge_ttl_seconds: int
    """Shortest time a rule may tell the edge to keep an answer, against the origin's own headers."""
    counts_hostnames: bool
    """Whether a rate limit may depend on the host name; every plan has the path."""
    counts_answers: bool
    """Whether a rate limit may count by the origin's answer, as failed logins are."""
    counts_headers: bool
    """Whether a rate limit may depend on headers of the request."""
    own_answers: bool
    """Whether a refusal may have a body of ours, such as JSON."""
    managed_rules: bool
    """Whether the managed firewall has Cloudflare's full set and OWASP's, not the small free one alone."""
    bot_exceptions: bool
    """Whether paths may be excepted from bot fighting."""
    logs: bool
    """Whether a rule may merely log."""

    @property
    def periods_seconds(self) -> tuple[int, ...]:
        """Periods a rate limit may be counted over, shortest first."""
        return tuple(period for period in PERIODS_SECONDS if period <= self.longest_period_seconds)

    def rules_of(self, phase: Phase) -> int:
        """Return how many rules `phase` may hold; every plan has room for the few of the managed firewall."""
        return {Phase.FIREWALL: self.firewall_rules, Phase.RATE_LIMIT: self.rate_limit_rules}.get(
            phase, self.rules
        )


_FREE = PlanCapabilities(
    rules=10,
    firewall_rules=5,
    rate_limit_rules=1,
    longest_period_seconds=10,
    longest_request_seconds=120,
    shortest_edge_ttl_seconds=7200,
    counts_hostnames=False,
    counts_answers=False,
    counts_headers=False,
    own_answers=False,
    managed_rules=False,
    bot_exceptions=False,
    logs=False,
)
_PRO = replace(
    _FREE,
    rules=25,
    firewall_rules=20,
    rate_limit_rules=2,
    longest_period_seconds=60,
    shortest_edge_ttl_seconds=3600,
    counts_hostnames=True,
    own_answers=True,
    managed_rules=True,
    bot_exceptions=True,
)
_BUSINESS = replace(
    _PRO,
    rules=50,
    firewall_rules=100,
    rate_limit_rules=5,
    longest_period_seconds=600,
    shortest_edge_ttl_seconds=1,
    counts_answers=True,
)
PLAN_CAPABILITIES: Mapping[CloudflarePlan, PlanCapabilities] = {
    CloudflarePlan.FREE: _FREE,
    CloudflarePlan.PRO: _PRO,
    CloudflarePlan.BUSINESS: _BUSINESS,
    CloudflarePlan.ENTERPRISE: replace(
        _BUSINESS,
        rules=300,
        firewall_rules=1000,
        longest_period_seconds=65535,
        longest_request_seconds=6000,
        counts_headers=True,
        logs=True,
    ),
}
"""Smallest plan first. Enterprise holds 5 to 100 rate limits by contract: the number every contract has is taken.

Sources: https://developers.cloudflare.com/waf/rate-limiting-rules/#availability,
https://developers.cloudflare.com/cache/how-to/edge-browser-cache-ttl/,
https://developers.cloudflare.com/waf/custom-rules/#availability,
https://developers.cloudflare.com/cache/how-to/cache-rules/#availability and
https://developers.cloudflare.com/waf/rate-limiting-rules/create-zone-dashboard/ (own answers: Pro and above).
"""


def smallest(enough: Callable[[PlanCapabilities], bool]) -> CloudflarePlan | None:
    """Return the smallest plan that is `enough`; None if no plan is."""
    return next((plan for plan, has in PLAN_CAPABILITIES.items() if enough(has)), None)
