"""What vendors publish of the operations that our providers use, reduced to facts and kept in `contracts/`.

`python -m simulator.vendors.contracts VENDOR` reads the vendor's documents again; `--file PATH` takes a local one.
`rediscloud.json` is written by hand, from the types of the vendor's own Go client.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from jsonschema import Draft202012Validator

FOLDER = Path(__file__).with_name("contracts")
DOCUMENTS = {
    "supabase": ["https://raw.githubusercontent.com/supabase/supabase/master/apps/docs/spec/api_v1_openapi.json"],
    "neon": ["https://raw.githubusercontent.com/kislerdm/neon-sdk-go/main/openAPIDefinition.json"],
    "sentry": ["https://raw.githubusercontent.com/getsentry/sentry-api-schema/main/openapi-derefed.json"],
    "clerk": [
        "https://raw.githubusercontent.com/clerk/openapi-specs/main/platform/beta.yml",
        "https://raw.githubusercontent.com/clerk/openapi-specs/main/bapi/2026-05-12.yml",
    ],
}
"""Public addresses of each vendor's OpenAPI documents."""
REVIEWED: dict[str, dict[str, dict[str, Any]]] = {
    # In the document of 2026-10 and not in the one that is kept; bodies as the vendor's own client has them:
    # https://github.com/supabase/cli/blob/develop/pkg/api/types.gen.go
    "supabase": {
        "PATCH /v1/projects/{ref}": {
            "request": {
                "type": "object",
                "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 256}},
                "required": ["name"],
                "additionalProperties": False,
            },
            "answers": {"200": {"type": "object", "required": ["id", "ref", "name"]}},
        },
        "PATCH /v1/projects/{ref}/database/password": {
            "request": {
                "type": "object",
                "properties": {"password": {"type": "string", "minLength": 4}},
                "required": ["password"],
                "additionalProperties": False,
            },
            "answers": {"200": {"type": "object", "required": ["message"]}},
        },
    },
}
"""Operations that a document does not have in the version that is kept, by vendor."""
_FACTS = [
    "type",
    "enum",
    "const",
    "required",
    "pattern",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "exclusiveMinimum",
    "exclusiveMaximum",
]


@cache
def operations(vendor: str) -> dict[str, dict[str, Any]]:
    """Return the operations that are kept of a vendor: `POST /v1/projects`, its request and its answers."""
    content = json.loads((FOLDER / f"{vendor}.json").read_text(encoding="utf-8"))
    return {**content["operations"], **REVIEWED.get(vendor, {})}


def request_faults(vendor: str, operation: str, body: Any) -> list[str]:
    """Return what the vendor's document does not allow of a request's body, as a name that it does not have."""
    schema = operations(vendor)[operation].get("request")
    if schema is None:
        return [] if body is None else ["the operation takes no body"]
    return list(_faults(schema, body))


def answer_faults(vendor: str, operation: str, status: int, body: Any) -> list[str]:
    """Return in what an answer is not the one that the vendor's document describes."""
    answers = operations(vendor)[operation]["answers"]
    if str(status) not in answers:
        return [f"the operation never answers {status}, but {', '.join(answers)}"]
    schema = answers[str(status)]
    return [] if schema is None else list(_faults(schema, body))


def _faults(schema: Mapping[str, Any], body: Any) -> Iterator[str]:
    for error in sorted(Draft202012Validator(schema).iter_errors(body), key=str):
        yield f"{error.json_path}: {error.message[:300]}"


