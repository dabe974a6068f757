"""Rules of PostgreSQL at Supabase: the pool, the server's connections, TLS, and who may connect."""

from typing import Final

from policies.judgement import NOT_APPLICABLE, PASSED, Judgement, decide, fail, undecided
from policies.limits import POOL_SERVER_CONNECTIONS, POSTGRES_MAX_CONNECTIONS
from policies.resource import Resource, Stack
from policies.rule import Rule, Severity, StackCheck, StackRule
from policies.rules.links import each, has_unresolved_links, siblings
from policies.rules.ranges import closed
from policies.rules.reading import at, must, truth, unreadable, whole_number, word
from policies.rules.tokens import SUPABASE_PROJECT as PROJECT

POOLER: Final = "footing-supabase:index:Pooler"
SETTINGS: Final = "footing-supabase:index:PostgresSettings"
TLS: Final = "footing-supabase:index:TlsEnforcement"
NETWORKS: Final = "footing-supabase:index:NetworkRestrictions"
LIMIT, CONNECTIONS = POOL_SERVER_CONNECTIONS, POSTGRES_MAX_CONNECTIONS


def _max_connections(settings: Resource) -> Judgement:
    value = at(settings, "settings", "max_connections")
    if unreadable(value):
        return undecided("settings.max_connections")
    if value is None:
        return NOT_APPLICABLE
    number = whole_number(value)
    if number is not None and CONNECTIONS.allows(number):
        return PASSED
    if number is None:
        return fail("max_connections without a whole number", CONNECTIONS.range)
    return fail(f"max_connections {number}", CONNECTIONS.range, measured=(number,))


def _has(type_: str, what: str) -> StackCheck:
    """Return the check that each project has a resource of a type."""

    def judge(project: Resource, stack: Stack) -> Judgement:
        holds = bool(siblings(stack, (type_,), "projectRef", project, "ref"))
        doubtful = has_unresolved_links(stack, (type_,), "projectRef")
        return decide("projectRef", f"no {what}", f"a {what} of the project", holds=holds, doubtful=doubtful)

    return each((PROJECT,), judge)


_TLS_DOCS = "https://supabase.com/docs/guides/platform/ssl-enforcement"
_NETWORK_DOCS = "https://supabase.com/docs/guides/platform/network-restrictions"

RULES: Final = (
    Rule(
        id="supabase-pool-size",
        title=f"Supabase's pool opens at most {LIMIT.maximum} {LIMIT.unit} for each user and database",
        why=LIMIT.why,
        source=LIMIT.source,
        remedy=f"Set defaultPoolSize to {LIMIT.maximum} or less.",
        keys=(LIMIT.key,),
        types=frozenset({POOLER}),
        check=must(
            "defaultPoolSize",
            hold=lambda value: 0 < (whole_number(value) or 0) <= LIMIT.maximum,
            required=f"1 to {LIMIT.maximum}",
            observed=lambda value: f"defaultPoolSize {whole_number(value) or '?'}",
        ),
    ),
    Rule(
        id="supabase-transaction-mode",
        title="Supabase's pool shares connections by transaction",
        why="in session mode every client holds a connection, and the pool is too small for the clients",
        source="https://supabase.com/docs/guides/database/connecting-to-postgres",
        remedy="Set poolMode to transaction.",
        keys=("database.pooler.mode",),
        types=frozenset({POOLER}),
        check=word("poolMode", allowed=("transaction",), known=("session",)),
    ),
    Rule(
        id="supabase-max-connections",
        title=f"PostgreSQL at Supabase accepts {CONNECTIONS.range}",
        why=CONNECTIONS.why,
        source=CONNECTIONS.source,
        remedy=f"Set settings.max_connections to {CONNECTIONS.maximum}.",
        keys=(CONNECTIONS.key,),
        limit=CONNECTIONS,
        types=frozenset({SETTINGS}),
        check=_max_connections,
    ),
    Rule(
        id="supabase-tls-enforced",
        title="Supabase refuses connections without TLS",
        why="passwords and rows would cross the internet in the clear",
        source=_TLS_DOCS,
        remedy="Set enforced to true.",
        keys=("database.enforce_tls",),
        severity=Severity.CRITICAL,
        waivable=False,
        types=frozenset({TLS}),
        check=must("enforced", hold=lambda value: truth(value) is True, required="enforced true"),
    ),
    StackRule(
        id="supabase-networks-closed",
        title="Not everybody may open a connection to PostgreSQL at Supabase",
        why="a leaked password would be enough from anywhere",
        source=_NETWORK_DOCS,
        remedy="Leave 0.0.0.0/0 and ::/0 out of cidrs.",
        keys=("database.allowed_cidrs",),
        severity=Severity.CRITICAL,
        waivable=False,
        types=frozenset({NETWORKS}),
        check=each((NETWORKS,), closed("cidrs")),
    ),
    StackRule(
        id="supabase-project-tls",
        title="Each project of Supabase has its TLS enforced",
        why="a project takes connections in the clear until that is switched off",
        source=_TLS_DOCS,
        remedy="Add a TlsEnforcement of the project.",
        severity=Severity.CRITICAL,
        waivable=False,
        types=frozenset({PROJECT, TLS}),
        check=_has(TLS, "TlsEnforcement"),
    ),
    StackRule(
        id="supabase-project-networks",
        title="Each project of Supabase has its networks restricted",
        why="a project takes connections from everywhere until that is restricted",
        source=_NETWORK_DOCS,
        remedy="Add a NetworkRestrictions of the project.",
        severity=Severity.CRITICAL,
        waivable=False,
        types=frozenset({PROJECT, NETWORKS}),
        check=_has(NETWORKS, "NetworkRestrictions"),
    ),
)
