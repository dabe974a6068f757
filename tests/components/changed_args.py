"""Arguments of a component with some of their fields changed, those of groups too."""

from collections.abc import Mapping
from typing import Any, TypeVar

from msgspec import Struct
from msgspec.structs import replace

A = TypeVar("A", bound=Struct)


def changed(args: A, changes: Mapping[str, Any]) -> A:
    """Return `args` with `changes`; a dictionary for a group changes the group's own fields."""
    fields = {}
    for name, value in changes.items():
        group = getattr(args, name)
        nested = isinstance(group, Struct) and isinstance(value, dict)
        fields[name] = changed(group, value) if nested else value
    return replace(args, **fields)
