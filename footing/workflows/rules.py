"""What a workflow may not do, each rule with the sentence that is said of it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from footing.workflows.shell import Command
from footing.workflows.workflow import Job, Workflow, block

SELECTS_ONLY = {
    *("--cluster", "--service", "--region", "--profile", "--output", "--query", "--color", "--debug"),
    *("--no-cli-pager", "--no-paginate", "--cli-connect-timeout", "--cli-read-timeout", "--endpoint-url"),
}
"""Options of `aws ecs update-service` that change nothing of the service."""
HEAD = re.compile(r"github\.head_ref|pull_request\.head|refs/pull/|pull_request\.number")
"""What names the code of a pull request."""
KEYS = re.compile(r"secrets\.\w*AWS_?(?:ACCESS_KEY|SECRET)\w*|\bAKIA[A-Z0-9]{16}\b", re.IGNORECASE)
"""A key of AWS that lives until somebody deletes it."""
SECRET = re.compile(r"\$\{\{[^}]*\bsecrets\.(?!GITHUB_TOKEN\b)\w+")
"""A secret of the repository."""
ALL_SECRETS = re.compile(r"toJSON\(\s*secrets\s*\)", re.IGNORECASE)
"""Every secret at once."""
PINNED_IMAGE = re.compile(r"@sha256:|digest", re.IGNORECASE)
"""An image by its digest, or by a variable that is named after it."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One sentence about a workflow."""

    rule: str
    """Id of the rule."""
    path: str
    """Path of the file."""
    line: int
    """Its line, from 1."""
    sentence: str
    """What is wrong there, and what would be right."""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence} [{self.rule}]"


Place = tuple[str | int, ...]
Found = Iterator[tuple[Place, str]]


def _runner(workflow: Workflow) -> Found:
    for job in workflow.jobs:
        if "runs-on" not in job.content and "uses" not in job.content:
            yield (
                ("jobs", job.name),
                f"jobs.{job.name}.runs-on: missing: no machine runs the job, allowed ubuntu-24.04",
            )


def _task_definition(workflow: Workflow) -> Found:
    given = "given `aws ecs update-service` without a new task definition: it deploys nothing"
    allowed = "allowed --task-definition REVISION or --force-new-deployment"
    for job in workflow.jobs:
        for step in job.steps:
            for command in step.commands:
                if command.calls("aws", "ecs", "update-service") and command.options().keys() <= SELECTS_ONLY:
                    yield _at(job, step.number), f"jobs.{job.name}: {given}, {allowed}"


def _image(workflow: Workflow) -> Found:
    for job in workflow.jobs:
        for step in job.steps:
            named = [step.inputs["image"]] if "ecs-render" in step.action and "image" in step.inputs else []
            for command in step.commands:
                named += [value for name, value in command.options().items() if name == "--image"]
                if command.calls("kubectl", "set", "image"):
                    named += [it.partition("=")[2] for it in command.words if re.search(r"\w=\S*[:/]", it)]
            for image in (str(it) for it in named):
                if not PINNED_IMAGE.search(image):
                    given = f"given the image {image!r} by a tag, which somebody may move"
                    yield _at(job, step.number), f"jobs.{job.name}: {given}, allowed NAME@sha256:DIGEST"


def _action(workflow: Workflow) -> Found:
    for job in workflow.jobs:
        used = [(_at(job, step.number), step.action) for step in job.steps if step.action]
        for place, action in [*used, (("jobs", job.name, "uses"), str(job.content.get("uses", "./")))]:
            pinned = re.search(r"@[0-9a-f]{40}$|^docker://.*@sha256:[0-9a-f]{64}$", action)
            if not pinned and not action.startswith("./"):
                given = f"given the action {action} by a name, which its owner may move"
                yield place, f"jobs.{job.name}: {given}, allowed {action.partition('@')[0]}@COMMIT # VERSION"


def _permissions(workflow: Workflow) -> Found:
    everywhere = workflow.content.get("permissions")
    loose = [job.name for job in workflow.jobs if job.content.get("permissions", everywhere) is None]
    if loose:
        given = f"missing for {', '.join(loose)}: the token has the repository's default, which may write"
        yield (), f"permissions: {given}, allowed `permissions: {{contents: read}}`"
    places: list[tuple[Place, Any]] = [(("permissions",), everywhere)]
    places += [(("jobs", it.name, "permissions"), it.content.get("permissions")) for it in workflow.jobs]
    for place, given in places:
        if given == "write-all":
            yield place, f"{'.'.join(map(str, place))}: given write-all, allowed the few that the job needs"


