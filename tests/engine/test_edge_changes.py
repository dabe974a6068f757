"""What the real engine would do to a zone when one line of its stack's file changes: touch that one rule."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from engine.build import MODULE_DIRECTORY, find_engine
from footing.pulumi_cli.tryout import installed_packages
from simulator.process import simulated_cloud

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
PROJECT = "name: small\nruntime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"
PROGRAM = """\
import sys
from pathlib import Path
import pulumi
configured = pulumi.Config()
sys.path.insert(0, configured.require("root"))
from lazy_sdk.hook import install
install()
from components.edge.args import EdgeArgs
from components.edge.zone import Edge
from stacks.config import from_file
from stacks.edge import edge_settings

config = from_file(Path(configured.require("file"))).config
args = EdgeArgs(
    zone_name=config.edge.zone,
    zone_id="0" * 32,
    origin_hostname="lb.example.com",
    settings=edge_settings(config, config.edge),
    reset=config.edge.reset,
)
Edge("edge", args)
if configured.get("second"):
    Edge("again", args)
"""

FLAGS = ("second",)
Step = dict[str, Any]


@dataclass(frozen=True)
class Zone:
    """The edge of the production stack, applied once to a simulated cloud."""

    root: Path
    environment: dict[str, str]

    def write(self, change: Callable[[dict[str, Any]], None] = lambda _: None) -> None:
        document = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())
        # Its exporter is no part of the zone, and the free plan has none.
        document["config"]["footing:edge"]["metrics"] = "none"
        document["config"]["footing:metrics"].update(exporters=["postgres"], cloudflare_token_secret_arn=None)
        change(document["config"]["footing:edge"])
        (self.root / "production.yaml").write_text(yaml.safe_dump(document))

    def run(self, *arguments: str, flags: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
        # The engine writes what it is given into the stack's file: a flag that is off is said as well.
        chosen = {flag: "on" if flag in flags else "" for flag in FLAGS} if arguments[0] != "stack" else {}
        options = [part for flag, value in chosen.items() for part in ("--config", f"small:{flag}={value}")]
        return subprocess.run(
            [find_engine(), *arguments, *options, "--stack", "zone", "--non-interactive"],
            cwd=self.root, env=self.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    def preview(self, change: Callable[[dict[str, Any]], None] = lambda _: None, *flags: str) -> list[Step]:
        """Steps on the provider's resources that do something."""
        self.write(change)
        done = self.run("preview", "--json", flags=flags)
        assert done.returncode == 0, done.stdout + done.stderr
        steps = json.loads(done.stdout)["steps"]
        return [step for step in steps if step["op"] != "same" and "cloudflare:" in step["urn"].split("::")[2]]


REPLACED = {"replace", "create-replacement", "delete-replaced"}
"""Steps of a replacement."""


@pytest.fixture(scope="module")
def zone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Zone]:
    root = tmp_path_factory.mktemp("edge")
    for name in ("state", "home", "cloud"):
        (root / name).mkdir()
    (root / "Pulumi.yaml").write_text(PROJECT)
    configured = {"small:root": str(ROOT), "small:file": str(root / "production.yaml")}
    (root / "Pulumi.zone.yaml").write_text(yaml.safe_dump({"config": configured}))
    (root / "__main__.py").write_text(PROGRAM)
    with simulated_cloud(root / "cloud", installed_packages()) as cloud:
        environment = {
            **os.environ,
            **cloud,
            "PATH": os.pathsep.join([str(MODULE_DIRECTORY), os.environ["PATH"]]),
            "FOOTING_ROOT": str(ROOT),
            "FOOTING_PYTHON": sys.executable,
            "PULUMI_BACKEND_URL": f"file://{root / 'state'}",
            "PULUMI_HOME": str(root / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "test",
        }
        made = Zone(root, environment)
        made.write()
        for arguments in (("stack", "init"), ("up", "--yes", "--skip-preview")):
            done = made.run(*arguments)
            assert done.returncode == 0, done.stdout + done.stderr
        yield made


def rules(step: Step, state: str) -> dict[str, Any]:
    return {rule["ref"]: rule for rule in step[state]["inputs"]["rules"]}


def different(step: Step) -> set[str]:
    """Refs of the rules that are not what they were."""
    before, after = rules(step, "oldState"), rules(step, "newState")
    return {ref for ref in before | after if before.get(ref) != after.get(ref)}


def test_nothing_changes_without_a_change(zone: Zone):
    assert zone.preview() == []


@pytest.mark.parametrize(
    ("block", "key", "value", "phase", "ref"),
    [
        ("api", "requests_per_minute", 90, "http-ratelimit", "api-per-minute"),
        ("auth", "requests_per_minute", 15, "http-ratelimit", "auth-per-minute"),
        ("auth", "failed_logins", 4, "http-ratelimit", "auth-failed-logins"),
    ],
)
def test_changed_limit_updates_one_rule_of_one_resource(
    zone: Zone, block: str, key: str, value: int, phase: str, ref: str
):
    [step] = zone.preview(
        lambda edge: edge.setdefault("rate_limits", {}).setdefault(block, {}).update({key: value})
    )
    assert (step["op"], step["urn"].rpartition("::")[2]) == ("update", f"edge-{phase}")
    assert different(step) == {ref}
    assert list(rules(step, "oldState")) == list(rules(step, "newState"))
    index = list(rules(step, "newState")).index(ref)
    touched = {path.partition(".")[0] for path in step["detailedDiff"]}
    assert touched == {f"rules[{index}]"}


def test_rule_in_the_middle_leaves_every_other_rule_its_ref(zone: Zone):
    [step] = zone.preview(
        lambda edge: edge.setdefault("rate_limits", {}).setdefault("api", {}).update({"burst_requests": None})
    )
    assert step["op"] == "update"
    assert different(step) == {"api-burst"}
    before = list(rules(step, "oldState"))
    assert 0 < before.index("api-burst") < len(before) - 1


def test_removed_rule_leaves_every_other_rule_its_ref(zone: Zone):
    [step] = zone.preview(
        lambda edge: edge.setdefault("rate_limits", {}).setdefault("auth", {}).update({"failed_logins": None})
    )
    assert step["op"] == "update"
    assert different(step) == {"auth-failed-logins"}


def test_next_stage_of_hsts_changes_one_setting(zone: Zone):
    """Replaced, so that the whole setting is sent: the provider deletes nothing, and updates with what differs."""
    steps = zone.preview(lambda edge: edge.update({"hsts": "week"}))
    assert {step["urn"].rpartition("::")[2] for step in steps} == {"edge-security-header"}
    assert {step["op"] for step in steps} <= REPLACED


def test_change_of_plan_replaces_nothing(zone: Zone):
    steps = zone.preview(lambda edge: edge.update({"plan": "free", "when_plan_lacks": "degrade"}))
    assert {step["op"] for step in steps} == {"update"}


def test_reset_changes_values_and_takes_nothing_away(zone: Zone):
    steps = zone.preview(lambda edge: edge.update({"reset": True}))
    replaced = {step["urn"].rpartition("::")[2] for step in steps if step["op"] in REPLACED}
    assert replaced == {"edge-security-header"}
    assert {step["op"] for step in steps} - REPLACED == {"update"}
    assert "edge-ssl" in {step["urn"].rpartition("::")[2] for step in steps}


def test_second_owner_is_refused_before_anything_is_made(zone: Zone):
    zone.write()
    done = zone.run("preview", flags=("second",))
    assert done.returncode != 0
    assert "both own the zone 'feed.example'" in done.stdout + done.stderr
