"""The effect of a set of rules on one exchange, merged in Cloudflare's order.

Sources, below https://developers.cloudflare.com/cache/: `how-to/cache-rules/order/`,
`how-to/cache-response-rules/`,
`concepts/default-cache-behavior/`, `concepts/cdn-cache-control/`, `concepts/vary/` and
`cache-security/cache-deception-armor/`.
"""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from edge_rules.cache import CACHED_EXTENSIONS
from edge_rules.evaluation.traffic import Exchange, Response
from edge_rules.fields import CACHE_CONTROLS
from edge_rules.rule import (
    KEYED_BY,
    Block,
    BypassCache,
    CacheControl,
    Challenge,
    EligibleForCache,
    Phase,
    Redirect,
    Rule,
)

ENDING = (Redirect, Block, Challenge)
"""Actions after which no later rule of the phase is looked at."""
CACHED_METHODS = ("GET", "HEAD")
"""Methods whose answers Cloudflare keeps at all."""
PAGES = ("text/html", "application/xhtml+xml")
"""Media types that Armor finds under another file's ending."""
DEFAULT_SECONDS: Mapping[int, int] = {
    **dict.fromkeys((200, 206, 301), 7200),
    **dict.fromkeys((302, 303), 1200),
    **dict.fromkeys((404, 410), 180),
}
"""How long such an answer is kept by its status, where no header says."""


class CacheLifetime(Struct, frozen=True, kw_only=True):
    """How long caches keep an answer, and which rule decides it."""

    edge_seconds: int
    """Time for which the edge serves it without asking the origin, in seconds; 0 keeps nothing."""
    stale_seconds: int
    """Time after that for which it is served stale while it is fetched again, in seconds."""
    browser_headers: CacheControl
    """Directives that the rules set for browsers; the rest of the header is the origin's."""
    decided_by: str
    """The rule with the last word, or why there was none."""
    varies_by: tuple[str, ...] = ()
    """Headers of the request by whose values copies are kept apart, lower case."""


def matching(rules: Sequence[Rule], exchange: Exchange) -> list[Rule]:
    """Return the rules of one phase that are reached and match: a block, a challenge or a redirect ends it.

    A rate limit that matches counts the request; whether its counter is over depends on the others.

    Raises:
        AnswerUnknownError: a rule depends on the answer, which `exchange` does not have.

    """
    found: list[Rule] = []
    for rule in rules:
        if rule.when.holds(exchange):
            found.append(rule)
            if isinstance(rule.then, ENDING):
                break
    return found


def cache_lifetime(phases: Mapping[Phase, Sequence[Rule]], exchange: Exchange) -> CacheLifetime:
    """Return how long the edge and a browser keep the answer.

    Raises:
        AnswerUnknownError: the answer is not known.

    """
    answered = matching(phases.get(Phase.RESPONSE_CACHE, ()), exchange)
    controls = [rule.then for rule in answered if isinstance(rule.then, CacheControl)]
    asked = matching(phases.get(Phase.CACHE, ()), exchange)
    edge, browser = merged(controls), merged([it for it in controls if not it.cloudflare_only])
    seconds, decided_by = _edge_seconds(asked, answered, edge, exchange)
    return CacheLifetime(
        edge_seconds=seconds,
        stale_seconds=(edge.stale_while_revalidate_seconds or 0) if seconds else 0,
        browser_headers=browser,
        decided_by=decided_by,
        varies_by=_vary(exchange) if seconds and asked else (),
    )


def merged(controls: Sequence[CacheControl]) -> CacheControl:
    """Return all directives together: of two that set the same one the later wins; a flag once set stays set."""
    ages = [it.max_age_seconds for it in controls if it.max_age_seconds is not None]
    stale = [it.stale_while_revalidate_seconds for it in controls if it.stale_while_revalidate_seconds is not None]
    return CacheControl(
        max_age_seconds=ages[-1] if ages else None,
        stale_while_revalidate_seconds=stale[-1] if stale else None,
        immutable=any(it.immutable for it in controls),
        public=any(it.public for it in controls),
        no_store=any(it.no_store for it in controls),
    )


def _vary(exchange: Exchange) -> tuple[str, ...]:
    """Return the names in the answer's Vary, lower case, each once."""
    names = (exchange.response or Response()).headers.get("vary", "").lower().split(",")
    return tuple(dict.fromkeys(name.strip() for name in names if name.strip()))


def _edge_seconds(
    asked: Sequence[Rule], answered: Sequence[Rule], edge: CacheControl, exchange: Exchange
) -> tuple[int, str]:
    request = exchange.request
    if request.method not in CACHED_METHODS:
        return 0, f"no cache keeps the answer to {request.method}"
    # Every rule says everything about the cache, so the last one that holds is the merged one.
    last = asked[-1] if asked else None
    if last is None and request.extension not in CACHED_EXTENSIONS:
        return 0, "no rule, and no ending that is kept without one"
    if last is not None and isinstance(last.then, BypassCache):
        return 0, last.ref
    unkeyed = [name for name in _vary(exchange) if name == "*" or (last and name not in KEYED_BY)]
    if unkeyed:
        return 0, f"Vary: {', '.join(unkeyed)}"
    media_type = (exchange.response or Response()).media_type
    if last is not None and media_type in PAGES and request.extension not in ("", "htm", "html", "xhtml"):
        return 0, f"Cache Deception Armor, for {media_type} is no {request.extension}"
    controls = [(rule.ref, rule.then) for rule in answered if isinstance(rule.then, CacheControl)]
    if edge.no_store:
        return 0, [ref for ref, it in controls if it.no_store][-1]
    if edge.max_age_seconds is not None:
        return edge.max_age_seconds, [ref for ref, it in controls if it.max_age_seconds is not None][-1]
    if last is not None and isinstance(last.then, EligibleForCache) and last.then.edge_ttl_seconds is not None:
        return last.then.edge_ttl_seconds, last.ref
    by_status = last is None or (isinstance(last.then, EligibleForCache) and last.then.by_status)
    return _by_origin(exchange, by_status=by_status), "the origin's headers"


def _by_origin(exchange: Exchange, *, by_status: bool) -> int:
    """Return seconds by the origin's headers; without any, none, or Cloudflare's default `by_status`."""
    response = exchange.response or Response()
    header = next((response.headers[name] for name in CACHE_CONTROLS if name in response.headers), "")
    pairs = [part.strip().lower().partition("=") for part in header.split(",")]
    directives = {name: value.strip('"') for name, _, value in pairs if name}
    if {"no-store", "private", "no-cache"} & set(directives) or "set-cookie" in response.headers:
        return 0
    shared = {"public", "s-maxage", "must-revalidate"} & set(directives)
    if "authorization" in exchange.request.headers and not shared:
        return 0
    for name in ("s-maxage", "max-age"):
        if directives.get(name, "").isdigit():
            return int(directives[name])
    return DEFAULT_SECONDS.get(response.status, 0) if by_status else 0
