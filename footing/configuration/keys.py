"""Every key of a stack file, found in the file's JSON Schema: blocks, maps by name, lists and unions."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from policies.nearest import nearest_name

NAME, ITEM = "NAME", "[]"
"""Parts of a key that stand for any name of a map, and for any entry of a list."""

ABSENT: Final = object()
"""In place of a default, where there is none."""

Path = tuple[str, ...]
"""Parts of a key: `("database", "replicas", "[]", "purpose")`."""


class Field(Struct, frozen=True, kw_only=True):
    """A key as one block describes it; a key of several members of a union has one of each."""

    block: str
    """Name of the block's definition in the schema; empty for the file itself."""
    name: str
    """Name in the block; empty for an entry of a map or of a list."""
    described: Mapping[str, Any]
    """Its JSON Schema."""
    chosen: Mapping[str, str]
    """What has to be chosen for the key to exist: `{"redis.NAME.provider": "upstash"}`."""
    required: bool
    """Whether its block has to hold it."""
    outer: tuple[Path, Any] | None
    """The nearest block above that has a default with this key, and the value there."""

    @property
    def default(self) -> Any:
        """The default, or `ABSENT`."""
        return ABSENT if self.required or not self.name else self.described.get("default", ABSENT)


class UnknownKeyError(Exception):
    """No such key; the message is a sentence with the nearest one."""


class _Block(Struct, frozen=True, kw_only=True):
    """A block that a key may hold."""

    containers: Path
    """The maps and lists that it stands in."""
    definition: str
    """Its name in the schema."""
    chosen: tuple[str, str] | None
    """The key by which it is chosen, and the value; None outside of unions."""


