"""How rules read a policy document of IAM, whose lists may be single values."""

import json
from collections.abc import Mapping
from typing import Any

from policies.rules.reading import at, items, unreadable


def statements(document: Any) -> list[Mapping[str, Any]] | None:
    """Return the statements of a document, None where it is no document.

    Raises:
        LookupError: the document, or a part of it, is unknown or a secret.

    """
    if unreadable(document):
        raise LookupError
    try:
        read = json.loads(document) if isinstance(document, str) else document
    except ValueError:
        return None
    found = items(at(read, "Statement")) if isinstance(read, Mapping) else [None]
    if any(_hides(it) for it in found):
        raise LookupError
    maps = [it for it in found if isinstance(it, Mapping)]
    return maps if len(maps) == len(found) else None


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