def reduced(
    schema: Any, document: Mapping[str, Any], *, closed: bool, seen: tuple[str, ...] = ()
) -> dict[str, Any]:
    """Return the facts of a schema as JSON Schema, references followed, without its texts.

    Args:
        schema: of OpenAPI 3.0 or 3.1.
        document: in which references point.
        closed: whether names that an object does not list are refused: a vendor may drop them without a word.
        seen: references on the way here; a schema inside itself ends there.

    """
    if "$ref" in schema:
        name = schema["$ref"]
        return (
            {} if name in seen else reduced(_pointed(document, name), document, closed=closed, seen=(*seen, name))
        )

    def inner(it: Any, *, alone: bool = True) -> Any:
        return reduced(it, document, closed=closed and alone, seen=seen) if isinstance(it, Mapping) else it

    facts: dict[str, Any] = {name: schema[name] for name in _FACTS if name in schema}
    if "properties" in schema:
        facts["properties"] = {name: inner(it) for name, it in schema["properties"].items()}
        if closed and not schema.keys() & {"additionalProperties", "allOf", "anyOf", "oneOf"}:
            facts["additionalProperties"] = False
    facts |= {name: inner(schema[name]) for name in ("items", "additionalProperties") if name in schema}
    if parts := schema.get("allOf"):
        facts["allOf"] = [inner(it, alone=len(parts) == 1) for it in parts]
    # The vendors' alternatives overlap where their documents say that only one holds.
    if options := [*schema.get("oneOf", ()), *schema.get("anyOf", ())]:
        facts["anyOf"] = [inner(it) for it in options]
    return {"anyOf": [{"type": "null"}, facts]} if schema.get("nullable") else facts


def _pointed(document: Mapping[str, Any], reference: str) -> Any:
    """Return what a reference of a document points at."""
    target: Any = document
    for part in reference.removeprefix("#/").split("/"):
        target = target[part.replace("~1", "/").replace("~0", "~")]
    return target


def contract(documents: Sequence[Mapping[str, Any]], names: list[str], *, source: str) -> dict[str, Any]:
    """Return what to keep of a vendor's documents.

    Raises:
        KeyError: no document has one of these operations.

    """
    kept = {}
    for name in names:
        method, path = name.split(" ", 1)
        document = next((it for it in documents if path in it["paths"]), documents[0])
        operation = document["paths"][path][method.lower()]
        request = _content(operation.get("requestBody"), document, closed=True)
        answers = {
            status: _content(answer, document, closed=False)
            for status, answer in operation["responses"].items()
            if status.isdecimal()
        }
        kept[name] = {**({"request": request} if request is not None else {}), "answers": answers}
    return {"source": source, "read": datetime.now(UTC).date().isoformat(), "operations": kept}


def _content(part: Any, document: Mapping[str, Any], *, closed: bool) -> dict[str, Any] | None:
    if part is None:
        return None
    if "$ref" in part:
        return _content(_pointed(document, part["$ref"]), document, closed=closed)
    for kind, content in part.get("content", {}).items():
        if "json" in kind:
            return reduced(content.get("schema", {}), document, closed=closed)
    return None


def _document(address: str) -> Any:
    import yaml

    with urlopen(address, timeout=60) as answer:  # noqa: S310
        text = answer.read().decode()
    return json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)


def main() -> int:
    """Read one vendor's documents again and write its facts; exit code 2 where it cannot be had."""
    parser = argparse.ArgumentParser(prog="python -m simulator.vendors.contracts", description="Renew a contract.")
    parser.add_argument("vendor", choices=sorted(DOCUMENTS))
    parser.add_argument(
        "--file", type=Path, action="append", help="a local document; once for each of the vendor's"
    )
    parser.add_argument("--source", help="where these documents are from, at which commit")
    arguments = parser.parse_args()
    path, addresses = FOLDER / f"{arguments.vendor}.json", DOCUMENTS[arguments.vendor]
    source = arguments.source or " and ".join(addresses)
    answered = import_module(f"simulator.vendors.{arguments.vendor}").FAKE.answered()
    names = sorted(answered - REVIEWED.get(arguments.vendor, {}).keys())
    try:
        places = [it.resolve().as_uri() for it in arguments.file or ()] or addresses
        content = contract([_document(it) for it in places], names, source=source)
    except (OSError, KeyError, ValueError) as error:
        print(f"error: {source} cannot be used: {error}", file=sys.stderr)  # noqa: T201
        return 2
    path.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
