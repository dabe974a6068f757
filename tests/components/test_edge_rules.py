import json
import re
from dataclasses import dataclass, field

import pytest

from components._cloudflare.plans import CloudflarePlan
from components.edge import EdgeArgs
from components.edge.rules import (
    bot_exception_rules,
    cache_rules,
    compression_rules,
    never_stored_rules,
    rate_rules,
)
from tests.components.edge_samples import ARGS, FREE, PRO, YEAR_SECONDS, edge_args, record


@dataclass(frozen=True, kw_only=True)
class Request:
    path: str
    method: str = "GET"
    cookie: str = ""
    headers: frozenset[str] = field(default_factory=frozenset)
    answer_headers: frozenset[str] = field(default_factory=frozenset)
    status: int = 200

    def matches(self, expression: str) -> bool:
        """Evaluate the part of Cloudflare's rule language that the edge uses; its precedence is Python's."""
        literal = r'"((?:[^"\\]|\\.)*)"'
        python = re.sub(
            rf"starts_with\(http\.request\.uri\.path, {literal}\)", r"path.startswith('\1')", expression
        )
        python = re.sub(r"http\.request\.uri\.path\.extension in \{([^}]*)\}", r"ending in [\1]", python)
        python = re.sub(r"http\.request\.method in \{([^}]*)\}", r"method in [\1]", python)
        python = re.sub(r'(?<=") (?=")', ", ", python)
        python = re.sub(rf"http\.cookie contains {literal}", r"'\1' in cookie", python)
        python = re.sub(
            rf"any\(lower\(http\.(request|response)\.headers\.names\[\*\]\)\[\*\] eq {literal}\)",
            r"'\2' in \1_headers",
            python,
        )
        python = re.sub(r"http\.response\.code ge (\d+)", r"status >= \1", python)
        names = {
            "path": self.path,
            "ending": self.path.rpartition(".")[2],
            "method": self.method,
            "cookie": self.cookie,
            "request_headers": self.headers,
            "response_headers": self.answer_headers,
            "status": self.status,
        }
        assert "http." not in python, f"not understood: {python}"
        return bool(eval(python, {"__builtins__": {}}, names))  # noqa: S307 the rules are ours


def edge_keeps(request: Request, args: EdgeArgs = ARGS) -> int | str | None:
    """Seconds the edge keeps the answer by its cache rules, or `origin`, `never`, or None where no rule speaks."""
    verdict: int | str | None = None
    for rule in cache_rules(args):
        if request.matches(rule.expression):
            verdict = (rule.edge_ttl_seconds or "origin") if rule.keep else "never"
    return verdict


@pytest.mark.parametrize("plan", CloudflarePlan)
def test_last_cache_rule_is_the_bypass(plan: CloudflarePlan):
    rule = cache_rules(edge_args(**{**FREE, "plan": plan}))[-1]
    assert (rule.ref, rule.keep) == ("bypass-authenticated", False)
    phase = record(**{**FREE, "plan": plan}).one("Ruleset", "edge-http-request-cache-settings")
    last = phase.inputs["rules"][-1]
    assert (last["ref"], last["action"], last["actionParameters"]) == (
        "bypass-authenticated",
        "set_cache_settings",
        {"cache": False},
    )


@pytest.mark.parametrize(
    ("request_", "kept"),
    [
        (Request(path="/"), None),
        (Request(path="/logo.css"), YEAR_SECONDS),
        (Request(path="/assets/logo.png"), YEAR_SECONDS),
        (Request(path="/assets/logo.png", cookie="session=1"), YEAR_SECONDS),
        (Request(path="/assets/logo.png", headers=frozenset({"authorization"})), "never"),
        (Request(path="/account/me.css", cookie="session=1"), "never"),
        (Request(path="/rest/feed"), 30),
        (Request(path="/rest/feed", method="HEAD"), 30),
        (Request(path="/rest/feed", method="POST"), None),
        (Request(path="/restaurants"), None),
        (Request(path="/rest/feed", headers=frozenset({"authorization"})), "never"),
        (Request(path="/rpc/feed", cookie="theme=dark; sb-token=1"), "never"),
        (Request(path="/rpc/feed", cookie="theme=dark"), 30),
        (Request(path="/rest/me.js"), 30),
        (Request(path="/rest/me.js", method="POST"), None),
        (Request(path="/auth/callback"), "never"),
        (Request(path="/auth/widget.js"), "never"),
    ],
)
def test_edge_keeps_what_is_the_same_for_everybody(request_: Request, kept: int | str | None):
    assert edge_keeps(request_) == kept


@pytest.mark.parametrize("path", ["/rest/feed", "/rpc/x.js", "/auth/me", "/page.css", "/other"])
@pytest.mark.parametrize("mark", [{"cookie": "session=1"}, {"headers": frozenset({"authorization"})}])
@pytest.mark.parametrize("changes", [{}, PRO, FREE, {"auth_paths": [], "auth_requests_per_minute": None}])
def test_edge_never_keeps_what_belongs_to_one_person(path: str, mark: dict, changes: dict):
    assert edge_keeps(Request(path=path, **mark), edge_args(**changes)) == "never"


