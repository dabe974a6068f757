"""What a key's JSON Schema says, in words."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from stacks.config.patterns import PATTERNS

_LEFT_OUT = re.compile(r"(?:^|; |[a-z]\. )(?P<before>[^;]*?),? when left out|left out, (?P<after>[^;]*?)\.?$")
_PLAIN = re.compile(r"[A-Za-z/][\w./@+:-]*( [\w./@+-][\w./@+:-]*)*(?<!:)")
_OTHERWISE = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}
_TYPES = {
    "boolean": "true or false",
    "integer": "a whole number",
    "null": "null",
    "number": "a number",
    "string": "a text",
}


def allowed(described: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """Return what a key described so may be: `a whole number, 1 to 10`."""
    if name := described.get("$ref", "").rpartition("/")[2]:
        return "a block of keys" if "properties" in definitions[name] else allowed(definitions[name], definitions)
    if options := described.get("anyOf", described.get("oneOf")):
        return ", or ".join(dict.fromkeys(allowed(it, definitions) for it in options))
    if "const" in described:
        return shown(described["const"])
    if "enum" in described:
        return "one of " + ", ".join(shown(it) for it in described["enum"])
    match described.get("type"):
        case "array":
            return ", ".join([f"a list: {allowed(described['items'], definitions)}", *_bounds(described, "Items")])
        case "object":
            return _map(described, definitions)
        case "string" if pattern := described.get("pattern"):
            words = PATTERNS.get(pattern, f"a text that matches {pattern}")
            return ", ".join([words, *_bounds(described, "Length")])
        case str(kind):
            return ", ".join([_TYPES[kind], *_bounds(described, "Length"), *_bounds(described, "imum")])
    return "anything"


def shown(value: Any) -> str:
    """Return a value as a stack file has it, on one line, so that every reader of YAML has the same."""
    if isinstance(value, list):
        return f"[{', '.join(shown(it) for it in value)}]"
    if isinstance(value, dict):
        return f"{{{', '.join(f'{shown(key)}: {shown(it)}' for key, it in value.items())}}}"
    is_plain = isinstance(value, str) and _PLAIN.fullmatch(value) and ": " not in value
    if is_plain and value.lower() not in _OTHERWISE:
        return str(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return json.dumps(value, ensure_ascii=False)


def derivation(description: str) -> str:
    """Return what takes the place of a key that is left out, as its description has it; empty for nothing."""
    found = _LEFT_OUT.search(description)
    clause = (found["before"] or found["after"] or "") if found else ""
    return "" if clause == "none" else clause


def _map(described: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    if "properties" in described:
        return "an encrypted value"
    more = described.get("additionalProperties")
    named = described.get("patternProperties") or {"": more if isinstance(more, dict) else {}}
    pattern, entry = next(iter(named.items()))
    name = f"names, each {PATTERNS.get(pattern, f'matching {pattern}')}" if pattern else "names of your own"
    return ", ".join([f"{name}, each with {allowed(entry, definitions)}", *_bounds(described, "Properties")])


def _bounds(described: Mapping[str, Any], of: str) -> Iterator[str]:
    """Yield the bounds of a number, or of how many: entries, characters, names."""
    unit = {"Items": " entries", "Length": " characters", "Properties": " names"}.get(of, "")
    low, high = described.get(f"min{of}"), described.get(f"max{of}")
    if low is not None and high is not None:
        yield f"{low} to {high}{unit}" if low != high else f"{low}{unit}"
    elif low is not None:
        yield f"{low} or more{unit}"
    elif high is not None:
        yield f"at most {high}{unit}"
    if of == "imum":
        over, under = described.get("exclusiveMinimum"), described.get("exclusiveMaximum")
        yield from ([f"more than {over:g}"] if over is not None else [])
        yield from ([f"less than {under:g}"] if under is not None else [])
