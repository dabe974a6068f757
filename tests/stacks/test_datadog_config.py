"""Datadog as an extra: nothing of it is imported unless a stack asks, and then in production too."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from footing.cli import app
from footing.project import plan
from stacks.config import ConfigError, datadog, parse
from stacks.config.load import from_file
from tests.stacks.test_config import ROOT
from tests.stacks.test_fly_config import problems as fly_problems
from tests.stacks.test_fly_config import stack as fly_stack

HANDLES = {"page": ["@slack-feed"], "ticket": ["@slack-feed"], "info": ["@team@example.com"]}
AGENT = {
    "image": f"registry.example.com/datadog/agent@sha256:{'0' * 64}",
    "api_key_secret_arn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:datadog-AbCdEf",
}
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
        (
            {**HANDLES, "agent": {"image": "agent:7"}},
            "datadog.agent.api_key_secret: missing; give it, or api_key_secret_arn",
        ),
        (
            {**HANDLES, "agent": {**AGENT, "api_key_secret": "KEY"}},
            "datadog.agent.api_key_secret: given together with api_key_secret_arn, allowed one of the two",
        ),
        (
            {**HANDLES, "agent": {**AGENT, "traces": False, "trace_sample_rate": 0.5}},
            "datadog.agent.trace_sample_rate: given 0.5, allowed with traces: true",
        ),
        (
            {**HANDLES, "aws_integration": "made"},
            "aws_account_id: missing; required with datadog.aws_integration: made, which names the account",
        ),
    ],
)
def test_handles_that_reach_nobody_or_wake_somebody_are_refused(values: dict[str, Any], block: Any, problem: str):
    with pytest.raises(ConfigError) as caught:
        parse("test", {**values, "datadog": block, "secrets": frozenset({"KEY"})})
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

    config = parse("test", values)
    assert datadog_variables(config, config.services["api"]) == {}
    config = parse("test", {**values, "datadog": HANDLES})
    tagged = {
        "DD_SERVICE": "api",
        "DD_ENV": "production",
        "DD_VERSION": "4f53cda18c2b",
        "DD_TAGS": "app:feed,team:platform",
    }
    assert datadog_variables(config, config.services["api"]) == tagged
    config = parse("test", {**values, "datadog": {**HANDLES, "agent": {**AGENT, "trace_sample_rate": 0.1}}})
    assert datadog_variables(config, config.services["api"]) == {
        **tagged,
        "DD_AGENT_HOST": "127.0.0.1",
        "DD_TRACE_AGENT_PORT": "8126",
        "DD_TRACE_ENABLED": "true",
        "DD_TRACE_SAMPLE_RATE": "0.1",
    }


FLY_AGENT = {"image": AGENT["image"], "api_key_secret": "DATADOG_API_KEY"}


@pytest.mark.parametrize(
    ("agent", "problem"),
    [
        (AGENT, "datadog.agent.api_key_secret_arn: given, allowed api_key_secret where a service runs at Fly.io"),
        ({**FLY_AGENT, "fly_guest": {"cpus": 3}}, "datadog.agent.fly_guest.cpus: given 3, allowed"),
    ],
)
def test_agent_at_fly_is_refused_what_no_machine_can(agent: dict[str, Any], problem: str):
    values = fly_stack(datadog={**HANDLES, "agent": agent}, alerts={"runbook_url": "https://example.com/runbook"})
    assert problem in fly_problems(values)


def test_service_at_fly_finds_the_agent_in_the_private_network():
    from stacks.compose.datadog import datadog_variables

    block = {**HANDLES, "agent": FLY_AGENT}
    values = fly_stack(datadog=block, alerts={"runbook_url": "https://example.com/runbook"})
    config = parse("test", values, secrets_stood_in=True)
    assert (
        datadog_variables(config, config.services["api"])["DD_AGENT_HOST"] == "synckairos-staging-datadog.internal"
    )
    assert config.images == {}


def alone(tmp_path: Path, **block: Any) -> Path:
    """Production as a file with Datadog and no other evaluator."""
    document = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())
    config = document["config"]
    for key in ("grafana", "metrics", "cloudwatch_alarms"):
        del config[f"footing:{key}"]
    for told in (config["footing:database"], config["footing:database"]["pooler"], config["footing:edge"]):
        del told["metrics"]
    config["footing:datadog"] = {**HANDLES, "agent": AGENT, **block}
    path = tmp_path / "Pulumi.production.yaml"
    path.write_text(yaml.safe_dump(document))
    return path


def test_stack_with_datadog_alone_is_let_through(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.chdir(ROOT)
    resources = plan("production", from_file(alone(tmp_path))).resources
    assert [it.type for it in resources if it.type.startswith(("grafana:", "aws:sns/"))] == []
    monitors = [it.inputs["query"] for it in resources if it.type == "datadog:index/monitor:Monitor"]
    # No agent reads an exporter here, and none has the series `up`.
    assert not [it for it in monitors if isinstance(it, str) and re.search(r"feed\.(pgbouncer|pg|redis|up)", it)]
    slos = [it.inputs["query"] for it in resources if it.type.endswith(":ServiceLevelObjective")]
    assert [it for it in slos if "feed.http_requests" in it["denominator"]]
    found = judged(alone(tmp_path))
    assert (found.exit_code, "alerts-on-data" in found.stdout) == (0, False)
    nobody = judged(alone(tmp_path, aws_integration="none"))
    assert (nobody.exit_code, "alerts-on-data" in nobody.stdout) == (1, True)


def judged(path: Path) -> Any:
    return CliRunner().invoke(app, ["check", "production", "--config-file", str(path)])