@pytest.mark.parametrize(
    ("request_", "stored"),
    [
        (Request(path="/assets/a.js"), True),
        (Request(path="/assets/a.js", status=404), False),
        (Request(path="/rest/feed", status=500), False),
        (Request(path="/rest/feed", answer_headers=frozenset({"set-cookie"})), False),
        (Request(path="/assets/a.js", answer_headers=frozenset({"set-cookie"})), True),
    ],
)
def test_edge_stores_no_errors_and_no_cookies(request_: Request, stored: bool):
    assert any(request_.matches(rule.expression) for rule in never_stored_rules(ARGS)) is not stored
    for rule in record().one("Ruleset", "edge-http-response-cache-settings").inputs["rules"]:
        assert rule["action"] == "set_cache_control"
        assert rule["actionParameters"] == {"noStore": {"operation": "set", "cloudflareOnly": False}}


@pytest.mark.parametrize(
    ("changes", "edge_ttl"),
    [
        ({}, {"mode": "override_origin", "default": 30}),
        (PRO, {"mode": "bypass_by_default"}),
        (FREE, {"mode": "bypass_by_default"}),
        ({**PRO, "api_cache_ttl_seconds": 3600}, {"mode": "override_origin", "default": 3600}),
    ],
)
def test_api_reads_are_kept_as_briefly_as_the_plan_can(changes: dict[str, object], edge_ttl: dict[str, object]):
    phase = record(**changes).one("Ruleset", "edge-http-request-cache-settings")
    [rule] = [it for it in phase.inputs["rules"] if it["ref"] == "api-anonymous"]
    assert rule["actionParameters"]["edgeTtl"] == edge_ttl
    assert rule["actionParameters"]["browserTtl"] == {"mode": "respect_origin"}


def test_static_files_are_kept_for_a_year_at_the_edge_and_in_browsers():
    phase = record().one("Ruleset", "edge-http-request-cache-settings")
    static = [it["actionParameters"] for it in phase.inputs["rules"] if it["ref"].startswith("static-")]
    assert len(static) == 2
    for parameters in static:
        year = {"mode": "override_origin", "default": YEAR_SECONDS}
        assert (parameters["edgeTtl"], parameters["browserTtl"]) == (year, year)
        assert parameters["cacheKey"]["cacheDeceptionArmor"] is True


def test_rate_limits_are_written_out_in_full():
    rules = record().one("Ruleset", "edge-http-ratelimit").inputs["rules"]
    assert {rule["ref"]: rule["ratelimit"] for rule in rules} == {
        ref: {
            "characteristics": ["cf.colo.id", "ip.src"],
            "period": period,
            "requestsPerPeriod": requests,
            "mitigationTimeout": period,
            "requestsToOrigin": False,
        }
        for ref, requests, period in (
            ("api-burst", 30, 10),
            ("api-per-minute", 100, 60),
            ("auth-per-minute", 20, 60),
        )
    }
    for rule in rules:
        response = rule["actionParameters"]["response"]
        assert (rule["action"], response["statusCode"]) == ("block", 429)
        assert response["contentType"] == "application/json"
        assert json.loads(response["content"])["error"]


@pytest.mark.parametrize(
    ("path", "counted"),
    [
        ("/rest/feed", {"api-burst", "api-per-minute"}),
        ("/auth/token", {"auth-per-minute"}),
        ("/assets/a.js", set()),
    ],
)
def test_rate_limits_count_their_own_paths_whatever_the_method(path: str, counted: set[str]):
    for method in ("GET", "POST"):
        request = Request(path=path, method=method)
        assert {rule.ref for rule in rate_rules(ARGS) if request.matches(rule.expression)} == counted


def test_programs_are_not_challenged_on_the_api_where_the_plan_allows_an_exception():
    [rule] = bot_exception_rules(ARGS)
    assert Request(path="/rpc/x").matches(rule.expression)
    assert not Request(path="/").matches(rule.expression)
    [rendered] = record().one("Ruleset", "edge-http-request-firewall-custom").inputs["rules"]
    assert (rendered["action"], rendered["actionParameters"]) == ("skip", {"phases": ["http_request_sbfm"]})
    assert bot_exception_rules(edge_args(**FREE)) == []


def test_text_is_compressed_with_brotli_first():
    [rule] = record().one("Ruleset", "edge-http-response-compression").inputs["rules"]
    assert rule["actionParameters"]["algorithms"] == [{"name": "brotli"}, {"name": "gzip"}]
    [data] = compression_rules()
    assert '"application/json"' in data.expression
    assert rule["expression"] == data.expression
