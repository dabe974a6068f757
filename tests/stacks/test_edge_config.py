"""The edge's configuration: what the plan lacks, what users the edge would refuse, what is no setting."""

import json
from pathlib import Path
from typing import Any

import pytest

from stacks.config import ConfigError, from_file, parse
from stacks.edge import edge_downgrades, edge_settings, rate_limit_tiers

ROOT = Path(__file__).parents[2]


def problems(values: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    return list(caught.value.problems)


def test_committed_stacks_hold_what_they_ask_for_or_say_what_they_lose():
    staging = from_file(ROOT / "Pulumi.staging.yaml").config
    production = from_file(ROOT / "Pulumi.production.yaml").config
    assert (staging.edge.plan, production.edge.plan) == ("free", "business")
    assert set(edge_settings(staging).rates) == {"auth-per-minute"}
    assert len(edge_downgrades(staging)) == 7
    assert len(edge_settings(production).rates) == 4
    assert edge_downgrades(production) == []


def test_what_the_plan_lacks_is_refused_with_every_key_and_the_way_out(values: dict[str, Any]):
    values["edge"]["plan"] = "pro"
    sentences = problems(values)
    assert [problem.partition(":")[0] for problem in sentences] == [
        "edge.rate_limits.auth.failed_logins",
        "edge.rate_limits.api.burst_requests",
        "edge.cache.api_seconds",
    ]
    for problem in sentences:
        assert problem.endswith("allowed with the plan 'business', or when_plan_lacks: degrade")
    values["edge"]["when_plan_lacks"] = "degrade"
    assert len(edge_downgrades(parse("test", values))) == 3


def test_what_no_plan_can_is_never_degraded_in_silence(values: dict[str, Any]):
    values["edge"]["rate_limits"]["auth"]["failed_login_window_seconds"] = 601
    for choice in ("refuse", "degrade"):
        values["edge"]["when_plan_lacks"] = choice
        [problem] = problems(values)
        assert problem.startswith("edge.rate_limits.auth.failed_logins: a rate limit over 601 seconds")
        assert "no plan allows this one" in problem


@pytest.mark.parametrize("given", [True, False, "on", ["js"], {"css": True}])
def test_minify_is_explained_whatever_its_value(values: dict[str, Any], given: Any):
    values["edge"]["minify"] = given
    [problem] = problems(values)
    assert problem.startswith("edge.minify: given")
    assert "Cloudflare removed Auto Minify on 2024-08-05; minify in the build" in problem


TIERS = {"anonymous": 60, "authenticated": 200, "pro": 500, "operator": 1000}


def test_tier_that_the_edge_would_refuse_is_refused_first(values: dict[str, Any]):
    values["service"]["rate_limit_tiers"] = TIERS
    sentences = problems(values)
    assert [problem.partition(":")[0].rpartition(".")[2] for problem in sentences] == [
        "authenticated",
        "pro",
        "operator",
    ]
    assert "given 500 a minute, allowed up to 100, which the edge lets one address send" in sentences[1]
    assert "except_hostnames" in sentences[1]
    values["service"]["rate_limit_tiers"] = dict.fromkeys(TIERS, 100)
    parse("test", values)


@pytest.mark.parametrize(
    ("plan", "exception", "refused"),
    [
        ("business", {"except_hostnames": ["api.feed.example"]}, []),
        ("enterprise", {"except_signed_in": True}, []),
        ("enterprise", {"except_signed_in": True, "requests_per_minute": 59}, ["anonymous"]),
        ("enterprise", {}, ["authenticated", "pro", "operator"]),
    ],
)
def test_tier_of_excepted_users_may_be_above_the_ceiling(
    values: dict[str, Any], plan: str, exception: dict[str, Any], refused: list[str]
):
    values["edge"]["plan"] = plan
    values["edge"]["rate_limits"]["api"].update(exception)
    values["service"]["rate_limit_tiers"] = TIERS
    if refused:
        found = [problem.partition(":")[0].rpartition(".")[2] for problem in problems(values)]
        assert found == refused
    else:
        assert json.loads(rate_limit_tiers(parse("test", values))["RATE_LIMIT_TIERS"]) == TIERS


def test_burst_is_a_ceiling_too(values: dict[str, Any]):
    values["edge"]["rate_limits"]["api"]["burst_requests"] = 9
    values["service"]["rate_limit_tiers"] = dict.fromkeys(TIERS, 55)
    assert all("allowed up to 54," in problem for problem in problems(values))


def test_exception_that_the_plan_lacks_does_not_excuse_a_tier(values: dict[str, Any]):
    values["edge"].update({"plan": "business", "when_plan_lacks": "degrade"})
    values["edge"]["rate_limits"]["api"]["except_signed_in"] = True
    values["service"]["rate_limit_tiers"] = TIERS
    assert len(problems(values)) == 3


def test_application_that_has_no_tiers_gets_no_variable(values: dict[str, Any]):
    assert rate_limit_tiers(parse("test", values)) == {}


def test_host_that_redirects_is_in_the_zone(values: dict[str, Any]):
    values["edge"]["redirect_hostnames"] = ["www.feed.example", "www.other.example"]
    [problem] = problems(values)
    assert problem.startswith("edge.redirect_hostnames: given www.other.example")


def test_wrong_rules_are_a_problem_not_a_traceback(values: dict[str, Any]):
    values["edge"]["cache"]["static_paths"] = ["/rest/files/"]
    [problem] = problems(values)
    assert problem.startswith("edge: ")
    assert "overlap: personal answers would be kept" in problem


@pytest.mark.parametrize(("phase", "accepted"), [("http_ratelimit", True), ("http_nothing", False)])
def test_adopted_rule_sets_are_named_by_their_phase(values: dict[str, Any], phase: str, *, accepted: bool):
    values["edge"]["adopt"] = {"zone_id": "0" * 32, "rulesets": {phase: "a" * 32}}
    if accepted:
        assert parse("test", values).edge.adopt is not None
    else:
        assert any(problem.startswith("edge.adopt.rulesets") for problem in problems(values))


def test_probe_is_refused_where_every_program_is_challenged(values: dict[str, Any]):
    values["edge"] |= {"plan": "free", "bots": "everywhere", "when_plan_lacks": "degrade", "metrics": "none"}
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    problem = (
        "edge.probe: given 'route53', allowed none with edge.bots: everywhere on plan free, "
        "which challenges every program"
    )
    assert problem in caught.value.problems
    values["edge"]["bots"] = "off"
    assert parse("test", values).edge.probe == "route53"
