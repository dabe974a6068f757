"""What the edge keeps, decided from the request."""

from edge_rules.audience import calls, changing, fingerprinted, personal, sign_in
from edge_rules.expression import NEVER
from edge_rules.fields import EXTENSION, METHOD, under
from edge_rules.rule import Keep, NeverKeep, Rule
from edge_rules.settings import EdgeSettings

READS = ("GET", "HEAD")
"""Methods whose answers can be kept: an RPC that is called by POST never is."""


def keeping(settings: EdgeSettings) -> list[Rule]:
    """What may be kept, in order: of two that hold, the later counts."""
    found = [_extensions(settings), _fingerprinted(settings), _changing(settings), _api(settings)]
    return [rule for rule in found if rule.when != NEVER]


def last_words(settings: EdgeSettings) -> list[Rule]:
    """What is never kept. Last, because the last match wins: nothing else may keep what belongs to one person."""
    found = [
        Rule(
            ref="bypass-sign-in",
            description="Nothing of a sign-in is kept",
            when=sign_in(settings),
            then=NeverKeep(),
        ),
        Rule(
            ref="bypass-authenticated",
            description="Nothing that belongs to one person is kept",
            when=personal(settings),
            then=NeverKeep(),
        ),
    ]
    return [rule for rule in found if rule.when != NEVER]


def _extensions(settings: EdgeSettings) -> Rule:
    cache = settings.cache
    return Rule(
        ref="static-extensions",
        description="Static files whose names stay: as long as nobody minds an old one",
        # `/rest/me.js` is no static file: a made-up ending must not put a personal answer into the cache.
        when=EXTENSION.among(*cache.extensions) & ~calls(settings),
        then=Keep(edge_ttl_seconds=cache.extension_seconds),
    )


def _fingerprinted(settings: EdgeSettings) -> Rule:
    # No method in the condition: with one, Cloudflare could not purge a single file. Only reads are kept anyway.
    return Rule(
        ref="static-directories",
        description="Files of the build, named by their content",
        when=fingerprinted(settings),
        # Browsers are told by a response rule, for 200 alone: an error may not stay there for a year.
        then=Keep(edge_ttl_seconds=settings.cache.fingerprinted_seconds),
    )


def _changing(settings: EdgeSettings) -> Rule:
    return Rule(
        ref="changing-files",
        description="Files that change under one name: the origin's headers decide",
        when=changing(settings),
        then=Keep(edge_ttl_seconds=None),
    )


def _api(settings: EdgeSettings) -> Rule:
    return Rule(
        ref="api-anonymous",
        description="Reads that are the same for everybody",
        when=METHOD.among(*READS) & under(*settings.api.paths),
        then=Keep(edge_ttl_seconds=settings.cache.api_seconds),
    )
