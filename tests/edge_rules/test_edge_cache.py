"""What the edge caches: proved by running its rules on requests and answers."""

import posixpath
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge_rules.evaluation.outcome import cache_lifetime, matching
from edge_rules.evaluation.traffic import Exchange, Response, request
from edge_rules.fit import downgraded
from edge_rules.phases import phases
from edge_rules.plans import CloudflarePlan
from edge_rules.rule import Phase
from tests.edge_rules.edge_samples import SETTINGS, YEAR_SECONDS, settings

AUTHORIZED, SIGNED_IN = ("Authorization", "Bearer x"), ("Cookie", "theme=dark; session=1")
THEME = ("Cookie", "theme=dark")
RULES = {plan: phases(downgraded(settings(plan=plan))) for plan in CloudflarePlan}
SIGN_IN, BUILD = SETTINGS.auth.paths, SETTINGS.cache.fingerprinted_paths

PARTS = st.sampled_from(
    [
        *(
            "rest",
            "rpc",
            "auth",
            "assets",
            "_app",
            "Assets",
            "AUTH",
            "me",
            "feed.js",
            "a.css",
            "sw.js",
            "version.json",
        ),
        *(
            "..",
            ".",
            "..%2frest",
            "%2e%2e",
            "..;",
            "a;x=1",
            "..%5crest",
            "%252e%252e",
            "..%252frest",
            "",
            "%61ssets",
        ),
    ]
)
PLAIN = st.sampled_from(["/rest/feed", "/rpc/feed", "/auth/me", "/assets/a.js", "/a.css", "/sw.js", "/other"])
PATHS = PLAIN | st.lists(PARTS, min_size=1, max_size=5).map(lambda parts: "/" + "/".join(parts))
METHODS = st.sampled_from(["GET", "GET", "HEAD", "POST"])
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Authorization": st.sampled_from(["Bearer x", ""]),
        "Cookie": st.sampled_from(["session=1", "theme=dark", "theme=dark; sb-token=2", "SESSION=1"]),
    },
)
RESPONSES = st.builds(
    Response,
    status=st.sampled_from([200, 204, 206, 301, 302, 304, 400, 401, 403, 404, 410, 429, 500, 503]),
    headers=st.fixed_dictionaries(
        {},
        optional={
            "cache-control": st.sampled_from(
                ["private", "No-Store", "public, max-age=60", "s-maxage=600", "max-age=5"]
            ),
            "set-cookie": st.just("session=1"),
        },
    ),
)
PLANS = st.sampled_from(CloudflarePlan)


@st.composite
def exchanges(draw: st.DrawFn) -> Exchange:
    headers = list(draw(HEADERS).items())
    return Exchange(request=request(draw(METHODS), draw(PATHS), headers=headers), response=draw(RESPONSES))


def as_the_most_lenient_origin_reads(path: str) -> str:
    """Encoding undone again and again, parameters cut off, backslashes turned, dots resolved, case dropped."""
    for _ in range(3):
        path = unquote(path).replace("\\", "/")
    parts = [part.partition(";")[0] for part in path.split("/")]
    return posixpath.normpath("/" + "/".join(part for part in parts if part)).lower() + "/"


def is_personal(exchange: Exchange) -> bool:
    """Independent of the rules: credentials, and no file of the build however the path is read."""
    request = exchange.request
    path = as_the_most_lenient_origin_reads(request.path)
    credentials = "authorization" in request.headers or "session" in request.cookie or "sb-" in request.cookie
    return credentials and not path.startswith(BUILD)


def lifetime(plan: CloudflarePlan, exchange: Exchange):
    return cache_lifetime(RULES[plan], exchange)


def disguised(path: str) -> Exchange:
    """A personal answer under a path that looks like a file of the build."""
    return Exchange(request=request("GET", path, headers=[SIGNED_IN]), response=Response())


@given(plan=PLANS, exchange=exchanges())
@example(plan=CloudflarePlan.FREE, exchange=disguised("/assets/..%2frest/me"))
@example(plan=CloudflarePlan.FREE, exchange=disguised("/assets/..%5crest/me"))
@example(plan=CloudflarePlan.FREE, exchange=disguised("/assets/..;/rest/me"))
@example(plan=CloudflarePlan.FREE, exchange=disguised("/assets/%252e%252e/rest/me"))
def test_nothing_that_belongs_to_one_person_is_kept_or_made_to_live_longer(
    plan: CloudflarePlan, exchange: Exchange
):
    if not is_personal(exchange):
        return
    found = lifetime(plan, exchange)
    assert found.edge_seconds == 0
    headers = found.browser_headers
    assert (headers.max_age_seconds, headers.stale_while_revalidate_seconds) == (None, None)
    assert not headers.public
    assert not headers.immutable


@given(plan=PLANS, exchange=exchanges())
def test_nothing_with_authorization_is_kept_not_even_a_file(plan: CloudflarePlan, exchange: Exchange):
    if "authorization" in exchange.request.headers:
        assert lifetime(plan, exchange).edge_seconds == 0


@given(plan=PLANS, exchange=exchanges())
def test_nothing_of_a_sign_in_is_kept(plan: CloudflarePlan, exchange: Exchange):
    if exchange.request.path.lower().startswith(SIGN_IN):
        found = lifetime(plan, exchange)
        assert found.edge_seconds == 0
        assert not found.browser_headers.public


@given(plan=PLANS, exchange=exchanges())
def test_no_error_is_kept(plan: CloudflarePlan, exchange: Exchange):
    if exchange.response.status >= 400:
        found = lifetime(plan, exchange)
        assert found.edge_seconds == 0
        assert found.browser_headers.no_store


