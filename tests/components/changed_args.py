"""Arguments of a component with some of their fields changed, those of groups too."""

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar

A = TypeVar("A")


def changed(args: A, changes: Mapping[str, Any]) -> A:
    """Return `args` with `changes`; a dictionary for a group changes the group's own fields."""
    assert dataclasses.is_dataclass(args)
    fields = {}
    for name, value in changes.items():
        group = getattr(args, name)
        nested = dataclasses.is_dataclass(group) and isinstance(value, dict)
        fields[name] = changed(group, value) if nested else value
    result: A = dataclasses.replace(args, **fields)
    return result
