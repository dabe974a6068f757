"""The edge's rules as plain data: which requests, in which order, and what happens to them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from components._cloudflare.plans import MINUTE_SECONDS, PLAN_CAPABILITIES, CloudflarePlan
from components.edge.args import EdgeArgs

PATH = "http.request.uri.path"
FIRST_ERROR_STATUS = 400
COMPRESSIBLE_TYPES = (
    *("text/html", "text/css", "text/plain", "text/javascript"),
    *("application/javascript", "application/json", "image/svg+xml"),
)
"""Media types worth compressing; images and fonts are compressed already."""


@dataclass(frozen=True, kw_only=True)
class CacheRule:
    """What the edge keeps. Where several match, the last one wins.

    Source: https://developers.cloudflare.com/cache/how-to/cache-rules/order/
    """

    ref: str
    """Stable name: without one, Cloudflare makes every later rule anew when a rule moves."""
    description: str
    """Shown in the dashboard."""
    expression: str
    """Which requests."""
    keep: bool
    """Whether the edge may keep the answer at all."""
    edge_ttl_seconds: int | None = None
    """How long; None keeps only what the origin's headers allow, for as long as they say."""
    browser_ttl_seconds: int | None = None
    """How long a browser keeps it; None leaves that to the origin's headers."""


@dataclass(frozen=True, kw_only=True)
class RateRule:
    """How many requests one address may send; more are answered with status 429."""

    ref: str
    """Stable name."""
    description: str
    """Shown in the dashboard."""
    expression: str
    """Which requests are counted and refused."""
    requests: int
    """Requests that pass in one period."""
    period_seconds: int
    """Over which they are counted; also how long the address is then refused, in seconds."""


@dataclass(frozen=True, kw_only=True)
class MatchRule:
    """A rule of a phase in which every rule does the same thing."""

    ref: str
    """Stable name."""
    description: str
    """Shown in the dashboard."""
    expression: str
    """Which requests or responses."""


def cache_rules(args: EdgeArgs) -> list[CacheRule]:
    """What the edge keeps, in order: static files, anonymous API reads, then everything it must never keep."""
    rules = [
        *_static_rules(args),
        *_api_rules(args),
        *_sign_in_rules(args),
    ]
    # Last, because the last match wins: nothing above may keep what belongs to one person.
    return [*rules, _authenticated_rule(args)]


def rate_rules(args: EdgeArgs) -> list[RateRule]:
    """How fast one address may ask; a limit that is None makes no rule.

    Cloudflare has no token bucket, so the burst is a second, shorter window that must hold as well.
    """
    api, auth = _under(args.api_paths), _under(args.auth_paths)
    asked = [
        ("api-burst", api, args.api_burst_requests, args.api_burst_window_seconds),
        ("api-per-minute", api, args.api_requests_per_minute, MINUTE_SECONDS),
        ("auth-per-minute", auth, args.auth_requests_per_minute, MINUTE_SECONDS),
    ]
    return [
        RateRule(
            ref=ref,
            description=f"{requests} requests in {period} seconds from one address",
            expression=expression,
            requests=requests,
            period_seconds=period,
        )
        for ref, expression, requests, period in asked
        if requests is not None
    ]


def never_stored_rules(args: EdgeArgs) -> list[MatchRule]:
    """Responses that are kept nowhere, whatever the cache rules say about their request."""
    return [
        MatchRule(
            ref="errors-no-store",
            description="An error is not kept for as long as the file it stands for",
            expression=f"http.response.code ge {FIRST_ERROR_STATUS}",
        ),
        MatchRule(
            ref="cookies-no-store",
            description="An answer that sets a cookie is meant for one visitor",
            # A load balancer's cookie comes with every file of the build, which is the same for all.
            expression=_has_header("http.response.headers", "set-cookie")
            + "".join(f" and not {it}" for it in _present(_static_directories(args))),
        ),
    ]


