"""docs/report-format.md: what `footing check --format json` prints, from its JSON Schema."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from footing.markdown import table

INTRODUCTION = """\
# The report of the gate

Generated from `footing/check/formats/report.schema.json` by `footing docs`: do not edit.

`footing check STACK --format FORMAT --output FILE` writes what the gate found, for other programs:

| format | for | what stops the change | all else |
|---|---|---|---|
| `json` | scripts; below | `"passed": false` | `status` of a finding |
| `sarif` | code scanning: SARIF 2.1.0 | `error`, kind `open`, notifications | `warning`; suppressed notes |
| `junit` | test viewers: a case a rule | `failure`, `error` | `system-out`, `skipped` |
| `github` | annotations of a step | `::error` | `::warning`, `::notice` |

- The same report gives the same bytes. Everything is sorted; no time, no machine and no run is in it.
- A finding whose rule names keys points at the key in the stack's file, or at the block that it is missing in; the
  line that made the resource comes second. A saved plan (`--plan`) has no file: its findings point at the program.
- Of a resource it tells URN, type, name and the line that made it. Its properties appear only in the words of the
  rules, which never repeat a value that could be a secret.
- Nothing is left out for being harmless: a tolerated or waived finding is in every format.
- Exit codes: 0 the change may go on, 1 it is stopped, 2 the gate could not run and wrote nothing.
"""


def report_page() -> str:
    """Return the whole page."""
    schema = json.loads((files("footing.check.formats") / "report.schema.json").read_text(encoding="utf-8"))
    page = INTRODUCTION
    for described in (schema, *(it for it in schema["$defs"].values() if "properties" in it)):
        rows = [(f"`{key}`", _form(it), it["description"]) for key, it in described["properties"].items()]
        page += f"\n## {described['title']}\n\n" + table(("key", "form", "meaning"), rows)
    return page


def _form(item: Mapping[str, Any]) -> str:
    if "const" in item:
        return f"`{json.dumps(item['const'])}`"
    if "enum" in item:
        return ", ".join(f"`{value}`" for value in item["enum"])
    if "anyOf" in item:
        return " or ".join(_form(option) for option in item["anyOf"])
    if "$ref" in item:
        return str(item["$ref"]).removeprefix("#/$defs/")
    return f"array of {_form(item['items'])}" if item["type"] == "array" else str(item["type"])
