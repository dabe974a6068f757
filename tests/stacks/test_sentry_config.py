"""Error tracking in the configuration: what Sentry or its provider refuses is refused, each by its key."""

from typing import Any

import pytest

from footing.project import plan
from stacks.compose.sentry import release
from stacks.config import ConfigError, parse
from stacks.config.load import StackFile, from_file
from stacks.config.sentry import PLATFORMS
from tests.stacks.test_config import ROOT

PAGER = {"integration_id": 21, "service_id": 22}


GONE = "Sentry answers 410 to the API by which its provider makes alerts: components/sentry/README.md"


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"pagerduty": PAGER}, f"sentry.pagerduty: given, allowed left out: {GONE}"),
        *(
            ({"alerts": {alert: True}}, f"sentry.alerts.{alert}: given true, allowed false: {GONE}")
            for alert in ("errors", "new_issue", "performance_regression")
        ),
        (
            {"frontend": {"alerts": {"errors": True}}},
            f"sentry.frontend.alerts.errors: given true, allowed false: {GONE}",
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
def test_what_sentry_no_longer_takes_is_refused(values: dict[str, Any], changed: Any, problem: str):
    values["alerts"]["may_page"] = True
    values["sentry"] |= changed
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    assert list(caught.value.problems) == [problem]


def test_platform_without_a_near_name_is_told_the_whole_list(values: dict[str, Any]):
    values["sentry"]["platform"] = "zzzz"
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    [problem] = caught.value.problems
    assert all(name in problem for name in PLATFORMS)


@pytest.mark.parametrize("stack", ["production", "staging"])
def test_no_stack_has_an_alert_of_sentry_or_asks_its_documentation(monkeypatch: pytest.MonkeyPatch, stack: str):
    monkeypatch.chdir(ROOT)
    made = from_file(ROOT / f"Pulumi.{stack}.yaml")
    found = [it for it in plan(stack, made).resources if it.type.startswith("sentry:")]
    assert {it.name: it.inputs.get("platform") for it in found} == {"sentry-project": "other", "sentry-key": None}


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
