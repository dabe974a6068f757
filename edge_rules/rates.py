"""How fast one address may ask.

Cloudflare has no token bucket, so a burst is a second, shorter window that must hold as well.
"""

import json

from edge_rules.audience import sign_in, signed_in
from edge_rules.fields import STATUS, hosted_by, under
from edge_rules.rule import Block, Challenge, RateLimit, Rule
from edge_rules.settings import EdgeSettings, RequestRate

TOO_MANY_REQUESTS = 429


def limits(settings: EdgeSettings) -> list[Rule]:
    """Return every limit in use. The first whose counter is over ends the phase, so sign-in comes first."""
    order = ("auth-failed-logins", "auth-per-minute", "api-burst", "api-per-minute")
    return [_rule(settings, ref, settings.rates[ref]) for ref in order if ref in settings.rates]


def _rule(settings: EdgeSettings, ref: str, rate: RequestRate) -> Rule:
    if ref == "auth-failed-logins":
        return _failed_logins(settings, rate)
    body = {"error": "too_many_requests", "retry_after_seconds": rate.period_seconds}
    kind, content = ("application/json", json.dumps(body)) if settings.json_refusals else ("", "")
    api = settings.api
    counted = under(*api.paths) & ~hosted_by(*api.except_hostnames)
    counted = counted & ~signed_in(settings) if api.except_signed_in else counted
    return Rule(
        ref=ref,
        description=f"{rate.requests} requests in {rate.period_seconds} seconds from one address",
        when=sign_in(settings) if ref.startswith("auth") else counted,
        then=RateLimit(
            requests=rate.requests,
            period_seconds=rate.period_seconds,
            then=Block(status=TOO_MANY_REQUESTS, content_type=kind, content=content),
            # A refusal lasts a period: below Enterprise Cloudflare wants a time, and this is the least it offers.
            mitigation_seconds=rate.period_seconds,
            # Never for sign-in, of which nothing is kept: there it would only hide a mistake in the cache rules.
            only_uncached=api.only_uncached and ref.startswith("api"),
        ),
    )


def _failed_logins(settings: EdgeSettings, rate: RequestRate) -> Rule:
    failed = settings.auth.failed_logins
    return Rule(
        ref="auth-failed-logins",
        description=f"After {rate.requests + 1} failed logins in {rate.period_seconds} seconds, a challenge",
        when=sign_in(settings),
        then=RateLimit(
            requests=rate.requests,
            period_seconds=rate.period_seconds,
            then=Challenge(),
            # A challenge below Enterprise needs 0; a visitor that solves it starts anew.
            mitigation_seconds=0,
            # The path again: what is counted does not inherit the rule's own condition.
            counted=sign_in(settings) & STATUS.among(*(failed.statuses if failed else ())),
        ),
    )
