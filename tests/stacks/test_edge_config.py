"""The edge's configuration: what the plan lacks, what users the edge would refuse, what is no setting."""

import json
from pathlib import Path
from typing import Any

import pytest

from stacks.config import ConfigError, from_file, parse
from stacks.contract import contract_variables
from stacks.edge import edge_downgrades, edge_settings

ROOT = Path(__file__).parents[2]


def problems(values: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    return list(caught.value.problems)


def test_committed_stacks_hold_what_they_ask_for_or_say_what_they_lose():
    staging = from_file(ROOT / "Pulumi.staging.yaml").config
    production = from_file(ROOT / "Pulumi.production.yaml").config
    assert (staging.edge.plan, production.edge.plan) == ("free", "business")
    assert set(edge_settings(staging, staging.edge).rates) == {"auth-per-minute"}
    assert len(edge_downgrades(staging)) == 7
    assert len(edge_settings(production, production.edge).rates) == 4
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
    values["services"]["api"]["rate_limit_tiers"] = TIERS
    sentences = problems(values)
    assert [problem.partition(":")[0].rpartition(".")[2] for problem in sentences] == [
        "authenticated",
        "pro",
        "operator",
    ]
    assert "given 500 a minute, allowed up to 100, which the edge lets one address send" in sentences[1]
    assert "except_hostnames" in sentences[1]
    values["services"]["api"]["rate_limit_tiers"] = dict.fromkeys(TIERS, 100)
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
    values["services"]["api"]["rate_limit_tiers"] = TIERS
    if refused:
        found = [problem.partition(":")[0].rpartition(".")[2] for problem in problems(values)]
        assert found == refused
    else:
        assert json.loads(contract_variables(parse("test", values), "api")["RATE_LIMIT_TIERS"]) == TIERS


def test_burst_is_a_ceiling_too(values: dict[str, Any]):
    values["edge"]["rate_limits"]["api"]["burst_requests"] = 9
    values["services"]["api"]["rate_limit_tiers"] = dict.fromkeys(TIERS, 55)
    assert all("allowed up to 54," in problem for problem in problems(values))


def test_exception_that_the_plan_lacks_does_not_excuse_a_tier(values: dict[str, Any]):
    values["edge"].update({"plan": "business", "when_plan_lacks": "degrade"})
    values["edge"]["rate_limits"]["api"]["except_signed_in"] = True
    values["services"]["api"]["rate_limit_tiers"] = TIERS
    assert len(problems(values)) == 3


def test_host_that_redirects_is_in_the_zone(values: dict[str, Any]):
    values["edge"]["redirect_hostnames"] = ["www.feed.example", "www.other.example"]
    [problem] = problems(values)
    assert problem.startswith("edge.redirect_hostnames: given www.other.example")


@pytest.mark.parametrize(
    ("key", "path", "wide", "other"),
    [
        ("cache.static_paths", "/rest/files/", "rate_limits.api.paths: given '/rest/'", "cache.static_paths"),
        ("cache.static_paths", "/", "cache.static_paths: given '/'", "rate_limits.auth.paths"),
        ("rate_limits.api.paths", "/", "rate_limits.api.paths: given '/'", "cache.static_paths"),
        (
            "rate_limits.auth.paths",
            "/ASSETS/login",
            "cache.static_paths: given '/assets/'",
            "rate_limits.auth.paths",
        ),
    ],
)
def test_overlap_names_the_keys_of_both_paths(values: dict[str, Any], key: str, path: str, wide: str, other: str):
    values["edge"]["rate_limits"]["auth"]["paths"] = ["/auth/"]
    _put(values, "cache.static_paths", ["/assets/"])
    _put(values, key, [path])
    found = problems(values)
    assert all(
        problem.startswith("edge.") and "overlap: personal answers would be kept" in problem for problem in found
    )
    assert any(problem.startswith(f"edge.{wide}") and f" of edge.{other}: " in problem for problem in found)


def test_host_that_redirects_is_not_served(values: dict[str, Any]):
    values["edge"]["redirect_hostnames"] = ["feed.example"]
    [problem] = problems(values)
    assert problem.startswith("edge.redirect_hostnames: given feed.example, allowed none of edge.hostnames")


@pytest.mark.parametrize(("phase", "accepted"), [("http_ratelimit", True), ("http_nothing", False)])
def test_adopted_rule_sets_are_named_by_their_phase(values: dict[str, Any], phase: str, *, accepted: bool):
    values["edge"]["adopt"] = {"zone_id": "0" * 32, "rulesets": {phase: "a" * 32}}
    if accepted:
        assert parse("test", values).edge.adopt is not None
    else:
        assert any(problem.startswith("edge.adopt.rulesets") for problem in problems(values))


@pytest.mark.parametrize(
    ("key", "entries"),
    [
        ("hostnames", ["feed.example", "feed.example"]),
        ("redirect_hostnames", ["www.feed.example", "www.feed.example"]),
        ("rate_limits.api.paths", ["/rest/", "/graphql", "/REST/"]),
        ("rate_limits.api.except_hostnames", ["api.feed.example", "api.feed.example"]),
        ("rate_limits.auth.paths", ["/login", "/login"]),
        ("rate_limits.auth.failed_login_statuses", [401, 401]),
        ("cache.static_paths", ["/assets/", "/assets/"]),
        ("cache.static_extensions", ["css", "css"]),
        ("cache.changing_files", ["/sw.js", "/sw.js"]),
        ("cache.session_cookies", ["session", "session"]),
        ("cache.credential_headers", ["x-shard", "X-Shard"]),
    ],
)
def test_entry_that_is_there_twice_is_one_sentence(values: dict[str, Any], key: str, entries: list[Any]):
    _put(values, key, entries)
    [problem] = problems(values)
    assert problem.startswith(f"edge.{key}: given")
    assert problem.endswith(f"{entries[-1]} is there twice")


@pytest.mark.parametrize("key", ["hostnames", "redirect_hostnames"])
def test_host_of_the_files_is_no_host_of_the_edge(values: dict[str, Any], key: str):
    values["storage"] = {"provider": "s3", "hostname": "static.feed.example"}
    values["edge"].setdefault(key, []).append("static.feed.example")
    assert "storage.hostname: given static.feed.example" in " ".join(problems(values))


@pytest.mark.parametrize(
    ("key", "entries"),
    [
        ("rate_limits.api.paths", [f"/rest/{number}/" for number in range(300)]),
        ("rate_limits.auth.paths", [f"/login{number}" for number in range(500)]),
        ("rate_limits.api.except_hostnames", [f"host{number}.feed.example" for number in range(300)]),
        ("cache.static_paths", [f"/assets/{number}/" for number in range(300)]),
        ("redirect_hostnames", [f"www{number}.feed.example" for number in range(300)]),
        ("cache.static_extensions", [f"e{number}" for number in range(999)]),
        ("cache.changing_files", [f"/file{number}.js" for number in range(500)]),
        ("cache.session_cookies", [f"session{number}" for number in range(300)]),
        ("cache.credential_headers", [f"x-header-{number}" for number in range(300)]),
    ],
)
def test_list_that_no_rule_has_room_for_is_one_sentence(values: dict[str, Any], key: str, entries: list[Any]):
    _put(values, key, entries)
    [problem] = problems(values)
    assert problem.startswith(
        f"edge.{key}: given {len(entries)} entries, allowed as many as one rule has room for"
    )
    assert problem.endswith("characters of expression, at most 4096")


@pytest.mark.parametrize(
    "path", ["/login", "/graphql", "/users/sign_in", "/wp-login.php", "/functions/v1/feed-api"]
)
def test_exact_path_can_be_named(values: dict[str, Any], path: str):
    values["edge"].setdefault("rate_limits", {})["auth"] = {"paths": [path]}
    assert parse("test", values).edge.rate_limits.auth.paths == [path]


@pytest.mark.parametrize("seconds", [0, None])
def test_keeping_the_api_can_be_off_on_every_plan(values: dict[str, Any], seconds: int | None):
    values["edge"]["cache"]["api_seconds"] = seconds
    config = parse("test", values)
    assert edge_settings(config, config.edge).cache.api_seconds == seconds
    values["edge"]["plan"] = "free"
    assert not any("api_seconds" in problem for problem in problems(values))


def test_many_cookies_and_headers_have_room(values: dict[str, Any]):
    values["edge"]["cache"]["session_cookies"] = [f"session-{number}" for number in range(10, 30)]
    values["edge"]["cache"]["credential_headers"] = [f"x-shard-{number}" for number in range(10)]
    config = parse("test", values)
    assert len(edge_settings(config, config.edge).cache.credential_headers) == 10


def _put(values: dict[str, Any], key: str, entries: list[Any]) -> None:
    *blocks, last = key.split(".")
    block = values["edge"]
    for name in blocks:
        block = block.setdefault(name, {})
    block[last] = entries


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
