"""The provider `footing-sentry` on the real engine, against the fake of Sentry's API."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Engine, Project

from simulator.vendors.fake import TOKEN, running
from simulator.vendors.sentry import Sentry

pytestmark = pytest.mark.engine
ROOT = Path(__file__).parents[2]
PROGRAM = """\
    import pulumi
    from providers.sentry import resources as sentry

    config = pulumi.Config()
    project = sentry.Project(
        "feed",
        organization="acme",
        teams=["platform", *(config.get_object("teams") or ["web"])],
        name=config.get("name") or "feed-api",
        slug=config.get("slug") or "feed-api",
        platform="python-fastapi",
        opts=pulumi.ResourceOptions(protect=False),
    )
    of_it = {"organization": "acme", "project": project.slug}
    key = sentry.ClientKey(
        "key", **of_it, name="staging", rate_limit_count=config.get_int("events") or 1000, rate_limit_window=60
    )
    slow = sentry.MetricMonitor(
        "slow",
        **of_it,
        name="slow",
        dataset="events_analytics_platform",
        event_types=["trace_item_span"],
        aggregate="p95(span.duration)",
        query="is_transaction:true",
        window_seconds=300,
        high_above=config.get_int("high") or 500,
        medium_above=400,
        resolved_at=400,
    )
    sentry.CronMonitor("nightly", **of_it, name="nightly", slug="nightly", schedule="0 3 * * *", timezone="UTC")
    slack = {
        "type": "slack",
        "integrationId": "11",
        "config": {"targetType": "specific", "targetIdentifier": "", "targetDisplay": "feed"},
        "data": {},
    }
    mail = {"type": "email", "config": {"targetType": "team", "targetIdentifier": "31"}, "data": {}}
    over = lambda priority: {
        "type": "issue_priority_greater_or_equal", "comparison": priority, "conditionResult": True
    }
    sentry.Alert(
        "slow-alert",
        **of_it,
        name="slow",
        monitor_ids=[slow.monitor_id],
        triggers=[],
        action_filters=[
            {"logicType": "all", "conditions": [over(75)], "actions": [slack, mail]},
            {"logicType": "all", "conditions": [over(50)], "actions": [mail]},
        ],
        frequency_minutes=5,
    )
    sentry.Alert(
        "new-issue",
        **of_it,
        name="new issue",
        triggers=["first_seen_event", "regression_event"],
        action_filters=[{"logicType": "all", "conditions": [], "actions": [slack]}],
        frequency_minutes=config.get_int("pause") or 30,
    )
    pulumi.export("dsn", key.dsn_public)
"""


@pytest.fixture
def fake() -> Sentry:
    return Sentry()


@pytest.fixture
def stack(engine: Engine, project: Project, fake: Sentry) -> Iterator[Engine]:
    project.program(
        "name: small\n"
        "runtime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"
        f"plugins: {{providers: [{{name: footing-sentry, path: {ROOT / 'providers/sentry'}}}]}}\n",
        "Pulumi.yaml",
    )
    project.program(PROGRAM)
    with running(fake) as address:
        engine.environment.update({Sentry.endpoint_variable: address, "SENTRY_AUTH_TOKEN": TOKEN})
        yield engine


def asked(fake: Sentry) -> list[str]:
    """What was written since the last time, by its path's end."""
    found = [re.sub(r" .*_slug}", " ", name) for name, _ in fake.requests if not name.startswith("GET")]
    fake.requests.clear()
    return sorted(found)


def by_name(fake: Sentry, kind: str) -> dict[str, dict]:
    return {it["name"]: it for it in fake.state[kind].values()}


