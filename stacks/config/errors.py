"""Configuration errors as sentences: what was given, what is allowed, which key to change."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
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

    def __init__(self, source: str, problems: Sequence[str], key_lines: Mapping[str, int] | None = None) -> None:
        """Make the message; `key_lines` are the lines of the keys in the file `source`, where it is one."""
        self.source = source
        """File or place the configuration came from."""
        self.problems = tuple(problems)
        """Sentences, each naming a key."""
        places = (_line(problem, key_lines or {}) for problem in problems)
        super().__init__("\n".join(f"{source}{at}: {it}" for at, it in zip(places, problems, strict=True)))


def _line(problem: str, key_lines: Mapping[str, int]) -> str:
    """Return the line of the problem's key, or of the block that lacks it, as `:23`; empty where none is known."""
    key = problem.partition(": ")[0]
    while key and key not in key_lines:
        key = key.rpartition(".")[0]
    return f":{key_lines[key]}" if key in key_lines else ""


def sentences(error: ValidationError, model: type[BaseModel]) -> list[str]:
    """Return one sentence for each thing that `error` found while reading `model`."""
    return [without_credentials(_sentence(detail, model)) for detail in error.errors(include_url=False)]


def _sentence(detail: ErrorDetails, model: type[BaseModel]) -> str:
    path: list[Any] = []
    tags: list[Any] = []
    location: Sequence[Any] = detail["loc"]
    tagged = -1
    for part in location:  # The name of a member of a union is no key; of a union there is one.
        if len(path) != tagged and part in _members(path, model):
            tags.append(part)
            tagged = len(path)
        else:
            path.append(part)
    # A name in a map that is wrong stands before it already.
    # `*` is where a value stands for a whole block.
    key = ".".join(str(part) for part in path if part not in ("[key]", "*"))
    match detail["type"]:
        case "extra_forbidden":
            root = _schema(model)
            blocks = _blocks(path[:-1], root)
            chosen = _chosen(blocks, tags)
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
            return (
                f"{key}.{_tag_key(detail)}: missing; allowed {', '.join(map(repr, _members(path, model, tags)))}"
            )
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
    text = template.format(**bounds) if template else detail["msg"]
    # Pydantic writes a literal as Python does, a stack file as YAML.
    return text.lower() if text in ("True", "False") else text


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


def _chosen(blocks: Sequence[dict[str, Any]], tags: Sequence[Any]) -> list[dict[str, Any]]:
    """Return those of the blocks that one of `tags` names."""
    return [it for it in blocks if any(field.get("const") in tags for field in it.get("properties", {}).values())]


def _members(path: Sequence[Any], model: type[BaseModel], tags: Sequence[Any] = ()) -> Iterator[str]:
    """Return the names of the members of the union at `path`, in the blocks that `tags` name; none without one."""
    for field in _fields(path, _schema(model), tags):
        yield from field.get("discriminator", {}).get("mapping", {})


@cache
def _schema(model: type[BaseModel]) -> dict[str, Any]:
    """Return the JSON Schema of `model`."""
    return model.model_json_schema()


def _fields(path: Sequence[Any], root: dict[str, Any], tags: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Return what may stand at `path`, with each alternative of it."""
    if not path:
        return []
    blocks = _blocks(path[:-1], root)
    found = [_below(block, path[-1]) for block in _chosen(blocks, tags) or blocks]
    options = [it for it in found if it]
    for field in options:  # Grows meanwhile: an alternative may have alternatives.
        options += [*field.get("oneOf", []), *field.get("anyOf", [])]
    return options


def _below(block: dict[str, Any], part: Any) -> dict[str, Any] | None:
    """Return what `block` says of its key, or of its entry, `part`: a map's keys are any name."""
    if isinstance(part, int):
        return block.get("items")
    of_names = [*block.get("patternProperties", {}).values(), block.get("additionalProperties")]
    named = next((it for it in of_names if isinstance(it, dict)), None)
    found: dict[str, Any] | None = block.get("properties", {}).get(part, named)
    return found


def _blocks(path: Sequence[Any], root: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the blocks that may stand at `path`, references resolved."""
    if not path:
        return [root]
    names = [(it.get("$ref", "").rpartition("/")[2], it) for it in _fields(path, root)]
    return [root.get("$defs", {}).get(name, {}) if name else option for name, option in names]
