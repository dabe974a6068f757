"""Everything that is known of one key: its meaning, what it may be, where its limits come from, what reads it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import Struct

from footing.configuration.code import ROOT, Class
from footing.configuration.keys import ABSENT, Field, Keys, Path, dotted, matches, parts
from footing.configuration.readers import CHOICE, Reading, readers
from footing.configuration.words import allowed, derivation, shown
from policies import limits
from policies.rules import CATALOGUE
from stacks.config.base import Model
from stacks.config.schema import schema
from stacks.config.stack import StackConfig

REQUIREMENTS = "docs/requirements.md"
"""Page with the requirements that limits and rules name as their source."""

_REQUIREMENT = re.compile(r"\b(?:S\d-\d\d+|C-\d+|F-[A-Z])\b")


class Meaning(Struct, frozen=True, kw_only=True):
    """What a key means; a key of several members of a union may mean several things."""

    chosen: Sequence[str]
    """What has to be chosen for it, one of these: `redis.NAME.provider: upstash`; empty where it always exists."""
    description: str
    """What it is for."""
    allowed: str
    """Type, range or values, in words."""
    required: bool
    """Whether its block has to hold it."""
    default: str
    """What holds where it is left out, in words."""


class LimitOf(Struct, frozen=True, kw_only=True):
    """A documented limit."""

    range: str
    """Range with its unit, and whether an exception may allow another number."""
    why: str
    """What goes wrong outside of it."""
    source: str
    """Requirements, or a page."""


class RuleOf(Struct, frozen=True, kw_only=True):
    """A rule of the gate that names the key."""

    id: str
    """Id, as in `footing rules ID`."""
    title: str
    """What must be true."""
    source: str
    """Requirements, or a page."""


class Explanation(Struct, frozen=True, kw_only=True):
    """Everything that is known of one key."""

    key: str
    """The key, `NAME` for any name of a map and `[]` for any entry of a list."""
    meanings: Sequence[Meaning]
    """What it means, and what it may be."""
    limits: Sequence[LimitOf]
    """The documented limits of its value."""
    rules: Sequence[RuleOf]
    """The rules that name it, or a key below it."""
    requirements: Mapping[str, str]
    """The requirements that those name, in their own words, by id."""
    read_by: Sequence[Reading]
    """The places of the source that read it."""
    keys: Mapping[str, Sequence[Meaning]]
    """The keys of a block, with what they mean."""


@cache
def all_keys() -> Keys:
    """Return every key of a stack file."""
    return Keys(schema())


def explain(key: str) -> Explanation:
    """Return what is known of `key`.

    Raises:
        UnknownKeyError: there is no such key; the message names the nearest.
    """
    known = all_keys()
    path = known.find(key)
    held = [
        LimitOf(range=it.range_or_exception, why=it.why, source=it.source)
        for it in limits.DOCUMENTED
        if _names(it.key, path)
    ]
    rules = [
        RuleOf(id=rule.id, title=rule.title, source=rule.source)
        for rule in CATALOGUE
        if any(_names(it, path) or _is_below(it, path) for it in rule.keys)
    ]
    sources = [*(it.source for it in held), *(it.source for it in rules)]
    sources += [str(it.described.get("description", "")) for it in known.fields[path]]
    return Explanation(
        key=dotted(path),
        meanings=meanings(path),
        limits=held,
        rules=rules,
        requirements=_requirements(" ".join(sources)),
        read_by=read_by(path),
        keys={dotted(it): meanings(it) for it in known.below(path)},
    )


def meanings(path: Path) -> list[Meaning]:
    """Return what a key means: once for all members of a union that agree."""
    grouped: dict[tuple[str, str, bool, str], list[str]] = {}
    fields = all_keys().fields[path]
    constants = [str(it.described["const"]) for it in fields if "const" in it.described]
    for field in fields[:1] if len(constants) == len(fields) else fields:
        description = _description(path, field)
        words = (
            f"one of {', '.join(dict.fromkeys(constants))}"
            if len(constants) > 1
            else allowed(field.described, schema_definitions())
        )
        told = (description, words, field.required, _default(field, description))
        chosen = [f"{key}: {value}" for key, value in field.chosen.items() if key != dotted(path)]
        grouped.setdefault(told, []).append(" and ".join(chosen))
    return [
        Meaning(
            chosen=[]
            if "" in chosen or (len(grouped) == 1 and not _partly(path))
            else list(dict.fromkeys(chosen)),
            description=told[0],
            allowed=told[1],
            required=told[2],
            default=told[3],
        )
        for told, chosen in grouped.items()
    ]


def read_by(path: Path) -> list[Reading]:
    """Return every place that reads a key; that of an entry, or of what chooses a block, is where those are."""
    named = path
    while named and not all_keys().fields[named][0].name:
        named = named[:-1]
    found: set[Reading] = set()
    for field in all_keys().fields[named]:
        block = _classes()[field.block]
        found |= readers(block, field.name)
        if "const" in field.described:
            found |= readers(block, CHOICE)
    return sorted(found)


def is_constant(path: Path) -> bool:
    """Return whether a key has one value, or none at all, so that nothing needs to read it."""
    described = [it.described for it in all_keys().fields[path]]
    return len({it.get("const") for it in described} - {None}) == 1 or all(
        it.get("type") == "null" for it in described
    )


def _partly(path: Path) -> bool:
    """Return whether some members of the union above lack the key."""
    known = all_keys().fields
    above = next((known[path[:end]] for end in range(len(path) - 1, 0, -1) if path[:end] in known), [])
    siblings = {tuple(it.chosen.items()) for other in known if other[:-1] == path[:-1] for it in known[other]}
    return bool(above) and len(siblings) > len(known[path])


def _description(path: Path, field: Field) -> str:
    """Return the description of a key, else those of the blocks that it may hold or chooses."""
    if text := field.described.get("description"):
        return str(text)
    definitions = schema_definitions()
    if "const" in field.described and field.chosen:
        by_value = {it.described.get("const"): it.block for it in all_keys().fields[path]}
        texts = [f"{value}: {_first_line(definitions[block])}" for value, block in by_value.items()]
    else:
        options = [field.described, *field.described.get("anyOf", ()), *field.described.get("oneOf", ())]
        names = [it["$ref"].rpartition("/")[2] for it in options if "$ref" in it]
        texts = [_first_line(definitions[it]) for it in names]
    return " ".join(filter(None, texts))


def _first_line(described: Mapping[str, Any]) -> str:
    return str(described.get("description", "")).partition("\n")[0]


def _default(field: Field, description: str) -> str:
    """Return what holds where a key is left out, and why."""
    own = field.default
    derived = derivation(description)
    if own is ABSENT:
        own_words = "none: the key is required" if field.required else ""
    elif own is None:
        own_words = f"derived: {derived}" if derived else "none"
    elif isinstance(own, dict) and any(isinstance(it, dict | list) for it in own.values()):
        own_words = "those of its keys"
    else:
        own_words = shown(own) if own not in ("", [], {}) else f"empty{f': {derived}' if derived else ''}"
    if field.outer and field.outer[1] != own:
        return f"{shown(field.outer[1])} where {dotted(field.outer[0])} is left out; there {own_words}"
    return own_words


@cache
def schema_definitions() -> Mapping[str, Any]:
    """Return the blocks of a stack file by the names in its schema."""
    found: Mapping[str, Any] = schema()["$defs"]
    return found


@cache
def _classes() -> Mapping[str, Class]:
    """Return the class of each block, by its name in the schema."""
    found = {"": Class(StackConfig.__module__, StackConfig.__name__)}
    for model in _models(Model):
        for name in (model.__name__, f"{model.__module__.replace('.', '__')}__{model.__name__}"):
            if name in schema_definitions():
                found[name] = Class(model.__module__, model.__name__)
    return found


def _models(above: type[Model]) -> Iterator[type[Model]]:
    for model in above.__subclasses__():
        yield model
        yield from _models(model)


def _names(key: str, path: Path) -> bool:
    """Return whether a limit's or a rule's key is `path`; it may leave out a map's names, or write one."""
    return matches(parts(key), path, without_names=True)