def test_project_key_monitors_and_alerts_live_their_whole_life(stack: Engine, fake: Sentry):
    printed = stack.up()
    assert printed.returncode == 0, printed.stdout
    [made] = fake.state["projects"].values()
    assert (made["slug"], made["teams"], made["platform"]) == ("feed-api", ["platform", "web"], "python-fastapi")
    key, slow = by_name(fake, "keys")["staging"], by_name(fake, "detectors")["slow"]
    assert key["rateLimit"] == {"count": 1000, "window": 60}
    assert [(it["type"], it["comparison"]) for it in slow["conditionGroup"]["conditions"]] == [
        *(("lte", 400), ("gt", 500), ("gt", 400)),
    ]
    new, told = by_name(fake, "workflows")["new issue"], by_name(fake, "workflows")["slow"]
    assert told["detectorIds"] == [slow["id"]]
    assert new["detectorIds"] == [by_name(fake, "detectors")["issue_stream"]["id"]]
    assert fake.state["monitors"]["nightly"]["config"]["schedule"] == "0 3 * * *"
    assert json.loads(stack.ok("stack", "output", "--json"))["dsn"].endswith("@o1.ingest.sentry.example.com/1")
    state = stack.ok("stack", "export")
    assert "simulated-secret" not in state
    assert TOKEN not in re.sub(r"simulated[-_]", "", state)

    asked(fake)
    stack.ok("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes")
    assert asked(fake) == []

    made["teams"].remove("web")
    key["isActive"] = new["enabled"] = False
    slow["dataSources"][0]["queryObj"]["snubaQuery"]["query"] = ""
    told["actionFilters"][0]["actions"].pop()
    printed = stack.ok("refresh", "--yes", "--skip-preview", "--diff")
    assert "isActive" in printed
    assert "is_transaction:true" in printed
    stack.ok("up", "--yes", "--skip-preview")
    assert made["teams"] == ["platform", "web"]
    assert key["isActive"]
    assert new["enabled"]
    assert len(told["actionFilters"][0]["actions"]) == 2
    assert slow["dataSources"][0]["queryObj"]["snubaQuery"]["query"] == "is_transaction:true"

    for name, value in {"name": "feed", "events": "50", "high": "900", "pause": "60"}.items():
        stack.ok("config", "set", name, value)
    asked(fake)
    stack.ok("up", "--yes", "--skip-preview")
    assert asked(fake) == [
        "PUT /",
        "PUT /detectors/{detector_id}/",
        "PUT /keys/{key_id}/",
        "PUT /workflows/{workflow_id}/",
    ]
    assert (made["name"], key["rateLimit"]["count"], new["config"]) == ("feed", 50, {"frequency": 60})

    stack.ok("config", "set", "slug", "feed-web")
    previewed = stack.ok("preview", "--diff")
    assert "replace" in previewed
    assert '"feed-api" => "feed-web"' in previewed
    stack.ok("config", "rm", "slug")

    for kind in fake.state.keys() - {"count"}:
        fake.state[kind].clear()
    assert "6 deleted" in re.sub(r"\s+", " ", stack.ok("refresh", "--yes", "--skip-preview"))
    stack.ok("up", "--yes", "--skip-preview")
    assert len(fake.state["projects"]) == 1

    ids = {
        "Project": "acme/feed-api",
        "ClientKey": f"acme/feed-api/{by_name(fake, 'keys')['staging']['id']}",
        "MetricMonitor": f"acme/feed-api/{by_name(fake, 'detectors')['slow']['id']}",
        "CronMonitor": "acme/feed-api/nightly",
        "Alert": f"acme/feed-api/{by_name(fake, 'workflows')['slow']['id']}",
    }
    found = [{"type": f"footing-sentry:index:{kind}", "name": "found", "id": id_} for kind, id_ in ids.items()]
    stack.project.program(json.dumps({"resources": found}), "found.json")
    stack.ok("import", "--file", "found.json", "--yes", "--generate-code=false", "--protect=false")
    exported = json.loads(stack.ok("stack", "export"))["deployment"]["resources"]
    inputs = {tuple(it["urn"].split("::")[2:]): it.get("inputs") for it in exported}
    for kind, name in {
        "Project": "feed",
        "ClientKey": "key",
        "MetricMonitor": "slow",
        "CronMonitor": "nightly",
    }.items():
        token = f"footing-sentry:index:{kind}"
        assert inputs[token, "found"] == inputs[token, name]
    stack.ok("destroy", "--yes", "--skip-preview")
    assert {kind: it for kind, it in fake.state.items() if it and kind != "count"} == {}


