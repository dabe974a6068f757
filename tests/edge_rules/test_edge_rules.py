"""What the edge tells the provider, rule by rule."""

import json
from typing import Any

import pytest

from edge_rules.evaluation.outcome import matching
from edge_rules.evaluation.traffic import Exchange, Request, Response
from edge_rules.fields import hosted_by
from edge_rules.fit import downgraded
from edge_rules.phases import phases
from edge_rules.plans import PLAN_CAPABILITIES, CloudflarePlan
from edge_rules.rule import Phase
from edge_rules.settings import Bots, Waf
from tests.edge_rules.edge_samples import YEAR_SECONDS, record, settings


def rules_of(phase: Phase, **changes: object) -> dict[str, dict[str, Any]]:
    name = f"edge-{phase.value.replace('_', '-')}"
    return {rule["ref"]: rule for rule in record(**changes).one("Ruleset", name).inputs["rules"]}


def counted(path: str, *, method: str = "GET", host: str = "", **changes: object) -> list[str]:
    """Refs of the rate limits that count a request."""
    rules = phases(settings(**changes))[Phase.RATE_LIMIT]
    return [rule.ref for rule in matching(rules, Exchange(request=Request(method=method, path=path, host=host)))]


def test_rate_limits_are_written_out_in_full():
    rules = rules_of(Phase.RATE_LIMIT)
    full = {"characteristics": ["cf.colo.id", "ip.src"], "requestsToOrigin": False}
    under_auth = 'starts_with(lower(http.request.uri.path), "/auth/")'
    assert {ref: rule["ratelimit"] for ref, rule in rules.items()} == {
        "auth-failed-logins": {
            **full,
            "period": 600,
            "requestsPerPeriod": 4,
            "mitigationTimeout": 0,
            "countingExpression": f"{under_auth} and http.response.code in {{400 401 403}}",
        },
        "auth-per-minute": {**full, "period": 60, "requestsPerPeriod": 20, "mitigationTimeout": 60},
        "api-burst": {**full, "period": 10, "requestsPerPeriod": 30, "mitigationTimeout": 10},
        "api-per-minute": {**full, "period": 60, "requestsPerPeriod": 100, "mitigationTimeout": 60},
    }


def test_request_over_a_limit_gets_json_that_says_when_to_come_back():
    for ref, rule in rules_of(Phase.RATE_LIMIT).items():
        if ref == "auth-failed-logins":
            assert (rule["action"], rule.get("actionParameters")) == ("managed_challenge", None)
            continue
        response = rule["actionParameters"]["response"]
        assert (rule["action"], response["statusCode"]) == ("block", 429)
        assert response["contentType"] == "application/json"
        assert json.loads(response["content"]) == {
            "error": "too_many_requests",
            "retry_after_seconds": rule["ratelimit"]["period"],
        }


@pytest.mark.parametrize(
    ("path", "refs"),
    [
        ("/rest/feed", ["api-burst", "api-per-minute"]),
        ("/REST/feed", ["api-burst", "api-per-minute"]),
        ("/auth/token", ["auth-failed-logins", "auth-per-minute"]),
        ("/Auth/token", ["auth-failed-logins", "auth-per-minute"]),
        ("/assets/a.js", []),
    ],
)
def test_rate_limits_count_their_own_paths_whatever_the_method(path: str, refs: list[str]):
    for method in ("GET", "POST"):
        assert counted(path, method=method) == refs


def test_host_that_is_left_to_the_application_is_not_counted():
    changes = {"except_hostnames": ("api.feed.example.com",)}
    assert counted("/rest/feed", host="api.feed.example.com", **changes) == []
    assert counted("/rest/feed", host="feed.example.com", **changes) == ["api-burst", "api-per-minute"]
    assert counted("/auth/token", host="api.feed.example.com", **changes) != []


@pytest.mark.parametrize(
    ("host", "held"),
    [
        ("feed.example", True),
        ("shop.tenants.example", True),
        ("tenants.example", False),
        ("eviltenants.example", False),
        ("api.feed.example", False),
    ],
)
def test_a_wildcard_is_every_name_below_it_and_not_the_name_itself(host: str, held: bool):
    condition = hosted_by("feed.example", "*.tenants.example")
    assert condition.text() == 'http.host in {"feed.example"} or ends_with(http.host, ".tenants.example")'
    assert condition.holds(Exchange(request=Request(host=host))) is held


@pytest.mark.parametrize("headers", [{"authorization": "Bearer x"}, {"cookie": "theme=dark; sb-token=1"}])
def test_signed_in_requests_are_left_to_the_application_only_where_that_is_asked(headers: dict[str, str]):
    exchange = Exchange(request=Request(path="/rest/feed", headers=headers))
    changes = {"plan": CloudflarePlan.ENTERPRISE, "except_signed_in": True}
    assert matching(phases(settings(**changes))[Phase.RATE_LIMIT], exchange) == []
    assert matching(phases(settings())[Phase.RATE_LIMIT], exchange) != []