class Keys:
    """Every key of a stack file, in the order of the model."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        """Read the keys of `schema`, that of a whole stack file."""
        self._definitions: Mapping[str, Any] = schema["$defs"]
        self.fields: dict[Path, list[Field]] = {}
        """What describes each key."""
        config = schema["properties"]["config"]
        root = {
            "properties": {key.partition(":")[2]: it for key, it in config["properties"].items()},
            "required": [key.partition(":")[2] for key in config["required"]],
        }
        self._add_block((), "", root, {}, None)

    def find(self, key: str) -> Path:
        """Return the key that `key` names: `services.api.image`, `database.replicas[0].purpose`.

        Raises:
            UnknownKeyError: there is none.
        """
        given = parts(key)
        # Without what was left out first: `database.replicas` is the list, and not an entry of it.
        if found := min((it for it in self.fields if matches(given, it)), key=len, default=None):
            return found
        raise UnknownKeyError(f"{key or 'nothing'}: unknown key{self._instead(given)}")

    def below(self, path: Path) -> list[Path]:
        """Return the keys of the block, or of the members of the union, at `path`."""
        inner = path
        while (container := next((it for it in ((*inner, ITEM), (*inner, NAME)) if it in self.fields), None)) and (
            any(it[: len(container)] == container and len(it) > len(container) for it in self.fields)
        ):
            inner = container
        return [it for it in self.fields if it[:-1] == inner and it[-1] not in {ITEM, NAME}]

    def leaves(self) -> list[Path]:
        """Return the keys that hold a value and no further keys of ours."""
        return [it for it in self.fields if it[-1] not in {ITEM, NAME} and not self.below(it)]

    def _instead(self, given: Sequence[str]) -> str:
        """Return what may have been meant, as the end of a sentence."""
        for end in range(len(given) - 1, -1, -1):
            above = next((it for it in sorted(self.fields, key=len) if matches(given[:end], it)), ())
            if end and not above:
                continue
            known = [it[-1] for it in self.below(above)] if above else [it[0] for it in self.fields]
            if nearest := nearest_name(given[end], known):
                meant = [*given[:end], nearest, *given[end + 1 :]]
                exists = any(matches(meant, it) for it in self.fields)
                return f"; did you mean {dotted(meant if exists else meant[: end + 1])}?"
            same = [it for it in self.fields if it[-1] == given[-1]]
            if same:
                return f"; did you mean {' or '.join(dotted(it) for it in same[:3])}?"
            return f"; {dotted(above) or 'a stack file'} has {', '.join(dict.fromkeys(known))}"
        return f"; a stack file has {', '.join(it[0] for it in self.fields if len(it) == 1)}"

    def _add_block(
        self,
        path: Path,
        name: str,
        block: Mapping[str, Any],
        chosen: Mapping[str, str],
        outer: tuple[Path, Any] | None,
    ) -> None:
        for key, described in block["properties"].items():
            here = (*path, key)
            above = (outer[0], outer[1][key]) if outer and key in outer[1] else None
            required = key in block.get("required", ())
            self._add(
                here,
                Field(block=name, name=key, described=described, chosen=chosen, required=required, outer=above),
            )

    def _add(self, path: Path, field: Field) -> None:
        self.fields.setdefault(path, []).append(field)
        blocks = list(self._blocks(field.described))
        if not blocks:
            for container, entry in _entries(field.described):
                self.fields.setdefault((*path, container), []).append(_entry(field, entry))
        for containers in dict.fromkeys(it.containers for it in blocks):
            entry, here = field.described, path
            for container in containers:
                entry, here = dict(_entries(entry))[container], (*here, container)
                self.fields.setdefault(here, []).append(_entry(field, entry))
        own = None if field.default in (ABSENT, None) else (path, field.default)
        # Where a block above says the same, the nearer one is what a person leaves out.
        default = own if own and (not field.outer or field.outer[1] == own[1]) else field.outer
        for block in blocks:
            chosen, inner = field.chosen, (*path, *block.containers)
            applies = default is not None and isinstance(default[1], dict) and not block.containers
            if block.chosen:
                by, value = block.chosen
                chosen = {**chosen, dotted((*inner, by)): value}
                applies = applies and default is not None and default[1].get(by) == value
            definition = self._definitions[block.definition]
            self._add_block(inner, block.definition, definition, chosen, default if applies else None)

    def _blocks(self, described: Mapping[str, Any], containers: Path = ()) -> Iterator[_Block]:
        """Yield the blocks that a key described so may hold."""
        by = described.get("discriminator", {}).get("propertyName")
        for option in (described, *described.get("oneOf", ()), *described.get("anyOf", ())):
            if name := option.get("$ref", "").rpartition("/")[2]:
                properties = self._definitions[name].get("properties")
                if properties is not None:
                    chosen = (by, str(properties[by]["const"])) if by else None
                    yield _Block(containers=containers, definition=name, chosen=chosen)
            elif "discriminator" in option and option is not described:
                yield from self._blocks(option, containers)
        for container, entry in _entries(described):
            yield from self._blocks(entry, (*containers, container))


def parts(key: str) -> list[str]:
    """Return the parts of a key as a person writes it, without the project's name before it."""
    text = key.strip().removeprefix("config.").removeprefix("footing:")
    return [it for it in re.split(r"\.|(?=\[)", text) if it]


def matches(given: Sequence[str], path: Path, *, without_names: bool = False) -> bool:
    """Tell whether `given` is the key `path`; an entry's number may be left out, a name only `without_names`."""
    if not path:
        return not given
    head, rest = path[0], path[1:]
    if head in {ITEM, NAME}:
        enters = given and (head == NAME or re.fullmatch(r"\d+|\[\d*\]|NAME|\*", given[0]))
        if enters and matches(given[1:], rest, without_names=without_names):
            return True
        return (head == ITEM or without_names) and matches(given, rest, without_names=without_names)
    return bool(given) and given[0] == head and matches(given[1:], rest, without_names=without_names)


def dotted(path: Collection[str]) -> str:
    """Return a key as it is written: `database.replicas[].purpose`."""
    return ".".join(path).replace(".[", "[")


def _entries(described: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield what the entries of a map or a list are."""
    for option in (*described.get("anyOf", ()), *described.get("oneOf", ())):
        yield from _entries(option)
    if isinstance(items := described.get("items"), dict):
        yield ITEM, items
    more = described.get("additionalProperties")
    for entry in (*([more] if isinstance(more, dict) else ()), *described.get("patternProperties", {}).values()):
        yield NAME, entry


def _entry(field: Field, described: Mapping[str, Any]) -> Field:
    told = {"description": f"One entry. {field.described.get('description', '')}".strip(), **described}
    return Field(block=field.block, name="", described=told, chosen=field.chosen, required=False, outer=None)
