"""Reading a stack's configuration: from its file, or from the engine that runs the program."""

import json
import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from msgspec import Struct
from pydantic import ValidationError

from policies import unique_yaml
from policies.limit_exceptions import KEY
from stacks.config.cross import cross_problems
from stacks.config.errors import ConfigError, sentences, without_credentials
from stacks.config.limit_exceptions import allowed_numbers
from stacks.config.observability import contact_secret_problems
from stacks.config.stack import StackConfig

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


_checked_files: "list[StackFile]" = []
"""The file that was read last, if every secret that it needs is there."""


class StackFile(Struct, frozen=True, kw_only=True):
    """A stack's file, read and checked."""

    config: StackConfig
    """The typed configuration."""
    engine_config: Mapping[str, str]
    """Every key as the engine would hand it to the program: text, or JSON for blocks."""
    secret_keys: frozenset[str]
    """Keys of `engine_config` that the engine would treat as secret."""


def parse(source: str, values: Mapping[str, Any], *, secrets_stood_in: bool = False) -> StackConfig:
    """Check `values`, the keys below `footing:`; `source` names them in messages.

    Args:
        source: the file or the stack.
        values: values by key; `secrets` holds names alone.
        secrets_stood_in: whether a secret that is needed may be missing, for something takes its place.

    Raises:
        ConfigError: with one sentence for each thing that is wrong.
    """
    try:
        config = StackConfig.model_validate(dict(values), context=allowed_numbers(values.get(KEY)))
    except ValidationError as error:
        raise ConfigError(source, sentences(error, StackConfig)) from None
    problems = [without_credentials(f"{key}: {problem}") for key, problem in cross_problems(config)]
    if not secrets_stood_in:
        problems += [f"{SECRETS}.{name}: missing; {_set_it(source, name)}" for name in config.missing_secrets]
    if problems:
        raise ConfigError(source, problems)
    return config


def from_file(path: Path, *, source: str = "", secrets_stood_in: bool = False) -> StackFile:
    """Read the stack file at `path`, without decrypting anything; `source` names it, where its name does not.

    Raises:
        ConfigError: no such file, not YAML, or not a valid configuration.
    """
    source = source or path.name
    document = read_stack_file(path, source=source)
    try:
        return _checked(document.get("config") or {}, source=source, secrets_stood_in=secrets_stood_in)
    except ConfigError as error:
        raise ConfigError(source, error.problems, lines_of(path.read_text(encoding="utf-8"))) from None


def _checked(declared: Any, *, source: str, secrets_stood_in: bool) -> StackFile:
    if not isinstance(declared, dict):
        raise ConfigError(source, [f"config: given {type(declared).__name__}, allowed a block of keys"])
    # As the engine does, which takes a key without a project for its own.
    own = {
        key.removeprefix(f"{PROJECT}:"): value
        for key, value in declared.items()
        if ":" not in key or key.startswith(f"{PROJECT}:")
    }
    sealed_values = own.pop(SECRETS, {})
    if not isinstance(sealed_values, dict) or set(sealed_values) == {"secure"}:
        raise ConfigError(source, [NO_BLOCK_OF_SECRETS])
    if clear := [name for name, value in sealed_values.items() if not _is_sealed(value)]:
        problem = "written in clear text, allowed only encrypted"
        raise ConfigError(source, [f"{SECRETS}.{name}: {problem}; {_set_it(source, name)}" for name in clear])
    file = StackFile(
        config=parse(source, {**own, SECRETS: frozenset(sealed_values)}, secrets_stood_in=secrets_stood_in),
        engine_config={
            key: sealed if isinstance(sealed := _seal(value), str) else json.dumps(sealed)
            for key, value in declared.items()
        },
        secret_keys=frozenset(key for key, value in declared.items() if _seal(value) != value),
    )
    if not secrets_stood_in:
        _checked_files[:] = [file]
    return file


def with_stand_ins(document: Mapping[str, Any], missing_secrets: Collection[str]) -> tuple[Any, list[str]]:
    """Return a file's configuration with `SEALED` for each secret, and the names of those."""
    config = _seal(document.get("config") or {})
    if missing_secrets:
        key = f"{PROJECT}:{SECRETS}"
        config = {**config, key: {**config.get(key, {}), **dict.fromkeys(missing_secrets, SEALED)}}
    return config, list(_sealed_names(config))


