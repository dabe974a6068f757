"""Settings that a plan does not support, and the nearest settings that it does."""

from collections.abc import Callable

from msgspec import Struct
from msgspec.structs import replace

from edge_rules.plans import PLAN_CAPABILITIES, CloudflarePlan, PlanCapabilities, smallest
from edge_rules.settings import Bots, EdgeSettings, RequestRate, Waf

KEYS = {
    "auth-per-minute": "edge.rate_limits.auth.requests_per_minute",
    "api-per-minute": "edge.rate_limits.api.requests_per_minute",
    "api-burst": "edge.rate_limits.api.burst_requests",
    "auth-failed-logins": "edge.rate_limits.auth.failed_logins",
}
"""Configuration key of each rate limit, by its rule's ref; most important first: the last is given up first."""


class Unsupported(Struct, frozen=True, kw_only=True):
    """One setting that the plan does not support."""

    key: str
    """Configuration key of the setting."""
    wanted: str
    """Name of the feature, as the subject of a sentence."""
    smallest: CloudflarePlan | None
    """Smallest plan that supports it; None: no plan does."""
    instead: str
    """Effect of the downgrade, a clause."""
    without: EdgeSettings
    """Settings after the downgrade."""

    def refusal(self, plan: CloudflarePlan) -> str:
        """Return why the configuration is refused, and the ways out."""
        way = f"the plan {self.smallest.value!r}" if self.smallest else "another value: no plan allows this one"
        return f"{self.wanted} does not fit the Cloudflare plan {plan.value!r}; allowed with {way}"

    def downgrade(self, plan: CloudflarePlan) -> str:
        """Return what happens instead where the configuration accepts a downgrade."""
        way = f"; the plan {self.smallest.value!r} can" if self.smallest else ""
        return f"The Cloudflare plan {plan.value!r} lacks {self.wanted} ({self.key}): {self.instead}{way}."


def unsupported(settings: EdgeSettings) -> list[Unsupported]:
    """Return every setting that the plan does not support, in the order in which `downgraded` gives them up."""
    found: list[Unsupported] = []
    for check in CHECKS:
        while feature := check(found[-1].without if found else settings):
            found.append(feature)
    return found


def downgraded(settings: EdgeSettings) -> EdgeSettings:
    """Return the nearest settings that the plan supports; their `downgrades` say what was given up."""
    found = unsupported(settings)
    nearest = found[-1].without if found else settings
    return replace(nearest, downgrades=tuple(feature.downgrade(settings.plan) for feature in found))


def _feature(
    key: str,
    *,
    wanted: str,
    instead: str,
    used: Callable[[EdgeSettings], object],
    has: Callable[[PlanCapabilities], bool],
    without: Callable[[EdgeSettings], EdgeSettings],
) -> Callable[[EdgeSettings], Unsupported | None]:
    """Return the check of a setting that a plan has or has not, whatever its value."""

    def check(settings: EdgeSettings) -> Unsupported | None:
        if not used(settings) or has(PLAN_CAPABILITIES[settings.plan]):
            return None
        return Unsupported(
            key=key, wanted=wanted, smallest=smallest(has), instead=instead, without=without(settings)
        )

    return check


def _too_many_limits(settings: EdgeSettings) -> Unsupported | None:
    rates, held = settings.rates, PLAN_CAPABILITIES[settings.plan].rate_limit_rules
    if len(rates) <= held:
        return None
    least = [ref for ref in KEYS if ref in rates][-1]
    return Unsupported(
        key=KEYS[least],
        wanted=f"room for {len(rates)} rate limits (it holds {held})",
        smallest=smallest(lambda has: has.rate_limit_rules >= len(rates)),
        instead=f"{least} is left to the application",
        without=_with_rate(settings, least, None),
    )


