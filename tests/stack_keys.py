"""Which keys a stack's file has, read from the schema that `docs/stack.schema.json` holds."""

from collections.abc import Iterator
from typing import Any

from stacks.config.schema import schema

SCHEMA = schema()


def has_key(key: str) -> bool:
    """Tell whether `key`, for example `database.pooler.tasks`, is one of a stack's file."""
    first, *others = key.split(".")
    blocks = [SCHEMA["properties"]["config"]["properties"].get(f"footing:{first}")]
    for part in others:
        blocks = [block["properties"][part] for found in blocks for block in _blocks(found) if _has(block, part)]
    return any(block is not None for block in blocks)


def _has(block: dict[str, Any], part: str) -> bool:
    return part in block.get("properties", {})


def _blocks(described: Any) -> Iterator[dict[str, Any]]:
    """Every block that may stand there: members of unions, entries of lists, definitions by reference."""
    if not isinstance(described, dict):
        return
    yield described
    name = described.get("$ref", "").rpartition("/")[2]
    others = [SCHEMA["$defs"][name]] if name else []
    others += [*described.get("anyOf", []), *described.get("oneOf", []), described.get("items")]
    for other in others:
        yield from _blocks(other)