def from_pulumi() -> "tuple[StackConfig, dict[str, pulumi.Output[str]]]":
    """Read the configuration of the running program: the typed part, and the secret values by name.

    Raises:
        pulumi.RunError: the configuration is invalid, or a secret has not the form of what it stands for; the
            engine shows the sentences without a traceback.
    """
    import pulumi
    from pulumi.runtime import config as engine

    given = {**engine.get_config_env(), **engine.CONFIG.get()}
    own = {key.removeprefix(f"{PROJECT}:"): text for key, text in given.items() if key.startswith(f"{PROJECT}:")}
    block = own.pop(SECRETS, "{}")
    secrets = json.loads(block) if block[:1] == "{" else None
    # Blocks and lists arrive as JSON; everything else at the top level is a text.
    values: dict[str, Any] = {key: json.loads(text) if text[:1] in "{[" else text for key, text in own.items()}
    try:
        source = f"stack {pulumi.get_stack()}"
        if secrets is None:
            raise ConfigError(source, [NO_BLOCK_OF_SECRETS])
        # An offline plan has read and checked the same file a moment ago, in this process.
        known = next((it.config for it in _checked_files if it.engine_config == given), None)
        config = known or parse(source, {**values, SECRETS: frozenset(secrets)})
        opened = {name: value for name, value in secrets.items() if value != SEALED}
        problems = contact_secret_problems(config.grafana.contacts, opened) if config.grafana else ()
        if refused := [f"{key}: {problem}" for key, problem in problems]:
            raise ConfigError(source, refused)
    except ConfigError as error:
        raise pulumi.RunError(str(error)) from None
    return config, {name: pulumi.Output.secret(value) for name, value in secrets.items()}


def read_stack_file(path: Path, *, source: str = "") -> dict[str, Any]:
    """Return the document in the stack file at `path`; `source` names it, where its name does not.

    Raises:
        ConfigError: it cannot be read, or it holds no YAML with keys.
    """
    source = source or path.name
    try:
        document = unique_yaml.parse(path.read_text(encoding="utf-8"), days=False)
    except FileNotFoundError:
        known = sorted(found.name for found in path.parent.glob("Pulumi.*.yaml"))
        others = f"; there are {', '.join(known)}" if known else ""
        raise ConfigError(source, [f"no such stack file{others}"]) from None
    except OSError as error:
        raise ConfigError(source, [f"cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError(source, ["not UTF-8 text"]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        place = f"{source}:{mark.line + 1}" if mark else source
        raise ConfigError(place, [f"not YAML: {where}{problem}"]) from None
    if not isinstance(document, dict):
        raise ConfigError(source, ["given no keys, allowed a document with the key config"])
    return document


def lines_of(text: str) -> dict[str, int]:
    """Return the line of each key in a stack file's `text`, by its dotted name: `redis.cache.replicas`.

    That of `config` has the empty name.

    Raises:
        yaml.YAMLError: it is not YAML.
    """
    found: dict[str, int] = {}

    def walk(node: yaml.Node, path: str) -> None:
        for number, item in enumerate(
            node.value if isinstance(node, (yaml.MappingNode, yaml.SequenceNode)) else ()
        ):
            key, value = item if isinstance(item, tuple) else (item, item)
            name = key.value if isinstance(item, tuple) else str(number)
            dotted = f"{path}.{name}" if path else str(name).removeprefix(f"{PROJECT}:")
            found.setdefault(dotted, key.start_mark.line + 1)
            walk(value, dotted)

    document = unique_yaml.compose(text)
    for key, value in document.value if isinstance(document, yaml.MappingNode) else ():
        if key.value == "config":
            found[""] = key.start_mark.line + 1
            walk(value, "")
    return found


def _set_it(source: str, name: str) -> str:
    """Return the whole command that sets a secret of the stack that `source` names."""
    found = re.search(r"(?:^|/)Pulumi\.([^/]+)\.ya?ml$|^stack (\S+)$", source)
    stack = (found[1] or found[2]) if found else "STACK"
    if system := re.search(r"(?:^|/)systems/([^/]+)/Pulumi\.", source):
        stack = f"{system[1]}-{stack} --config-file {source}"
    return f"set it with: {secret_command(stack, name)}"


def secret_command(stack: str, name: str) -> str:
    """Return the command that sets a secret of a stack, and where it is found."""
    command = f"pulumi config set --secret --path '{PROJECT}:{SECRETS}.{name}' -s {stack}"
    return f"{command} (`python engine/build.py` prints where pulumi is)"


def _is_sealed(value: Any) -> bool:
    return isinstance(value, dict) and set(value) == {"secure"} and isinstance(value["secure"], str)


def _seal(value: Any) -> Any:
    if isinstance(value, dict):
        return SEALED if set(value) == {"secure"} else {key: _seal(item) for key, item in value.items()}
    return [_seal(item) for item in value] if isinstance(value, list) else value


def _sealed_names(value: Any, name: str = "") -> Iterator[str]:
    if value == SEALED:
        yield name
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from _sealed_names(item, str(key) if isinstance(value, dict) else name)