def _period_not_offered(settings: EdgeSettings) -> Unsupported | None:
    offered = PLAN_CAPABILITIES[settings.plan].periods_seconds
    ref, rate = next(
        ((ref, it) for ref, it in settings.rates.items() if it.period_seconds not in offered), ("", None)
    )
    if rate is None:
        return None
    wanted = rate.period_seconds
    period = max((it for it in offered if it <= wanted), default=offered[0])
    nearest = RequestRate(requests=max(1, rate.requests * period // wanted), period_seconds=period)
    return Unsupported(
        key=KEYS[ref],
        wanted=f"a rate limit over {wanted} seconds",
        smallest=smallest(lambda has: wanted in has.periods_seconds),
        instead=f"{rate.requests} in {wanted} seconds become {nearest.requests} in {period}",
        without=_with_rate(settings, ref, nearest),
    )


def _api_kept_too_briefly(settings: EdgeSettings) -> Unsupported | None:
    seconds, shortest = settings.cache.api_seconds, PLAN_CAPABILITIES[settings.plan].shortest_edge_ttl_seconds
    if not seconds or seconds >= shortest or not settings.api.paths:
        return None
    return Unsupported(
        key="edge.cache.api_seconds",
        wanted=f"keeping answers of the API for {seconds} seconds",
        smallest=smallest(lambda has: seconds >= has.shortest_edge_ttl_seconds),
        instead="answers are kept as long as the origin's Cache-Control says, and not at all without one",
        without=replace(settings, cache=replace(settings.cache, api_seconds=None)),
    )


def _static_files_kept_too_briefly(settings: EdgeSettings) -> Unsupported | None:
    cache, shortest = settings.cache, PLAN_CAPABILITIES[settings.plan].shortest_edge_ttl_seconds
    if cache.fingerprinted_seconds < shortest:
        key, seconds = "edge.cache.static_seconds", cache.fingerprinted_seconds
        longer = replace(cache, fingerprinted_seconds=shortest)
    elif cache.extension_seconds < shortest:
        key, seconds = "edge.cache.extension_seconds", cache.extension_seconds
        longer = replace(cache, extension_seconds=shortest)
    else:
        return None
    return Unsupported(
        key=key,
        wanted=f"keeping static files for {seconds} seconds",
        smallest=smallest(lambda has: seconds >= has.shortest_edge_ttl_seconds),
        instead=f"files are kept for {shortest} seconds",
        without=replace(settings, cache=longer),
    )


def _with_rate(settings: EdgeSettings, ref: str, rate: RequestRate | None) -> EdgeSettings:
    api, auth = settings.api, settings.auth
    match ref:
        case "auth-per-minute":
            return replace(settings, auth=replace(auth, per_minute=rate))
        case "api-per-minute":
            return replace(settings, api=replace(api, per_minute=rate))
        case "api-burst":
            return replace(settings, api=replace(api, burst=rate))
    failed = auth.failed_logins
    if failed and rate:
        failed = replace(failed, failures=rate.requests + 1, window_seconds=rate.period_seconds)
    return replace(settings, auth=replace(auth, failed_logins=failed if rate else None))


CHECKS: tuple[Callable[[EdgeSettings], Unsupported | None], ...] = (
    _feature(
        KEYS["auth-failed-logins"],
        wanted="a limit that counts failed logins",
        instead="only the application sees how often a password was wrong",
        used=lambda it: it.auth.failed_logins is not None,
        has=lambda plan: plan.counts_answers,
        without=lambda it: _with_rate(it, "auth-failed-logins", None),
    ),
    _feature(
        "edge.rate_limits.api.except_signed_in",
        wanted="a limit that excepts who is signed in",
        instead="signed-in visitors are counted like all others",
        used=lambda it: it.api.except_signed_in,
        has=lambda plan: plan.counts_headers,
        without=lambda it: replace(it, api=replace(it.api, except_signed_in=False)),
    ),
    _feature(
        "edge.rate_limits.api.except_hostnames",
        wanted="a limit that excepts a host",
        instead="requests are counted whatever their host",
        used=lambda it: it.api.except_hostnames,
        has=lambda plan: plan.counts_hostnames,
        without=lambda it: replace(it, api=replace(it.api, except_hostnames=())),
    ),
    _too_many_limits,
    _period_not_offered,
    _feature(
        "edge.plan",
        wanted="a JSON answer to requests over a limit",
        instead="requests over a limit get Cloudflare's own page, status 429",
        used=lambda it: it.json_refusals and it.rates,
        has=lambda plan: plan.own_answers,
        without=lambda it: replace(it, json_refusals=False),
    ),
    _api_kept_too_briefly,
    _static_files_kept_too_briefly,
    _feature(
        "edge.waf",
        wanted="managed rules that only log",
        instead="the rules act at once",
        used=lambda it: it.waf is Waf.LOG,
        has=lambda plan: plan.logs,
        without=lambda it: replace(it, waf=Waf.ON),
    ),
    _feature(
        "edge.owasp",
        wanted="OWASP's rules",
        instead="only Cloudflare's free set runs",
        used=lambda it: it.owasp,
        has=lambda plan: plan.managed_rules,
        without=lambda it: replace(it, owasp=False),
    ),
    _feature(
        "edge.bots",
        wanted="bot fighting that spares the API",
        instead="bot fighting stays off, for it would challenge the programs that call the API",
        used=lambda it: it.bots is Bots.SPARE_API,
        has=lambda plan: plan.bot_exceptions,
        without=lambda it: replace(it, bots=Bots.OFF),
    ),
)
"""In order: what is not counted at all takes no rule, and what takes no rule has no period."""
