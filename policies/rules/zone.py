"""Rules of a Cloudflare zone beside its rate limits: TLS, the managed firewall, what is never cached."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, decide, fail, seen, undecided
from policies.resource import Resource, Stack
from policies.rule import Rule, Severity, StackRule
from policies.rules.links import each, has_unresolved_links, siblings
from policies.rules.reading import Check, at, items, truth, unreadable
from policies.rules.tokens import RULESET, ZONE

SETTING = "cloudflare:index/zoneSetting:ZoneSetting"
SSL_MODES: Final = ("off", "flexible", "full", "strict", "origin_pull")
TLS_VERSIONS: Final = ("1.0", "1.1", "1.2", "1.3")
NEEDED: Final = ("ssl", "min_tls_version", "always_use_https")
RATE_LIMITS, FIREWALL = "http_ratelimit", "http_request_firewall_managed"
REQUEST_CACHE, RESPONSE_CACHE = "http_request_cache_settings", "http_response_cache_settings"
PRIVATE: Final = ("authorization", "cookie")
"""What a request has that is answered for one person: a header, or a session's cookie."""


def _setting(id_: str, allowed: tuple[str, ...], known: tuple[str, ...]) -> Check:
    def check(setting: Resource) -> Judgement:
        which, value = setting.get("settingId"), setting.get("value")
        if not unreadable(which) and which != id_:
            return NOT_APPLICABLE
        if not unreadable(value) and isinstance(value, str) and value in allowed:
            return PASSED
        if unreadable(which, value):
            return undecided("which setting it is" if unreadable(which) else id_)
        return fail(f"{id_} {seen(value, *known)}", f"{id_} {' or '.join(allowed)}")

    return check


def _states_settings(zone: Resource, stack: Stack) -> Judgement:
    stated = [it.get("settingId") for it in siblings(stack, (SETTING,), "zoneId", zone, "id")]
    missing = [name for name in NEEDED if name not in stated]
    doubtful = unreadable(*stated) or has_unresolved_links(stack, (SETTING,), "zoneId")
    said, required = f"no setting {', '.join(missing)}", ", ".join(NEEDED)
    return decide("the zone's settings", said, required, holds=not missing, doubtful=doubtful)


def _in_force(ruleset: Mapping[str, Any]) -> list[Any] | None:
    """Return the rules of a ruleset that are not switched off, None where they cannot be told."""
    rules = ruleset.get("rules")
    if unreadable(rules):
        return None
    found = items(rules)
    if any(unreadable(rule, at(rule, "enabled")) for rule in found):
        return None
    return [rule for rule in found if isinstance(rule, Mapping) and rule.get("enabled") is not False]


def _of_phase(phase: str, holds: Check) -> Check:
    def check(ruleset: Resource) -> Judgement:
        found = ruleset.get("phase")
        if not unreadable(found):
            return holds(ruleset) if found == phase else NOT_APPLICABLE
        return undecided("phase")

    return check


def _by_address(ruleset: Resource) -> Judgement:
    rules = _in_force(ruleset)
    if rules is None:
        return undecided("a rate limit")
    counted = [at(rule, "ratelimit", "characteristics") for rule in rules]
    if any(unreadable(it) or any(map(unreadable, items(it))) for it in counted):
        return undecided("characteristics")
    if all("ip.src" in items(it) for it in counted):
        return PASSED
    return fail("a limit that is not counted by ip.src", "characteristics with ip.src")


def _spares_private(ruleset: Resource) -> Judgement:
    rules = _in_force(ruleset)
    if rules is None:
        return undecided("the cache rules")
    wanted = set(PRIVATE)
    # The last rule that matches wins: only what bypasses after the last one that caches is safe.
    for rule in reversed(rules):
        cached, expression = at(rule, "actionParameters", "cache"), rule.get("expression")
        if unreadable(cached, expression, rule.get("action")):
            return undecided("a cache rule")
        if truth(cached) is not False:
            return PASSED if not wanted else fail(f"no bypass for {' and '.join(sorted(wanted))}", _BYPASS)
        wanted -= {word for word in PRIVATE if word in str(expression).lower()}
    return PASSED


_BYPASS = (
    "a rule after the last that caches, with cache false, for the authorization header and the session's cookie"
)


def _rules_of(stack: Stack, zone: Resource, phase: str) -> tuple[list[list[Any] | None], bool]:
    """Return the rules in force of each ruleset of a phase, and whether another ruleset could be one."""
    own = siblings(stack, (RULESET,), "zoneId", zone, "id")
    doubtful = any(unreadable(it.get("phase")) for it in own) or has_unresolved_links(stack, (RULESET,), "zoneId")
    return [_in_force(it) for it in own if it.get("phase") == phase], doubtful


