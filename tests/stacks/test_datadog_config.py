"""Datadog as an extra: nothing of it is imported unless a stack asks, and then in production too."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from footing.project import plan
from stacks.config import ConfigError, datadog, parse
from stacks.config.load import from_file
from tests.stacks.test_config import ROOT

HANDLES = {"page": ["@slack-feed"], "ticket": ["@slack-feed"], "info": ["@team@example.com"]}
BLOCK = '  footing:datadog: {page: ["@slack-feed"], ticket: ["@slack-feed"], info: ["@team@example.com"]}\n'
PLANNED = """
import sys
from pathlib import Path
from footing.project import plan
from stacks.config.load import from_file
plan("production", from_file(Path("Pulumi.production.yaml")))
print([name for name in sys.modules if name.startswith(("pulumi_datadog", "components.datadog"))])
"""


def test_production_is_composed_with_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(ROOT)
    file = tmp_path / "Pulumi.production.yaml"
    file.write_text((ROOT / "Pulumi.production.yaml").read_text() + BLOCK)
    resources = plan("production", from_file(file)).resources
    made = [it.type.rpartition(":")[2] for it in resources if it.type.startswith("datadog:")]
    assert made.count("DashboardJson") == 1
    assert made.count("Monitor") > 20


def test_stack_without_it_never_imports_it():
    done = subprocess.run([sys.executable, "-c", PLANNED], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("block", "problem"),
    [
        (
            {**HANDLES, "page": ["@pagerduty-feed"]},
            "datadog.page: given @pagerduty-feed, allowed only with alerts.may_page: true",
        ),
        ({**HANDLES, "page": []}, "datadog.page: given a list, allowed at least 1 entries"),
    ],
)
def test_handles_that_reach_nobody_or_wake_somebody_are_refused(values: dict[str, Any], block: Any, problem: str):
    values["datadog"] = block
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    assert list(caught.value.problems) == [problem]


def test_period_of_the_budgets_is_one_that_datadog_has(values: dict[str, Any]):
    for days in (7, 30, 90):
        parse("test", {**values, "datadog": HANDLES, "objectives": {"period_days": days}})
    parse("test", {**values, "objectives": {"period_days": 14}})
    with pytest.raises(ConfigError) as caught:
        parse("test", {**values, "datadog": HANDLES, "objectives": {"period_days": 14}})
    problem = "objectives.period_days: given 14, allowed 7, 30 or 90 with the block datadog"
    assert list(caught.value.problems) == [problem]


def test_missing_extra_is_one_sentence(values: dict[str, Any], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(datadog, "SDK", "pulumi_that_is_not_installed")
    values["datadog"] = HANDLES
    with pytest.raises(ConfigError) as caught:
        parse("test", values)
    assert list(caught.value.problems) == [
        "datadog: given, allowed only with the extra; install it with: pip install 'footing[datadog]'"
    ]


def test_variables_tag_what_the_service_sends(values: dict[str, Any]):
    from stacks.compose.datadog import datadog_variables

    assert datadog_variables(parse("test", values)) == {}
    values["datadog"] = HANDLES
    assert datadog_variables(parse("test", values)) == {"DD_SERVICE": "feed", "DD_ENV": "production"}
