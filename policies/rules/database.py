"""Rules of PostgreSQL's parameter group."""

from typing import Any

from policies.limits import POSTGRES_MAX_CONNECTIONS
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

PARAMETER = "max_connections"
REPLICA_TAG = "footing:replica"


def _max_connections(properties: Properties) -> Judgement:
    family = properties.get("family")
    if family is not UNKNOWN and not str(family).startswith("postgres"):
        return NOT_APPLICABLE
    found = _parameter(properties.get("parameters", []))
    if found is UNKNOWN:
        return undecided(f"the parameter {PARAMETER}")
    required = POSTGRES_MAX_CONNECTIONS.range
    number = whole_number(found)
    if number is None:
        # A formula such as LEAST({DBInstanceClassMemory/9531392},5000) also lands here: nobody can budget with it.
        return fail(f"{PARAMETER} without a whole number", required)
    if _is_replicas(properties) and number > POSTGRES_MAX_CONNECTIONS.maximum:
        return PASSED
    return PASSED if POSTGRES_MAX_CONNECTIONS.allows(number) else fail(f"{PARAMETER} {number}", required)


def _is_replicas(properties: Properties) -> bool:
    """Whether the group is a replica's own: it must accept as many as the primary, and may accept more."""
    tags = properties.get("tags") or {}
    return tags is not UNKNOWN and REPLICA_TAG in tags


def _parameter(parameters: Any) -> Any:
    """The parameter's value, None when it is not set, `UNKNOWN` when that cannot be told."""
    if parameters is UNKNOWN:
        return UNKNOWN
    hidden = False
    for entry in parameters or []:
        name = UNKNOWN if entry is UNKNOWN else entry.get("name")
        if name == PARAMETER:
            return entry.get("value")
        hidden = hidden or name is UNKNOWN
    return UNKNOWN if hidden else None


RULES = (
    Rule(
        id="database-max-connections",
        title=f"PostgreSQL accepts exactly {POSTGRES_MAX_CONNECTIONS.range}",
        why=POSTGRES_MAX_CONNECTIONS.why,
        source=POSTGRES_MAX_CONNECTIONS.source,
        remedy=f"Set {POSTGRES_MAX_CONNECTIONS.key} in the stack's file.",
        types=frozenset({"aws:rds/parameterGroup:ParameterGroup"}),
        check=_max_connections,
    ),
)
