"""What a plan lacks of the settings that are asked for, and the nearest settings that it holds."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from edge_rules.plans import PLAN_CAPABILITIES, CloudflarePlan, PlanCapabilities, smallest
from edge_rules.settings import Bots, CacheSettings, EdgeSettings, FailedLogins, Rate, Waf

KEYS = {
    "auth-per-minute": "edge.rate_limits.auth.requests_per_minute",
    "api-per-minute": "edge.rate_limits.api.requests_per_minute",
    "api-burst": "edge.rate_limits.api.burst_requests",
    "auth-failed-logins": "edge.rate_limits.auth.failed_logins",
}
"""Configuration key of each rate limit, by its rule's ref; most important first: the last is given up first."""


@dataclass(frozen=True, kw_only=True)
class Lack:
    """One thing that was asked for and the plan cannot do."""

    key: str
    """Configuration key that asked for it."""
    wanted: str
    """What was asked for, as the subject of a sentence."""
    smallest: CloudflarePlan | None
    """The smallest plan that can; None: no plan can."""
    instead: str
    """What happens where that is accepted, a clause."""
    without: EdgeSettings
    """The settings with that in its place."""

    def refusal(self, plan: CloudflarePlan) -> str:
        """Why the configuration is refused, and the ways out."""
        way = f"the plan {self.smallest.value!r}" if self.smallest else "another value: no plan allows this one"
        return f"{self.wanted} does not fit the Cloudflare plan {plan.value!r}; allowed with {way}"

    def loss(self, plan: CloudflarePlan) -> str:
        """What is lost where the configuration accepts it."""
        way = f"; the plan {self.smallest.value!r} can" if self.smallest else ""
        return f"The Cloudflare plan {plan.value!r} lacks {self.wanted} ({self.key}): {self.instead}{way}."


def lacks(settings: EdgeSettings) -> list[Lack]:
    """Everything that the plan cannot do, in the order in which `fitted` gives it up; empty if it can do all."""
    found: list[Lack] = []
    for check in CHECKS:
        while lack := check(found[-1].without if found else settings):
            found.append(lack)
    return found


def fitted(settings: EdgeSettings) -> EdgeSettings:
    """The nearest settings that the plan holds; `lost` tells what was given up."""
    found = lacks(settings)
    nearest = found[-1].without if found else settings
    return replace(nearest, lost=tuple(lack.loss(settings.plan) for lack in found))


def _has(settings: EdgeSettings) -> PlanCapabilities:
    return PLAN_CAPABILITIES[settings.plan]


def _counting_answers(settings: EdgeSettings) -> Lack | None:
    if settings.auth.failed_logins is None or _has(settings).counts_answers:
        return None
    return Lack(
        key=KEYS["auth-failed-logins"],
        wanted="a limit that counts failed logins",
        smallest=smallest(lambda has: has.counts_answers),
        instead="only the application sees how often a password was wrong",
        without=_with_rate(settings, "auth-failed-logins", None),
    )


def _exception_by_header(settings: EdgeSettings) -> Lack | None:
    if not settings.api.except_signed_in or _has(settings).counts_headers:
        return None
    return Lack(
        key="edge.rate_limits.api.except_signed_in",
        wanted="a limit that excepts who is signed in",
        smallest=smallest(lambda has: has.counts_headers),
        instead="signed-in visitors are counted like all others",
        without=replace(settings, api=replace(settings.api, except_signed_in=False)),
    )


def _exception_by_hostname(settings: EdgeSettings) -> Lack | None:
    if not settings.api.except_hostnames or _has(settings).counts_hostnames:
        return None
    return Lack(
        key="edge.rate_limits.api.except_hostnames",
        wanted="a limit that excepts a host",
        smallest=smallest(lambda has: has.counts_hostnames),
        instead="requests are counted whatever their host",
        without=replace(settings, api=replace(settings.api, except_hostnames=())),
    )


def _too_many_limits(settings: EdgeSettings) -> Lack | None:
    asked, held = settings.rates, _has(settings).rate_limit_rules
    if len(asked) <= held:
        return None
    least = [ref for ref in KEYS if ref in asked][-1]
    return Lack(
        key=KEYS[least],
        wanted=f"room for {len(asked)} rate limits (it holds {held})",
        smallest=smallest(lambda has: has.rate_limit_rules >= len(asked)),
        instead=f"{least} is left to the application",
        without=_with_rate(settings, least, None),
    )


def _period_not_offered(settings: EdgeSettings) -> Lack | None:
    offered = _has(settings).periods_seconds
    for ref, rate in settings.rates.items():
        if rate.period_seconds not in offered:
            return _other_period(settings, ref, rate)
    return None


