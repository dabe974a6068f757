"""From the edge's configuration to the settings of its rules, and what does not fit."""

from collections.abc import Iterator, Mapping
from operator import attrgetter

from edge_rules.fit import downgraded, unsupported
from edge_rules.phases import phases
from edge_rules.plans import MINUTE_SECONDS, CloudflarePlan
from edge_rules.settings import (
    OVERLAP,
    ApiSettings,
    AuthSettings,
    Bots,
    CacheSettings,
    EdgeSettings,
    FailedLogins,
    Hsts,
    RequestRate,
    Waf,
    overlaps,
)
from policies import limits
from stacks.config.base import Problem
from stacks.config.edge import EdgeConfig
from stacks.config.request_limits import Rate, RateLimitTierConfig, counted_by, resource_limit_problems
from stacks.config.service import WebConfig

TIER_WAYS_OUT = (
    "except those users by edge.rate_limits.api.except_hostnames (pro plan) or except_signed_in (enterprise "
    "plan), raise the limit by an entry of limit_exceptions, or lower the tier"
)
"""What to do about a tier that the edge would refuse."""

DEEPER_NAMES = "Cloudflare's Universal SSL covers no deeper name, which needs Advanced Certificate Manager"
"""https://developers.cloudflare.com/ssl/edge-certificates/universal-ssl/limitations/"""


def requested_settings(edge: EdgeConfig) -> EdgeSettings:
    """Return what the configuration asks for, whether or not the plan holds it.

    Raises:
        ValueError: it would make a wrong rule.

    """
    api, auth, cache = edge.rate_limits.api, edge.rate_limits.auth, edge.cache
    window = limits.API_BURST_WINDOW_SECONDS
    return EdgeSettings(
        plan=CloudflarePlan(edge.plan),
        hostnames=tuple(edge.hostnames),
        redirect_hostnames=tuple(edge.redirect_hostnames),
        api=ApiSettings(
            paths=tuple(api.paths),
            per_minute=RequestRate(requests=api.requests_per_minute, period_seconds=MINUTE_SECONDS),
            burst=RequestRate(requests=api.burst_requests, period_seconds=window) if api.burst_requests else None,
            only_uncached=api.count == "uncached",
            except_signed_in=api.except_signed_in,
            except_hostnames=tuple(api.except_hostnames),
        ),
        auth=AuthSettings(
            paths=tuple(auth.paths),
            per_minute=RequestRate(requests=auth.requests_per_minute, period_seconds=MINUTE_SECONDS),
            failed_logins=FailedLogins(
                failures=auth.failed_logins,
                window_seconds=auth.failed_login_window_seconds,
                statuses=tuple(auth.failed_login_statuses),
            )
            if auth.failed_logins
            else None,
        ),
        cache=CacheSettings(
            fingerprinted_paths=tuple(cache.static_paths),
            fingerprinted_seconds=cache.static_seconds,
            changing_files=tuple(cache.changing_files),
            extensions=tuple(cache.static_extensions),
            extension_seconds=cache.extension_seconds,
            api_seconds=cache.api_seconds,
            session_cookies=tuple(cache.session_cookies),
            credential_headers=tuple(cache.credential_headers),
        ),
        hsts=Hsts(edge.hsts),
        waf=Waf(edge.waf),
        owasp=edge.owasp,
        bots=Bots(edge.bots),
        leaked_passwords=edge.leaked_passwords == "challenge",
        security_headers=edge.security_headers,
        dnssec=edge.dnssec,
    )


def settings_in_force(edge: EdgeConfig) -> EdgeSettings:
    """Return the settings in force: with `when_plan_lacks: degrade`, the nearest that the plan holds."""
    requested = requested_settings(edge)
    return downgraded(requested) if edge.when_plan_lacks == "degrade" else requested