def test_failures_leave_no_twin_and_no_secret(stack: Engine, fake: Sentry):
    stack.environment["SENTRY_AUTH_TOKEN"] = "wrong-horse"
    refused = stack.up()
    assert refused.returncode != 0
    assert "answers 401: Unauthorized (the token comes from SENTRY_AUTH_TOKEN)" in refused.stdout
    del stack.environment["SENTRY_AUTH_TOKEN"]
    assert "SENTRY_AUTH_TOKEN is not set: the token of Sentry's API" in stack.up().stdout
    stack.environment["SENTRY_AUTH_TOKEN"] = TOKEN
    assert fake.state["projects"] == {}

    # The answer is lost, and the second team is refused; then every other answer is lost too, or comes too early.
    create = next(name for name in fake.answered() if name.startswith("POST /api/0/teams/"))
    team = next(
        name for name in fake.answered() if name.startswith("POST") and name.endswith("/teams/{team_id_or_slug}/")
    )
    fake.fail(create, 502, carried_out=True)
    fake.fail(team, 403)
    half = stack.up()
    assert half.returncode != 0
    assert "answers 403" in half.stdout
    assert [it["teams"] for it in fake.state["projects"].values()] == [["platform"]]
    for name in sorted(fake.answered()):
        if name.startswith("POST") and name.endswith(("keys/", "detectors/", "workflows/", "}/monitors/")):
            fake.fail(name, 502, carried_out=True)
        if name.startswith("GET") and name.endswith("_slug}/"):
            fake.fail(name, 429, headers={"Retry-After": "1"})
    printed = stack.up()
    assert printed.returncode == 0, printed.stdout
    assert [it["teams"] for it in fake.state["projects"].values()] == [["platform", "web"]]
    assert {kind: len(fake.state[kind]) for kind in ("keys", "detectors", "workflows", "monitors")} == {
        "keys": 2,
        "detectors": 3,
        "workflows": 2,
        "monitors": 1,
    }
    everything = refused.stdout + half.stdout + printed.stdout + stack.ok("stack", "export")
    assert "simulated-secret" not in everything
    assert "wrong-horse" not in everything


COMPONENT = """\
    import pulumi
    from components.sentry.args import *
    from components.sentry.component import Sentry

    sentry = Sentry("sentry", SentryArgs(
        team=TeamArgs(organization="acme", slug="platform"),
        project="shop-api",
        platform="python-fastapi",
        environment="staging",
        sampling=SamplingArgs(errors=0.25, traces=0.1),
        key_limit=KeyLimitArgs(events=1000, window_seconds=60),
        slack=SlackArgs(integration_id=11, channel="#shop"),
        pagerduty=PagerDutyArgs(integration_id=21, service_id=22),
    ))
    pulumi.export("dsn", sentry.dsn)
"""
FORMER = {
    "footing-sentry:index:Project": "sentry:index/sentryProject:SentryProject",
    "footing-sentry:index:ClientKey": "sentry:index/sentryKey:SentryKey",
    "pulumi:providers:footing-sentry": "pulumi:providers:sentry",
}


def formerly(state: str) -> str:
    """The state as an earlier release has it: of the bridged provider, whose ids are a slug and a key's own."""
    made = json.loads(state)
    for it in made["deployment"]["resources"]:
        if it["type"] in FORMER and it.get("id"):
            it["id"] = it["id"].rpartition("/")[2]
    text = json.dumps(made)
    for now, before in FORMER.items():
        text = text.replace(now, before)
    return text


def test_component_has_its_alerts_and_keeps_the_issues_of_an_earlier_release(stack: Engine, fake: Sentry):
    stack.project.program(COMPONENT)
    stack.ok("up", "--yes", "--skip-preview")
    alerts = by_name(fake, "workflows")
    assert sorted(alerts) == [
        "sentry-errors-api",
        "sentry-new-issue-api",
        "sentry-slow-api",
        "sentry-slow-issue-api",
    ]
    told = {
        it["conditions"][0]["comparison"]: [action["type"] for action in it["actions"]]
        for it in alerts["sentry-errors-api"]["actionFilters"]
    }
    assert told == {50: ["slack"], 75: ["pagerduty"]}
    values = by_name(fake, "detectors")["sentry-errors-api"]["conditionGroup"]["conditions"]
    assert sorted((it["conditionResult"], it["comparison"]) for it in values) == [(0, 2), (50, 2), (75, 25)]
    stack.ok("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes")

    stack.project.program(formerly(stack.ok("stack", "export")), "former.json")
    stack.ok("stack", "import", "--file", "former.json")
    assert any("SentryProject::sentry-project" in it for it in stack.urns())
    asked(fake)
    stack.ok("up", "--yes", "--skip-preview", "--expect-no-changes")
    assert not any("SentryProject" in it for it in stack.urns())
    stack.ok("up", "--yes", "--skip-preview", "--refresh", "--expect-no-changes")
    assert asked(fake) == []

    refused = stack.run("destroy", "--yes", "--skip-preview")
    assert "protected" in refused.stdout
    assert len(fake.state["projects"]) == 1
