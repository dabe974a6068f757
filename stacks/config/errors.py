"""Configuration errors as sentences: what was given, what is allowed, which key to change."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from policies.nearest import nearest_name

ALLOWED = {
    "string_type": "a text (a number or a date needs quotes)",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "dict_type": "a block of keys",
    "model_type": "a block of keys",
    "model_attributes_type": "a block of keys",
    "list_type": "a list",
    "literal_error": "{expected}",
    "string_pattern_mismatch": "a text that matches {pattern}",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "multiple_of": "a multiple of {multiple_of}",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
    "union_tag_invalid": "{expected_tags}",
}
"""What is allowed, by pydantic's error type; its own message serves for the others."""

SHOWN_CHARACTERS = 60
"""Longest piece of a given value that a message repeats."""


class ConfigError(Exception):
    """The configuration cannot be used; one sentence for each reason."""

    def __init__(self, source: str, problems: Sequence[str]) -> None:
        self.source = source
        """File or place the configuration came from."""
        self.problems = tuple(problems)
        """Sentences, each naming a key."""
        super().__init__("\n".join(f"{source}: {problem}" for problem in problems))


def sentences(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """One sentence for each thing that `error` found while reading `model`."""
    return [_sentence(detail, model) for detail in error.errors(include_url=False)]


def _sentence(detail: ErrorDetails, model: type[BaseModel]) -> str:
    path = _without_tags(detail["loc"], model)
    key = ".".join(str(part) for part in path)
    match detail["type"]:
        case "extra_forbidden":
            return f"{key}: unknown key{_suggestion(path, model)}"
        case "missing":
            return f"{key}: missing; it is required"
        case "task_size":
            return f"{key}: {detail['msg']}"
        case "union_tag_invalid":
            return f"{key}.{_tag_key(detail)}: given {_shown(detail['ctx']['tag'])}, allowed {_allowed(detail)}"
        case "union_tag_not_found":
            return f"{key}.{_tag_key(detail)}: missing; allowed {', '.join(map(repr, _members(path, model)))}"
        case _:
            return f"{key}: given {_shown(detail['input'])}, allowed {_allowed(detail)}"


def _allowed(detail: ErrorDetails) -> str:
    template = ALLOWED.get(detail["type"])
    return template.format(**detail.get("ctx", {})) if template else detail["msg"]


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a block of keys" if isinstance(value, dict) else "a list"
    text = repr(value) if isinstance(value, str) else str(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _tag_key(detail: ErrorDetails) -> str:
    """The key by which the members of a union are told apart: `provider`, `mode`."""
    return str(detail["ctx"]["discriminator"]).strip("'")


def _without_tags(location: Sequence[Any], model: type[BaseModel]) -> list[Any]:
    """An error's location without the parts that name a member of a union, not a key."""
    path: list[Any] = []
    for part in location:
        if part not in _members(path, model):
            path.append(part)
    return path


def _members(path: Sequence[Any], model: type[BaseModel]) -> Iterator[str]:
    """Names of the members of the union at `path`; none where there is no union."""
    *above, last = path or [""]
    root = model.model_json_schema()
    for block in _blocks(above, root):
        field = block.get("properties", {}).get(last, {})
        yield from field.get("discriminator", {}).get("mapping", {})


def _suggestion(path: Sequence[Any], model: type[BaseModel]) -> str:
    # Of a union, the keys of all its members.
    blocks = _blocks(path[:-1], model.model_json_schema())
    known = {key for block in blocks for key in block.get("properties", {})}
    if name := nearest_name(str(path[-1]), known):
        return f"; did you mean {name}?"
    return f"; allowed {', '.join(sorted(known))}" if known else ""


def _blocks(path: Sequence[Any], root: dict[str, Any]) -> list[dict[str, Any]]:
    blocks = [root]
    for part in path:
        blocks = [found for block in blocks for found in _step(block, part, root)]
    return blocks


def _step(block: dict[str, Any], part: Any, root: dict[str, Any]) -> Iterator[dict[str, Any]]:
    below = block.get("items") if isinstance(part, int) else block.get("properties", {}).get(part)
    if below is None:
        return
    for option in [below, *below.get("oneOf", []), *below.get("anyOf", [])]:
        reference = option.get("$ref", "").rpartition("/")[2]
        yield root.get("$defs", {}).get(reference, {}) if reference else option
