"""The commands of the README, run from a fresh copy of the tree, as a newcomer would."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from engine.build import find_engine

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    for line in block.splitlines()
]
NOT_AGAIN = {"make test", "make lab", "make observe"}
"""The first runs this very test; the others run what tests/lab and tests/observability run, and take minutes."""
EXPECTED = {
    "make up": "The cloud is simulated",
    "make up STACK=production": "The cloud is simulated",
    "make preview STACK=production": "footing",
    "make plan STACK=production": "database-primary",
    "make destroy": "deleted",
    "make check STACK=production": "The change may go on",
    ".venv/bin/footing fire-drill production": "page: must arrive at",
    ".venv/bin/footing trace production GET /rest/feed --header 'Cookie: session=1'": "bypass-authenticated",
}
"""Something that the command must have printed."""


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the tree as it is, uncommitted changes included, without anything that git ignores."""
    find_engine()
    copy = tmp_path_factory.mktemp("clone") / "footing"
    copy.mkdir()
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, copy / name)
    git(copy, "init", "--quiet")
    git(copy, "add", "--all")
    git(copy, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "--quiet", "-m", "copy")
    return copy


def git(directory: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=directory, capture_output=True, text=True, check=True).stdout


def test_readme_names_the_two_commands_and_every_command_is_expected():
    assert {"make up", "make test"} <= set(COMMANDS)
    assert set(COMMANDS) == set(EXPECTED) | NOT_AGAIN


@pytest.mark.timeout(900)
def test_commands_of_the_readme_work_in_their_order(clone: Path):
    without_ours = {
        key: value for key, value in os.environ.items() if not key.startswith(("VIRTUAL_ENV", "PYTEST_"))
    }
    for command in (line for line in COMMANDS if line not in NOT_AGAIN):
        done = subprocess.run(
            shlex.split(command), cwd=clone, env=without_ours, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        assert EXPECTED[command] in done.stdout, f"{command}\n{done.stdout}"
    assert git(clone, "status", "--porcelain") == ""
