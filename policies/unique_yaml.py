"""YAML as the engine reads it, for every file that people write here; what two readers would differ on is refused.

The engine reads scalars by the rules of Go's yaml.v3: `yes` and `1:20` are texts, `0o17` is a number, `010` too.
https://github.com/go-yaml/yaml/blob/v3.0.1/resolve.go
"""

import math
import re
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any, Final

import yaml

if TYPE_CHECKING:
    _Fastest = yaml.SafeLoader
else:
    _Fastest = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

DEEPEST: Final = 64
"""Blocks and lists inside each other; the reader calls itself for each."""
LARGEST: Final = 100_000
"""Values of a document with its aliases written out: a few lines of aliases of aliases would fill any memory."""
LARGEST_WHOLE: Final = 2**53
"""Largest whole number that JSON's numbers hold exactly."""

_TAG: Final = "tag:yaml.org,2002:"
_SCALARS: Final = (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("null", r"~|null|Null|NULL|", ("~", "n", "N", "")),
    ("merge", r"<<", "<"),
    ("timestamp", r"\d{4}-\d\d?-\d\d?([Tt ]+\d.*)?", "0123456789"),
    ("int", r"[-+]?(\d[\d_]*|0[xXoObB][\da-fA-F_]+)", "+-0123456789"),
    (
        "float",
        r"[-+]?(\.\d[\d_]*|\d[\d_]*(\.[\d_]*)?)([eE][-+]?\d+)?|[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)",
        "+-.0123456789",
    ),
)


class _Loader(_Fastest):
    """Refuses a key written twice, of which the second would silently win, and what is no text as a key."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  as the base class has it


class _StackLoader(_Loader):
    """Refuses unquoted days as well: the engine makes them instants."""


def _refusal(node: yaml.Node, problem: str) -> yaml.YAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, node.start_mark)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[Hashable, Any]:
    keys = set()
    for key, _ in node.value:
        if key.tag not in {f"{_TAG}str", f"{_TAG}merge"}:
            shown = key.value if isinstance(key, yaml.ScalarNode) else "of several values"
            raise _refusal(key, f"the key {shown} is no text: quote it")
        if key.value in keys:
            raise _refusal(key, f"the key {key.value} is written twice")
        keys.add(key.value)
    return loader.construct_mapping(node, deep=True)


def _number(_loader: _Loader, node: yaml.ScalarNode) -> int | float:
    text, is_int = str(node.value), node.tag == f"{_TAG}int"
    try:
        value = int(text.replace("_", ""), 0) if is_int else float(text)
    except ValueError:
        value = math.nan
    # `010` is 8 to some and 10 to others; 1_0.5 is a number to some; the engine rounds beyond 53 bits.
    if not math.isfinite(value) or (is_int and abs(value) > LARGEST_WHOLE) or (not is_int and "_" in text):
        raise _refusal(node, f"{text} is not the same number to every reader: quote it, or write it plainly")
    # The engine hands numbers on as JSON's, of which 7.0 is 7.
    return int(value) if value == int(value) and abs(value) <= LARGEST_WHOLE else value


def _timestamp(_loader: _Loader, node: yaml.ScalarNode) -> Any:
    raise _refusal(node, f"{node.value} is a date, which the engine would rewrite: quote it")


for _name, _pattern, _first in _SCALARS:
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(f"(?:{_pattern})$"), list(_first))
for _name in ("int", "float"):
    _Loader.add_constructor(_TAG + _name, _number)
_Loader.add_constructor(f"{_TAG}timestamp", lambda _, node: node.value)
_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_StackLoader.add_constructor(f"{_TAG}timestamp", _timestamp)


def parse(text: str, *, days: bool = True) -> Any:
    """Return the document in `text`; without `days`, refuse an unquoted one instead of reading it as a text.

    Raises:
        yaml.YAMLError: it is not YAML, a key of a block is written twice, or readers would differ on a value.

    """
    check_size(text)
    return yaml.load(text, Loader=_Loader if days else _StackLoader)  # noqa: S506  a SafeLoader


def compose(text: str) -> yaml.Node | None:
    """Return the nodes of the document in `text`, each with its place.

    Raises:
        yaml.YAMLError: it is not YAML, or too large.

    """
    check_size(text)
    return yaml.compose(text, Loader=_Loader)


def check_size(text: str) -> None:
    """Refuse what is nested too deep, grows too large or says its own types, before anything is made of it.

    Raises:
        yaml.YAMLError: so, or it is not YAML.

    """
    sizes: dict[str | None, int] = {}
    open_nodes: list[tuple[str | None, int]] = [(None, 0)]
    for event in yaml.parse(text, Loader=_Loader):
        size = 0
        if isinstance(event, yaml.CollectionStartEvent):
            open_nodes.append((event.anchor, 1))
        elif isinstance(event, yaml.CollectionEndEvent):
            anchor, size = open_nodes.pop()
            sizes[anchor] = size
        elif isinstance(event, yaml.AliasEvent):
            # More than fits, where it stands inside of what it stands for.
            inside = event.anchor in {anchor for anchor, _ in open_nodes}
            size = LARGEST + 1 if inside else sizes.get(event.anchor, 1)
        elif isinstance(event, yaml.ScalarEvent):
            size = sizes[event.anchor] = 1 + len(event.value) // 100
        open_nodes[-1] = (open_nodes[-1][0], open_nodes[-1][1] + size)
        tag = getattr(event, "tag", None)
        for wrong, problem in (
            (len(open_nodes) > DEEPEST, f"blocks and lists are nested more than {DEEPEST} deep"),
            (open_nodes[-1][1] > LARGEST, f"with its aliases written out it has more than {LARGEST:,} values"),
            (tag not in {None, "!", f"{_TAG}str"}, f"the tag {tag} is not read: leave it out, or quote the value"),
        ):
            if wrong:
                raise yaml.constructor.ConstructorError(None, None, problem, event.start_mark)  # type: ignore[arg-type]
