"""What each Cloudflare plan can hold, as plain data: configuration and the edge refuse the same things.

Cloudflare refuses what a plan lacks only when it is applied, after the first resources are made. Nothing here
imports Pulumi.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

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


@dataclass(frozen=True, kw_only=True)
class PlanCapabilities:
    """The parts of a plan that decide whether a set of rules can be applied."""

    rate_limit_rules: int
    """Rate limiting rules in a zone."""
    longest_period_seconds: int
    """Longest period a rate limit may be counted over."""
    shortest_edge_ttl_seconds: int
    """Shortest time a rule may tell the edge to keep an answer, against the origin's own headers."""

    @property
    def periods_seconds(self) -> tuple[int, ...]:
        """Periods a rate limit may be counted over, shortest first."""
        return tuple(period for period in PERIODS_SECONDS if period <= self.longest_period_seconds)


PLAN_CAPABILITIES: Mapping[CloudflarePlan, PlanCapabilities] = {
    CloudflarePlan.FREE: PlanCapabilities(
        rate_limit_rules=1, longest_period_seconds=10, shortest_edge_ttl_seconds=7200
    ),
    CloudflarePlan.PRO: PlanCapabilities(
        rate_limit_rules=2, longest_period_seconds=60, shortest_edge_ttl_seconds=3600
    ),
    CloudflarePlan.BUSINESS: PlanCapabilities(
        rate_limit_rules=5, longest_period_seconds=600, shortest_edge_ttl_seconds=1
    ),
    CloudflarePlan.ENTERPRISE: PlanCapabilities(
        rate_limit_rules=5, longest_period_seconds=65535, shortest_edge_ttl_seconds=1
    ),
}
"""Smallest plan first. Enterprise holds 5 to 100 rules by contract: the number every contract has is taken.

Sources: https://developers.cloudflare.com/waf/rate-limiting-rules/#availability and
https://developers.cloudflare.com/cache/how-to/edge-browser-cache-ttl/
"""


def refusals(
    plan: CloudflarePlan,
    *,
    api_requests_per_minute: int | None,
    api_burst_requests: int | None,
    api_burst_window_seconds: int,
    auth_requests_per_minute: int | None,
    static_ttl_seconds: int,
) -> list[str]:
    """Reasons why `plan` cannot hold these rules, each naming the smallest plan that can; empty if it can.

    A limit that is None is not asked for and takes no rule.
    """
    periods = [
        period
        for period, asked in (
            (MINUTE_SECONDS, api_requests_per_minute),
            (api_burst_window_seconds, api_burst_requests),
            (MINUTE_SECONDS, auth_requests_per_minute),
        )
        if asked is not None
    ]
    found = [_too_many_rules(plan, len(periods)), _ttl_too_short(plan, static_ttl_seconds)]
    found += [_period_not_offered(plan, period) for period in sorted(set(periods))]
    return [reason for reason in found if reason]


def _too_many_rules(plan: CloudflarePlan, rules: int) -> str:
    offered = PLAN_CAPABILITIES[plan].rate_limit_rules
    if rules <= offered:
        return ""
    enough = [name for name, has in PLAN_CAPABILITIES.items() if has.rate_limit_rules >= rules]
    return (
        f"{rules} rate limits do not fit the Cloudflare plan {plan.value!r}, which holds {offered}: "
        f"leave {rules - offered} out or take {_smallest(enough)}"
    )


def _period_not_offered(plan: CloudflarePlan, period: int) -> str:
    offered = PLAN_CAPABILITIES[plan].periods_seconds
    if period in offered:
        return ""
    enough = [name for name, has in PLAN_CAPABILITIES.items() if period in has.periods_seconds]
    return (
        f"a rate limit over {period} seconds does not fit the Cloudflare plan {plan.value!r}, "
        f"which counts over {', '.join(map(str, offered))} seconds: take {_smallest(enough)}"
    )


def _ttl_too_short(plan: CloudflarePlan, ttl: int) -> str:
    shortest = PLAN_CAPABILITIES[plan].shortest_edge_ttl_seconds
    if ttl >= shortest:
        return ""
    enough = [name for name, has in PLAN_CAPABILITIES.items() if ttl >= has.shortest_edge_ttl_seconds]
    return (
        f"static files cannot be kept for {ttl} seconds on the Cloudflare plan {plan.value!r}, "
        f"which keeps for {shortest} seconds or longer: take {_smallest(enough)}"
    )


def _smallest(plans: list[CloudflarePlan]) -> str:
    return f"the plan {plans[0].value!r}" if plans else "another value: no plan allows this one"
