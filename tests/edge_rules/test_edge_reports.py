"""Answers that other people's edges kept or gave to the wrong visitor, as reported in public."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from edge_rules.evaluation.trace import Trace, walk
from edge_rules.evaluation.traffic import Exchange, Response, request
from edge_rules.phases import phases
from edge_rules.plans import PLAN_CAPABILITIES
from stacks.config.load import from_file
from stacks.edge import edge_settings

ROOT = Path(__file__).parents[2]
STACKS = {name: from_file(ROOT / f"Pulumi.{name}.yaml").config for name in ("staging", "production")}
SETTINGS = edge_settings(STACKS["production"], STACKS["production"].edge)
API, SCRIPT = "/rest/items", "/assets/index-7269620d.js"


def traced(
    path: str = API,
    *,
    method: str = "GET",
    status: int = 200,
    sent: str = "",
    answered: str = "",
    **changes: object,
) -> Trace:
    """The way of one request; headers are written `Name: value`, several parted by `|`."""
    pairs = [[tuple(it.split(": ", 1)) for it in text.split("|") if it] for text in (sent, answered)]
    made = Exchange(
        request=request(method, path, host="feed.example", headers=pairs[0]),
        response=Response(status=status, headers={name.lower(): value for name, value in pairs[1]}),
    )
    cache = replace(SETTINGS.cache, **changes)
    return walk(phases(replace(SETTINGS, cache=cache)), made)


def edge_seconds(*args: str, **given: object) -> int:
    lifetime = traced(*args, **given).cache_lifetime
    assert lifetime
    return lifetime.edge_seconds


def limits(path: str, method: str = "POST") -> list[str]:
    return [rate for rate in ("auth", "api") if f"{rate}-per-minute" in " ".join(_limited(path, method))]


def _limited(path: str, method: str) -> list[str]:
    auth = replace(SETTINGS.auth, paths=("/auth/", "/login", "/users/sign_in", "/wp-login.php"))
    api = replace(SETTINGS.api, paths=("/rest/", "/graphql", "/functions/v1/feed-api"))
    made = Exchange(request=request(method, path), response=Response())
    return walk(phases(replace(SETTINGS, auth=auth, api=api)), made).sentences


# nightscout/nocturne#321, DianaIonita/serverless-api-gateway-caching#137, TykTechnologies/tyk#2753
@pytest.mark.parametrize(
    "name",
    [
        *("Authorization", "X-Api-Key", "Api-Key", "apikey", "X-Auth-Token", "X-Access-Token", "X-Tenant-Id"),
        *(
            "X-Amz-Security-Token",
            "Cf-Access-Jwt-Assertion",
            "Proxy-Authorization",
            "X-CSRF-Token",
            "Private-Token",
        ),
        *("X-XSRF-TOKEN", "X-Session-Id", "X-Hasura-Admin-Secret", "Ocp-Apim-Subscription-Key", "X-User-Id"),
        *("X-Goog-Api-Key", "X-Auth-Request-Email", "x-organization-id", "Tenant", "DPoP", "X_API_KEY"),
        *("X-Username", "X-Account", "X-Customer-Number", "Remote-User", "Impersonate-User", "x-org"),
    ],
)
@pytest.mark.parametrize("path", [API, "/rest/me.js", "/logo.css", "/logo.png", SCRIPT])
def test_answer_to_a_credential_in_any_header_is_never_shared(name: str, path: str):
    assert edge_seconds(path) > 0
    assert edge_seconds(path, sent=f"{name}: a") == 0


def test_headers_of_browsers_and_of_the_edge_itself_are_no_credentials():
    sent = (
        "User-Agent: a|Accept: */*|Accept-Language: en|Accept-Encoding: br|Sec-Fetch-Mode: cors|Sec-CH-UA: a"
        "|Origin: https://a.example|Referer: https://a.example|If-None-Match: a|Pragma: no-cache|DNT: 1"
        "|CF-Connecting-IP: 192.0.2.1|X-Forwarded-For: a|X-Requested-With: XMLHttpRequest|Cookie: theme=dark"
    )
    assert edge_seconds(sent=sent) == 30


def test_a_stack_can_name_more_headers():
    assert edge_seconds(sent="X-Shard: 7") == 30
    assert edge_seconds(sent="X-Shard: 7", credential_headers=("X-SHARD",)) == 0


# HTTPArchive/almanac.httparchive.org#716, litespeedtech/openlitespeed#127, EFForg/action-center-platform#212
@pytest.mark.parametrize(
    ("vary", "varies_by"),
    [
        ("*", None),
        ("Cookie", None),
        ("Accept, User-Agent", None),
        ("X-Whatever", None),
        ("Accept-Language", ("accept-language",)),
        ("Accept, Prefer, Range", ("accept", "prefer", "range")),
        ("Origin", ("origin",)),
    ],
)
@pytest.mark.parametrize("path", [API, "/logo.css", "/paper.pdf", SCRIPT])
def test_answer_that_varies_is_keyed_by_what_it_varies_by_or_not_kept(
    path: str, vary: str, varies_by: tuple[str, ...] | None
):
    trace = traced(path, answered=f"Vary: {vary}")
    lifetime = trace.cache_lifetime
    assert lifetime
    assert (lifetime.edge_seconds > 0) == (varies_by is not None)
    assert lifetime.varies_by == (varies_by or ())
    if varies_by:
        assert any(f"a copy for each value of {' and '.join(varies_by)}" in it for it in trace.sentences)


@pytest.mark.parametrize(
    "sent",
    [
        *("Accept-Profile: tenant_b", "Range: 10-19|Range-Unit: items", "Prefer: count=exact", "Accept: text/csv"),
        *("Accept: application/vnd.pgrst.object+json", "Accept: text/html,*/*;q=0.8", "X-API-Version: 2"),
    ],
)
def test_api_request_for_another_form_goes_past_the_cache(sent: str):
    assert edge_seconds(sent=sent) == 0
    assert edge_seconds("/rpc/read", sent=sent, status=206) == 0


@pytest.mark.parametrize(
    "accept", ["*/*", "application/json", "Application/JSON", "application/json, text/plain, */*"]
)
def test_api_request_for_the_usual_form_does_not(accept: str):
    assert edge_seconds(sent=f"Accept: {accept}") == 30


# sysid/sse-starlette#34, cloudflare/cloudflared#1496, Coffey-Labs/ihasmail#309
@pytest.mark.parametrize(
    ("answered", "seconds"),
    [
        ("Cache-Control: no-cache", 0),
        ("Cache-Control: max-age=0, must-revalidate", 0),
        ("Cache-Control: public, max-age=0, s-maxage=5", 5),
        ("Cache-Control: s-maxage=0", 0),
        ("Cache-Control: max-age=900", 900),
        ("CDN-Cache-Control: no-store", 0),
        ("CDN-Cache-Control: max-age=7|Cache-Control: max-age=900", 7),
        ("Cloudflare-CDN-Cache-Control: max-age=3|CDN-Cache-Control: max-age=7", 3),
        ("Content-Type: text/event-stream", 0),
        ("Content-Type: text/event-stream; charset=utf-8|Cache-Control: max-age=60", 0),
        ("Expires: 0", 0),
        ("Cache-Control: Private", 0),
    ],
)
@pytest.mark.parametrize("path", [API, "/logo.css"])
def test_origins_own_times_outrank_ours(path: str, answered: str, seconds: int):
    lifetime = traced(path, answered=answered).cache_lifetime
    assert lifetime
    assert (lifetime.edge_seconds, lifetime.stale_seconds) == (seconds, 0)


@pytest.mark.parametrize("path", [API, "/rest/items.css"])
@pytest.mark.parametrize(("api_seconds", "given"), [(0, 0), (None, 60)])
def test_api_can_be_kept_never_or_by_the_origin_alone(path: str, api_seconds: int | None, given: int):
    assert edge_seconds(path, api_seconds=api_seconds) == 0
    assert edge_seconds(path, api_seconds=api_seconds, answered="Cache-Control: max-age=60") == given


# the-via/app#422, nuxt/nuxt#31336, AceDataCloud/Nexior#584, tldraw/tldraw#4863
@pytest.mark.parametrize(
    ("status", "answered"),
    [
        (200, "Content-Type: text/html"),
        (200, "Content-Type: text/html; charset=utf-8|Cache-Control: public, max-age=31536000, immutable"),
        (200, "Content-Type: application/xhtml+xml"),
        *((status, "Location: /login") for status in (301, 302, 303, 307, 308)),
        *((status, "") for status in (204, 205, 400, 404, 410, 500, 503)),
    ],
)
@pytest.mark.parametrize("path", [SCRIPT, "/_app/immutable/chunk.css", "/assets/no-ending"])
def test_what_stands_in_for_a_file_is_kept_nowhere(path: str, status: int, answered: str):
    lifetime = traced(path, status=status, answered=answered).cache_lifetime
    assert lifetime
    assert lifetime.edge_seconds == 0
    assert lifetime.browser_headers.no_store
    assert not lifetime.browser_headers.immutable


def test_page_under_another_ending_is_kept_from_the_edge_by_armor():
    lifetime = traced("/logo.css", answered="Content-Type: text/html|Cache-Control: max-age=60").cache_lifetime
    assert lifetime
    assert (lifetime.edge_seconds, lifetime.decided_by) == (0, "Cache Deception Armor, for text/html is no css")


@pytest.mark.parametrize("directory", ["/", "/assets/", "/_app/nested/"])
@pytest.mark.parametrize(
    "name",
    [
        *("sw.js", "service-worker.js", "my-sw.js", "registerSW.js", "firebase-messaging-sw.js", "ngsw-worker.js"),
        *("serviceworker.js", "OneSignalSDKWorker.js", "manifest.json", "site.webmanifest", "version.json"),
    ],
)
def test_file_that_keeps_its_name_goes_by_the_origins_headers(directory: str, name: str):
    lifetime = traced(f"{directory}{name}").cache_lifetime
    assert lifetime
    assert (lifetime.edge_seconds, lifetime.browser_headers.immutable) == (0, False)


def test_file_that_its_origin_would_not_cache_is_not_immutable():
    lifetime = traced(SCRIPT, answered="Cache-Control: no-cache").cache_lifetime
    assert lifetime
    assert (lifetime.edge_seconds, lifetime.browser_headers.max_age_seconds) == (0, None)


# cloudflare/cloudflare-docs#33122, google/project-euphonia-app#19, VilnaCRM-Org/user-service#315
@pytest.mark.parametrize(
    ("path", "counted"),
    [
        *(
            (path, ["auth"])
            for path in ("/login", "/Login", "/login/", "/users/sign_in", "/wp-login.php", "/auth/x")
        ),
        *((path, ["api"]) for path in ("/graphql", "/functions/v1/feed-api", "/rest/x")),
        *(
            (path, [])
            for path in ("/login/help", "/login2", "/users/42/avatar.png", "/graphqli", "/auth", "/rest")
        ),
    ],
)
def test_exact_path_is_counted_and_nothing_below_it(path: str, counted: list[str]):
    assert limits(path) == counted


@pytest.mark.parametrize("stack", STACKS)
def test_committed_stack_fits_its_plan(stack: str):
    settings = edge_settings(STACKS[stack], STACKS[stack].edge)
    for phase, rules in phases(settings).items():
        assert len(rules) <= PLAN_CAPABILITIES[settings.plan].rules_of(phase)