def _aws_keys(workflow: Workflow) -> Found:
    way = "allowed OIDC: role-to-assume of aws-actions/configure-aws-credentials, with `id-token: write`"
    blocks: list[tuple[Place, str, Any]] = [(("env",), "env", workflow.content.get("env"))]
    for job in workflow.jobs:
        blocks += [(("jobs", job.name, "env"), f"jobs.{job.name}.env", job.content.get("env"))]
        blocks += [(_at(job, it.number), f"jobs.{job.name}", it.content) for it in job.steps]
    for place, key, held in blocks:
        if KEYS.search(json.dumps(held, default=str)):
            yield place, f"{key}: given keys of AWS that live until somebody deletes them, {way}"


def _stranger(workflow: Workflow) -> Found:
    if not {"pull_request_target", "workflow_run", "issue_comment"} & set(workflow.events):
        return
    for job in workflow.jobs:
        for step in job.steps:
            taken = step.action.startswith("actions/checkout@") and HEAD.search(
                json.dumps(step.inputs, default=str)
            )
            fetched = any(
                it.calls("gh", "pr", "checkout") or (it.words[0] == "git" and HEAD.search(it.text))
                for it in step.commands
            )
            if taken or fetched:
                given = "given a checkout of the pull request's head, where the repository's secrets are"
                yield _at(job, step.number), f"jobs.{job.name}: {given}, allowed it on pull_request alone"


def _printed(workflow: Workflow) -> Found:
    for job in workflow.jobs:
        around = {**block(workflow.content, "env"), **block(job.content, "env")}
        for step in job.steps:
            if ALL_SECRETS.search(json.dumps(step.content, default=str)):
                given = "given every secret of the repository"
                yield _at(job, step.number), f"jobs.{job.name}: {given}, allowed one by name"
            known = {**around, **block(step.content, "env")}
            names = [name for name, value in known.items() if SECRET.search(str(value))]
            for command in step.commands:
                if name := _shown_secret(command, names):
                    given = f"given `{command.words[0]}` of the secret {name}: the log keeps it"
                    allowed = "allowed it on standard input of what needs it"
                    yield _at(job, step.number), f"jobs.{job.name}: {given}, {allowed}"


def _shown_secret(command: Command, names: list[str]) -> str | None:
    if command.piped or command.words[0] not in {"echo", "printf", "printenv", "cat"}:
        return None
    if SECRET.search(command.text):
        return re.sub(r".*secrets\.(\w+).*", r"\1", command.text, flags=re.DOTALL)
    form = r"\b{0}\b" if command.words[0] == "printenv" else r"\$\{{?{0}\b"
    return next((name for name in names if re.search(form.format(re.escape(name)), command.text)), None)


def _concurrency(workflow: Workflow) -> Found:
    for job in (it for it in workflow.jobs if it.deploys):
        found = job.content.get("concurrency", workflow.content.get("concurrency"))
        if found is None:
            given = "concurrency: missing: two deployments would run at once"
            yield ("jobs", job.name), f"jobs.{job.name}.{given}, allowed a group of the environment"
        elif isinstance(found, Mapping) and found.get("cancel-in-progress") not in (None, False):
            given = "given cancel-in-progress: a deployment would be stopped half-way"
            yield ("jobs", job.name), f"jobs.{job.name}.concurrency: {given}, allowed false"


def _environment(workflow: Workflow) -> Found:
    for job in workflow.jobs:
        if job.deploys and "environment" not in job.content:
            given = "environment: missing: nobody approves the deployment, and every branch has its credentials"
            yield ("jobs", job.name), f"jobs.{job.name}.{given}, allowed the name of one"


def _timeout(workflow: Workflow) -> Found:
    for job in workflow.jobs:
        # A step without a runner cannot hang; of it something else is said.
        if "uses" not in job.content and "timeout-minutes" not in job.content:
            given = "timeout-minutes: missing: a job that hangs is paid for six hours"
            yield ("jobs", job.name), f"jobs.{job.name}.{given}, allowed a number of minutes"


RULES: Mapping[str, Callable[[Workflow], Found]] = {
    "runner": _runner,
    "task-definition": _task_definition,
    "image-digest": _image,
    "action-commit": _action,
    "permissions": _permissions,
    "aws-keys": _aws_keys,
    "stranger-code": _stranger,
    "secret-printed": _printed,
    "concurrency": _concurrency,
    "environment": _environment,
    "timeout": _timeout,
}
"""Every rule by its id."""


def findings(workflow: Workflow) -> list[Finding]:
    """Return what the rules say of a workflow, by line."""
    found = [
        Finding(rule=id_, path=workflow.path, line=workflow.line(*place), sentence=sentence)
        for id_, rule in RULES.items()
        for place, sentence in rule(workflow)
    ]
    return sorted(found, key=lambda it: (it.line, it.rule))


def _at(job: Job, number: int) -> Place:
    return ("jobs", job.name, "steps", number)
