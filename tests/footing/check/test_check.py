"""`footing check` and `footing rules` as a person meets them; whatever is missing, it is never green."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sample_rules import HIDDEN, RULES, queue, store, urn

from footing.check.pack import GateError, load
from footing.check.terminal import text
from footing.testing import UNKNOWN
from footing.testing.runners import STACK, named
from policies import gate, waivers
from policies.judge import Catalogue
from policies.resource import Resource, Stack

ROOT = Path(__file__).parents[3]
FOOTING = Path(sysconfig.get_path("scripts")) / "footing"
TREE = ("Pulumi.yaml", "Pulumi.staging.yaml", "Pulumi.production.yaml", "__main__.py", "policies")


def footing(*arguments: str, directory: Path = ROOT) -> subprocess.CompletedProcess[str]:
    plain = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run(
        [FOOTING, *arguments], cwd=directory, env=plain, capture_output=True, text=True, check=False
    )


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in TREE:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    return tmp_path


@pytest.fixture(scope="module")
def plan_of_staging() -> str:
    return footing("plan", "staging", "--json").stdout


@pytest.fixture
def planned(plan_of_staging: str) -> dict[str, Any]:
    """The plan of staging, free to be spoilt."""
    document: dict[str, Any] = json.loads(plan_of_staging)
    return document


def saved(tree: Path, document: Any) -> str:
    path = tree / "plan.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    return str(path)


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_committed_stack_passes_and_every_rule_is_counted(stack: str):
    done = footing("check", stack)
    assert done.returncode == 0, done.stdout
    counts, verdict = done.stdout.splitlines()[-2:]
    assert counts.startswith(f"{stack}: ")
    assert " 0 failed" in counts or "advice" in verdict
    assert " 0 broke." in counts
    assert verdict.startswith("The change may go on")


def test_saved_plan_is_judged_with_the_rule_the_resource_and_the_line(tree: Path, planned: dict[str, Any]):
    [group] = [it for it in planned["resources"] if it["name"] == "database-parameters"]
    [parameter] = [it for it in group["inputs"]["parameters"] if it["name"] == "max_connections"]
    parameter["value"] = "201"
    done = footing("check", "staging", "--plan", saved(tree, planned), directory=tree)
    assert done.returncode == 1
    assert "STOPS  database-max-connections  failed, high" in done.stdout
    assert f"  database-parameters  aws.rds.ParameterGroup at {group['source']}" in done.stdout
    assert "  observed max_connections 201\n  required 200 connections\n" in done.stdout
    assert done.stdout.endswith("The change is stopped by 1 finding.\n")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda it: it | {"version": 99}, "version 99"),
        (lambda it: it | {"stack": "production"}, "is the plan of 'production', not of 'staging'"),
        (lambda it: {"version": 1, "stack": "staging"}, "not of the documented shape"),
        (lambda it: "{", "not JSON"),
        (lambda it: "[]", "has version None"),
    ],
)
def test_plan_that_cannot_be_read_is_never_green(
    tree: Path, planned: dict[str, Any], spoil: Callable[[Any], Any], sentence: str
):
    done = footing("check", "staging", "--plan", saved(tree, spoil(planned)), directory=tree)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("check", "production", "--plan", "missing.json"), "missing.json cannot be read"),
        (("check", "nowhere"), "no such stack file"),
        (("check", "production", "--policy-pack-config", "missing.json"), "missing.json cannot be read"),
        (("check", "production", "--format", "pdf"), "'pdf' is not one of"),
    ],
)
def test_wrong_usage_is_one_sentence_and_never_green(tree: Path, arguments: tuple[str, ...], sentence: str):
    done = footing(*arguments, directory=tree)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_pack_is_never_green(tree: Path):
    shutil.rmtree(tree / "policies")
    done = footing("check", "production", directory=tree)
    assert (done.returncode, done.stdout) == (2, "")
    assert "No policy pack" in done.stderr


@pytest.mark.parametrize(
    ("source", "sentence"),
    [
        ("CATALOGUE = ()", "holds no rules"),
        ("import no_such_module", r"ModuleNotFoundError at spoilt_rules_\d\.py:1"),
        ("CATALOGUE = (", "SyntaxError"),
        ("", "AttributeError"),
    ],
)
def test_empty_or_broken_pack_is_never_green(
    tree: Path, monkeypatch: pytest.MonkeyPatch, source: str, sentence: str
):
    module = f"spoilt_rules_{len(source) % 10}"
    (tree / f"{module}.py").write_text(source)
    monkeypatch.syspath_prepend(str(tree))
    with pytest.raises(GateError, match=sentence):
        load(tree, "production", module=module)
    sys.modules.pop(module, None)


def test_refused_configuration_of_the_pack_is_never_green(tree: Path):
    config = tree / "config.json"
    config.write_text('{"edge-api-rat": "mandatory"}')
    done = footing("check", "production", "--policy-pack-config", str(config), directory=tree)
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no rule 'edge-api-rat'; the nearest is 'edge-api-rate'." in done.stderr


def test_unused_exception_fails_the_check(tree: Path, planned: dict[str, Any]):
    found = next(it["urn"] for it in planned["resources"] if it["name"] == "database-parameters")
    (tree / "policies" / "exceptions.yaml").write_text(
        f"exceptions:\n- rule: database-max-connections\n  owner: team\n  expires: {date.today()}\n"
        f"  reason: a reason of enough characters\n  urn: {found}\n"
    )
    done = footing("check", "staging", "--plan", saved(tree, planned), directory=tree)
    assert done.returncode == 1
    assert "GATE  The exception from database-max-connections" in done.stdout
    assert "is not used" in done.stdout
    assert done.stdout.endswith("stopped by 0 findings and 1 fault of the gate itself.\n")


def test_rules_are_listed_with_their_levels():
    listed = json.loads(footing("rules", "--json").stdout)["rules"]
    [one] = [it for it in listed if it["id"] == "database-max-connections"]
    assert one["types"] == ["aws:rds/parameterGroup:ParameterGroup"]
    assert one["levels"] == {"production": "mandatory", "elsewhere": "mandatory"}
    assert all(it["title"] and it["why"] and it["source"] and it["remedy"] for it in listed)
    shown = footing("rules").stdout
    assert shown.endswith(f"{len(listed)} rules; levels in production / elsewhere.\n")


def test_terminal_report_shows_what_stops_first_and_no_value(tmp_path: Path):
    (tmp_path / "exceptions.yaml").write_text(
        "exceptions:\n- rule: queues-few\n  owner: team-mail\n  expires: 2026-05-01\n"
        f"  reason: two queues until the move is over\n  urn: {urn(queue().type, 'one')}\n"
    )
    catalogue = Catalogue(RULES)
    broken = Resource(type=queue().type, name="broken", properties={})
    resources = named([store(False), store(UNKNOWN, "later"), queue("", "one"), broken])
    report = gate.judge(
        catalogue,
        Stack(environment="staging", resources=resources),
        name=STACK,
        today=date(2026, 5, 1),
        waivers=waivers.read(tmp_path / "exceptions.yaml", catalogue),
    )
    shown = text(report)
    heads = [line.split("  ")[:3] for line in shown.splitlines() if line and not line.startswith(" ")]
    assert heads[:6] == [
        ["STOPS", "queue-labelled", "broke, high"],
        ["STOPS", "queues-few", "failed, high"],
        ["STOPS", "store-encrypted", "could not decide, high"],
        ["STOPS", "store-encrypted", "failed, high"],
        ["advice", "queue-labelled", "failed, high"],
        ["excepted", "queues-few", "failed, high"],
    ]
    assert "  until 2026-05-01, team-mail answers for it: two queues until the move is over" in shown
    assert "test: 3 rules, 0 passed, 2 failed, 0 did not apply, 0 could not decide, 1 broke, 1 violation " in shown
    assert HIDDEN not in shown