def test_only_the_api_can_leave_out_what_the_edge_answers():
    limits = {rule.ref: rule.then.only_uncached for rule in phases(settings(only_uncached=True))[Phase.RATE_LIMIT]}
    assert {ref for ref, only in limits.items() if only} == {"api-burst", "api-per-minute"}


def test_failed_logins_are_counted_by_the_answer_on_sign_in_alone():
    [rule] = [it for it in phases(settings())[Phase.RATE_LIMIT] if it.ref == "auth-failed-logins"]
    counting = rule.then.counted
    assert counting is not None
    for path, status, counts in (
        ("/auth/token", 401, True),
        ("/AUTH/token", 400, True),
        ("/auth/token", 200, False),
        ("/rest/feed", 401, False),
    ):
        assert counting.holds(Exchange(request=Request(path=path), response=Response(status=status))) is counts
    # Only these requests are sent past the cache, which keeps nothing of them anyway.
    assert not rule.when.holds(Exchange(request=Request(path="/rest/feed")))


def test_programs_are_not_challenged_on_the_api_where_the_plan_allows_an_exception():
    rule = rules_of(Phase.FIREWALL)["api-no-challenge"]
    assert (rule["action"], rule["actionParameters"]) == ("skip", {"phases": ["http_request_sbfm"]})
    for bots in (Bots.OFF, Bots.EVERYWHERE):
        assert "api-no-challenge" not in rules_of(Phase.FIREWALL, bots=bots)


@pytest.mark.parametrize(
    ("request_", "refs"),
    [
        (Request(path="/"), []),
        (Request(path="/rest/feed"), ["api-no-challenge"]),
        (Request(path="/.env"), ["hidden-files"]),
        (Request(path="/.ENV.production"), ["hidden-files"]),
        (Request(path="/.git/config"), ["hidden-files"]),
        (Request(path="/.well-known/security.txt"), []),
        (Request(path="/auth/token", leaked_password=True), ["api-no-challenge", "leaked-password"]),
        (Request(path="/other", leaked_password=True), []),
    ],
)
def test_firewall_stops_scanners_and_leaked_passwords_alone(request_: Request, refs: list[str]):
    found = matching(phases(settings())[Phase.FIREWALL], Exchange(request=request_))
    assert [rule.ref for rule in found] == refs


def test_firewall_rules_say_what_they_do():
    rules = rules_of(Phase.FIREWALL)
    assert rules["hidden-files"]["actionParameters"]["response"]["statusCode"] == 404
    assert rules["leaked-password"]["action"] == "managed_challenge"
    assert "leaked-password" not in rules_of(Phase.FIREWALL, leaked_passwords=False)


@pytest.mark.parametrize(
    ("changes", "run"),
    [
        ({}, {"managed": {"id": "efb7b8c949ac4650a09736fc376e9aee"}}),
        (
            {"plan": CloudflarePlan.ENTERPRISE, "waf": Waf.LOG, "owasp": True},
            {
                "managed": {"id": "efb7b8c949ac4650a09736fc376e9aee", "overrides": {"action": "log"}},
                "owasp": {"id": "4814384a9e5d4991b9815dcfc25d2f1f", "overrides": {"action": "log"}},
            },
        ),
    ],
)
def test_managed_rules_run_or_only_log(changes: dict[str, object], run: dict[str, object]):
    rules = rules_of(Phase.MANAGED_FIREWALL, **changes)
    assert {ref: rule["actionParameters"] for ref, rule in rules.items()} == run
    assert {rule["action"] for rule in rules.values()} == {"execute"}
    assert {rule["expression"] for rule in rules.values()} == {"true"}


def test_managed_rules_can_be_off():
    assert Phase.MANAGED_FIREWALL not in phases(settings(waf=Waf.OFF))


def test_other_names_lead_to_the_first_with_path_and_query():
    [rule] = rules_of(Phase.REDIRECT).values()
    assert rule["expression"] == 'http.host in {"www.feed.example.com"}'
    assert rule["actionParameters"]["fromValue"] == {
        "targetUrl": {"expression": 'concat("https://feed.example.com", http.request.uri.path)'},
        "statusCode": 301,
        "preserveQueryString": True,
    }


@pytest.mark.parametrize("api_seconds", [30, None])
def test_api_reads_are_kept_for_their_time_or_by_the_origins_headers(api_seconds: int | None):
    parameters = rules_of(Phase.CACHE, api_seconds=api_seconds)["api-anonymous"]["actionParameters"]
    assert parameters["edgeTtl"] == {"mode": "bypass_by_default"}
    assert parameters["browserTtl"] == {"mode": "respect_origin"}
    assert parameters["respectStrongEtags"] is True
    assert parameters["cacheKey"]["ignoreQueryStringsOrder"] is True


