"""Failures that a test asks for: `faults.json` in the state directory, read before each operation.

A list of objects: `type` (a token or "*"), `operation` (create, update, delete or read), `after` (matching
operations to let pass first, default 0), `times` (how often to fail, default 1) and `message`.

The operation "keep" is no failure but worse: an update is answered as done, and the `properties` that are listed
stay as they were, as when ECS takes a deployment back.
"""

import json
from pathlib import Path
from typing import Any

from simulator.store import write_private

FILE_NAME = "faults.json"


def next_fault(directory: Path, type_token: str, operation: str) -> str | None:
    """Return the message of the fault that this operation meets, or None. Count the operation in the file."""
    fault = _next(directory, type_token, operation)
    return str(fault["message"]) if fault else None


def kept_properties(directory: Path, type_token: str) -> list[str]:
    """Return the properties that an update, answered as done, leaves as they were; count it in the file."""
    fault = _next(directory, type_token, "keep")
    return list(fault["properties"]) if fault else []


def _next(directory: Path, type_token: str, operation: str) -> dict[str, Any] | None:
    path = directory / FILE_NAME
    if not path.exists():
        return None
    faults: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    for fault in faults:
        if fault["operation"] != operation or fault["type"] not in {"*", type_token}:
            continue
        if fault.get("after", 0) > 0:
            fault["after"] -= 1
        elif fault.get("times", 1) > 0:
            fault["times"] = fault.get("times", 1) - 1
            write_private(path, json.dumps(faults))
            return fault
    write_private(path, json.dumps(faults))
    return None
