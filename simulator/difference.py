"""What changed between the inputs that made a resource and the new ones, and whether that replaces it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simulator.naming import DEFAULTS_KEY, NAME_PROPERTIES
from simulator.replacement import reviewed_source, spared
from simulator.shapes import ListOf, ObjectOf, OneOf, ResourceShape, Shape, input_fields
from wire_format import Properties, Value, reveal


@dataclass(frozen=True)
class Change:
    """One changed property: its path, "add", "delete" or "update", and whether it replaces."""

    path: str
    kind: str
    replaces: bool


def changes(
    token: str, shape: ResourceShape, olds: Properties, news: Properties, state: Properties | None = None
) -> list[Change]:
    """Return every changed property. Secrets are compared by value; an unknown new value counts as a change.

    `state` are the outputs: what a program leaves to the cloud, and what the cloud has as the program gives it, is
    no change.
    """
    found: list[Change] = []
    for name in sorted({*olds, *news}):
        if name.startswith("__") or _settled(token, name, shape, olds, news, state or {}):
            continue
        field = shape.inputs.get(name)
        fixed = reviewed_source(token, name) is not None or (field is not None and field.replaces)
        always = fixed and not spared(token, name, olds, news)
        nested = field.shape if field else None
        found += _walk(reveal(olds.get(name)), reveal(news.get(name)), name, nested, replaces=always)
    return found


def _settled(
    token: str, name: str, shape: ResourceShape, olds: Properties, news: Properties, state: Properties
) -> bool:
    """Return whether a property that one side alone gives is as the cloud has it.

    https://developer.hashicorp.com/terraform/plugin/sdkv2/schemas/schema-behaviors: `Optional` and `Computed`, and
    that the first SDK does not tell nothing from a zero value.
    """
    if news.get(name) is None:
        return name in shape.computed and name in state
    if olds.get(name) is not None:
        return False
    given = reveal(news[name])
    return given == reveal(state.get(name)) or (token.startswith("aws:") and given in (False, "", [], {}))


def _walk(old: Value, new: Value, path: str, shape: Shape | None, *, replaces: bool) -> Iterator[Change]:
    if old == new or _same_document(old, new):
        return
    if old is None or new is None:
        yield Change(path, "add" if old is None else "delete", replaces)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        options = shape.options if isinstance(shape, OneOf) else (shape,)
        nested = next((option for option in options if isinstance(option, ObjectOf)), None)
        fields = input_fields(nested) if nested else {}
        for key in sorted({*old, *new}):
            field = fields.get(key)
            yield from _walk(
                old.get(key),
                new.get(key),
                f"{path}.{key}" if key.isidentifier() else f'{path}["{key}"]',
                field.shape if field else None,
                replaces=replaces or (field is not None and field.replaces),
            )
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        item = shape.item if isinstance(shape, ListOf) else None
        for index, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _walk(before, after, f"{path}[{index}]", item, replaces=replaces)
    else:
        yield Change(path, "update", replaces)


def _same_document(old: Value, new: Value) -> bool:
    """Return whether two texts of JSON mean the same: no provider sends one for the other."""
    if not (isinstance(old, str) and isinstance(new, str) and old[:1] in {"{", "["} and old[:1] == new[:1]):
        return False
    try:
        return bool(_canonical(json.loads(old)) == _canonical(json.loads(new)))
    except ValueError:
        return False


def _canonical(value: Value) -> Value:
    """Return a document with a policy's lists of one as what is in them, which is how AWS answers them."""
    if isinstance(value, Mapping):
        return {key: _canonical(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_canonical(item) for item in value]
        return items[0] if len(items) == 1 and isinstance(items[0], str) else items
    return value


def deletes_first(token: str, olds: Properties, news: Properties) -> bool:
    """Return whether the old resource must go before its replacement: both would have the same given name."""
    name = NAME_PROPERTIES.get(token, "name")
    given = olds.get(name)
    made_up = name in (news.get(DEFAULTS_KEY) or []) or name in (olds.get(DEFAULTS_KEY) or [])
    return given is not None and not made_up and reveal(given) == reveal(news.get(name))
