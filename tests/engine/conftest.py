import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

import pytest

from engine.build import MODULE_DIRECTORY, find_engine

RUNTIME = "runtime: {name: python, options: {toolchain: uv, virtualenv: .venv}}\n"


@dataclass(frozen=True)
class Project:
    """A small Pulumi project in a directory of its own, with an empty `staging` stack file."""

    root: Path

    def program(self, text: str, path: str = "__main__.py") -> None:
        file = self.root / path
        file.parent.mkdir(exist_ok=True)
        file.write_text(dedent(text))

    def policy_pack(self, validation: str) -> None:
        """Writes a pack with one mandatory stack rule, whose body may call `report(message)`."""
        self.program(RUNTIME, "policies/PulumiPolicy.yaml")
        self.program(
            f"""\
            import sys
            from pulumi_policy import EnforcementLevel, PolicyPack, StackValidationPolicy

            def validate(stack, report):
                {validation}

            print("the pack is loaded", file=sys.stderr)
            rule = StackValidationPolicy(name="rule", description="The rule.", validate=validate)
            PolicyPack(name="pack", enforcement_level=EnforcementLevel.MANDATORY, policies=[rule])
            """,
            "policies/__main__.py",
        )

    def files(self) -> dict[str, bytes]:
        """Every file of the tree except the try-out's own."""
        kept = (path for path in self.root.rglob("*") if path.is_file() and ".footing" not in path.parts)
        return {str(path.relative_to(self.root)): path.read_bytes() for path in kept}


@dataclass(frozen=True)
class Engine:
    """The CLI with this tree's language host, on a private backend."""

    project: Project
    executable: Path
    environment: dict[str, str]

    def command(self, *arguments: str) -> list[str]:
        return [str(self.executable), *arguments, "--stack", "staging", "--non-interactive"]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments), cwd=self.project.root, env=self.environment, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip

    def ok(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout
        return done.stdout

    def up(self) -> subprocess.CompletedProcess[str]:
        return self.run("up", "--yes", "--skip-preview")

    def urns(self) -> list[str]:
        exported = json.loads(self.ok("stack", "export"))
        return [resource["urn"] for resource in exported["deployment"].get("resources", [])]


@pytest.fixture(scope="session", autouse=True)
def _state_written_at_the_end() -> Iterator[None]:
    """The engine writes the whole state after each step, most of its time; no test of these kills it between."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PULUMI_SKIP_CHECKPOINTS", "true")
        yield


@pytest.fixture
def project(tmp_path: Path) -> Project:
    root = tmp_path / "project"
    root.mkdir()
    (root / "Pulumi.yaml").write_text(f"name: small\n{RUNTIME}")
    (root / "Pulumi.staging.yaml").write_text("# staging\nconfig: {}\n")
    return Project(root)


@pytest.fixture(scope="session")
def executable() -> Path:
    return find_engine()


@pytest.fixture
def engine(project: Project, executable: Path, tmp_path: Path) -> Engine:
    for name in ("state", "home"):
        (tmp_path / name).mkdir()
    environment = {
        **os.environ,
        # This tree's host comes first, also where the machine has a CLI with another one.
        "PATH": os.pathsep.join([str(MODULE_DIRECTORY), os.environ["PATH"]]),
        "FOOTING_ROOT": str(MODULE_DIRECTORY.parent),
        "FOOTING_PYTHON": sys.executable,
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    made = Engine(project, executable, environment)
    made.ok("stack", "init")
    return made


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what a deployment reads, as the directory of the commands; test_stack has one without that."""
    from test_stack import ROOT, TREE

    for name in TREE:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOOTING_ROOT", str(ROOT))
    return tmp_path
