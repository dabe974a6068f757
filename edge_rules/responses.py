"""Response rules: Cache-Control, security headers, compression."""

from edge_rules.audience import PAGE, calls, changing, fingerprinted, personal
from edge_rules.cache import READS
from edge_rules.expression import NEVER, some
from edge_rules.fields import (
    EXTENSION,
    MEDIA_TYPE,
    METHOD,
    REQUEST_HEADERS,
    RESPONSE_HEADERS,
    STATUS,
    origin_says,
    under,
)
from edge_rules.rule import CacheControl, Compress, Rule, SetHeaders
from edge_rules.settings import EdgeSettings

OK = 200
FIRST_ERROR_STATUS = 400
EMPTY, REDIRECTS = (204, 205), (301, 302, 303, 307, 308)
FORBIDDING = ("private", "no-store", "no-cache")
"""Directives of an origin that outrank every time of ours."""
COMPRESSION = ("brotli", "gzip")
"""Algorithms, best first."""
COMPRESSIBLE_TYPES = (
    *("text/html", "text/css", "text/plain", "text/javascript"),
    *("application/javascript", "application/json", "image/svg+xml"),
)
"""Media types worth compressing; images and fonts are compressed already."""
KEPT_BACK = CacheControl(no_store=True, cloudflare_only=True)
"""The edge does not keep it; browsers go by the origin's header."""


def lifetimes(settings: EdgeSettings) -> list[Rule]:
    """Return the Cache-Control of a 200. Never together with `s-maxage`, which switches stale answers off."""
    cache = settings.cache
    good = STATUS.compared("eq", OK)
    # `max-age` or `s-maxage` of any of the three headers; the times below are for an origin that says none.
    silent = ~origin_says("age=") & ~RESPONSE_HEADERS.has("expires")
    files = (
        EXTENSION.among(*cache.extensions)
        & ~under(*cache.fingerprinted_paths)
        & ~calls(settings)
        & ~changing(settings)
    )
    reads = METHOD.among(*READS) & under(*settings.api.paths)
    return [
        Rule(
            ref="static-immutable",
            description="A browser need not ask again for a file that is named by its content",
            when=fingerprinted(settings)
            & good
            & ~PAGE
            & ~some(*map(origin_says, FORBIDDING))
            & ~REQUEST_HEADERS.has("authorization"),
            then=CacheControl(max_age_seconds=cache.fingerprinted_seconds, immutable=True, public=True),
        ),
        Rule(
            ref="static-extensions-age",
            description="How long a static file is kept of which the origin says nothing",
            when=files & good & silent & ~PAGE,
            then=CacheControl(max_age_seconds=cache.extension_seconds, cloudflare_only=True),
        ),
        Rule(
            ref="api-stale-while-revalidate",
            description="A read that is just too old is given out while a new one is fetched",
            when=reads & good & silent if cache.api_seconds else NEVER,
            then=CacheControl(
                max_age_seconds=cache.api_seconds,
                stale_while_revalidate_seconds=cache.api_seconds,
                cloudflare_only=True,
            ),
        ),
    ]


def no_store(settings: EdgeSettings) -> list[Rule]:
    """Return the answers that are not kept, whatever the rules say about their requests."""
    return [
        Rule(
            ref="origin-no-store",
            description="The origin's word that nobody else gets an answer outranks every time that a rule sets",
            # A stream of events never ends, and says no-cache mostly.
            when=some(*map(origin_says, FORBIDDING)) | RESPONSE_HEADERS.says("content-type", "text/event-stream"),
            then=KEPT_BACK,
        ),
        Rule(
            ref="pages-no-store",
            description="A page, a redirect or nothing: what an origin sends in the place of a file that is gone",
            when=fingerprinted(settings) & (PAGE | STATUS.among(*EMPTY, *REDIRECTS)),
            then=CacheControl(no_store=True),
        ),
        Rule(
            ref="cookies-no-store",
            description="An answer that sets a cookie is meant for one visitor",
            # A load balancer's cookie comes with every file of the build, which is the same for all.
            when=RESPONSE_HEADERS.has("set-cookie") & ~fingerprinted(settings),
            then=KEPT_BACK,
        ),
        Rule(
            ref="personal-no-store",
            description="What bypasses the cache is not kept either: times above do not ask who the visitor is",
            when=personal(settings),
            then=KEPT_BACK,
        ),
        Rule(
            ref="errors-no-store",
            description="An error is not kept for as long as the file it stands for",
            when=STATUS.compared("ge", FIRST_ERROR_STATUS),
            then=CacheControl(no_store=True),
        ),
    ]


def headers(settings: EdgeSettings) -> list[Rule]:
    """Return the security headers of answers; an origin that sets its own keeps them."""
    if not settings.security_headers:
        return []
    policy = RESPONSE_HEADERS.has("content-security-policy")
    return [
        Rule(
            ref="no-sniffing",
            description="A browser believes the media type; nobody needs to know the framework",
            then=SetHeaders(headers={"x-content-type-options": "nosniff", "x-powered-by": None}),
        ),
        Rule(
            ref="referrer-policy",
            description="Other sites learn the host, not the address",
            when=~RESPONSE_HEADERS.has("referrer-policy"),
            then=SetHeaders(headers={"referrer-policy": "strict-origin-when-cross-origin"}),
        ),
        Rule(
            ref="frame-ancestors",
            description="No other site may show a page of this one in a frame",
            when=~policy & ~RESPONSE_HEADERS.has("x-frame-options"),
            then=SetHeaders(headers={"content-security-policy": "frame-ancestors 'self'"}),
        ),
    ]


def compression() -> list[Rule]:
    """Return the rule that compresses text with the best algorithm of the client."""
    return [
        Rule(
            ref="compress-text",
            description="Brotli where the client knows it, gzip elsewhere",
            when=MEDIA_TYPE.among(*COMPRESSIBLE_TYPES),
            then=Compress(algorithms=COMPRESSION),
        )
    ]
