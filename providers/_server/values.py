"""Inputs against their description, and the secret marks of what goes back to the engine."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from policies.nearest import nearest_name
from providers.description import Property, Resource, inputs, outputs, schema_of
from wire_format import Properties, Value, is_secret, is_unknown, reveal, secret

TYPES: Mapping[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": Mapping,
}
SHORTEST_SECRET = 4
"""Fewest characters of a secret that are looked for in a message: shorter ones are found by chance."""


def input_faults(cls: type[Resource], given: Properties) -> Iterator[tuple[str, str]]:
    """Yield each property that its type does not take, and one sentence."""
    known = inputs(cls)
    for name in given:
        if name not in known and not name.startswith("__"):
            nearest = nearest_name(name, list(known))
            yield name, "is no property of it" + (f"; did you mean {nearest}?" if nearest else "")
    for name, described in known.items():
        value = reveal(given.get(name))
        if value is None:
            if described.required:
                yield name, "is missing"
        elif not is_unknown(value):
            hidden = described.secret or is_secret(given.get(name))
            yield from ((name, fault) for fault in _value_faults(described, value, hidden=hidden))


def _value_faults(described: Property[Any], value: Value, *, hidden: bool) -> Iterator[str]:
    kind = schema_of(described.kind).get("type")
    if kind and (not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "boolean")):
        yield f"given a {type(value).__name__}, allowed {kind}"
        return
    shown = "a secret" if hidden else repr(value)
    if described.choices and value not in described.choices:
        yield f"given {shown}, allowed {', '.join(map(str, described.choices))}"
    if described.pattern and not re.fullmatch(described.pattern, value):
        yield f"given {shown}, allowed {described.pattern}"
    if described.minimum is not None and value < described.minimum:
        yield f"given {shown}, allowed {described.minimum} or more"
    if described.maximum is not None and value > described.maximum:
        yield f"given {shown}, allowed {described.maximum} or less"


def marked(cls: type[Resource], values: Properties, given: Properties) -> Properties:
    """Return values for the engine: secret where their type or the program says so.

    `given` are the inputs with their marks; a value that is still the given one keeps its mark.
    """
    known = outputs(cls)
    return {
        name: given[name]
        if name in given and reveal(given[name]) == value
        else secret(value)
        if value is not None and ((name in known and known[name].secret) or is_secret(given.get(name)))
        else value
        for name, value in values.items()
    }


def without_secrets(text: str, cls: type[Resource], given: Properties) -> str:
    """Return a message in which no secret input is left, however the vendor repeats it."""
    known = inputs(cls)
    found = (reveal(it) for name, it in given.items() if is_secret(it) or (name in known and known[name].secret))
    for value in sorted((it for one in found for it in _texts(one)), key=len, reverse=True):
        if len(value) >= SHORTEST_SECRET:
            text = text.replace(value, "[secret]")
    return text


def _texts(value: Value) -> Iterator[str]:
    if isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value
