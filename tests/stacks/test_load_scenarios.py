"""The load tests that each stack offers, and the limits that its file gives them."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from footing.coverage.facts import StackFacts
from footing.project import composed
from loadtest.scenario import Kind
from stacks.config import ConfigError, from_file, parse
from stacks.config.stack import StackConfig
from stacks.load_scenarios import base_url, is_live, job, limits_by_measure, scenarios

ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("Pulumi.*.yaml"), *ROOT.glob("systems/*/Pulumi.*.yaml")])
EVERYWHERE = ("smoke", "load", "stress", "day-one", "feed", "steady", "redis-away", "baseline")
DIGEST = "4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
AT_THE_EDGE = ("auth-brute-force", "feed-scrape", "action-spam")


def config_of(name: str) -> StackConfig:
    return from_file(ROOT / name, secrets_stood_in=True).config


def changed(**keys: Any) -> StackConfig:
    """Staging, with other values under dotted keys."""
    declared = yaml.safe_load((ROOT / "Pulumi.staging.yaml").read_text())["config"]
    values = {key.removeprefix("footing:"): value for key, value in declared.items()}
    for path, value in keys.items():
        *above, name = path.split(".")
        block = values
        for key in above:
            block = block.setdefault(key, {})
        block[name] = value
    return parse("test", values, secrets_stood_in=True)


@pytest.mark.parametrize("file", FILES, ids=lambda it: str(it.relative_to(ROOT)))
def test_each_stack_offers_what_it_has_something_to_ask_of(file: Path):
    config = from_file(file, secrets_stood_in=True).config
    offered = scenarios(config)
    assert is_live(config) is (config.environment == "production")
    wanted = (*(EVERYWHERE if config.web or config.edge else ()), *(AT_THE_EDGE if config.edge else ()))
    assert set(wanted) - (set() if config.redis else {"redis-away"}) <= set(offered)
    for name, it in offered.items():
        assert it.name == name
        assert it.calls
        assert it.limits
        assert it.users >= 1
        assert all(limit.key and (limit.at_most is None) is not (limit.at_least is None) for limit in it.limits)


def test_documents_numbers_are_the_scenarios_own():
    offered = scenarios(config_of("Pulumi.production.yaml"))
    assert [offered[it].users for it in EVERYWHERE[:4]] == [10, 100, 500, 2000]
    assert (offered["feed"].users, offered["feed"].duration_seconds) == (100, 60)
    assert {it: offered[it].requests_per_second for it in ("steady", *AT_THE_EDGE)} == {
        "steady": 200,
        "auth-brute-force": 100,
        "feed-scrape": 200,
        "action-spam": 50,
    }
    assert all(offered[it].abuse for it in AT_THE_EDGE)
    assert limits_by_measure(offered["auth-brute-force"])["passed_per_minute"] == 20
    assert limits_by_measure(offered["feed-scrape"])["hit_share:edge_api"] == 0.7
    assert limits_by_measure(offered["action-spam"])["passed_per_minute"] == 200
    assert {it.kind for it in offered["auth-brute-force"].calls} == {Kind.AUTH}
    # Of somebody who is signed in: the edge would answer anybody else, and Redis were not missed.
    assert all(it.signed_in for it in offered["redis-away"].calls)


def test_limits_are_what_the_file_promises():
    promised = changed(
        **{
            "objectives.latency": [{"name": "api", "population": "api", "percentile": 99, "target_ms": 500}],
            "objectives.errors": {"share": 0.03},
            "objectives.hits": [{"layer": "edge_api", "share": 0.4}, {"layer": "edge_static", "share": 0.9}],
            "load_generator.reads_saved": 0.6,
            "edge.rate_limits.auth.requests_per_minute": 10,
        }
    )
    offered = scenarios(promised)
    assert limits_by_measure(offered["feed"]) == {
        "latency:api:99": 500,
        "hit_share:edge_api": 0.4,
        "reads_saved": 0.6,
        "failed_share": 0.03,
        "blocked_share": 0.03,
    }
    assert limits_by_measure(offered["auth-brute-force"])["passed_per_minute"] == 10
    nothing = scenarios(changed(**{"objectives.preset": "none"}))["smoke"]
    assert limits_by_measure(nothing) == {"failed_share": 0.02, "blocked_share": 0.02}


def test_own_test_wins_over_a_documents_and_says_whom_it_stands_for():
    phases = [{"name": "launch", "first_month": 0, "think_time_seconds": 10}]
    test = {"name": "day-one", "virtual_users": 50, "think_time_seconds": 1, "represents_users": 500}
    own = scenarios(changed(phases=phases, load_tests=[test]))["day-one"]
    assert (own.users, own.think_time_seconds, own.represents_users) == (50, 1, 500)
    assert "who stand for 500 people" in own.title
    quiet = scenarios(changed(phases=phases, load_tests=[{"name": "quiet", "virtual_users": 5}]))["quiet"]
    # The phase's people ask every ten seconds, so its virtual users do.
    assert (quiet.think_time_seconds, quiet.represents_users) == (10, 5)
    asked = {"name": "rate", "virtual_users": 5, "requests_per_second": 9, "requests": [{"path": "/only"}]}
    rate = scenarios(changed(load_tests=[asked]))["rate"]
    assert (rate.requests_per_second, [it.path for it in rate.calls]) == (9, ["/only"])


def test_requests_of_the_file_stand_in_for_the_usual_ones_of_their_kind():
    asked = [
        {"path": "/rest/v1/posts?offset={n}", "keys": 9},
        {"path": "/assets/app.js", "kind": "static", "weight": 3},
        {"path": "/session/{user}", "kind": "operation", "method": "PUT", "body": "{}", "at_start": True},
        {"path": "/session/{user}/switch", "kind": "operation", "method": "POST"},
    ]
    config = changed(**{"load_generator.requests": asked})
    offered = scenarios(config)
    assert [it.path for it in offered["smoke"].calls] == [it["path"] for it in asked]
    assert [it.path for it in offered["baseline"].calls] == ["/session/{user}", "/session/{user}/switch"]
    assert [it.path for it in offered["auth-brute-force"].calls] == ["/session/{user}", "/auth/login"]
    assert [it.path for it in offered["feed"].calls] == ["/session/{user}", "/rest/v1/posts?offset={n}"]


def test_each_kind_goes_to_its_own_host_unless_an_address_is_given():
    config = changed(**{
        "edge.api_hostname": "api.feed-staging.example",
        "load_generator.requests": [{"path": "/rest/feed"}, {"path": "/assets/a.js", "kind": "static"}],
    })  # fmt: skip
    assert base_url(config) == "https://api.feed-staging.example"
    smoke = scenarios(config)["smoke"]
    told = job(config, smoke, None)
    assert [it.path for it in told.scenario.calls] == ["/rest/feed", "https://feed-staging.example/assets/a.js"]
    given = job(config, smoke, "http://127.0.0.1:1/")
    assert (given.url, [it.path for it in given.scenario.calls]) == (
        "http://127.0.0.1:1",
        ["/rest/feed", "/assets/a.js"],
    )
    assert "429" not in "".join(told.failed_statuses)


@pytest.mark.parametrize(("said", "live"), [(True, True), (False, False), (None, False)])
def test_stack_says_itself_whether_people_use_it(said: bool | None, live: bool):
    assert is_live(changed(**{"load_generator.live": said})) is live
    assert is_live(changed(**{"database.protect": True, "load_generator.live": said})) is (said is not False)


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"load_generator.requests": [{"path": "feed"}]}, "load_generator.requests.0.path"),
        (
            {"load_generator.requests": [{"path": "/feed", "keys": 3}]},
            "requests.0: given a block of keys, allowed {n} in path or body, where keys is over 1",
        ),
        (
            {"load_generator.requests": [{"path": "/f", "body": "{}"}]},
            "allowed a body with POST, PUT, PATCH or DELETE alone",
        ),
        (
            {"load_generator.requests": [{"path": "/f", "at_start": True}]},
            "load_generator.requests.0.at_start: given true, allowed with {user}",
        ),
        ({"load_generator.requests": [{"path": "/f", "kind": "feed"}]}, "load_generator.requests.0.kind"),
        ({"load_generator.url": "http://feed.example"}, "load_generator.url"),
        (
            {"load_generator.fargate": {"workers": 0, "image": "a:1"}},
            "load_generator.fargate.workers: given 0, allowed 1 or more",
        ),
        (
            {"load_tests": [{"name": "a", "virtual_users": 1, "requests_per_second": 2, "think_time_seconds": 1}]},
            "load_tests.0.requests_per_second: given beside think_time_seconds",
        ),
    ],
)
def test_what_could_not_run_is_refused(keys: dict[str, Any], words: str):
    with pytest.raises(ConfigError) as raised:
        changed(**keys)
    assert words in str(raised.value)


def test_stack_without_an_edge_or_a_service_offers_what_is_left():
    config = config_of("systems/nexod/Pulumi.development.yaml")
    assert scenarios(config) == {}
    assert base_url(config) is None


def test_tasks_that_send_break_no_rule_and_change_nothing_else(tmp_path: Path):
    workers = f"{{workers: 4, image: 'registry.example.com/load-generator@sha256:{DIGEST}'}}"
    block = f"  footing:load_generator: {{fargate: {workers}}}\n"
    declared = (ROOT / "Pulumi.staging.yaml").read_text()
    found = []
    for number, text in enumerate((declared, declared + block)):
        path = tmp_path / f"Pulumi.{number}.yaml"
        path.write_text(text)
        file = from_file(path, secrets_stood_in=True)
        found.append(StackFacts("staging", file.config, *composed("staging", file)))
    without, having = found
    stopping = [{id_ for id_, said in it.verdicts.items() if said & {"fail", "could not decide"}} for it in found]
    assert stopping[0]
    assert stopping[1] == stopping[0]
    names = [{(it.type, it.name) for it in facts._plan.resources} for facts in found]
    assert names[0] < names[1]
    assert {name.partition("-")[0] for _, name in names[1] - names[0]} == {"load"}
    assert (
        len(list(having.resources("aws.ecs.TaskDefinition")))
        == len(list(without.resources("aws.ecs.TaskDefinition"))) + 2
    )
