"""Every command of the pages for people exists and parses, and every name in them is the stack's own."""

import re
from pathlib import Path

import pytest

from footing.launch_plan.commands import COMMANDS
from footing.launch_plan.named import Named
from footing.launch_plan.steps import steps
from footing.project import stack_file
from tests.commands import blocks, commands, problem

ROOT = Path(__file__).parents[1]
PAGES = ("connect.md", "launch.md", "local.md", "operations.md", "profiling.md", "service.md")
PROCEDURES = sorted(path for room in ("components", "stacks") for path in (ROOT / room).rglob("procedures.md"))
STACKS = sorted([*ROOT.glob("Pulumi.*.yaml"), *ROOT.glob("systems/*/Pulumi.*.yaml")])
CHECKED = re.compile(r"^(footing|aws|pulumi|make|py-spy|memray|psql|redis-cli|curl|docker|pip|git) ")


@pytest.mark.parametrize("name", PAGES)
def test_every_command_of_a_page_exists_and_parses(name: str):
    text = (ROOT / "docs" / name).read_text()
    lines = [line for line in commands(text.replace("```text", "```sh")) if CHECKED.match(line)]
    assert lines
    assert [it for it in map(problem, lines) if it] == []


@pytest.mark.parametrize("path", PROCEDURES, ids=lambda path: "-".join(path.parts[-3:-1]))
def test_procedure_has_a_reason_and_steps_and_only_checked_commands(path: Path):
    text = path.read_text()
    for section in text.split("\n## ")[1:]:
        assert re.search(r"^When: \S.*\.$", section, re.MULTILINE), section[:60]
        numbers = [int(it) for it in re.findall(r"^(\d+)\. ", section, re.MULTILINE)]
        assert numbers == list(range(1, len(numbers) + 1)), section[:60]
    assert [line for line in commands(text) if not CHECKED.match(line)] == []
    # Braces of a name alone: anything else would be filled in.
    assert set(re.findall(r"```(\w+)", text)) <= {"sh", "sql"}


def test_records_that_procedures_name_are_there():
    known = (ROOT / "docs/alerts.md").read_text() + (ROOT / "docs/dashboards.md").read_text()
    text = "".join(path.read_text() for path in PROCEDURES)
    named = set(re.findall(r"`((?:database|pooler|service|redis)-[a-z0-9-]+)", text)) - {"redis-cli"}
    assert len(named) >= 10
    assert [it for it in sorted(named) if it not in known] == []


@pytest.mark.parametrize("path", STACKS, ids=lambda path: f"{path.parent.name}-{path.name.split('.')[1]}")
def test_every_command_of_a_launch_plan_exists_and_parses(path: Path):
    config = stack_file(path.stem, path, secrets_stood_in=True).config
    made = steps(config, Named(footing="production --system any", engine="any-production"))
    assert [it for step in made for line in step.commands if (it := problem(line))] == []
    assert set(COMMANDS) <= {step.profile.name for step in made}


@pytest.mark.parametrize(
    "line",
    [
        "footing conect STACK database",
        "footing connect STACK database --port 1",
        "footing connect STACK",
        "aws ecs describe-service --cluster a",
        "aws ecs describe-services --clusters a",
        "aws ecs update-service --cluster a",
        "aws ecs wait services-steady",
        "aws rdss describe-events",
        "make planing",
        "pulumi stack outputs",
        "pulumi refresh --look-only",
        "py-spy tops",
        "memray flamegraph --leek",
        "redis-cli --biggest",
        "kubectl get pods",
    ],
)
def test_wrong_command_is_found(line: str):
    assert problem(line) is not None


def test_blocks_are_read_without_their_indentation():
    assert blocks("1. a\n\n   ```sh\n   footing plan STACK\n   ```\n", "sh") == ["footing plan STACK\n"]
