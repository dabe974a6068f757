"""Whether inputs have the shape that the SDK documents. Python checks none of its annotations at run time.

A failure says what was given and what is allowed. It names types, never values: a value may be a secret.
"""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from simulator.shapes import (
    SCALARS,
    AssetOnly,
    Enumerated,
    Field,
    ListOf,
    MapOf,
    ObjectOf,
    OneOf,
    Scalar,
    Shape,
    input_fields,
    output_fields,
)
from wire_format import Value, is_asset, is_secret, is_unknown


@dataclass(frozen=True)
class Failure:
    """One thing wrong with the inputs: where, and in one sentence what."""

    path: str
    reason: str


def check_fields(values: Mapping[str, Value], fields: Mapping[str, Field], path: str = "") -> Iterator[Failure]:
    """Yield every fault of an object: unknown names, missing ones, and wrong values at any depth."""
    for name, value in values.items():
        if name.startswith("__") or value is None:
            continue
        where = f"{path}.{name}" if path else name
        if name in fields:
            yield from check_value(value, fields[name].shape, where)
        else:
            close = difflib.get_close_matches(name, fields, n=1)
            hint = f"did you mean {close[0]!r}?" if close else f"allowed: {', '.join(sorted(fields))}"
            yield Failure(where, f"given {name!r}, which this type does not have; {hint}")
    for name, field in fields.items():
        if field.required and values.get(name) is None:
            yield Failure(
                f"{path}.{name}" if path else name,
                f"given nothing, allowed {described(field.shape)}: it is required",
            )


def check_value(value: Value, shape: Shape, path: str) -> Iterator[Failure]:
    """Yield every fault of one value. Unknown values are accepted anywhere; secrets are looked into."""
    if is_secret(value):
        yield from check_value(value.get("value"), shape, path)
    elif value is None or is_unknown(value):
        return
    elif isinstance(shape, ObjectOf) and isinstance(value, Mapping) and not is_asset(value):
        yield from check_fields(value, input_fields(shape) or output_fields(shape), path)
    elif isinstance(shape, ListOf) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from check_value(item, shape.item, f"{path}[{index}]")
    elif isinstance(shape, MapOf) and isinstance(value, Mapping) and not is_asset(value):
        for key, item in value.items():
            yield from check_value(item, shape.item, f'{path}["{key}"]')
    elif isinstance(shape, OneOf):
        yield from _check_options(value, shape, path)
    elif not _fits(value, shape):
        yield Failure(path, f"given {given(value)}, allowed {described(shape)}")


def _check_options(value: Value, shape: OneOf, path: str) -> Iterator[Failure]:
    attempts = [list(check_value(value, option, path)) for option in shape.options]
    if all(attempts):
        # An object that fits no option is explained by the option it fits best.
        inner = [faults for faults in attempts if any(fault.path != path for fault in faults)]
        if inner:
            yield from min(inner, key=len)
        else:
            yield Failure(path, f"given {given(value)}, allowed {described(shape)}")


_TYPES: Mapping[str, tuple[type, ...]] = {"bool": (bool,), "str": (str,), "int": (int,), "float": (int, float)}


def _fits(value: Value, shape: Shape) -> bool:
    if isinstance(shape, Scalar):
        return isinstance(value, _TYPES[shape.kind]) and (shape.kind == "bool" or not isinstance(value, bool))
    if isinstance(shape, Enumerated):
        return not isinstance(value, bool) and value in shape.members
    return is_asset(value) if isinstance(shape, AssetOnly) else not isinstance(shape, ListOf | MapOf | ObjectOf)


def given(value: Value) -> str:
    """Return what kind of value this is, without the value."""
    if is_asset(value):
        return "an asset"
    for kind, name in ((bool, "a boolean"), (str, "a string"), (int, "an integer"), (float, "a number")):
        if isinstance(value, kind):
            return name
    return "a list" if isinstance(value, list) else "an object"


def described(shape: Shape) -> str:
    """Return the allowed shape in words."""
    if isinstance(shape, Scalar):
        return f"{'an' if shape.kind == 'int' else 'a'} {SCALARS[shape.kind]}"
    if isinstance(shape, ListOf):
        return f"a list ({described(shape.item)} each)"
    if isinstance(shape, MapOf):
        return f"a map ({described(shape.item)} each)"
    if isinstance(shape, ObjectOf):
        return f"an object ({shape.name.removesuffix('Args')})"
    if isinstance(shape, Enumerated):
        return f"one of {', '.join(repr(member) for member in shape.members)}"
    if isinstance(shape, OneOf):
        return " or ".join(described(option) for option in shape.options)
    return "an asset or archive" if isinstance(shape, AssetOnly) else "any value"
