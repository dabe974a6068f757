"""docs/configuration.md: every key of a stack file, from the typed model."""

import json
from collections.abc import Iterator
from typing import Any

from footing.markdown import table
from stacks.config.load import PROJECT, SECRETS
from stacks.config.stack import StackConfig

INTRODUCTION = """\
# Configuration of a stack

Generated from `stacks/config/` by `footing docs`: do not edit. A stack is one file, `Pulumi.<stack>.yaml`; every
difference between environments stands there and nowhere else. Unknown keys are errors, and all errors are told at
once. For completion in an editor, point its YAML support at `docs/stack.schema.json`.

Secrets never stand in clear: `pulumi config set --secret --path 'footing:secrets.NAME' -s STACK` encrypts one, and
`services.NAME.secrets` or `grafana.contacts` name it.
"""


HEADERS = ("key", "allowed", "default", "meaning")

_Row = tuple[str, str, str, str]


def configuration_page() -> str:
    """Return the whole page: one table for the plain keys, and one for each block."""
    schema = StackConfig.model_json_schema()
    fields = {key: field for key, field in schema["properties"].items() if key != SECRETS}
    values = [
        _row(f"{PROJECT}:{key}", field, required=key in schema["required"])
        for key, field in fields.items()
        if not _blocks(field, schema)
    ]
    page = INTRODUCTION + "\n" + table(HEADERS, values)
    for key, field in fields.items():
        blocks = _blocks(field, schema)
        page += f"\n## {PROJECT}:{key}\n" if blocks else ""
        for block in blocks:
            by = _chooser(field) or "provider"
            chosen = block["properties"].get(by, {}).get("const")
            choice = f"`{by}: {chosen}`. " if chosen else ""
            prefix = "NAME." if _entries(field) else ""
            page += f"\n{choice}{block['description']}\n\n" + table(HEADERS, _rows(prefix, block, schema, {}, by))
    return page


def _rows(
    prefix: str, block: dict[str, Any], schema: dict[str, Any], given: dict[str, Any], chosen_by: str = "provider"
) -> Iterator[_Row]:
    """Yield the rows of a block, without the key that chose it; `given` holds the block above's defaults."""
    for key, field in block["properties"].items():
        below = _blocks(field, schema)
        if below and (alone := [it for it in field.get("anyOf", []) if it.get("type") not in (None, "null")]):
            yield f"`{prefix}{key}`", _allowed({"anyOf": alone}), "", field["description"]
        if len(below) > 1:
            yield from _choices(f"{prefix}{key}.", field, below, schema)
        elif below:
            suffix = "[]" if "items" in field else ".NAME" if _entries(field) else ""
            inherited = field.get("default") if isinstance(field.get("default"), dict) else {}
            yield from _rows(f"{prefix}{key}{suffix}.", below[0], schema, inherited)
        elif key != chosen_by:
            required = key in block.get("required", []) and key not in given
            yield _row(
                f"{prefix}{key}", {**field, "default": given.get(key, field.get("default"))}, required=required
            )


def _choices(
    prefix: str, field: dict[str, Any], below: list[dict[str, Any]], schema: dict[str, Any]
) -> Iterator[_Row]:
    """Yield the rows of a union within a block: first the key that chooses, then what each choice takes."""
    by = _chooser(field)
    chosen = (field.get("default") or {}).get(by)
    allowed = ", ".join(f"`{block['properties'][by]['const']}`" for block in below)
    default = f"`{json.dumps(chosen)}`" if chosen else "required"
    yield f"`{prefix}{by}`", allowed, default, field["description"]
    for block in below:
        name = block["properties"][by]["const"]
        yield f"`{prefix}{by}: {name}`", "", "", block["description"]
        yield from _rows(prefix, block, schema, {}, by)


def _blocks(field: dict[str, Any], schema: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the models that a field may hold: none for a value, several for a union."""
    names = [option["$ref"].rpartition("/")[2] for option in _options(field) if "$ref" in option]
    return [schema["$defs"][name] for name in names]


def _options(field: dict[str, Any]) -> list[dict[str, Any]]:
    """Return a field with each alternative of it, and what the entries of a list or a map may be."""
    options = [field]
    for it in options:  # Grows meanwhile: an alternative may have alternatives.
        options += [
            *it.get("oneOf", []),
            *it.get("anyOf", []),
            *_entries(it),
            *([it["items"]] if "items" in it else []),
        ]
    return options


def _entries(field: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what may stand under each name of a map; none where the field is no map."""
    entries = [*field.get("patternProperties", {}).values(), field.get("additionalProperties")]
    return [it for it in entries if isinstance(it, dict)]


def _chooser(field: dict[str, Any]) -> str:
    """Return the key that chooses among a field's alternatives; empty where none does."""
    return next((it["discriminator"]["propertyName"] for it in _options(field) if "discriminator" in it), "")


def _row(key: str, field: dict[str, Any], *, required: bool) -> _Row:
    default = "required" if required else f"`{json.dumps(field.get('default'))}`"
    return f"`{key}`", _allowed(field), default, field.get("description", "")


def _allowed(field: dict[str, Any]) -> str:
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "anyOf" in field:
        return " or ".join(_allowed(option) for option in field["anyOf"])
    if field.get("type") == "array":
        return f"list of {_allowed(field['items'])}"
    name = {"integer": "number", "number": "number", "string": "text", "boolean": "true, false", "object": "block"}
    low, high = field.get("minimum"), field.get("maximum")
    if low is not None and high is not None:
        return f"{low}" if low == high else f"{low} to {high}"
    if low is not None:
        return f"{low} or more"
    if "pattern" in field:
        return f"text `{field['pattern']}`"
    return name.get(field.get("type", ""), "none" if field.get("type") == "null" else "any")
