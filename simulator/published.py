"""What vendors publish of their APIs as OpenAPI documents, reduced to facts and kept in `published.json`.

`python -m simulator.published renew` reads the documents again; `--file PACKAGE=PATH` reads one from this machine.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from simulator.validate import Failure
from wire_format import Properties, Value, is_unknown, reveal

DATA = Path(__file__).with_name("published.json")
DOCUMENTS = {
    "grafana": (
        "https://raw.githubusercontent.com/grafana/grafana/main/public/openapi3.json",
        {
            "grafana:alerting/contactPoint:ContactPoint": "EmbeddedContactPoint",
            "grafana:alerting/messageTemplate:MessageTemplate": "NotificationTemplate",
            "grafana:alerting/ruleGroup:RuleGroup": "AlertRuleGroup",
            "grafana:oss/dashboard:Dashboard": "SaveDashboardCommand",
            "grafana:oss/folder:Folder": "CreateFolderCommand",
        },
    ),
    "upstash": (
        "https://raw.githubusercontent.com/upstash/docs/main/devops/developer-api/openapi.yml",
        {"upstash:index/redisDatabase:RedisDatabase": "CreateDatabaseRequest"},
    ),
}
"""By package: the public address, and the schema of the body that makes a type."""
RENAMES = {"grafana:alerting/ruleGroup:RuleGroup": {"name": "title", "intervalSeconds": "interval"}}
"""The API's name by Pulumi's, where they are not the same word in another case."""
# https://github.com/grafana/grafana/blob/main/apps/alerting/rules/kinds/alertRule_spec.cue
UNPUBLISHED = {"noDataState": ("KeepLast",), "execErrState": ("KeepLast",)}
"""Members of an enum that the API takes and its document lacks, by property."""
_FACTS = (
    "enum",
    "maximum",
    "maxItems",
    "maxLength",
    "minimum",
    "minItems",
    "minLength",
    "pattern",
    "required",
    "type",
)


@cache
def published() -> dict[str, dict[str, Any]]:
    """Return the facts of each type that a vendor's document describes."""
    content = json.loads(DATA.read_text(encoding="utf-8"))
    return {token: facts for package in content.values() for token, facts in package["types"].items()}


def published_faults(token: str, inputs: Properties) -> Iterator[Failure]:
    """Yield what the vendor's document does not allow; names that it does not have pass."""
    if token.startswith(tuple(f"{package}:" for package in DOCUMENTS)) and token in published():
        yield from _faults(reveal(inputs), published()[token], "", RENAMES.get(token, {}))


def _faults(value: Value, facts: Mapping[str, Any], path: str, renames: Mapping[str, str]) -> Iterator[Failure]:
    if value is None or is_unknown(value):
        return
    if isinstance(value, Mapping):
        members = {_word(name): inner for name, inner in facts.get("properties", {}).items()}
        for name, item in value.items():
            inner = members.get(_word(renames.get(name, name)))
            if inner is not None:
                yield from _faults(item, inner, f"{path}.{name}" if path else name, renames)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(item, facts.get("items", {}), f"{path}[{index}]", renames)
    elif "enum" in facts and value not in (*facts["enum"], *UNPUBLISHED.get(path.rsplit(".", 1)[-1], ())):
        yield Failure(
            path, f"given a value that the API does not have, allowed {', '.join(map(str, facts['enum']))}"
        )
    else:
        yield from _bounds(value, facts, path)


def _bounds(value: Value, facts: Mapping[str, Any], path: str) -> Iterator[Failure]:
    if isinstance(value, str) and not re.search(facts.get("pattern", ""), value):
        yield Failure(path, f"given a value of another form, allowed {facts['pattern']}")
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        kind, size, unit = ("Length", len(value), " characters") if isinstance(value, str) else ("imum", value, "")
        least, most = facts.get(f"min{kind}"), facts.get(f"max{kind}")
        if (least is not None and size < least) or (most is not None and size > most):
            ends = [f"at {word} {end}" for word, end in (("least", least), ("most", most)) if end is not None]
            yield Failure(path, f"given {size}{unit}, allowed {' and '.join(ends)}")


def _word(name: str) -> str:
    return name.replace("_", "").lower()


def reduced(schema: Mapping[str, Any], schemas: Mapping[str, Any], seen: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the facts of a schema, references followed, without its texts; a schema inside itself ends there."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        return {} if name in seen else reduced(schemas.get(name, {}), schemas, (*seen, name))
    facts: dict[str, Any] = {name: schema[name] for name in _FACTS if name in schema}
    for part in schema.get("allOf", ()):
        inner = reduced(part, schemas, seen)
        facts = {**facts, **inner, "properties": facts.get("properties", {}) | inner.get("properties", {})}
    if "properties" in schema:
        inner = {name: reduced(item, schemas, seen) for name, item in schema["properties"].items()}
        facts["properties"] = facts.get("properties", {}) | inner
    if "items" in schema:
        facts["items"] = reduced(schema["items"], schemas, seen)
    return facts


def facts_of(text: str, package: str, *, source: str) -> dict[str, Any]:
    """Return what to keep of a package's document (OpenAPI 2 or 3, JSON or YAML).

    Raises:
        KeyError: the document does not have a schema that `DOCUMENTS` names.
    """
    import yaml

    document = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    schemas = document.get("definitions") or document["components"]["schemas"]
    types = {token: reduced(schemas[name], schemas) for token, name in DOCUMENTS[package][1].items()}
    return {"source": source, "read": datetime.now(UTC).date().isoformat(), "types": types}


def main() -> int:
    """Read the documents again and write what they say; exit code 2 where one cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m simulator.published", description="Renew published facts.")
    parser.add_argument("command", choices=["renew"])
    parser.add_argument("--package", choices=sorted(DOCUMENTS), action="append", help="one package alone")
    parser.add_argument("--file", action="append", default=[], metavar="PACKAGE=PATH", help="a local document")
    arguments = parser.parse_args()
    files = dict(item.split("=", 1) for item in arguments.file)
    content = json.loads(DATA.read_text(encoding="utf-8")) if DATA.exists() else {}
    for package in arguments.package or sorted(files) or sorted(DOCUMENTS):
        source = DOCUMENTS[package][0]
        try:
            if package in files:
                text = Path(files[package]).read_text(encoding="utf-8")
            else:
                with urlopen(source, timeout=60) as answer:  # noqa: S310
                    text = answer.read().decode()
            content[package] = facts_of(text, package, source=source)
        except (OSError, KeyError, ValueError) as error:
            print(f"error: {package}: {source} cannot be used: {error}", file=sys.stderr)  # noqa: T201
            return 2
    DATA.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