def test_stale_answers_are_given_out_only_without_a_shared_age():
    """`s-maxage` beside it would switch stale-while-revalidate off."""
    [rule] = [it for it in rules_of(Phase.RESPONSE_CACHE).values() if it["ref"].startswith("api-stale")]
    only = {"operation": "set", "cloudflareOnly": True}
    assert rule["actionParameters"] == {
        "maxAge": {**only, "value": 30},
        "staleWhileRevalidate": {**only, "value": 30},
    }
    assert not any("sMaxage" in it["actionParameters"] for it in rules_of(Phase.RESPONSE_CACHE).values())
    assert "api-stale-while-revalidate" not in rules_of(Phase.RESPONSE_CACHE, api_seconds=None)


def test_only_files_that_are_named_by_their_content_live_for_a_year():
    cache = {ref: rule["actionParameters"] for ref, rule in rules_of(Phase.CACHE).items()}
    assert cache["static-directories"]["edgeTtl"] == {"mode": "override_origin", "default": YEAR_SECONDS}
    assert cache["static-extensions"]["edgeTtl"] == {"mode": "bypass_by_default"}
    assert cache["changing-files"]["edgeTtl"] == {"mode": "bypass_by_default"}
    for ref in ("static-directories", "static-extensions", "changing-files"):
        # A browser is told by a response rule, for an answer that is no error.
        assert cache[ref]["browserTtl"] == {"mode": "respect_origin"}
        assert cache[ref]["cacheKey"]["cacheDeceptionArmor"] is True
        assert cache[ref]["vary"]["default"] == {"action": "bypass"}
        assert cache[ref]["vary"]["headers"]["accept"] == {"action": "passthrough"}
        assert cache[ref]["vary"]["headers"]["accept-encoding"] == {"action": "normalize"}
    always = {"operation": "set", "cloudflareOnly": False}
    assert rules_of(Phase.RESPONSE_CACHE)["static-immutable"]["actionParameters"] == {
        "maxAge": {**always, "value": YEAR_SECONDS},
        "immutable": always,
        "public": always,
    }


def test_method_is_no_condition_on_static_files_for_then_one_could_not_be_purged():
    rules = rules_of(Phase.CACHE)
    assert "http.request.method" not in rules["static-directories"]["expression"]
    assert "http.request.method" not in rules["static-extensions"]["expression"]


@pytest.mark.parametrize(
    ("headers", "refs"),
    [
        ({}, ["no-sniffing", "referrer-policy", "frame-ancestors"]),
        ({"referrer-policy": "no-referrer"}, ["no-sniffing", "frame-ancestors"]),
        ({"content-security-policy": "default-src 'self'"}, ["no-sniffing", "referrer-policy"]),
        ({"x-frame-options": "DENY"}, ["no-sniffing", "referrer-policy"]),
    ],
)
def test_security_headers_never_replace_the_origins_own(headers: dict[str, str], refs: list[str]):
    exchange = Exchange(request=Request(), response=Response(headers=headers))
    assert [rule.ref for rule in matching(phases(settings())[Phase.RESPONSE_HEADERS], exchange)] == refs
    assert Phase.RESPONSE_HEADERS not in phases(settings(security_headers=False))


def test_headers_are_a_map_by_name():
    rule = rules_of(Phase.RESPONSE_HEADERS)["no-sniffing"]
    assert rule["action"] == "rewrite"
    assert rule["actionParameters"]["headers"] == {
        "x-content-type-options": {"operation": "set", "value": "nosniff"},
        "x-powered-by": {"operation": "remove"},
    }


def test_text_is_compressed_with_brotli_first():
    [rule] = rules_of(Phase.COMPRESSION).values()
    assert rule["actionParameters"]["algorithms"] == [{"name": "brotli"}, {"name": "gzip"}]
    assert '"application/json"' in rule["expression"]


@pytest.mark.parametrize("plan", CloudflarePlan)
def test_every_plan_holds_its_rules_and_each_has_a_ref_of_its_own(plan: CloudflarePlan):
    for phase, rules in phases(downgraded(settings(plan=plan))).items():
        assert len(rules) <= PLAN_CAPABILITIES[plan].rules_of(phase)
        assert len({rule.ref for rule in rules}) == len(rules)


def test_the_cache_is_bypassed_last_and_cache_control_is_never_a_plain_header():
    made = phases(settings())
    assert [it.ref for it in made[Phase.CACHE]][-3:] == [
        "bypass-sign-in",
        "bypass-negotiated",
        "bypass-authenticated",
    ]
    named = {name.lower() for it in made[Phase.RESPONSE_HEADERS] for name in it.then.headers}
    assert "cache-control" not in named
