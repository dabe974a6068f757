"""The user's own `overrides.py`: what it changes is planned, and judged like everything else."""

import json
import os
import re
import shutil
import subprocess
import sysconfig
from pathlib import Path

import pulumi
import pytest

from stacks.overrides import OverridesError, load_overrides

ROOT = Path(__file__).parents[3]
FOOTING = Path(sysconfig.get_path("scripts")) / "footing"
[EXAMPLE] = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "overrides.md").read_text(), re.DOTALL)
FORBIDDEN = EXAMPLE.replace('"monitoringInterval": 15', '"storageEncrypted": False')


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("Pulumi.yaml", "Pulumi.staging.yaml", "__main__.py"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    return tmp_path


def footing(tree: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    plain = {**os.environ, "COLUMNS": "200", "NO_COLOR": "1"}
    return subprocess.run([FOOTING, *arguments], cwd=tree, env=plain, capture_output=True, text=True, check=False)


def test_example_of_the_page_changes_one_property_and_nothing_else(tree: Path):
    before = json.loads(footing(tree, "plan", "staging", "--json").stdout)["resources"]
    (tree / "overrides.py").write_text(EXAMPLE)
    after = json.loads(footing(tree, "plan", "staging", "--json").stdout)["resources"]
    [(old, new)] = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
    assert new == {**old, "inputs": {**old["inputs"], "monitoringInterval": 15}}
    assert new["name"] == "database-primary"
    assert footing(tree, "check", "staging").returncode == 0


def test_gate_stops_a_forbidden_value(tree: Path):
    (tree / "overrides.py").write_text(FORBIDDEN)
    done = footing(tree, "check", "staging")
    assert done.returncode == 1
    assert "STOPS  database-storage-encrypted  failed, critical\n  database-primary" in done.stdout
    assert "observed storageEncrypted false" in done.stdout


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "import pulumi\n\nimport nothing_of_this_name\n",
            "overrides.py, line 3: ModuleNotFoundError: No module named",
        ),
        ("def broken(:\n", "overrides.py, line 1: SyntaxError: "),
        ("1 / 0", "overrides.py, line 1: ZeroDivisionError: division by zero"),
        (
            "import pulumi\npulumi.runtime.register_resource_transform(lambda args: args.nothing)\n",
            "raised AttributeError at",
        ),
    ],
)
def test_error_is_one_sentence(tree: Path, text: str, sentence: str):
    (tree / "overrides.py").write_text(text)
    for command in ("plan", "check"):
        done = footing(tree, command, "staging")
        assert done.returncode == 2
        [line] = [line for line in done.stderr.splitlines() if not line.startswith("warning: ")]
        assert sentence in line


def test_without_the_file_nothing_is_run(tmp_path: Path):
    load_overrides(tmp_path)
    (tmp_path / "overrides.py").write_text("raise SystemError('run')")
    with pytest.raises(OverridesError, match=r"overrides.py, line 1: SystemError: run"):
        load_overrides(tmp_path)
    assert issubclass(OverridesError, pulumi.RunError)
