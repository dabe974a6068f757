"""Rules of PgBouncer's task definition."""

import json
import re
from typing import Any

from policies.limits import POOL_SERVER_CONNECTIONS
from policies.rule import (
    NOT_APPLICABLE,
    PASSED,
    UNKNOWN,
    Judgement,
    Properties,
    Rule,
    fail,
    undecided,
    whole_number,
)

TAG = "footing:server-connections"
"""Tag that states the whole pool; known in the first preview, when the container definitions are not yet."""

PARAMETER = "max_db_connections"
"""PgBouncer's ceiling for one task."""

INI, TASKS = "PGBOUNCER_INI", "POOLER_TASKS"
"""Variables of the container: PgBouncer's configuration, and how many tasks share the pool."""


def _server_connections(properties: Properties) -> Judgement:
    tags = properties.get("tags") or {}
    stated = UNKNOWN if tags is UNKNOWN else tags.get(TAG)
    real = _from_containers(properties.get("containerDefinitions"))
    # Known tags without ours are another program's task. A pooler that hides its tag is judged by its containers,
    # which are known before it is made.
    if stated is None and real in (None, UNKNOWN):
        return NOT_APPLICABLE
    known = {"tag": stated, PARAMETER: real}
    numbers = {
        name: whole_number(value) for name, value in known.items() if value is not UNKNOWN and value is not None
    }
    for name, number in numbers.items():
        if number is None:
            return fail(f"a pool in {name} that is no whole number", POOL_SERVER_CONNECTIONS.range)
        if not POOL_SERVER_CONNECTIONS.allows(number):
            return fail(f"a pool of {number}", POOL_SERVER_CONNECTIONS.range)
    if len(set(numbers.values())) > 1:
        return fail(f"the tag {TAG} and {PARAMETER} that differ", "one number")
    if numbers:
        return PASSED
    return undecided("the size of the pool")


def _from_containers(definitions: Any) -> Any:
    """The whole pool by the containers' own variables: what each task may open, times the tasks."""
    if definitions is UNKNOWN:
        return UNKNOWN
    for variables in _environments(definitions):
        if INI in variables:
            return _whole_pool(variables)
    return None


def _environments(definitions: Any) -> list[dict[str, Any]]:
    try:
        containers = json.loads(definitions or "[]")
    except (TypeError, ValueError):
        return []
    return [
        {entry.get("name"): entry.get("value") for entry in container.get("environment", [])}
        for container in containers
    ]


def _whole_pool(variables: dict[str, Any]) -> Any:
    each = re.search(rf"^{PARAMETER}\s*=\s*(\d+)\s*$", str(variables[INI]), re.MULTILINE)
    tasks = whole_number(variables.get(TASKS))
    return int(each[1]) * tasks if each and tasks else "not stated"


RULES = (
    Rule(
        id="pooler-server-connections",
        title=f"All poolers together open {POOL_SERVER_CONNECTIONS.range} to PostgreSQL",
        why=POOL_SERVER_CONNECTIONS.why,
        source=POOL_SERVER_CONNECTIONS.source,
        remedy=f"Set {POOL_SERVER_CONNECTIONS.key} in the stack's file.",
        types=frozenset({"aws:ecs/taskDefinition:TaskDefinition"}),
        check=_server_connections,
    ),
)
