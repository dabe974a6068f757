"""Rules of PostgreSQL at Neon: who may connect, whether it stays up, and that nobody counts on a pool of his own.

Neither `max_connections` nor the pool can be set there, so no rule holds them to the documented limits.
"""

from typing import Final

from policies.rule import IN_PRODUCTION, Rule, Severity, StackRule
from policies.rules.links import each
from policies.rules.ranges import closed
from policies.rules.reading import must, only, some, where, whole_number
from policies.rules.tokens import NEON_PROJECT

ENDPOINT: Final = "footing-neon:index:Endpoint"
NEVER: Final = -1
_ALLOW: Final = "https://neon.com/docs/introduction/ip-allow"

RULES: Final = (
    StackRule(
        id="neon-networks-closed",
        title="Not everybody may open a connection to PostgreSQL at Neon",
        why="a leaked password would be enough from anywhere",
        source=_ALLOW,
        remedy="Leave 0.0.0.0/0 and ::/0 out of allowedIps.",
        keys=("database.allowed_cidrs",),
        severity=Severity.CRITICAL,
        waivable=False,
        types=frozenset({NEON_PROJECT}),
        check=each((NEON_PROJECT,), closed("allowedIps")),
    ),
    Rule(
        id="neon-networks-restricted",
        title="It is stated who may open a connection to PostgreSQL at Neon",
        why="a project without a list lets everybody try a leaked password",
        source=_ALLOW,
        remedy="Set allowedIps, which the plan scale has; a waiver says why another plan is right.",
        keys=("database.plan", "database.allowed_cidrs"),
        levels=IN_PRODUCTION,
        types=frozenset({NEON_PROJECT}),
        check=some("allowedIps"),
    ),
    Rule(
        id="neon-never-suspended",
        title="A compute of Neon that the application asks is never suspended",
        why="the first query after a pause waits, and every open connection is gone",
        source="https://neon.com/docs/introduction/scale-to-zero",
        remedy="Set suspendTimeoutSeconds to -1, which every paid plan can.",
        keys=("database.suspend",),
        levels=IN_PRODUCTION,
        types=frozenset({NEON_PROJECT, ENDPOINT}),
        # What writes beside the project's own compute is the preview of a branch.
        check=only(
            where("type", lambda kind: kind != "read_write"),
            must(
                "suspendTimeoutSeconds",
                hold=lambda value: value in (NEVER, str(NEVER)),
                required="suspendTimeoutSeconds -1",
                observed=lambda value: f"suspendTimeoutSeconds {whole_number(value) or 0}",
            ),
            what="type",
        ),
    ),
    Rule(
        id="neon-own-pool",
        title="The pool of Neon has the size that Neon gives it",
        why="Neon's pages say that nobody can set it: a budget that counts on another size is wrong",
        source="https://neon.com/docs/connect/connection-pooling",
        remedy="Leave out pgbouncerSettings.",
        severity=Severity.MEDIUM,
        types=frozenset({NEON_PROJECT, ENDPOINT}),
        check=must("pgbouncerSettings", hold=lambda value: value in (None, {}), required="no pgbouncerSettings"),
    ),
)
