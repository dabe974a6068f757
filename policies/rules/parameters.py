"""Rules of PostgreSQL's parameter group."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from policies.judgement import PASSED, Judgement, decide, fail, seen, undecided
from policies.limits import POSTGRES_MAX_CONNECTIONS
from policies.resource import UNKNOWN, Resource
from policies.rule import ADVICE, Rule, Severity
from policies.rules.reading import at, unless, unreadable, where, whole_number
from policies.rules.tokens import PARAMETER_GROUP

MAX_CONNECTIONS, FORCED_TLS, SLOW_QUERY = "max_connections", "rds.force_ssl", "log_min_duration_statement"
REPLICA_TAG: Final = "footing:replica"
TLS_BY_DEFAULT: Final = 15
"""First major version whose default is `rds.force_ssl` 1.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
"""
AFTER_A_RESTART: Final = frozenset(
    {
        *("autovacuum_freeze_max_age", "autovacuum_max_workers", "huge_pages", "max_connections"),
        *("max_files_per_process", "max_locks_per_transaction", "max_logical_replication_workers"),
        *("max_pred_locks_per_transaction", "max_prepared_transactions", "max_replication_slots"),
        *("max_wal_senders", "max_worker_processes", "rds.logical_replication", "shared_buffers"),
        *("shared_preload_libraries", "superuser_reserved_connections", "track_activity_query_size"),
        *("track_commit_timestamp", "wal_buffers"),
    }
)
"""Parameters that PostgreSQL reads when it starts: https://www.postgresql.org/docs/16/runtime-config.html."""


def family_version(family: Any) -> int | None:
    """Return the major version of a family of PostgreSQL, None of another."""
    return whole_number(family.removeprefix("postgres")) if isinstance(family, str) else None


def parameter(group: Mapping[str, Any], name: str) -> Any:
    """Return a parameter's value, None when it is not set, `UNKNOWN` when that cannot be told."""
    entries = group.get("parameters")
    if unreadable(entries):
        return UNKNOWN
    hidden = False
    for entry in entries if isinstance(entries, list) else ():
        found = at(entry, "name")
        if found == name:
            return at(entry, "value")
        hidden = hidden or unreadable(found)
    return UNKNOWN if hidden else None


def max_connections(group: Mapping[str, Any]) -> Any:
    """Return what a group tells PostgreSQL to accept: a whole number, `UNKNOWN`, or None where it states none."""
    found = parameter(group, MAX_CONNECTIONS)
    return found if unreadable(found) else whole_number(found)


def _forces_tls(group: Resource) -> Judgement:
    found, family = parameter(group, FORCED_TLS), group.get("family")
    if unreadable(found):
        return undecided(f"the parameter {FORCED_TLS}")
    if found is not None:
        said, forced = f"{FORCED_TLS} {seen(found, '0')}", whole_number(found) == 1
    elif unreadable(family):
        return undecided("family")
    else:
        said, forced = f"no {FORCED_TLS}", (family_version(family) or 0) >= TLS_BY_DEFAULT
    return PASSED if forced else fail(said, f"{FORCED_TLS} 1")


def _logs_slow_queries(group: Resource) -> Judgement:
    found = parameter(group, SLOW_QUERY)
    # PostgreSQL's own default is -1: no query is logged.
    number = whole_number(found)
    said, required = f"{SLOW_QUERY} {seen(found, '-1')}", f"{SLOW_QUERY} 0 or more milliseconds"
    return decide(
        f"the parameter {SLOW_QUERY}",
        said,
        required,
        holds=number is not None and number >= 0,
        doubtful=unreadable(found),
    )


def _is_exact(group: Resource) -> Judgement:
    found = parameter(group, MAX_CONNECTIONS)
    if unreadable(found):
        return undecided(f"the parameter {MAX_CONNECTIONS}")
    required = POSTGRES_MAX_CONNECTIONS.range
    number = whole_number(found)
    if number is None:
        # A formula such as LEAST({DBInstanceClassMemory/9531392},5000) also lands here: nobody can budget with it.
        return fail(f"{MAX_CONNECTIONS} without a whole number", required)
    # A replica's own group must accept as many as the primary, and may accept more.
    tags = group.get("tags")
    replicas = isinstance(tags, Mapping) and REPLICA_TAG in tags
    if POSTGRES_MAX_CONNECTIONS.allows(number) or (replicas and number > POSTGRES_MAX_CONNECTIONS.maximum):
        return PASSED
    return fail(f"{MAX_CONNECTIONS} {number}", required, measured=(number,), may_be_more=replicas)


def _waits_for_a_restart(group: Resource) -> Judgement:
    entries = group.get("parameters")
    if unreadable(entries):
        return undecided("parameters")
    judgement = PASSED
    for entry in entries if isinstance(entries, list) else ():
        name, method = at(entry, "name"), at(entry, "applyMethod")
        if not unreadable(name) and (not isinstance(name, str) or name not in AFTER_A_RESTART):
            continue
        if unreadable(method):
            judgement = undecided("an applyMethod")
        elif method != "pending-reboot":
            if not unreadable(name):
                return fail(f"{name} applied {seen(method, 'immediate')}", "pending-reboot")
            judgement = undecided("the name of a parameter")
    return judgement


_of_postgres = partial(unless, where("family", lambda family: not str(family).startswith("postgres")))
_rule = partial(Rule, types=frozenset({PARAMETER_GROUP}))

RULES: Final = (
    _rule(
        id="database-max-connections",
        title=f"PostgreSQL accepts exactly {POSTGRES_MAX_CONNECTIONS.range}",
        why=POSTGRES_MAX_CONNECTIONS.why,
        source=POSTGRES_MAX_CONNECTIONS.source,
        remedy=f"Set the parameter max_connections to {POSTGRES_MAX_CONNECTIONS.range}.",
        keys=(POSTGRES_MAX_CONNECTIONS.key,),
        limit=POSTGRES_MAX_CONNECTIONS,
        check=_of_postgres(_is_exact),
    ),
    _rule(
        id="database-forced-tls",
        title="PostgreSQL refuses connections without TLS",
        why="a client that forgets sslmode sends passwords and rows in the clear",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html",
        remedy="Set the parameter rds.force_ssl to 1.",
        severity=Severity.CRITICAL,
        controls=("CKV2_AWS_69",),
        waivable=False,
        check=_of_postgres(_forces_tls),
    ),
    _rule(
        id="database-static-parameters",
        title="Parameters that need a restart wait for it",
        why="RDS refuses them with immediate, halfway through a change",
        source="https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_Parameter.html",
        remedy="Set applyMethod to pending-reboot.",
        severity=Severity.MEDIUM,
        check=_of_postgres(_waits_for_a_restart),
    ),
    _rule(
        id="database-slow-query-log",
        title="PostgreSQL logs slow queries",
        why="nobody can name the query that made an evening slow",
        source="https://www.postgresql.org/docs/16/runtime-config-logging.html",
        remedy="Set log_min_duration_statement, in milliseconds.",
        keys=("database.slow_statement_ms",),
        severity=Severity.LOW,
        levels=ADVICE,
        controls=("CKV2_AWS_30",),
        check=_of_postgres(_logs_slow_queries),
    ),
)