def _other_period(settings: EdgeSettings, ref: str, rate: Rate) -> Lack:
    offered, wanted = _has(settings).periods_seconds, rate.period_seconds
    period = max((it for it in offered if it <= wanted), default=offered[0])
    nearest = Rate(requests=max(1, rate.requests * period // wanted), period_seconds=period)
    return Lack(
        key=KEYS[ref],
        wanted=f"a rate limit over {wanted} seconds",
        smallest=smallest(lambda has: wanted in has.periods_seconds),
        instead=f"{rate.requests} in {wanted} seconds become {nearest.requests} in {period}",
        without=_with_rate(settings, ref, nearest),
    )


def _own_answers(settings: EdgeSettings) -> Lack | None:
    if not settings.json_refusals or not settings.rates or _has(settings).own_answers:
        return None
    return Lack(
        key="edge.plan",
        wanted="a JSON answer to requests over a limit",
        smallest=smallest(lambda has: has.own_answers),
        instead="requests over a limit get Cloudflare's own page, status 429",
        without=replace(settings, json_refusals=False),
    )


def _api_kept_too_briefly(settings: EdgeSettings) -> Lack | None:
    seconds, shortest = settings.cache.api_seconds, _has(settings).shortest_edge_ttl_seconds
    if seconds is None or seconds >= shortest or not settings.api.paths:
        return None
    return Lack(
        key="edge.cache.api_seconds",
        wanted=f"keeping answers of the API for {seconds} seconds",
        smallest=smallest(lambda has: seconds >= has.shortest_edge_ttl_seconds),
        instead="answers are kept as long as the origin's Cache-Control says, and not at all without one",
        without=replace(settings, cache=replace(settings.cache, api_seconds=None)),
    )


def _fingerprinted_too_briefly(settings: EdgeSettings) -> Lack | None:
    cache, shortest = settings.cache, _has(settings).shortest_edge_ttl_seconds
    if cache.fingerprinted_seconds >= shortest:
        return None
    longer = replace(cache, fingerprinted_seconds=shortest)
    return _kept_too_briefly(settings, "edge.cache.static_seconds", cache.fingerprinted_seconds, longer)


def _extensions_too_briefly(settings: EdgeSettings) -> Lack | None:
    cache, shortest = settings.cache, _has(settings).shortest_edge_ttl_seconds
    if cache.extension_seconds >= shortest:
        return None
    longer = replace(cache, extension_seconds=shortest)
    return _kept_too_briefly(settings, "edge.cache.extension_seconds", cache.extension_seconds, longer)


def _kept_too_briefly(settings: EdgeSettings, key: str, seconds: int, longer: CacheSettings) -> Lack:
    return Lack(
        key=key,
        wanted=f"keeping static files for {seconds} seconds",
        smallest=smallest(lambda has: seconds >= has.shortest_edge_ttl_seconds),
        instead=f"files are kept for {_has(settings).shortest_edge_ttl_seconds} seconds",
        without=replace(settings, cache=longer),
    )


def _logging_firewall(settings: EdgeSettings) -> Lack | None:
    if settings.waf is not Waf.LOG or _has(settings).logs:
        return None
    return Lack(
        key="edge.waf",
        wanted="managed rules that only log",
        smallest=smallest(lambda has: has.logs),
        instead="the rules act at once",
        without=replace(settings, waf=Waf.ON),
    )


def _owasp(settings: EdgeSettings) -> Lack | None:
    if not settings.owasp or _has(settings).managed_rules:
        return None
    return Lack(
        key="edge.owasp",
        wanted="OWASP's rules",
        smallest=smallest(lambda has: has.managed_rules),
        instead="only Cloudflare's free set runs",
        without=replace(settings, owasp=False),
    )


def _spared_api(settings: EdgeSettings) -> Lack | None:
    if settings.bots is not Bots.SPARE_API or _has(settings).bot_exceptions:
        return None
    return Lack(
        key="edge.bots",
        wanted="bot fighting that spares the API",
        smallest=smallest(lambda has: has.bot_exceptions),
        instead="bot fighting stays off, for it would challenge the programs that call the API",
        without=replace(settings, bots=Bots.OFF),
    )


def _with_rate(settings: EdgeSettings, ref: str, rate: Rate | None) -> EdgeSettings:
    api, auth = settings.api, settings.auth
    match ref:
        case "auth-per-minute":
            return replace(settings, auth=replace(auth, per_minute=rate))
        case "api-per-minute":
            return replace(settings, api=replace(api, per_minute=rate))
        case "api-burst":
            return replace(settings, api=replace(api, burst=rate))
        case _:
            return replace(settings, auth=replace(auth, failed_logins=_failed(auth.failed_logins, rate)))


def _failed(failed: FailedLogins | None, rate: Rate | None) -> FailedLogins | None:
    if failed is None or rate is None:
        return None
    return replace(failed, failures=rate.requests + 1, window_seconds=rate.period_seconds)


CHECKS: tuple[Callable[[EdgeSettings], Lack | None], ...] = (
    _counting_answers,
    _exception_by_header,
    _exception_by_hostname,
    _too_many_limits,
    _period_not_offered,
    _own_answers,
    _api_kept_too_briefly,
    _fingerprinted_too_briefly,
    _extensions_too_briefly,
    _logging_firewall,
    _owasp,
    _spared_api,
)
"""In order: what is not counted at all takes no rule, and what takes no rule has no period."""
