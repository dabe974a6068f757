"""One file of `.github/workflows`, read with the line of each of its parts."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from footing.workflows.shell import Command, commands

DEPLOYING = (
    ("pulumi", "up"),
    ("footing", "up"),
    ("make", "deploy"),
    ("aws", "ecs", "update-service"),
    ("aws", "ecs", "run-task"),
    ("terraform", "apply"),
    ("tofu", "apply"),
    ("cdk", "deploy"),
    ("flyctl", "deploy"),
    ("fly", "deploy"),
    ("kubectl", "apply"),
    ("kubectl", "set"),
    ("helm", "upgrade"),
    ("vercel", "deploy"),
    ("supabase", "db", "push"),
)
"""Commands after which something else runs than before."""
DEPLOYING_ACTIONS = ("aws-actions/amazon-ecs-deploy-task-definition", "pulumi/actions")
"""Actions that do the same."""


class WorkflowError(Exception):
    """A file that is no workflow; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A step of a job."""

    number: int
    """Its place, from 0."""
    content: Mapping[str, Any]
    """What is written."""
    commands: tuple[Command, ...]
    """Commands that it runs."""

    @property
    def action(self) -> str:
        """The action that it uses, with its version; empty where it runs commands."""
        return str(self.content.get("uses", ""))

    @property
    def inputs(self) -> Mapping[str, Any]:
        """Inputs of its action."""
        return block(self.content, "with")

    @property
    def deploys(self) -> bool:
        """Whether something else runs after it than before."""
        name = self.action.partition("@")[0]
        up = name == "pulumi/actions" and self.inputs.get("command") not in {"up", "update"}
        return (name in DEPLOYING_ACTIONS and not up) or any(
            command.calls(*names) for command in self.commands for names in DEPLOYING
        )


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job."""

    name: str
    """Its key."""
    content: Mapping[str, Any]
    """What is written."""
    steps: tuple[Step, ...]
    """Its steps, none where it calls another workflow."""

    @property
    def deploys(self) -> bool:
        """Whether one of its steps does."""
        return any(step.deploys for step in self.steps)


@dataclass(frozen=True, kw_only=True)
class Workflow:
    """A workflow."""

    path: str
    """Path of its file."""
    content: Mapping[str, Any]
    """What is written."""
    events: tuple[str, ...]
    """Events that start it."""
    jobs: tuple[Job, ...]
    """Its jobs."""
    root: yaml.Node
    """The same with its lines."""

    def line(self, *path: str | int) -> int:
        """Return the line of a part, or of the nearest around it."""
        node, line = self.root, 1
        for step in path:
            if isinstance(node, yaml.MappingNode):
                found = next((pair for pair in node.value if pair[0].value == step), None)
                if found is None:
                    break
                line, node = found[0].start_mark.line + 1, found[1]
            elif isinstance(node, yaml.SequenceNode) and isinstance(step, int):
                node = node.value[step]
                line = node.start_mark.line + 1
        return line


def block(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """Return the map at a key; an empty one where there is none, or an expression."""
    found = content.get(key)
    return found if isinstance(found, Mapping) else {}


def read(path: Path) -> Workflow:
    """Return the workflow of a file.

    Raises:
        WorkflowError: it cannot be read, or is none.

    """
    try:
        text = path.read_text(encoding="utf-8")
        root, content = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    except OSError as error:
        raise WorkflowError(f"{path}: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise WorkflowError(f"{path}: no YAML: {' '.join(str(error).split())}") from None
    if not isinstance(content, dict) or not isinstance(content.get("jobs"), dict):
        raise WorkflowError(f"{path}: jobs: missing, allowed a map of jobs: this is no workflow of GitHub Actions")
    # `on` is a boolean of YAML 1.1.
    on = content.get("on", content.get(True)) or ()
    events = (on,) if isinstance(on, str) else tuple(on)
    jobs = []
    for name, job in content["jobs"].items():
        if isinstance(job, dict):
            listed = job.get("steps")
            steps = tuple(
                Step(number=number, content=step, commands=tuple(commands(str(step.get("run", "")))))
                for number, step in enumerate(listed if isinstance(listed, list) else ())
                if isinstance(step, dict)
            )
            jobs.append(Job(name=str(name), content=job, steps=steps))
    assert root is not None  # noqa: S101  a map was read
    return Workflow(path=str(path), content=content, events=events, jobs=tuple(jobs), root=root)
