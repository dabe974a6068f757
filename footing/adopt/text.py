"""A stack file with further keys: its own lines, comments and order stay as they are."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from policies import unique_yaml
from stacks.config.errors import ConfigError
from stacks.config.load import PROJECT

Values = Mapping[tuple[str, ...], str | list[str]]
"""New values by the path of their key, for example `("database", "identifier")`."""

INDENT = 2
"""Columns of a new block within another."""


def with_values(text: str, values: Values, source: str) -> str:
    """Return a stack file's `text` with `values` in it; `source` names the file.

    Raises:
        ConfigError: the file is written in a way that this cannot edit: it says what to write by hand.
    """
    edited = text
    try:
        for path, value in values.items():
            edited = _with_value(edited, path, _written(value))
        right = _config(edited) == _expected(_config(text), values)
    except (LookupError, yaml.YAMLError):
        right = False
    if not right:
        wanted = "; ".join(f"{'.'.join(path)}: {_written(value)}" for path, value in values.items())
        raise ConfigError(source, [f"cannot be edited in place; write into it by hand: {wanted}"])
    return edited


def _with_value(text: str, path: Sequence[str], written: str) -> str:
    node = _mapping(unique_yaml.compose(text), "config")
    for depth, key in enumerate(path):
        if not isinstance(node, yaml.MappingNode):
            break
        names = (key,) if depth else (f"{PROJECT}:{key}", key)
        found = next(((name, it) for name, it in node.value if name.value in names), None)
        if found is None:
            return _inserted(text, node, [names[0], *path[depth + 1 :]], written)
        if depth == len(path) - 1:
            start, end = found[1].start_mark.index, found[1].end_mark.index
            return text[:start] + written + text[end:]
        node = found[1]
    raise LookupError(path)


def _mapping(node: yaml.Node | None, key: str) -> Any:
    return next(value for name, value in getattr(node, "value", ()) if name.value == key)


def _inserted(text: str, node: yaml.Node, keys: Sequence[str], written: str) -> str:
    """Return `text` with new keys at the end of a mapping, or at the beginning of one in braces."""
    if not isinstance(node, yaml.MappingNode) or not node.value:
        raise LookupError(keys)
    if node.flow_style:
        start = node.value[0][0].start_mark.index
        closed = "}" * (len(keys) - 1)
        return f"{text[:start]}{': {'.join(keys)}: {written}{closed}, {text[start:]}"
    newline = "\r\n" if "\r\n" in text else "\n"
    column = node.value[0][0].start_mark.column
    end = text.find("\n", len(text[: _end(node)].rstrip()))
    before = text + newline if end < 0 else text[: end + 1]
    lines = [f"{' ' * (column + INDENT * depth)}{key}:" for depth, key in enumerate(keys)]
    return f"{before}{newline.join(lines)} {written}{newline}{'' if end < 0 else text[end + 1 :]}"


def _end(node: yaml.Node) -> int:
    """Return where the last value of a block ends: the block itself ends after the comments that follow it."""
    if isinstance(node, (yaml.MappingNode, yaml.SequenceNode)) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    return int(node.end_mark.index)


def _written(value: str | list[str]) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_written(it) for it in value)}]"
    return value if unique_yaml.parse(value, days=False) == value else json.dumps(value)


def _config(text: str) -> dict[str, Any]:
    declared: dict[str, Any] = unique_yaml.parse(text, days=False)["config"]
    return {key.removeprefix(f"{PROJECT}:"): value for key, value in declared.items()}


def _expected(config: dict[str, Any], values: Values) -> dict[str, Any]:
    for path, value in values.items():
        block = config
        for key in path[:-1]:
            block = block.setdefault(key, {})
        block[path[-1]] = value
    return config
