"""Configuration errors as sentences: what was given, what is allowed, which key to change."""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from policies.nearest import SURE, nearest_name
from stacks.config.patterns import PATTERNS

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
    "string_too_short": "at least {min_length} characters",
    "string_too_long": "at most {max_length} characters",
    "greater_than": "more than {gt}",
    "less_than": "less than {lt}",
    "finite_number": "a finite number",
    "greater_than_equal": "{ge} or more",
    "less_than_equal": "{le} or less",
    "multiple_of": "a multiple of {multiple_of}",
    "too_short": "at least {min_length} entries",
    "too_long": "at most {max_length} entries",
    "union_tag_invalid": "{expected_tags}",
}
"""What is allowed, by pydantic's error type; its own message serves for the others."""

CREDENTIAL = re.compile(
    r"\b(sk|pk|rk|gh[a-z]|github_pat|xox[a-z]|glsa|glc|sntr[a-z]+|eyJ[\w-]+\.|AKIA|ASIA)_?[\w.-]{8,}"
    r"|\b[a-z][a-z0-9+.-]*://\S*[^\s',]|-----BEGIN.*"
    r"|(?=\w*\d)(?=\w*[A-Za-z])\b\w{20,}\b"
)
"""Addresses, keys of services and long runs of letters and digits: what may be a secret that went astray."""

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
    """Return one sentence for each thing that `error` found while reading `model`."""
    return [without_credentials(_sentence(detail, model)) for detail in error.errors(include_url=False)]


def _sentence(detail: ErrorDetails, model: type[BaseModel]) -> str:
    path: list[Any] = []
    tags: list[Any] = []
    location: Sequence[Any] = detail["loc"]
    for part in location:  # The name of a member of a union is no key.
        (tags if part in _members(path, model) else path).append(part)
    key = ".".join(str(part) for part in path)
    match detail["type"]:
        case "extra_forbidden":
            root = model.model_json_schema()
            blocks = _blocks(path[:-1], root)
            chosen = [
                it for it in blocks if any(f.get("const") in tags for f in it.get("properties", {}).values())
            ]
            known = {n: f for block in chosen or blocks for n, f in block.get("properties", {}).items()}
            allowed = f"; allowed {', '.join(sorted(known))}" if known else ""
            same = [name for name, field in known.items() if _takes(field, detail["input"], root)]
            given = str(path[-1])
            nearest = nearest_name(given, known, SURE) or nearest_name(given, same)
            of = f" with {tags[-1]}" if chosen else ""
            return f"{key}: unknown key{of}{f'; did you mean {nearest}?' if nearest else allowed}"
        case "missing":
            return f"{key}: missing; it is required"
        case "task_size":
            return f"{key}: {detail['msg']}"
        case "union_tag_invalid":
            return f"{key}.{_tag_key(detail)}: given {_shown(detail['ctx']['tag'])}, allowed {_allowed(detail)}"
        case "union_tag_not_found":
            return f"{key}.{_tag_key(detail)}: missing; allowed {', '.join(map(repr, _members(path, model)))}"
        case _:
            if key.endswith("_secret") and isinstance(detail["input"], str):
                return (
                    f"{key}: given what may be a secret and is not shown, allowed the NAME of a key under secrets"
                )
            return f"{key}: given {_shown(detail['input'])}, allowed {_allowed(detail)}"


def without_credentials(problem: str) -> str:
    """Return the sentence with `...` in place of whatever in what was given looks like a secret."""
    key, colon, rest = problem.partition(": ")
    given, comma, allowed = rest.partition(", allowed ")
    return key + colon + CREDENTIAL.sub("...", given) + comma + allowed


def _allowed(detail: ErrorDetails) -> str:
    if words := PATTERNS.get(detail.get("ctx", {}).get("pattern", "")):
        return words
    template = ALLOWED.get(detail["type"])
    # The bound 1, not 1.0.
    bounds = {key: f"{it:g}" if isinstance(it, float) else it for key, it in detail.get("ctx", {}).items()}
    return template.format(**bounds) if template else detail["msg"]


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a block of keys" if isinstance(value, dict) else "a list"
    text = repr(value) if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _takes(field: dict[str, Any], given: Any, root: dict[str, Any]) -> bool:
    """Return whether a key described by `field` takes a value of the kind of `given`."""
    kinds = (
        ("object", dict),
        ("array", list),
        ("boolean", bool),
        ("string", str),
        ("integer", int),
        ("number", float),
    )
    options = [field, *field.get("anyOf", []), *field.get("oneOf", [])]
    types = {(root["$defs"][it["$ref"].rpartition("/")[2]] if "$ref" in it else it).get("type") for it in options}
    return next((kind for kind, type_ in kinds if isinstance(given, type_)), None) in types


def _tag_key(detail: ErrorDetails) -> str:
    """Return the key by which the members of a union differ: `provider`, `mode`."""
    return str(detail["ctx"]["discriminator"]).strip("'")


def _members(path: Sequence[Any], model: type[BaseModel]) -> Iterator[str]:
    """Return the names of the members of the union at `path`; none where there is no union."""
    *above, last = path or [""]
    root = model.model_json_schema()
    for block in _blocks(above, root):
        field = block.get("properties", {}).get(last, {})
        yield from field.get("discriminator", {}).get("mapping", {})


def _blocks(path: Sequence[Any], root: dict[str, Any]) -> list[dict[str, Any]]:
    blocks = [root]
    for part in path:
        fields = [
            block.get("items") if isinstance(part, int) else block.get("properties", {}).get(part)
            for block in blocks
        ]
        options = [
            it for at in fields if at is not None for it in (at, *at.get("oneOf", []), *at.get("anyOf", []))
        ]
        names = [option.get("$ref", "").rpartition("/")[2] for option in options]
        blocks = [
            root.get("$defs", {}).get(name, {}) if name else option
            for name, option in zip(names, options, strict=True)
        ]
    return blocks
