"""Whether a command that a page shows exists and parses, by the programs' own descriptions."""

import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import typer
from botocore import xform_name

from footing.cli import app

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^( *)```(\w+)\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
GLOBAL_OPTIONS = {"region", "query", "output", "profile", "cli-input-json", "max-items", "no-paginate"}
# What the AWS CLI adds to the APIs, and its options:
# https://docs.aws.amazon.com/cli/latest/reference/logs/tail.html, .../sso/login.html
CUSTOM = {("logs", "tail"): {"since", "follow", "format", "filter-pattern"}, ("sso", "login"): {"profile"}}
# By `--help` of py-spy 0.4.3 and memray 1.20.0.
PROFILERS = {
    "py-spy": {
        "top": {"--pid", "--rate", "--gil", "--native", "--subprocesses"},
        "record": {"--pid", "--duration", "--output", "--gil", "--rate", "--format", "--native", "--subprocesses"},
        "dump": {"--pid", "--locals", "--native", "--json"},
    },
    "memray": {
        "run": {"--output", "-m", "--live", "--native", "--follow-fork"},
        "flamegraph": {"--output", "--leaks", "--temporary-allocations"},
        "attach": {"--output", "--duration", "--aggregate"},
    },
}
# By `--help` of psql 15 and redis-cli 7; tests/lab/test_lab_procedures.py runs what they send.
CLIENTS = {
    "psql": {"--set", "--single-transaction", "--no-psqlrc", "--command", "--file"},
    "redis-cli": {
        "--bigkeys",
        "--memkeys",
        "--latency",
        "-i",
        "--tls",
        "--sni",
        "-h",
        "-p",
        "--user",
        "--askpass",
    },
    "curl": {"--silent", "--show-error", "--head", "--fail", "--include", "--request", "--header"},
    "docker": {"--rm", "--cap-add", "--detach"},
    "pip": {"install"},
    "git": {"revert", "--no-edit"},
}


def blocks(text: str, *languages: str) -> list[str]:
    """Return the code of each block in one of the languages, without its indentation."""
    return [
        re.sub(rf"^{indent}", "", code, flags=re.MULTILINE)
        for indent, language, code in FENCE.findall(text)
        if language in languages
    ]


def commands(text: str) -> list[str]:
    """Return each line that a shell is given, comments and continuations resolved."""
    found = []
    for block in blocks(text, "sh", "console"):
        for line in block.replace("\\\n", " ").splitlines():
            bare = line.removeprefix("$ ").strip()
            if bare and not bare.startswith("#"):
                found.append(bare)
    return found


def problem(line: str) -> str | None:
    """Return why a command does not exist or does not parse; None where it does."""
    try:
        program, *words = shlex.split(line, comments=True)
    except ValueError as error:
        return f"{line}: {error}"
    match program:
        case "footing":
            found = _footing(words)
        case "aws":
            found = _aws(words)
        case "make":
            found = _make(words)
        case "pulumi":
            found = _pulumi(words)
        case "py-spy" | "memray":
            found = _profiler(program, words)
        case _:
            found = _client(program, words)
    return found and f"{line}: {found}"


def _footing(words: list[str]) -> str | None:
    group = typer.main.get_command(app)
    name, *rest = words
    if name.startswith("--"):
        return None
    known = group.commands.get(name)  # type: ignore[attr-defined]
    if known is None:
        return f"there is no command {name}"
    filled = [re.sub(r"^[A-Z_]+$", "production", word) for word in rest]
    try:
        known.make_context(name, filled)
    except typer.TyperException as error:
        return error.format_message()
    return None


@cache
def _model(service: str) -> Any:
    return botocore.session.get_session().get_service_model(service)


def _aws(words: list[str]) -> str | None:
    service, action, *rest = words
    given = {word.removeprefix("--").partition("=")[0] for word in rest if word.startswith("--")}
    if (service, action) in CUSTOM:
        unknown = given - CUSTOM[service, action] - GLOBAL_OPTIONS
        return f"no option {', '.join(unknown)}" if unknown else None
    if service not in botocore.session.get_session().get_available_services():
        return f"there is no service {service}"
    model = _model(service)
    if action == "wait":
        client = botocore.session.get_session().get_waiter_model(service)
        waiters = {xform_name(it, "-"): client.get_waiter(it) for it in client.waiter_names}
        if rest[0] not in waiters:
            return f"there is no waiter {rest[0]}"
        operation = model.operation_model(waiters[rest[0]].operation)
    else:
        names = {xform_name(it, "-"): it for it in model.operation_names}
        if action not in names:
            return f"there is no operation {action}"
        operation = model.operation_model(names[action])
    shape = operation.input_shape
    members = {xform_name(it, "-"): member for it, member in (shape.members if shape else {}).items()}
    flags = {f"no-{it}" for it, member in members.items() if member.type_name == "boolean"}
    if unknown := given - set(members) - flags - GLOBAL_OPTIONS:
        return f"no option {', '.join(sorted(unknown))}"
    required = {xform_name(it, "-") for it in (shape.required_members if shape else ())}
    if missing := required - given - ({"cli-input-json"} & given and required):
        return f"lacks {', '.join(sorted(missing))}"
    return None


def _make(words: list[str]) -> str | None:
    targets = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    unknown = [word for word in words if "=" not in word and word not in targets]
    return f"no target {', '.join(unknown)}" if unknown else None


@cache
def _pulumi_help(words: tuple[str, ...]) -> str:
    import subprocess

    from engine.build import find_engine

    environment = {"PULUMI_SKIP_UPDATE_CHECK": "true", "HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [find_engine(), *words, "--help"], capture_output=True, text=True, env=environment, check=False
    )
    return done.stdout + done.stderr


def _pulumi(words: list[str]) -> str | None:
    path: list[str] = []
    for word in words:
        if word.startswith("-") or not re.fullmatch(r"[a-z-]+", word) or len(path) == 2:
            break
        text = _pulumi_help(tuple(path))
        if f"\n  {word} " not in text:
            if "Available Commands:" in text:
                return f"there is no command {word}"
            break
        path.append(word)
    if not path:
        return "there is no such command"
    text = _pulumi_help(tuple(path))
    unknown = [word for word in words if word.startswith("--") and word.partition("=")[0] not in text]
    return f"no option {', '.join(unknown)}" if unknown else None


def _profiler(program: str, words: list[str]) -> str | None:
    name, *rest = words
    if name not in PROFILERS[program]:
        return f"there is no command {name}"
    unknown = {word for word in rest if word.startswith("-")} - PROFILERS[program][name]
    return f"no option {', '.join(unknown)}" if unknown else None


def _client(program: str, words: list[str]) -> str | None:
    if program not in CLIENTS:
        return f"nobody knows {program}"
    options = [word.partition("=")[0] for word in words if word.startswith("-")]
    unknown = set(options) - CLIENTS[program]
    return f"no option {', '.join(unknown)}" if unknown else None
