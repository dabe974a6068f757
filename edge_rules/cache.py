"""Cache rules: what the edge may keep, decided from the request."""

from edge_rules.audience import calls, changing, fingerprinted, negotiated, personal, sign_in
from edge_rules.expression import NEVER
from edge_rules.fields import EXTENSION, METHOD, under
from edge_rules.rule import BypassCache, EligibleForCache, Rule
from edge_rules.settings import EdgeSettings

READS = ("GET", "HEAD")
"""Methods whose answers can be kept: an RPC that is called by POST never is."""

CACHED_EXTENSIONS = (
    *("7z", "apk", "avi", "avif", "bin", "bmp", "bz2", "class", "css", "csv", "dmg", "doc"),
    *("docx", "ejs", "eot", "eps", "exe", "flac", "gif", "gz", "ico", "iso", "jar", "jpeg"),
    *("jpg", "js", "mid", "midi", "mkv", "mp3", "mp4", "ogg", "otf", "pdf", "pict", "pls"),
    *("png", "ppt", "pptx", "ps", "rar", "svg", "svgz", "swf", "tar", "tif", "tiff", "ttf"),
    *("webm", "webp", "woff", "woff2", "xls", "xlsx", "zip", "zst"),
)
"""Endings that Cloudflare keeps without any rule."""


def eligible(settings: EdgeSettings) -> list[Rule]:
    """Return what is eligible for the cache, in order: of two that match, the later counts."""
    cache = settings.cache
    return [
        Rule(
            ref="other-files",
            description="What Cloudflare keeps without a rule, as long, but by its Vary and never a page",
            when=EXTENSION.among(*[ending for ending in CACHED_EXTENSIONS if ending not in cache.extensions]),
            then=EligibleForCache(edge_ttl_seconds=None, by_status=True),
        ),
        Rule(
            ref="static-extensions",
            description="Static files whose names stay: as long as nobody minds an old one",
            # `/rest/me.js` is no static file: a made-up ending must not put a personal answer into the cache.
            when=EXTENSION.among(*cache.extensions) & ~calls(settings),
            # A response rule says how long, where the origin says nothing.
            then=EligibleForCache(edge_ttl_seconds=None),
        ),
        # No method in the condition: with one, Cloudflare could not purge one file. Only reads are kept anyway.
        Rule(
            ref="static-directories",
            description="Files of the build, named by their content",
            when=fingerprinted(settings),
            # Browsers are told by a response rule, for 200 alone: an error may not stay there for a year.
            then=EligibleForCache(edge_ttl_seconds=cache.fingerprinted_seconds),
        ),
        Rule(
            ref="changing-files",
            description="Files that change under one name: the origin's headers decide",
            when=changing(settings),
            then=EligibleForCache(edge_ttl_seconds=None),
        ),
        Rule(
            ref="api-anonymous",
            description="Reads that are the same for everybody",
            when=METHOD.among(*READS) & under(*settings.api.paths),
            then=EligibleForCache(edge_ttl_seconds=None),
        ),
    ]


def bypass(settings: EdgeSettings) -> list[Rule]:
    """Return what bypasses the cache. Last, because the last match wins: personal answers must never be kept."""
    return [
        Rule(
            ref="bypass-sign-in",
            description="Nothing of a sign-in is kept",
            when=sign_in(settings),
            then=BypassCache(),
        ),
        Rule(
            ref="bypass-api",
            description="No answer of the API is kept",
            when=under(*settings.api.paths) if settings.cache.api_seconds == 0 else NEVER,
            then=BypassCache(),
        ),
        Rule(
            ref="bypass-negotiated",
            description="One address, several answers: a page of the list, another schema, CSV",
            when=under(*settings.api.paths) & negotiated() if settings.cache.api_seconds != 0 else NEVER,
            then=BypassCache(),
        ),
        Rule(
            ref="bypass-authenticated",
            description="Nothing that belongs to one person is kept",
            when=personal(settings),
            then=BypassCache(),
        ),
    ]