@given(plan=PLANS, exchange=exchanges())
def test_origin_has_the_last_word_on_what_is_private(plan: CloudflarePlan, exchange: Exchange):
    cache_control = exchange.response.headers.get("cache-control", "").lower()
    sets_cookie = "set-cookie" in exchange.response.headers
    if cache_control in ("private", "no-store") or (
        sets_cookie and not exchange.request.path.lower().startswith(BUILD)
    ):
        assert lifetime(plan, exchange).edge_seconds == 0


@given(plan=PLANS, exchange=exchanges())
def test_only_reads_are_kept(plan: CloudflarePlan, exchange: Exchange):
    if exchange.request.method not in ("GET", "HEAD"):
        assert lifetime(plan, exchange).edge_seconds == 0


@given(exchange=exchanges())
def test_only_files_named_by_their_content_are_immutable(exchange: Exchange):
    for plan in CloudflarePlan:
        found = lifetime(plan, exchange)
        if found.browser_headers.immutable:
            assert as_the_most_lenient_origin_reads(exchange.request.path).startswith(BUILD)
            assert not exchange.request.path.lower().endswith(("version.json", "sw.js")) or (
                exchange.request.path.lower() not in SETTINGS.cache.changing_files
            )
            assert exchange.response.status == 200


TABLE = [
    # method, path, headers of the request, answer, cache rules, response rules, seconds at the edge, stale seconds
    ("GET", "/", [], Response(), [], [], 0, 0),
    ("GET", "/logo.css", [], Response(), ["static-extensions"], ["static-extensions-age"], 7200, 0),
    ("GET", "/logo.png", [], Response(), ["other-files"], [], 7200, 0),
    (
        *("GET", "/logo.css", [SIGNED_IN], Response(), ["static-extensions", "bypass-authenticated"]),
        *(["static-extensions-age", "personal-no-store"], 0, 0),
    ),
    (
        *("GET", "/assets/a.1f3.js", [], Response()),
        *(["static-extensions", "static-directories"], ["static-immutable"], YEAR_SECONDS, 0),
    ),
    (
        *("GET", "/assets/a.1f3.js", [SIGNED_IN], Response()),
        *(["static-extensions", "static-directories"], ["static-immutable"], YEAR_SECONDS, 0),
    ),
    (
        *("GET", "/assets/a.1f3.js", [AUTHORIZED], Response()),
        *(["static-extensions", "static-directories", "bypass-authenticated"], ["personal-no-store"], 0, 0),
    ),
    (
        *("GET", "/assets/gone.js", [], Response(status=404)),
        *(["static-extensions", "static-directories"], ["errors-no-store"], 0, 0),
    ),
    ("GET", "/_app/version.json", [], Response(), ["changing-files"], [], 0, 0),
    (
        *("GET", "/sw.js", [], Response(headers={"cache-control": "max-age=60"})),
        *(["static-extensions", "changing-files"], [], 60, 0),
    ),
    ("GET", "/rest/feed?cursor=1", [], Response(), ["api-anonymous"], ["api-stale-while-revalidate"], 30, 30),
    ("HEAD", "/REST/feed", [], Response(), ["api-anonymous"], ["api-stale-while-revalidate"], 30, 30),
    ("GET", "/rest/feed", [], Response(status=503), ["api-anonymous"], ["errors-no-store"], 0, 0),
    (
        *("GET", "/rest/me", [], Response(headers={"cache-control": "Private"})),
        *(["api-anonymous"], ["api-stale-while-revalidate", "origin-no-store"], 0, 0),
    ),
    (
        *("GET", "/rest/me", [], Response(headers={"cache-control": "max-age=9, No-Store"})),
        *(["api-anonymous"], ["origin-no-store"], 0, 0),
    ),
    (
        *("GET", "/rest/feed", [], Response(headers={"set-cookie": "a=1"})),
        *(["api-anonymous"], ["api-stale-while-revalidate", "cookies-no-store"], 0, 0),
    ),
    (
        *("GET", "/rest/feed", [AUTHORIZED], Response(), ["api-anonymous", "bypass-authenticated"]),
        *(["api-stale-while-revalidate", "personal-no-store"], 0, 0),
    ),
    ("GET", "/rpc/feed", [THEME], Response(), ["api-anonymous"], ["api-stale-while-revalidate"], 30, 30),
    ("POST", "/rpc/feed", [], Response(), [], [], 0, 0),
    ("GET", "/restaurants", [], Response(), [], [], 0, 0),
    (
        *("GET", "/rest/me.js", [SIGNED_IN], Response(), ["api-anonymous", "bypass-authenticated"]),
        *(["api-stale-while-revalidate", "personal-no-store"], 0, 0),
    ),
    ("GET", "/auth/widget.js", [], Response(), ["bypass-sign-in"], [], 0, 0),
    ("GET", "/AUTH/callback", [], Response(), ["bypass-sign-in"], [], 0, 0),
]


@pytest.mark.parametrize(
    ("method", "path", "headers", "response", "cache", "answer", "seconds", "stale"),
    TABLE,
    ids=[f"{row[0]} {row[1]} {row[3].status} {[*row[3].headers, *dict(row[2])]}" for row in TABLE],
)
def test_rules_that_match_and_what_they_come_to(
    method: str,
    path: str,
    headers: list[tuple[str, str]],
    response: Response,
    cache: list[str],
    answer: list[str],
    seconds: int,
    stale: int,
):
    made = RULES[CloudflarePlan.BUSINESS]
    exchange = Exchange(request=request(method, path, headers=headers), response=response)
    assert [rule.ref for rule in matching(made[Phase.CACHE], exchange)] == cache
    assert [rule.ref for rule in matching(made[Phase.RESPONSE_CACHE], exchange)] == answer
    found = cache_lifetime(made, exchange)
    assert (found.edge_seconds, found.stale_seconds) == (seconds, stale)