def _is_guarded(zone: Resource, stack: Stack) -> Judgement:
    rules, doubtful = _rules_of(stack, zone, FIREWALL)
    actions = [at(rule, "action") for found in rules for rule in found or ()]
    return decide(
        "the managed firewall",
        "no managed rules",
        f"a ruleset of the phase {FIREWALL} that executes managed rules",
        holds="execute" in actions,
        doubtful=doubtful or None in rules or unreadable(*actions),
    )


def _forgets_cookies(zone: Resource, stack: Stack) -> Judgement:
    caching, doubtful_cache = _rules_of(stack, zone, REQUEST_CACHE)
    rules, doubtful = _rules_of(stack, zone, RESPONSE_CACHE)
    if not caching and not doubtful_cache:
        return NOT_APPLICABLE
    operation = ("actionParameters", "noStore", "operation")
    found = [rule for its in rules for rule in its or ()]
    parts = [(it.get("action"), it.get("expression"), at(it, *operation)) for it in found]
    readable = [it for it in parts if not unreadable(*it)]
    return decide(
        "the rules of cached answers",
        "answers that set a cookie may be cached",
        "no-store where an answer has set-cookie",
        holds=any(
            action == "set_cache_control" and "set-cookie" in str(expression).lower() and stored == "set"
            for action, expression, stored in readable
        ),
        doubtful=doubtful or doubtful_cache or None in rules or len(readable) < len(parts),
    )


_set = partial(Rule, types=frozenset({SETTING}), severity=Severity.CRITICAL, waivable=False)
_ruleset = partial(Rule, types=frozenset({RULESET}))
_zone = partial(StackRule, types=frozenset({ZONE}))
DOCS = "https://developers.cloudflare.com"

RULES: Final = (
    _set(
        id="zone-strict-tls",
        title="Cloudflare verifies the origin's certificate",
        why="anybody between Cloudflare and the origin could answer in its place",
        source=f"{DOCS}/ssl/origin-configuration/ssl-modes/full-strict/",
        remedy="Set the zone's setting ssl to strict.",
        check=_setting("ssl", ("strict", "origin_pull"), SSL_MODES),
    ),
    _set(
        id="zone-tls-version",
        title="The edge speaks TLS 1.2 and later",
        why="TLS 1.0 and 1.1 are broken, and every client in use speaks 1.2",
        source=f"{DOCS}/ssl/edge-certificates/additional-options/minimum-tls/",
        remedy="Set the zone's setting min_tls_version to 1.2.",
        check=_setting("min_tls_version", ("1.2", "1.3"), TLS_VERSIONS),
    ),
    _set(
        id="zone-https",
        title="The edge redirects HTTP to HTTPS",
        why="a request in the clear shows its cookies to everybody on the way",
        source=f"{DOCS}/ssl/edge-certificates/additional-options/always-use-https/",
        remedy="Set the zone's setting always_use_https to on.",
        check=_setting("always_use_https", ("on",), ("off", "on")),
    ),
    _zone(
        id="zone-settings",
        title="The zone's settings of TLS are stated",
        why="a new zone accepts TLS 1.0, plain HTTP, and any certificate of the origin",
        source=f"{DOCS}/ssl/",
        remedy=f"Add a ZoneSetting for each of {', '.join(NEEDED)}.",
        check=each((ZONE,), _states_settings),
    ),
    _zone(
        id="zone-managed-firewall",
        title="Cloudflare's managed rules look at every request",
        why="known attacks reach the application",
        source=f"{DOCS}/waf/managed-rules/",
        remedy=f"Add a ruleset of the phase {FIREWALL} with the action execute.",
        keys=("edge.waf",),
        severity=Severity.MEDIUM,
        check=each((ZONE,), _is_guarded),
    ),
    _ruleset(
        id="edge-rate-by-address",
        title="Rate limits are counted for each address",
        why="a limit for all together lets one client shut out everybody",
        source=f"{DOCS}/waf/rate-limiting-rules/parameters/",
        remedy="Add ip.src to characteristics.",
        check=_of_phase(RATE_LIMITS, _by_address),
    ),
    _ruleset(
        id="edge-private-not-cached",
        title="No answer for one person is kept in a shared cache",
        why="the next visitor would get somebody else's data",
        source=f"{DOCS}/cache/how-to/cache-rules/order/",
        remedy="Put the rules that bypass the cache after those that fill it.",
        severity=Severity.CRITICAL,
        waivable=False,
        check=_of_phase(REQUEST_CACHE, _spares_private),
    ),
    _zone(
        id="edge-cookies-not-cached",
        title="No answer that sets a cookie is kept in a shared cache",
        why="the next visitor would be signed in as somebody else",
        source=f"{DOCS}/cache/concepts/cache-behavior/",
        remedy=f"Add a rule of the phase {RESPONSE_CACHE} that sets no-store where an answer has set-cookie.",
        severity=Severity.CRITICAL,
        waivable=False,
        check=each((ZONE,), _forgets_cookies),
    ),
)
