"""The check: one line of the readiness checklist, a question to the live system and the answer that it wants.

Questions are plain data, which components declare beside their alerts; the room `readiness` asks them. A text in a
question may name what only a deployment knows: `{output:NAME}`, an output of the stack, and `{id:TYPE NAME}`, the
id of a resource, by its type and name as `footing plan` prints them; `{id:TYPE NAME.arn}` is its ARN.
"""

from enum import StrEnum

from msgspec import Struct

from observability.records.question import Question


class Group(StrEnum):
    """What a check is about; `footing ready --group` takes these."""

    PREREQUISITES = "prerequisites"
    DATABASE = "database"
    POOLER = "pooler"
    REDIS = "redis"
    SERVICE = "service"
    EDGE = "edge"
    FRONTEND = "frontend"
    STORAGE = "storage"
    OBSERVABILITY = "observability"
    SIGN_IN = "sign-in"
    LAUNCH = "launch"
    SMOKE = "smoke"
    EDGE_LIMITS = "edge-limits"


ON_REQUEST = frozenset({Group.SMOKE, Group.EDGE_LIMITS})
"""Groups that are asked only where they are named: one writes, the other sends more than a limit lets pass."""


class Check(Struct, frozen=True, kw_only=True):
    """One line of the readiness checklist: a fact about the live system that is verified by a question."""

    id: str
    """Kebab case, unique in a stack."""
    group: Group
    """What it is about."""
    title: str
    """The fact, as a statement."""
    question: Question
    """What verifies it."""
    fix: str
    """Remedy when it does not hold, with the key of the stack file where one decides it."""
