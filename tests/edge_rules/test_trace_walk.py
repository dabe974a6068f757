"""A request on its way through the phases, rule by rule."""

from edge_rules.evaluation.descriptions import describe_action
from edge_rules.evaluation.trace import State, walk
from edge_rules.evaluation.traffic import Exchange, Request, Response
from edge_rules.fields import METHOD, STATUS, under
from edge_rules.rule import (
    Block,
    BypassCache,
    CacheControl,
    Challenge,
    Compress,
    EligibleForCache,
    ExecuteManaged,
    Phase,
    RateLimit,
    Redirect,
    Rule,
    SetHeaders,
    Skip,
)

REFUSE = Block(status=429, content_type="application/json", content="{}")
LIMIT = RateLimit(requests=100, period_seconds=60, then=REFUSE, mitigation_seconds=60)


def rule(ref, when, then):
    return Rule(ref=ref, description=ref, when=when, then=then)


PHASES = {
    Phase.CACHE: [
        rule("keep", under("/api/"), EligibleForCache(edge_ttl_seconds=30)),
        rule("bypass", under("/api/me/"), BypassCache()),
    ],
    Phase.FIREWALL: [
        rule("spare", under("/api/"), Skip(phases=(Phase.MANAGED_FIREWALL,))),
        rule("deny", under("/api/hidden/"), Block(status=403, content_type="text/plain", content="no")),
        rule("doubt", METHOD.equals("PUT"), Challenge()),
    ],
    Phase.MANAGED_FIREWALL: [rule("managed", ~under("/never/"), ExecuteManaged(title="Managed", ruleset_id="1"))],
    Phase.RATE_LIMIT: [rule("limit", under("/api/"), LIMIT)],
    Phase.RESPONSE_CACHE: [
        rule("stale", STATUS.among(200), CacheControl(stale_while_revalidate_seconds=60, cloudflare_only=True)),
        rule("errors", STATUS.compared("ge", 400), CacheControl(no_store=True)),
    ],
}


def trace(path, method="GET", status=200):
    return walk(PHASES, Exchange(request=Request(method=method, path=path), response=Response(status=status)))


def states(walked):
    return {step.rule.ref: step.state for step in walked.steps}


def test_every_rule_is_told_in_cloudflares_order():
    walked = trace("/api/feed")
    assert [step.rule.ref for step in walked.steps] == [
        *("spare", "deny", "doubt", "limit", "managed", "keep", "bypass", "stale", "errors")
    ]
    assert states(walked) == {
        **dict.fromkeys(("spare", "limit", "keep", "stale"), State.MATCH),
        **dict.fromkeys(("deny", "doubt", "bypass", "errors"), State.NO_MATCH),
        "managed": State.NOT_REACHED,
    }
    assert walked.sentences == [
        "It counts towards limit.",
        "The edge caches the answer for 30 seconds, then stale for 60 seconds while it revalidates (keep).",
        "A browser gets the origin's Cache-Control.",
    ]


def test_last_rule_of_the_cache_has_the_last_word():
    assert "The edge does not cache the answer: bypass." in trace("/api/me/feed").sentences
    assert "The edge does not cache the answer: errors." in trace("/api/feed", status=500).sentences
    assert "A browser gets the origin's Cache-Control, with no-store." in trace("/api/feed", status=500).sentences


def test_refusal_ends_everything_after_it():
    walked = trace("/api/hidden/x", method="PUT")
    assert walked.sentences == ["The edge answers itself (deny): block with 403 and text/plain."]
    assert {ref for ref, state in states(walked).items() if state is State.NOT_REACHED} == {
        *("doubt", "limit", "managed", "keep", "bypass", "stale", "errors")
    }


def test_challenge_ends_its_phase_and_lets_who_passes_go_on():
    walked = trace("/page", method="PUT")
    assert states(walked)["managed"] is State.MATCH
    assert walked.sentences == [
        "The visitor is challenged first (doubt); the rest is for who passes.",
        "No rate limit counts it.",
        "The edge does not cache the answer: no cache keeps the answer to PUT.",
        "A browser gets the origin's Cache-Control.",
    ]


def test_actions_are_described_in_words():
    assert [
        describe_action(then)
        for then in (
            Redirect(hostname="feed.example"),
            Skip(phases=("http_request_sbfm",)),
            LIMIT,
            RateLimit(
                requests=4, period_seconds=60, then=Challenge(), mitigation_seconds=0, counted=STATUS.among(401)
            ),
            ExecuteManaged(title="OWASP", ruleset_id="1", action="log"),
            EligibleForCache(edge_ttl_seconds=None),
            EligibleForCache(edge_ttl_seconds=60),
            SetHeaders(headers={"X-Frame-Options": "DENY", "Server": None}),
            Compress(algorithms=("brotli", "gzip")),
            CacheControl(public=True, max_age_seconds=9, immutable=True, cloudflare_only=True),
        )
    ] == [
        "301, the same path at feed.example",
        "skip http_request_sbfm",
        "after 100 requests in 60 seconds block with 429 and application/json for 60 seconds",
        "after 4 answers in 60 seconds challenge the visitor",
        "execute OWASP, every rule only to log",
        "eligible for cache for as long as the origin's headers say",
        "eligible for cache for 60 seconds",
        "set X-Frame-Options: DENY; remove Server",
        "compress with brotli, gzip",
        "public, max-age=9, immutable (at the edge alone)",
    ]