def _is_below(key: str, path: Path) -> bool:
    """Return whether a rule's key is in the block at `path`, or names the map or the list that `path` enters."""
    given = parts(key)
    if all_keys().fields[path][0].name == "":
        return any(_names(key, path[:end]) for end in range(1, len(path)) if path[:end] in all_keys().fields)
    return any(matches(given[:end], path, without_names=True) for end in range(1, len(given)))


def _requirements(sources: str) -> dict[str, str]:
    """Return the requirements that `sources` names, by id; those of a checkout without the page without words."""
    words = _words_of_requirements()
    return {it: words.get(it, "") for it in _REQUIREMENT.findall(sources)}


@cache
def _words_of_requirements() -> Mapping[str, str]:
    page = ROOT / REQUIREMENTS
    text = page.read_text(encoding="utf-8") if page.is_file() else ""
    rows = re.findall(r"^\| <a id=[^>]*></a>(\S+) \| (.*?) \|$", text, re.MULTILINE)
    cells = {key: [it.strip() for it in row.split(" | ")] for key, row in rows}
    # A contradiction has the rows that it is between before its own words.
    words = {key: row[2] if key[0] in "C" and len(row) > 2 else row[0] for key, row in cells.items()}
    return {key: re.sub(r"\*\*|\[([^]]*)\]\([^)]*\)", r"\1", text) for key, text in words.items()}
