"""Rules of PgBouncer's task definition."""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from policies.judgement import PASSED, Judgement, fail, seen, undecided
from policies.limits import POOL_SERVER_CONNECTIONS
from policies.resource import UNKNOWN, Resource
from policies.rule import Rule, Severity
from policies.rules.container import definitions, variables
from policies.rules.reading import unless, unreadable, whole_number
from policies.rules.tokens import TASK

TAG, PER_TASK_TAG = "footing:server-connections", "footing:server-connections-per-task"
"""Tags that state the whole pool, and what one task opens of it. Tags are known in the first preview, when the
containers are not yet: docs/adr/0003-a-tag-for-what-a-preview-cannot-see.md."""

USER_TAG = "footing:database-user"
"""Tag that states PgBouncer's user at PostgreSQL."""
READER_TAG = "footing:reader-user"
"""Tag that states the role by which the application reads from replicas; absent without one."""
MODE_TAG = "footing:pool-mode"
"""Tag that states PgBouncer's `pool_mode`."""

PARAMETER = "max_db_connections"
"""PgBouncer's ceiling for one task."""

INI = "PGBOUNCER_INI"
"""Variable of the container that holds PgBouncer's configuration."""

MODES: Final = ("session", "transaction", "statement")
VERIFIED: Final = ("verify-ca", "verify-full")
UNVERIFIED: Final = ("allow", "disable", "prefer", "require")


def stated(task: Mapping[str, Any], name: str) -> Any:
    """Return the value of a task's tag: None without it, UNKNOWN where it is not known yet."""
    tags = task.get("tags")
    if unreadable(tags):
        return UNKNOWN
    return tags.get(name) if isinstance(tags, Mapping) else None


def is_pooler(task: Mapping[str, Any]) -> bool | None:
    """Return whether a task runs PgBouncer; None where its tags and its containers are unknown.

    Known tags without ours are another program's task. A pooler that hides its tag is known by its containers,
    which are known before it is created.
    """
    tag, known = stated(task, TAG), _variables(task)
    if known is UNKNOWN:
        return None if tag is UNKNOWN else tag is not None
    return known is not None or (tag is not None and tag is not UNKNOWN)


def _variables(task: Mapping[str, Any]) -> Any:
    """Return the variables of PgBouncer's container: None if there is none, UNKNOWN where they are not known."""
    containers = definitions(task)
    if unreadable(containers):
        return UNKNOWN
    found = (dict(variables(container)) for container in containers or ())
    return next((settings for settings in found if INI in settings), None)


def pooler_user(task: Mapping[str, Any]) -> Any:
    """Return PgBouncer's user at PostgreSQL: of its tag, else of its container; UNKNOWN where neither is known."""
    settings, tag = _variables(task), stated(task, USER_TAG)
    if settings in (None, UNKNOWN):
        return tag
    return settings.get("DATABASE_USER", tag)


def _server_connections(task: Resource) -> Judgement:
    pool, per_task = stated(task, TAG), stated(task, PER_TASK_TAG)
    numbers: dict[str, int] = {}
    for tag, value in ((TAG, pool), (PER_TASK_TAG, per_task)):
        if unreadable(value):
            continue
        number = whole_number(value)
        if not number or number < 1:
            return fail(f"the tag {tag} without a whole number above 0", POOL_SERVER_CONNECTIONS.range)
        numbers[tag] = number
    whole, each = numbers.get(TAG), numbers.get(PER_TASK_TAG)
    if whole and each and whole % each:
        return fail(f"the tag {PER_TASK_TAG} that does not divide {TAG}", "as many for every task")
    settings = _variables(task)
    if each and settings not in (None, UNKNOWN) and whole_number(_option(settings, PARAMETER)) != each:
        return fail(f"the tag {PER_TASK_TAG} and {PARAMETER} that differ", "one number")
    if whole and not POOL_SERVER_CONNECTIONS.allows(whole):
        # What one task opens is not known yet: no exception can tell that the rest holds.
        measured = (whole,) if each else ()
        return fail(f"a pool of {whole}", POOL_SERVER_CONNECTIONS.range, measured=measured)
    return PASSED if whole and each else undecided("the size of the pool")


def _option(settings: Mapping[str, Any], name: str) -> str | None:
    """Return an option of pgbouncer.ini."""
    found = re.search(rf"^{name}[ \t]*=[ \t]*(\S+)[ \t]*$", str(settings[INI]), re.MULTILINE)
    return found[1] if found else None


def _transaction_mode(task: Resource) -> Judgement:
    settings = _variables(task)
    known = [] if settings in (None, UNKNOWN) else [_option(settings, "pool_mode") or MODES[0]]
    tag = stated(task, MODE_TAG)
    modes = [*known, *([] if tag is None or unreadable(tag) else [tag])]
    for mode in modes:
        if mode != "transaction":
            return fail(f"pool_mode {seen(mode, *MODES)}", "pool_mode transaction")
    return PASSED if modes else undecided("pool_mode")


def _verified_tls(task: Resource) -> Judgement:
    settings = _variables(task)
    if settings is UNKNOWN:
        return undecided("server_tls_sslmode")
    # PgBouncer's default, prefer, takes a connection without TLS and any certificate.
    mode = _option(settings, "server_tls_sslmode") if settings else None
    if mode in VERIFIED:
        return PASSED
    return fail(f"server_tls_sslmode {seen(mode, *UNVERIFIED)}", f"server_tls_sslmode {' or '.join(VERIFIED)}")


_of_pooler = partial(unless, lambda task: is_pooler(task) is False)
_rule = partial(Rule, types=frozenset({TASK}))

RULES: Final = (
    _rule(
        id="pooler-server-connections",
        title=f"All poolers together open {POOL_SERVER_CONNECTIONS.range} to PostgreSQL",
        why=POOL_SERVER_CONNECTIONS.why,
        source=POOL_SERVER_CONNECTIONS.source,
        remedy=f"Set default_pool_size times the number of tasks to {POOL_SERVER_CONNECTIONS.range}.",
        keys=(POOL_SERVER_CONNECTIONS.key,),
        limit=POOL_SERVER_CONNECTIONS,
        check=_of_pooler(_server_connections),
    ),
    _rule(
        id="pooler-transaction-mode",
        title="PgBouncer shares connections by transaction",
        why="in session mode every client holds a connection, and the pool is too small for the clients",
        source="https://www.pgbouncer.org/features.html",
        remedy="Set pool_mode to transaction.",
        keys=("database.pooler.mode",),
        check=_of_pooler(_transaction_mode),
    ),
    _rule(
        id="pooler-verified-tls",
        title="PgBouncer verifies PostgreSQL's certificate",
        why="whoever answers in PostgreSQL's place would get the password",
        source="https://www.pgbouncer.org/config.html#server_tls_sslmode",
        remedy="Set server_tls_sslmode to verify-full.",
        severity=Severity.CRITICAL,
        waivable=False,
        check=_of_pooler(_verified_tls),
    ),
)