def compression_rules() -> list[MatchRule]:
    """Responses that are compressed with the best method the client knows."""
    types = _members(COMPRESSIBLE_TYPES)
    return [
        MatchRule(
            ref="compress-text",
            description="Brotli where the client knows it, gzip elsewhere",
            expression=f"http.response.content_type.media_type in {types}",
        )
    ]


def bot_exception_rules(args: EdgeArgs) -> list[MatchRule]:
    """Requests that Super Bot Fight Mode leaves alone: programs call an API, and cannot solve a challenge."""
    paths = [*args.api_paths, *args.auth_paths]
    if not paths or args.plan is CloudflarePlan.FREE:
        return []
    return [
        MatchRule(
            ref="api-no-challenge",
            description="Programs call these paths; rate limits guard them",
            expression=_under(paths),
        )
    ]


def _static_rules(args: EdgeArgs) -> list[CacheRule]:
    dynamic = _present(_under([*args.api_paths, *args.auth_paths]))
    # `/rest/me.js` is no static file: a made-up ending must not put a personal answer into the cache.
    extensions = "".join(f" and not {it}" for it in dynamic)
    expressions = {
        "static-extensions": f"{PATH}.extension in {_members(args.static_extensions)}{extensions}"
        if args.static_extensions
        else "",
        "static-directories": _static_directories(args),
    }
    return [
        CacheRule(
            ref=ref,
            description="Files of the build, named by their content",
            expression=expression,
            keep=True,
            edge_ttl_seconds=args.static_ttl_seconds,
            browser_ttl_seconds=args.static_ttl_seconds,
        )
        for ref, expression in expressions.items()
        if expression
    ]


def _api_rules(args: EdgeArgs) -> list[CacheRule]:
    if not args.api_paths:
        return []
    shortest = PLAN_CAPABILITIES[args.plan].shortest_edge_ttl_seconds
    ttl = args.api_cache_ttl_seconds
    return [
        CacheRule(
            ref="api-anonymous",
            description="Reads that are the same for everybody",
            expression=f'http.request.method in {{"GET" "HEAD"}} and {_under(args.api_paths)}',
            keep=True,
            # A plan that cannot keep it this briefly takes the time from the origin's headers instead.
            edge_ttl_seconds=ttl if ttl >= shortest else None,
        )
    ]


def _sign_in_rules(args: EdgeArgs) -> list[CacheRule]:
    return [
        CacheRule(
            ref="bypass-sign-in",
            description="Nothing of a sign-in is kept",
            expression=expression,
            keep=False,
        )
        for expression in _present(_under(args.auth_paths))
    ]


def _authenticated_rule(args: EdgeArgs) -> CacheRule:
    cookies = " or ".join(f"http.cookie contains {_quoted(name)}" for name in args.session_cookies)
    # A visitor's cookie goes along with every file of the build, which is the same for all.
    personal = "".join(f" and not {it}" for it in _present(_static_directories(args)))
    signed_in = [f"(({cookies}){personal})"] if cookies else []
    return CacheRule(
        ref="bypass-authenticated",
        description="Nothing that belongs to one person is kept",
        expression=" or ".join([_has_header("http.request.headers", "authorization"), *signed_in]),
        keep=False,
    )


def _static_directories(args: EdgeArgs) -> str:
    return _under(args.static_dirs)


def _under(prefixes: Sequence[str]) -> str:
    """Requests under any of the path prefixes, in brackets; empty for none.

    `starts_with` rather than a regular expression: `matches` needs the Business plan.
    """
    tests = " or ".join(f"starts_with({PATH}, {_quoted(prefix)})" for prefix in prefixes)
    return f"({tests})" if tests else ""


def _has_header(headers: str, name: str) -> str:
    return f"any(lower({headers}.names[*])[*] eq {_quoted(name)})"


def _members(values: Iterable[str]) -> str:
    return "{" + " ".join(_quoted(value) for value in values) + "}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _present(expression: str) -> list[str]:
    return [expression] if expression else []