def edge_problems(edge: EdgeConfig, services: Mapping[str, WebConfig]) -> Iterator[Problem]:
    """Yield every way in which the edge does not fit its plan, its zone or the limits of the web `services`."""
    yield from _hostname_problems(edge)
    if wrong := [*_circle_problems(edge), *_overlap_problems(edge)]:
        yield from wrong
        return
    settings = requested_settings(edge)
    try:
        phases(settings_in_force(edge))
    except ValueError as error:
        lists = {
            f"edge.{block}.{key}": value
            for block in ("rate_limits.api", "rate_limits.auth", "cache")
            for key, value in attrgetter(block)(edge)
            if isinstance(value, list)
        } | {"edge.redirect_hostnames": edge.redirect_hostnames, "edge.hostnames": edge.hostnames}
        longest = max(lists, key=lambda key: sum(len(str(it)) for it in lists[key]))
        yield longest, f"given {len(lists[longest])} entries, allowed as many as one rule has room for: {error}"
    for feature in unsupported(settings):
        if edge.when_plan_lacks == "refuse":
            yield feature.key, f"{feature.refusal(settings.plan)}, or when_plan_lacks: degrade"
        elif feature.smallest is None:
            yield feature.key, feature.refusal(settings.plan)
    if edge.probe != "none" and edge.plan == "free" and settings_in_force(edge).bots is not Bots.OFF:
        allowed = f"allowed none with edge.bots: {edge.bots} on plan free, which challenges every program"
        yield "edge.probe", f"given {edge.probe!r}, {allowed}"
    api = settings_in_force(edge).api
    for name, service in services.items():
        yield from _tier_problems(name, api, service.rate_limit_tiers)
        yield from resource_limit_problems(f"services.{name}", service.resource_limits, _rates(api))


def _hostname_problems(edge: EdgeConfig) -> Iterator[Problem]:
    for key in ("hostnames", "redirect_hostnames"):
        for hostname in getattr(edge, key):
            label = hostname.removesuffix(f".{edge.zone}")
            problem = f"given {hostname}, allowed {edge.zone} or one level below it"
            if hostname != edge.zone and label == hostname:
                yield f"edge.{key}", f"{problem}: the stack has one zone"
            elif hostname != edge.zone and "." in label:
                yield f"edge.{key}", f"{problem}: {DEEPER_NAMES}"
    api = edge.api_hostname
    if api and not {api, f"*.{api.partition('.')[2]}"} & {*edge.hostnames}:
        own = api == edge.zone or api.endswith(f".{edge.zone}")
        why = "" if own else f": what goes to it never passes the zone {edge.zone}, its rate limits and its cache"
        yield "edge.api_hostname", f"given {api}, allowed one of edge.hostnames, {', '.join(edge.hostnames)}{why}"
    if edge.hostnames[0].startswith("*."):
        first = "redirects lead there, and checks and the probe ask for it"
        yield "edge.hostnames", f"given {edge.hostnames[0]} first, allowed a single name first: {first}"


def _circle_problems(edge: EdgeConfig) -> Iterator[Problem]:
    for hostname in edge.redirect_hostnames:
        if hostname in edge.hostnames:
            problem = f"given {hostname}, allowed none of edge.hostnames: visitors would be sent round in a circle"
            yield "edge.redirect_hostnames", problem


def _overlap_problems(edge: EdgeConfig) -> Iterator[Problem]:
    """Yield the key of the wider path of two that overlap, and the other's key in its sentence."""
    files_key = "edge.cache.static_paths"
    for block in ("api", "auth"):
        key = f"edge.rate_limits.{block}.paths"
        for files, called in overlaps(edge.cache.static_paths, getattr(edge.rate_limits, block).paths):
            pair = [(files_key, files), (key, called)]
            (wide_key, wide), (other_key, other) = sorted(pair, key=lambda it: len(it[1]))
            yield wide_key, f"given {wide!r}, allowed apart from {other!r} of {other_key}: they {OVERLAP}"


def _rates(api: ApiSettings) -> list[Rate]:
    """Return what one address may send; empty where some users are left to the application."""
    if api.except_hostnames or api.except_signed_in:
        return []
    rates = {"requests_per_minute": api.per_minute, "burst_requests": api.burst}
    return [(f"edge.rate_limits.api.{key}", it.requests, it.period_seconds) for key, it in rates.items() if it]


def _tier_problems(name: str, api: ApiSettings, tiers: Mapping[str, RateLimitTierConfig]) -> Iterator[Problem]:
    """Users whom the application would serve and the edge refuses: it counts first, and by address."""
    rates = [rate.per_minute for rate in (api.per_minute, api.burst) if rate]
    if not rates or api.except_hostnames:
        return
    ceiling = min(rates)
    for tier, it in tiers.items():
        excepted = api.except_signed_in and counted_by(tier, it) == "user"
        if (requests := it.requests_per_minute) > ceiling and not excepted:
            given = f"given {requests} a minute, allowed up to {ceiling:g}, which the edge lets one address send"
            yield f"services.{name}.rate_limit_tiers.{tier}", f"{given}: {TIER_WAYS_OUT}"
