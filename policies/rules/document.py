"""How rules read a policy document of IAM, whose lists may be single values."""

from collections.abc import Mapping
from typing import Any

from policies.resource import UNKNOWN
from policies.rules.reading import at, items, parsed, unreadable


def statements(document: Any) -> Any:
    """Return the statements of a document: UNKNOWN where a part of it is hidden, None where it is no document."""
    read = parsed(document)
    if unreadable(read):
        return UNKNOWN
    found = items(at(read, "Statement")) if isinstance(read, Mapping) else [None]
    if any(_hides(it) for it in found):
        return UNKNOWN
    return found if all(isinstance(it, Mapping) for it in found) else None


def _hides(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_hides(it) for it in value.values())
    return any(_hides(it) for it in value) if isinstance(value, list) else unreadable(value)


def texts(value: Any) -> list[str]:
    """Return the texts of an element that may be one or a list."""
    return [it for it in items(value) if isinstance(it, str)]


def allows(statement: Mapping[str, Any]) -> bool:
    """Return whether a statement allows something; IAM compares this word with its case."""
    return statement.get("Effect") != "Deny"
