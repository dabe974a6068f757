"""The commands of the README, run from a fresh copy of the tree, as a newcomer would.

What must hold of a stack after it came up is looked at here, for a deployment takes minutes.
"""

import json
import os
import re
import resource
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from engine.build import find_engine
from footing.project import observed, stack_file
from footing.pulumi_cli.tryout import try_out
from observability.alerting.alerts import queried_series
from observability.records.names import Job
from tests.components.alloy_reader import read

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
    'make init ARGS="--app shop --domain shop.example --region eu-central-1 --environment live"': "20 lines",
    "make up STACK=live": "The cloud is simulated",
    "make up STACK=production": "The cloud is simulated",
    "make preview STACK=production": "footing",
    "make plan STACK=production": "database-primary",
    "make check STACK=production": "The change may go on",
    ".venv/bin/footing fire-drill production": "page: must arrive at",
    ".venv/bin/footing trace production GET /rest/feed --header 'Cookie: session=1'": "bypass-authenticated",
}
"""Something that the command must have printed."""
ALLOY = "ALLOY_CONFIG"
"""Variable of a collector's container with its configuration."""


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
    assert COMMANDS[1].startswith("make up STACK=")
    assert "make test" in COMMANDS
    assert set(COMMANDS) == set(EXPECTED) | NOT_AGAIN


@pytest.mark.timeout(900)
def test_commands_of_the_readme_work_in_their_order(clone: Path, monkeypatch: pytest.MonkeyPatch):
    # The first command's own first step; its second would compile 9,300 files, as `make test` did here.
    assert run(clone, "make .venv/.synced").returncode == 0
    share_bytecode(clone)
    printed = {}
    for command in (line for line in COMMANDS if line not in NOT_AGAIN):
        done = run(clone, command)
        assert done.returncode == 0, f"{command}\n{done.stdout}"
        assert EXPECTED[command] in done.stdout, f"{command}\n{done.stdout}"
        printed[command] = done.stdout
    assert git(clone, "status", "--porcelain") == "?? Pulumi.live.yaml\n"

    assert_applied_twice(printed["make up STACK=live"], warns=True)
    assert_applied_twice(printed["make up STACK=production"], warns=False)
    assert "footing" in printed["make preview STACK=production"].partition("Policies:")[2]
    # An alert on what nobody scrapes is mute, or its ticket stands for ever.
    assert jobs_queried("production") == jobs_scraped(clone, "production") - {Job.COLLECTOR, Job.REDIS}
    assert_ready(clone)
    # The simulated cloud answers reads as the vendors do: nothing differs from what was asked for.
    monkeypatch.setenv("FOOTING_ROOT", str(ROOT))
    monkeypatch.chdir(clone)
    with try_out("production", root=clone, directory=clone / ".footing/production") as session:
        for command in ("refresh", "up"):
            assert session.run(command, "--yes", "--skip-preview", "--expect-no-changes") == 0, command
    refused = run(clone, "make destroy STACK=production")
    assert refused.returncode != 0
    assert "Nothing was destroyed: 13 resources of 'production' are protected." in refused.stdout


def assert_ready(clone: Path) -> None:
    """Every question to AWS is answered of the simulated cloud, within 15 seconds of one processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [".venv/bin/footing", "ready", "production", "--simulated", "--json"],
        cwd=clone, capture_output=True, text=True, check=False,
    )  # fmt: skip
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    # Others use the machine as well, so the time on the wall says nothing.
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 15
    report = json.loads(done.stdout)
    assert report["schema"] == "footing/readiness/1"
    of_aws = [it for it in report["checks"] if it["kind"] in {"aws", "output"}]
    assert len(of_aws) > 100
    assert [it for it in of_aws if it["outcome"] != "holds"] == []
    assert {it["kind"]: it["saw"] for it in report["checks"] if it["kind"] in {"sql", "redis"}} == {
        "sql": "the simulated cloud has no PostgreSQL",
        "redis": "the simulated cloud has no Redis",
    }
    assert report["counts"]["fails"] == 0
    assert done.returncode == 1
    assert "postgresql://" not in done.stdout + done.stderr


def test_stack_that_collects_nothing_queries_no_job():
    assert jobs_queried("staging") == set()


def run(clone: Path, command: str) -> subprocess.CompletedProcess[str]:
    without_ours = {
        key: value for key, value in os.environ.items() if not key.startswith(("VIRTUAL_ENV", "PYTEST_"))
    }
    return subprocess.run(
        shlex.split(command), cwd=clone, env=without_ours, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, check=False,
    )  # fmt: skip


def share_bytecode(clone: Path) -> None:
    """Copy this tree's bytecode into the clone; what does not fit a source there is compiled again."""
    packages = Path(sysconfig.get_path("purelib"))
    for compiled in packages.rglob("__pycache__/*.pyc"):
        copy = clone / ".venv" / packages.relative_to(sys.prefix) / compiled.relative_to(packages)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(compiled, copy)


def assert_applied_twice(printed: str, *, warns: bool) -> None:
    assert "pooled_url: [secret]" in printed
    assert "postgresql://" not in printed
    assert "resources by component" in printed
    warnings = [line for line in printed.splitlines() if "warning" in line]
    assert "warning" not in printed.partition("Second run: ")[2]
    # A plan's losses are said; nothing else is to be warned of.
    assert bool(warnings) is warns
    assert all("The Cloudflare plan 'free' lacks " in line for line in warnings)


def jobs_queried(stack: str) -> set[str]:
    series = queried_series(observed(stack, stack_file(stack, ROOT / f"Pulumi.{stack}.yaml")).signals)
    return {match.value for it in series for match in it.matches if match.label == "job"}


def jobs_scraped(tree: Path, stack: str) -> set[str]:
    """Return the jobs that the collectors of the stack scrape, as its state has them."""
    state = json.loads((tree / f".footing/{stack}/state/.pulumi/stacks/footing/{stack}.json").read_text())
    made = state["checkpoint"]["latest"]["resources"]
    tasks = [it["inputs"] for it in made if it["type"] == "aws:ecs/taskDefinition:TaskDefinition"]
    containers = [container for task in tasks for container in json.loads(task["containerDefinitions"])]
    texts = [it["value"] for container in containers for it in container["environment"] if it["name"] == ALLOY]
    blocks = [block for text in texts for block in read(text).blocks if block.name == "prometheus.scrape"]
    return {block.attributes["job_name"] for block in blocks}
