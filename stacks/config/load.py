"""Reading a stack's configuration: from its file, or from the engine that runs the program."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from msgspec import Struct
from pydantic import ValidationError

from policies import unique_yaml
from stacks.config.errors import ConfigError, sentences
from stacks.config.observability import contact_secret_problems
from stacks.config.stack import StackConfig, cross_problems

if TYPE_CHECKING:
    import pulumi

PROJECT = "footing"
"""Name in Pulumi.yaml; the first part of every configuration key of this program."""

SECRETS = "secrets"
"""The one key whose values are encrypted."""
NO_BLOCK_OF_SECRETS = f"{SECRETS}: given one value, allowed a block of names with a value each"
"""What is wrong with a list, a text or an encrypted whole in its place."""

SEALED = "[sealed]"
"""Stands for an encrypted value wherever it is not decrypted: offline, secrets stay closed."""


class StackFile(Struct, frozen=True, kw_only=True):
    """A stack's file, read and checked."""

    config: StackConfig
    """The typed configuration."""
    engine_config: Mapping[str, str]
    """Every key as the engine would hand it to the program: text, or JSON for blocks."""
    secret_keys: frozenset[str]
    """Keys of `engine_config` that the engine would treat as secret."""


def parse(source: str, values: Mapping[str, Any]) -> StackConfig:
    """Check `values`, the keys below `footing:`; `source` names them in messages.

    Raises:
        ConfigError: with one sentence for each thing that is wrong.
    """
    try:
        config = StackConfig.model_validate(dict(values))
    except ValidationError as error:
        raise ConfigError(source, sentences(error, StackConfig)) from None
    problems = [f"{key}: {problem}" for key, problem in cross_problems(config)]
    if problems:
        raise ConfigError(source, problems)
    return config


def from_file(path: Path) -> StackFile:
    """Read the stack file at `path`, without decrypting anything.

    Raises:
        ConfigError: no such file, not YAML, or not a valid configuration.
    """
    document = _read_yaml(path)
    declared = document.get("config") or {}
    if not isinstance(declared, dict):
        raise ConfigError(path.name, [f"config: given {type(declared).__name__}, allowed a block of keys"])
    own = {
        key.removeprefix(f"{PROJECT}:"): value for key, value in declared.items() if key.startswith(f"{PROJECT}:")
    }
    sealed_values = own.pop(SECRETS, {})
    if not isinstance(sealed_values, dict) or set(sealed_values) == {"secure"}:
        raise ConfigError(path.name, [NO_BLOCK_OF_SECRETS])
    if clear := [name for name, value in sealed_values.items() if not _holds_secret(value)]:
        remedy = f"pulumi config set --secret --path '{PROJECT}:{SECRETS}."
        problem = "written in clear text, allowed only encrypted; set it with"
        raise ConfigError(path.name, [f"{SECRETS}.{name}: {problem}: {remedy}{name}'" for name in clear])
    return StackFile(
        config=parse(path.name, {**own, SECRETS: frozenset(sealed_values)}),
        engine_config={
            key: sealed if isinstance(sealed := _seal(value), str) else json.dumps(sealed)
            for key, value in declared.items()
        },
        secret_keys=frozenset(key for key, value in declared.items() if _holds_secret(value)),
    )


def from_pulumi() -> "tuple[StackConfig, dict[str, pulumi.Output[str]]]":
    """Read the configuration of the running program: the typed part, and the secret values by name.

    Raises:
        pulumi.RunError: the configuration is invalid, or a secret has not the form of what it stands for; the
            engine shows the sentences without a traceback.
    """
    import pulumi
    from pulumi.runtime import config as engine

    own = {
        key.removeprefix(f"{PROJECT}:"): text
        for key, text in {**engine.get_config_env(), **engine.CONFIG.get()}.items()
        if key.startswith(f"{PROJECT}:")
    }
    block = own.pop(SECRETS, "{}")
    secrets = json.loads(block) if block[:1] == "{" else None
    # Blocks and lists arrive as JSON; everything else at the top level is a text.
    values: dict[str, Any] = {key: json.loads(text) if text[:1] in "{[" else text for key, text in own.items()}
    try:
        source = f"stack {pulumi.get_stack()}"
        if secrets is None:
            raise ConfigError(source, [NO_BLOCK_OF_SECRETS])
        config = parse(source, {**values, SECRETS: frozenset(secrets)})
        opened = {name: value for name, value in secrets.items() if value != SEALED}
        problems = contact_secret_problems(config.grafana.contacts, opened)
        if refused := [f"{key}: {problem}" for key, problem in problems]:
            raise ConfigError(source, refused)
    except ConfigError as error:
        raise pulumi.RunError(str(error)) from None
    return config, {name: pulumi.Output.secret(value) for name, value in secrets.items()}


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        document = unique_yaml.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = sorted(found.name for found in path.parent.glob("Pulumi.*.yaml"))
        others = f"; there are {', '.join(known)}" if known else ""
        raise ConfigError(path.name, [f"no such stack file{others}"]) from None
    except UnicodeDecodeError:
        raise ConfigError(path.name, ["not UTF-8 text"]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        raise ConfigError(path.name, [f"not YAML: {where}{problem}"]) from None
    if not isinstance(document, dict):
        raise ConfigError(path.name, ["given no keys, allowed a document with the key config"])
    return document


def _holds_secret(value: Any) -> bool:
    if isinstance(value, dict):
        return set(value) == {"secure"} or any(_holds_secret(item) for item in value.values())
    return isinstance(value, list) and any(_holds_secret(item) for item in value)


def _seal(value: Any) -> Any:
    if isinstance(value, dict):
        return SEALED if set(value) == {"secure"} else {key: _seal(item) for key, item in value.items()}
    return [_seal(item) for item in value] if isinstance(value, list) else value
