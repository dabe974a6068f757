"""A stack's whole configuration with its defaults, and where each value comes from."""

import json
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any

from msgspec import UNSET, Struct
from pydantic import BaseModel

from footing.configuration.words import derivation, shown
from stacks.config.load import PROJECT, SEALED, SECRETS
from stacks.config.stack import StackConfig

WIDEST = 100
"""Longest line of a list that is written on one line."""

COMMENTS = 52
"""Column of the comments, but for longer lines."""


class Value(Struct, frozen=True, kw_only=True):
    """A value of the configuration: one that is not divided further."""

    value: Any
    """As JSON has it; `{"secure": "[sealed]"}` for a secret."""
    origin: str
    """`line 23`, `default` or `derived`, with what it is derived from."""


Tree = Mapping[str, "Node"]
"""A block, or a map by name."""
Node = Value | Tree | Sequence["Node"]
"""What a key holds."""


def origins(config: StackConfig, lines: Mapping[str, int]) -> Tree:
    """Return every value of a configuration, and where it is from; `lines` has the line of each key given."""
    return {
        **_Origins(lines).block(config, "", UNSET),
        SECRETS: {
            name: Value(
                value={"secure": SEALED}, origin=f"line {lines.get(f'{SECRETS}.{name}', lines.get(SECRETS))}"
            )
            for name in sorted(config.secrets)
        },
    }


def as_json(found: Tree) -> str:
    """Return the values and their origins as one JSON object, by key: `{"redis.cache.replicas": {...}}`."""
    flat = {key: {"value": it.value, "origin": it.origin} for key, it in _flat(found, "")}
    return json.dumps(flat, indent=2, ensure_ascii=False)


def as_yaml(found: Tree, *, comments: bool) -> str:
    """Return a stack file with every value, and with `comments` where each is from.

    A key of the top level that is left out stays so: the engine would read its null as a text.
    """
    lines = ["config:"]
    for key, node in found.items():
        if isinstance(node, Value) and node.value is None:
            lines += [f"  # {PROJECT}:{key}: left out"] if comments else []
        elif node or isinstance(node, Value):
            lines += _lines(f"{PROJECT}:{key}", node, "  ")
    if not comments:
        lines = [line.partition("\0")[0] for line in lines]
    return "".join(f"{_aligned(line)}\n" for line in lines)


class _Origins:
    """Finds where values are from, in the order of the model."""

    def __init__(self, lines: Mapping[str, int]) -> None:
        self._lines = lines

    def block(self, block: BaseModel, key: str, default: Any) -> dict[str, Node]:
        """Return the values of a block; `default` is the block that holds where the file has none."""
        found: dict[str, Node] = {}
        # A value alone in the file may stand for a block, as the value of one of its keys.
        alone = bool(key) and key in self._lines and not any(it.startswith(f"{key}.") for it in self._lines)
        for name, field in type(block).model_fields.items():
            dotted = f"{key}.{name}".removeprefix(".")
            if alone and name in block.model_fields_set:
                found[name] = Value(value=_plain(getattr(block, name)), origin=f"line {self._lines[key]}")
            elif dotted != SECRETS:
                own = field.get_default(call_default_factory=True) if not field.is_required() else UNSET
                inherited = getattr(default, name, own) if key not in self._lines else own
                found[name] = self._node(getattr(block, name), dotted, inherited, field.description or "")
        return found

    def _node(self, value: Any, key: str, default: Any, description: str) -> Node:
        if isinstance(value, BaseModel):
            return self.block(value, key, default)
        if isinstance(value, Mapping) and _holds_blocks(value.values()):
            return {name: self._node(it, f"{key}.{name}", UNSET, "") for name, it in value.items()}
        if isinstance(value, list) and _holds_blocks(value):
            same = len(value) == len(default) if isinstance(default, list) else False
            return [
                self._node(it, f"{key}.{at}", default[at] if same else UNSET, "") for at, it in enumerate(value)
            ]
        return Value(value=_plain(value), origin=self._origin(value, key, default, description))

    def _origin(self, value: Any, key: str, default: Any, description: str) -> str:
        if line := self._lines.get(key):
            return f"line {line}"
        derived = derivation(description) if not value else ""
        if value == default and not derived:
            return "default"
        return f"derived: {derived}" if derived else "derived"


def _holds_blocks(values: Any) -> bool:
    return any(isinstance(it, BaseModel) or (isinstance(it, list) and _holds_blocks(it)) for it in values)


def _plain(value: Any) -> Any:
    """Return a value as JSON has it."""
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, Mapping):
        return {str(_plain(key)): _plain(it) for key, it in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(it) for it in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return value


def _flat(node: Node, key: str) -> Iterator[tuple[str, Value]]:
    if isinstance(node, Value):
        yield key, node
        return
    items = node.items() if isinstance(node, Mapping) else ((str(at), it) for at, it in enumerate(node))
    for name, it in items:
        yield from _flat(it, f"{key}.{name}".removeprefix("."))


def _lines(key: str, node: Node, indent: str) -> Iterator[str]:
    """Yield the lines of a key, the comment of each after a NUL."""
    start = f"{indent}{key if key.startswith(f'{PROJECT}:') else shown(key)}:"
    if isinstance(node, Value):
        yield from _value(start, node, indent)
    elif isinstance(node, Mapping):
        yield start if node else f"{start} {{}}"
        for name, it in node.items():
            yield from _lines(name, it, f"{indent}  ")
    else:
        yield start if node else f"{start} []"
        for it in node:
            yield from _item(it, f"{indent}  ")


def _item(node: Node, indent: str) -> Iterator[str]:
    """Yield the lines of an entry of a list: its first line after a dash."""
    if isinstance(node, Mapping):
        inner = [line for name, it in node.items() for line in _lines(name, it, f"{indent}  ")]
    elif isinstance(node, Value):
        inner = [f"{indent}  {shown(node.value)}\0{node.origin}"]
    else:
        inner = [line for it in node for line in _item(it, f"{indent}  ")]
    yield from (f"{indent}- {line[len(indent) + 2 :]}" if not at else line for at, line in enumerate(inner))


def _value(start: str, node: Value, indent: str) -> Iterator[str]:
    """Yield a value on one line, or where it is a long list or map, an entry a line."""
    value, comment = node.value, f"\0{node.origin}"
    if isinstance(value, list | dict) and len(f"{start} {shown(value)}") > WIDEST:
        yield f"{start}{comment}"
        if isinstance(value, list):
            yield from (f"{indent}  - {shown(it)}" for it in value)
        else:
            yield from (f"{indent}  {shown(name)}: {shown(it)}" for name, it in value.items())
    else:
        yield f"{start} {shown(value)}{comment}"


def _aligned(line: str) -> str:
    """Return a line with its comment, if it has one, in the column of comments."""
    text, _, comment = line.partition("\0")
    return f"{text:<{COMMENTS}}  # {comment}" if comment else text
