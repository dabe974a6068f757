"""Error tracking in the configuration: alerts that could not fire or be heard are refused, each by its key."""

from typing import Any

import pytest

from footing.project import plan
from stacks.compose.sentry import release
from stacks.config import ConfigError, parse
from stacks.config.load import StackFile, from_file
from tests.stacks.test_config import ROOT

PAGER = {"integration_id": 21, "service_id": 22}


@pytest.mark.parametrize(
    ("spoilt", "problem"),
    [
        ({"pagerduty": PAGER}, "sentry.pagerduty: given, allowed only with grafana.contacts.may_page: true"),
        (
            {"slack": None, "team_id": None},
            (
                "sentry.alerts: given errors or performance_regression, "
                "allowed only with sentry.slack or sentry.team_id"
            ),
        ),
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
            {"traces_sample_rate": 0.0},
            "sentry.alerts.performance_regression: given, allowed only with a traces_sample_rate over 0",
        ),
        (
            {"frontend": {"error_sample_rate": 0.01}},
            (
                "sentry.frontend.alerts.errors_warning: given 10 errors, which are 0.1 events at an "
                "error_sample_rate of 0.01, allowed 1 event or more"
            ),
        ),
    ],
)
def test_alert_that_could_not_fire_or_be_heard_is_refused(values: dict[str, Any], spoilt: Any, problem: str):
    values["sentry"] |= spoilt
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    assert list(caught.value.problems) == [problem]


def test_what_is_switched_off_is_not_held_to_it(values: dict[str, Any]):
    off = {"errors": False, "performance_regression": False}
    values["sentry"] |= {"slack": None, "team_id": None, "error_sample_rate": 0.01, "alerts": off}
    values["sentry"] |= {"traces_sample_rate": 0.0}
    assert parse("test", values).sentry.alerts.new_issue


def test_pager_may_be_named_where_it_may_ring(values: dict[str, Any]):
    values["grafana"]["contacts"]["may_page"] = True
    values["sentry"]["pagerduty"] = PAGER
    assert parse("test", values).sentry.pagerduty


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
    found = {it.name: it for it in plan("production", made).resources if it.type.startswith("sentry:")}
    assert found["sentry-frontend-project"].inputs["platform"] == "javascript-react"
    assert found["sentry-frontend-project"].inputs["slug"] == "feed-production-web"
    assert found["sentry-project"].inputs["slug"] == "feed-production-api"
    assert found["sentry-frontend-errors"].inputs["name"] == "sentry-errors-web"
