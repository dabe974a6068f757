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
        blocks = [below for found in blocks for block in _blocks(found) if (below := _below(block, part))]
    return any(block is not None for block in blocks)


def _below(block: dict[str, Any], part: str) -> Any:
    """Return what stands under `part`: one of the block's keys, or any name in a map by name."""
    named = next(iter(block.get("patternProperties", {}).values()), None)
    return block.get("properties", {}).get(part, named)


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
