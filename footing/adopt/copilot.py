"""AWS Copilot's manifests as services of a stack file.

https://aws.github.io/copilot-cli/docs/manifest/lb-web-service/
"""

import json
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml
from msgspec import Struct

from footing.adopt import copilot_keys as keys
from footing.adopt.copilot_manifest import Manifest
from policies import unique_yaml
from stacks.config.errors import ConfigError
from stacks.config.load import parse
from stacks.config.service_problems import DIGEST, RESERVED

KINDS: Final[Mapping[str, str]] = {
    "Load Balanced Web Service": "web",
    "Backend Service": "worker",
    "Worker Service": "worker",
    "Scheduled Job": "job",
}
"""Kind of service by Copilot's type."""

NOT_READ: Final[Mapping[str, str]] = {
    "environments/*/manifest.yml": "network, certificates and CDN are the blocks network, load_balancer and edge",
    "pipelines/*/manifest.yml": "pipelines are not made here",
    "**/addons": "CloudFormation of its own; what it makes has a block of the stack file, or stays with it",
    "**/overrides": "there is no template to change",
}
"""Why nothing else of the directory is read."""

OTHER_BLOCKS: Final[Mapping[str, Any]] = {
    "app": "app",
    "environment": "copilot",
    "region": "us-east-1",
    "owners": {"team": "copilot"},
    "load_balancer": {
        "certificate_arn": "arn:aws:acm:us-east-1:123456789012:certificate/copilot",
        "ingress_cidrs": ["0.0.0.0/0"],
    },
}
"""The least that makes services a whole configuration, to check them."""


class Conversion(Struct, frozen=True):
    """What became of a directory of manifests."""

    text: str
    """The block `footing:services:`, to stand below `config:`."""
    unmapped: list[str]
    """A line for each key or file that the block does not hold, and for each value that it may not hold."""


def converted(directory: Path) -> Conversion:
    """Return the services of the manifests `directory/NAME/manifest.yml`.

    Raises:
        ConfigError: there is none, one is no YAML with keys, or of a type that has no kind here.
    """
    paths = sorted(directory.glob("*/manifest.yml"))
    if not paths:
        raise ConfigError(str(directory), ["no NAME/manifest.yml in it; give Copilot's directory, often copilot/"])
    services: dict[str, dict[str, Any]] = {}
    lines, unmapped = ["  footing:services:"], []
    for path in paths:
        document = _document(path)
        manifest = Manifest(document)
        name = _name(manifest, path.parent.name, services)
        services[name] = _service(manifest, name, path)
        lines += [f"    {name}:", *_lines(services[name], manifest.comments)]
        source = f"{path.parent.name}/{path.name}"
        web = services[name]["kind"] == "web"
        unmapped += [f"{source}: {key}: {reason}" for key, reason in manifest.unmapped(web=web)]
    unmapped += [
        f"{found.relative_to(directory)}: not read: {reason}"
        for pattern, reason in NOT_READ.items()
        for found in sorted(directory.glob(pattern))
    ]
    return Conversion(text="\n".join(lines) + "\n", unmapped=[*unmapped, *_problems(services)])


def _document(path: Path) -> Mapping[str, Any]:
    try:
        document = unique_yaml.parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise ConfigError(str(path), ["not UTF-8 text"]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise ConfigError(str(path), [f"not YAML: {where}{problem}"]) from None
    if not isinstance(document, dict):
        raise ConfigError(str(path), ["given no keys, allowed a manifest with name and type"])
    return document


def _problems(services: Mapping[str, Any]) -> list[str]:
    """Return what of the services a stack file would not take, or takes as it stands though nobody fills it in."""
    found = [
        f"services.{name}.{key}: holds a variable of Copilot's, which nothing fills in here; write the value"
        for name, block in services.items()
        for key, value in block.items()
        if "${" in str(value)
    ]
    try:
        parse("services", {**OTHER_BLOCKS, "services": services})
    except ConfigError as error:
        found += error.problems
    return found


def _name(manifest: Manifest, directory: str, taken: Collection[str]) -> str:
    given = manifest.text("name") or directory
    name = re.sub(r"[^a-z0-9]+", "-", given.lower()).strip("-")
    if not name[:1].isalpha() or name in RESERVED or name.startswith("redis-"):
        name = f"app-{name}"
    name, whole = name[: keys.LONGEST_NAME].rstrip("-"), name
    number = 1
    while name in taken:
        number += 1
        name = f"{whole[: keys.LONGEST_NAME - len(str(number)) - 1].rstrip('-')}-{number}"
    if name != given:
        allowed = f"lower case, {keys.LONGEST_NAME} characters, none of the stack's own"
        manifest.note("name", f"given {given!r}, written {name}: {allowed}")
    return name


def _service(manifest: Manifest, name: str, path: Path) -> dict[str, Any]:
    given = manifest.text("type")
    if given is None or given not in KINDS:
        raise ConfigError(str(path), [f"type: given {given!r}, allowed {', '.join(KINDS)}"])
    kind = KINDS[given]
    if kind == "web" and manifest.take("http", bool) is False:
        kind = "worker"
        manifest.note("http", "given false; kind worker: what is no HTTP is not made here")
    if given == "Backend Service":
        manifest.note(
            "type", "kind worker: nothing inside the VPC can call it; kind web would answer the Internet"
        )
    shape = keys.job(manifest) if kind == "job" else keys.scaling(manifest, web=kind == "web")
    image = keys.image(manifest, "image", name)
    return {
        "kind": kind,
        "image": image,
        **({} if DIGEST in image else {"image_by": "tag"}),
        **keys.commands(manifest, ""),
        "task": keys.task(manifest),
        **(keys.web(manifest) if kind == "web" else {}),
        **shape,
        "environment": keys.environment(manifest, "", given_here=("PORT",) if kind == "web" else ()),
        "secrets": keys.secrets(manifest, ""),
        "sidecars": keys.sidecars(manifest, name),
    }


def _lines(block: Mapping[str, Any], comments: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the lines of one service, with the comments of each key before it; what is empty is left out."""
    lines = []
    for key, value in block.items():
        lines += [f"      # {it}" for it in comments.get(key, ())]
        if key in ("environment", "secrets", "sidecars") and value:
            lines += [
                f"      {key}:",
                *(f"        {_written(name)}: {_written(it)}" for name, it in value.items()),
            ]
        elif value not in ({}, []):
            lines.append(f"      {key}: {_written(value)}")
    return lines


def _written(value: Any) -> str:
    if isinstance(value, dict):
        held = (f"{_written(key)}: {_written(it)}" for key, it in value.items() if it not in ({}, []))
        return f"{{{', '.join(held)}}}"
    if isinstance(value, list):
        return f"[{', '.join(_written(it) for it in value)}]"
    try:
        # As any reader of YAML takes it, in braces or not.
        plain = unique_yaml.parse(f"[{value}]", days=False) == yaml.safe_load(f"[{value}]") == [value]
    except (yaml.YAMLError, ValueError):
        plain = False
    return value if plain and isinstance(value, str) else json.dumps(value, ensure_ascii=False)
