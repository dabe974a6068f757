"""A stack made by an earlier release previews no change that the changelog does not name.

The states are those of both stacks as version 0.1.0 of 2026-11-25 made them on the simulated cloud, packed; their
secrets are encrypted with the passphrase of a try-out. Type tokens, names of resources and inputs are in them.
"""

import json
import lzma
import shutil
from collections.abc import Iterator
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest
from test_stack import ROOT, TREE

from footing.pulumi_cli.tryout import try_out

pytestmark = pytest.mark.engine

STATES = Path(__file__).parent / "earlier_state"

COMPONENT = "footing:index:"
"""Components have no provider: a change of their inputs is a change of what the state says, of nothing else."""

DESCRIBED_ANEW = {"Collector", "Pooler", "Service"}
"""Components whose arguments have other names than then."""

CHANGED: dict[str, str] = {}
"""Resources that change, and why: each has a line in CHANGELOG.md."""


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in TREE:
        source = ROOT / name
        copy = shutil.copytree if source.is_dir() else shutil.copy
        copy(source, tmp_path / name)
    monkeypatch.setenv("FOOTING_ROOT", str(ROOT))
    return tmp_path


def steps(tree: Path, stack: str) -> Iterator[dict[str, Any]]:
    """Every step that the engine would take on the earlier state; one that keeps a resource is `same`."""
    state = json.loads(lzma.decompress((STATES / f"{stack}.json.xz").read_bytes()))
    salt = state["checkpoint"]["latest"]["secrets_providers"]["state"]["salt"]
    directory = tree / ".footing" / stack
    kept = directory / f"state/.pulumi/stacks/footing/{stack}.json"
    kept.parent.mkdir(parents=True)
    kept.write_text(json.dumps(state))
    configuration = directory / f"project/Pulumi.{stack}.yaml"
    configuration.parent.mkdir()
    configuration.write_text(f"encryptionsalt: {salt}\n")
    with chdir(tree), try_out(stack, root=tree, directory=directory) as session:
        previewed = session.ask("preview", "--json", "--show-sames", *session.options)
    assert previewed.returncode == 0, previewed.stderr
    found = json.loads(previewed.stdout)["steps"]
    earlier = {resource["urn"] for resource in state["checkpoint"]["latest"]["resources"] if resource["custom"]}
    assert len(earlier & {step["urn"] for step in found}) > 150
    yield from found


@pytest.mark.parametrize("stack", ["staging", "production"])
def test_earlier_state_previews_only_the_changes_that_are_named(tree: Path, stack: str):
    described, changed = set(), {}
    for step in (it for it in steps(tree, stack) if it["op"] != "same"):
        type_, name = step["urn"].split("::")[-2:]
        own_type = type_.rpartition("$")[2]
        if own_type.startswith(COMPONENT) and step["op"] == "update":
            described.add(own_type.removeprefix(COMPONENT))
        else:
            changed[name] = f"{step['op']} {sorted(step.get('detailedDiff') or {})}"
    assert changed == {name: why for name, why in CHANGED.items() if name in changed}
    assert described <= DESCRIBED_ANEW
