"""The documented form of a plan: its JSON Schema, and the tables in docs/plan-format.md made from it."""

import json
import sys
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

from footing.markdown import table

BEGIN: Final = "<!-- tables from footing/plan/schema.json: python -m footing.plan.format docs/plan-format.md -->\n"
END: Final = "<!-- end of tables -->\n"

_MARKERS: Final = ("unknown", "secret", "resource_reference", "asset", "archive")


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the plan's JSON form."""
    text = files("footing.plan").joinpath("schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def with_tables(document: str) -> str:
    """Return `document` with the tables between its two marks made anew.

    Raises:
        ValueError: a mark is missing.

    """
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise ValueError(f"The document needs the lines {BEGIN.strip()!r} and {END.strip()!r}.")
    described = schema()
    definitions = described["$defs"]
    markers = {key: item for name in _MARKERS for key, item in definitions[name]["properties"].items()}
    shown = {
        "The plan": described["properties"],
        **{definitions[name]["title"]: definitions[name]["properties"] for name in ("resource", "options")},
        "Marks in values": markers,
    }
    tables = []
    for title, properties in shown.items():
        rows = [(f"`{name}`", _form(item), item["description"]) for name, item in properties.items()]
        tables.append(f"### {title}\n\n" + table(("key", "form", "meaning"), rows))
    return before + BEGIN + "\n" + "\n".join(tables) + "\n" + END + after


def _form(item: Mapping[str, Any]) -> str:
    if "const" in item:
        return f"`{json.dumps(item['const'])}`"
    if "$ref" in item:
        return str(item["$ref"]).removeprefix("#/$defs/").replace("_", " ")
    if item["type"] == "array" and "$ref" in item["items"]:
        return f"array of {_form(item['items'])}"
    return str(item["type"])


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(with_tables(path.read_text(encoding="utf-8")), encoding="utf-8")
