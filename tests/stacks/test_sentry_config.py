"""Error tracking in the configuration: what could not work is refused, each by its key."""

from typing import Any

import pytest

from footing.project import plan
from stacks.compose.sentry import release
from stacks.config import ConfigError, parse
from stacks.config.load import StackFile, from_file
from stacks.config.sentry import PLATFORMS, switched_on
from tests.stacks.test_config import ROOT

PAGER = {"integration_id": 21, "service_id": 22}


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"pagerduty": PAGER}, "sentry.pagerduty: given, allowed only with alerts.may_page: true"),
        (
            {"error_sample_rate": 0.05},
            (
                "sentry.alerts.errors_warning: given 10 errors, which are 0.5 events at an "
                "error_sample_rate of 0.05, allowed 1 event or more"
            ),
        ),
        (
            {"alerts": {"errors_warning": 100}},
            "sentry.alerts.errors_warning: given 100, allowed under errors_critical, 100",
        ),
        (
            {"traces_sample_rate": 0.0, "alerts": {"performance_regression": True}},
            "sentry.alerts.performance_regression: given, allowed only with a traces_sample_rate over 0",
        ),
        (
            {"frontend": {"error_sample_rate": 0.01}},
            (
                "sentry.frontend.alerts.errors_warning: given 10 errors, which are 0.1 events at an "
                "error_sample_rate of 0.01, allowed 1 event or more"
            ),
        ),
        (
            {"platform": "flask"},
            "sentry.platform: given 'flask', allowed other, or one of Sentry's list: python-flask",
        ),
        (
            {"frontend": {"platform": "node-koaa"}},
            "sentry.frontend.platform: given 'node-koaa', allowed other, or one of Sentry's list: node-koa",
        ),
    ],
)
def test_alert_that_could_not_fire_or_be_heard_is_refused(values: dict[str, Any], changed: Any, problem: str):
    values["sentry"] |= changed
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    assert list(caught.value.problems) == [problem]


ON = {"errors": True, "new_issue": True, "performance_regression": True}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ON),
        ({"slack": None}, ON),
        ({"slack": None, "team_id": None, "pagerduty": PAGER}, ON),
        ({"slack": None, "team_id": None}, dict.fromkeys(ON, False)),
        (
            {"slack": None, "team_id": None, "alerts": {"errors": True}},
            dict.fromkeys(ON, False) | {"errors": True},
        ),
        ({"alerts": {"new_issue": False}}, ON | {"new_issue": False}),
        ({"traces_sample_rate": 0.0}, ON | {"performance_regression": False}),
    ],
)
def test_alerts_are_on_where_somebody_is_told(values: dict[str, Any], changed: Any, expected: dict[str, bool]):
    values["alerts"]["may_page"] = True
    values["sentry"] |= {"slack": {"integration_id": 1, "channel": "#feed"}, "team_id": 31} | changed
    config = parse("test", values).sentry
    assert switched_on(config, config) == expected


def test_platform_without_a_near_name_is_told_the_whole_list(values: dict[str, Any]):
    values["sentry"]["platform"] = "zzzz"
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    [problem] = caught.value.problems
    assert all(name in problem for name in PLATFORMS)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("registry.example.com/feed/api@sha256:4f53cda18c2baa0c0354bb5f9a", "api@4f53cda18c2b"),
        ("registry.example.com:5000/feed/api:1.4.0", "api@1.4.0"),
        ("registry.example.com/feed/api:1.4.0@sha256:4f53cda18c2baa", "api@4f53cda18c2b"),
        ("api", "api@latest"),
    ],
)
def test_release_is_what_runs(image: str, expected: str):
    assert release(image) == expected


def test_browsers_have_a_project_of_their_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Any):
    monkeypatch.chdir(ROOT)
    text = (ROOT / "Pulumi.production.yaml").read_text()
    file = tmp_path / "Pulumi.production.yaml"
    file.write_text(
        text.replace("footing:sentry:\n", "footing:sentry:\n    frontend: {platform: javascript-react}\n")
    )
    made: StackFile = from_file(file)
    found = {it.name: it for it in plan("production", made).resources if it.type.startswith("footing-sentry:")}
    assert found["sentry-frontend-project"].inputs["platform"] == "javascript-react"
    assert found["sentry-frontend-project"].inputs["slug"] == "feed-production-web"
    assert found["sentry-project"].inputs["slug"] == "feed-production-api"
