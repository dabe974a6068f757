"""The pack under the real engine: whatever is wrong with it ends the operation with a sentence that says so."""

import json
from typing import Any

import pytest

pytestmark = pytest.mark.engine

RUNTIME = "runtime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"
OURS = """\
from pathlib import Path

from policies.analyzer.serve import serve
from policies.judge import Catalogue
from policies.rules import CATALOGUE

serve({rules}, Path(__file__).resolve().parent)
"""
WHOLE = OURS.format(rules="CATALOGUE")
TYPO = {"edge-api-rat": "mandatory"}
LOOSER = {"edge-api-rate": "advisory"}


@pytest.mark.parametrize(
    ("pack", "config", "exceptions", "sentence"),
    [
        (OURS.format(rules="Catalogue([])"), {}, "", "The policy pack holds no rules"),
        ("import no_such_module", {}, "", "No module named 'no_such_module'"),
        (WHOLE, TYPO, "", "There is no rule 'edge-api-rat'; the nearest is 'edge-api-rate'."),
        (WHOLE, LOOSER, "", "advisory is less strict than mandatory"),
        (WHOLE, {}, "exceptions: [{rule: edge-api-rate}]", "exceptions.yaml, entry 1: no owner."),
        (None, {}, "", "failed to load Pulumi policy project"),
    ],
    ids=["empty", "broken", "misspelt", "loosened", "malformed exception", "missing"],
)
def test_fault_of_the_pack_fails_the_preview(
    engine: Any, pack: str | None, config: dict[str, str], exceptions: str, sentence: str
):
    engine.project.program("import pulumi\npulumi.export('made', 1)\n")
    arguments = ["preview", "--policy-pack", "policies"]
    if pack is not None:
        engine.project.program(RUNTIME, "policies/PulumiPolicy.yaml")
        engine.project.program(pack, "policies/__main__.py")
    if exceptions:
        engine.project.program(exceptions, "policies/exceptions.yaml")
    if config:
        engine.project.program(json.dumps(config), "config.json")
        arguments += ["--policy-pack-config", "config.json"]
    done = engine.run(*arguments)
    assert done.returncode != 0, done.stdout
    assert sentence in " ".join(done.stdout.split())


def test_whole_pack_passes_an_empty_program(engine: Any):
    engine.project.program("import pulumi\npulumi.export('made', 1)\n")
    engine.project.program(RUNTIME, "policies/PulumiPolicy.yaml")
    engine.project.program(WHOLE, "policies/__main__.py")
    assert "footing" in engine.ok("preview", "--policy-pack", "policies")
