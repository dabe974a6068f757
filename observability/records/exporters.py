"""What exporters call their metrics, by version: a renamed one leaves an empty panel, and an alert that is mute.

Plain facts, read from each exporter's source. A test scrapes the real ones, and compares the rest with a list of
what the named versions expose.
"""

import re
from collections.abc import Sequence
from typing import TypeVar

from msgspec import Struct
from msgspec.structs import replace

Names = TypeVar("Names")

Version = tuple[int, int]
"""Major and minor."""


class PgBouncerNames(Struct, frozen=True, kw_only=True):
    """https://github.com/prometheus-community/pgbouncer_exporter."""

    totals: str
    """What the names of the counters since the start of PgBouncer begin with."""


PGBOUNCER: Sequence[tuple[Version, PgBouncerNames]] = (
    ((0, 6), PgBouncerNames(totals="pgbouncer_stats")),
    # 0.11.0 reads SHOW STATS_TOTALS, and names the metrics after it.
    ((0, 11), PgBouncerNames(totals="pgbouncer_stats_totals")),
)
"""Names from each version on; 0.6 is the first that tells `max_client_conn`."""


class PostgresNames(Struct, frozen=True, kw_only=True):
    """What tells of PostgreSQL; None where it does not tell."""

    connections: str
    """Gauge of open connections."""
    connections_max: str | None
    """Gauge of `max_connections`."""
    connections_reserved: str | None
    """Gauge of those of them that only a superuser gets."""
    transaction_age: str | None
    """Gauge of the longest transaction, in seconds, by `state`."""
    commits: str
    """Counter of transactions."""
    rollbacks: str
    """Counter of transactions that were taken back."""
    deadlocks: str
    """Counter of deadlocks."""
    blocks_hit: str | None
    """Counter of pages that were in memory."""
    blocks_read: str | None
    """Counter of pages that were not."""
    statement_seconds: str | None
    """Counter of the time of all statements; needs the extension pg_stat_statements."""
    statement_calls: str | None
    """Counter of statements."""
    slot_active: str | None = None
    """Gauge of a replication slot: 1 while somebody reads it."""
    locks: str | None = None
    """Gauge of locks that are held or waited for, by `mode`."""
    waits: str | None = None
    """Gauge of sessions by `wait_event_type`."""
    start_time: str | None = None
    """Gauge of the time at which the server started."""
    tables: str | None = None
    """Begin of the gauges of one table, by `schemaname` and `relname`: `..._n_dead_tup`."""
    database_label: str | None = "datname"
    """Label of the database; None where no series has it."""


_FIRST = PostgresNames(
    connections="pg_stat_activity_count",
    connections_max="pg_settings_max_connections",
    connections_reserved="pg_settings_superuser_reserved_connections",
    transaction_age="pg_stat_activity_max_tx_duration",
    commits="pg_stat_database_xact_commit",
    rollbacks="pg_stat_database_xact_rollback",
    deadlocks="pg_stat_database_deadlocks",
    blocks_hit="pg_stat_database_blks_hit",
    blocks_read="pg_stat_database_blks_read",
    statement_seconds=None,
    statement_calls=None,
    slot_active="pg_replication_slots_active",
    locks="pg_locks_count",
)

_WITH_COLLECTORS = replace(
    _FIRST,
    statement_seconds="pg_stat_statements_seconds_total",
    statement_calls="pg_stat_statements_calls_total",
    start_time="pg_postmaster_start_time_seconds",
    tables="pg_stat_user_tables",
)

# https://github.com/prometheus-community/postgres_exporter
POSTGRES: Sequence[tuple[Version, PostgresNames]] = (
    ((0, 11), _FIRST),
    # Of its collectors, stat_statements and postmaster have to be switched on.
    ((0, 13), _WITH_COLLECTORS),
    # The label `wait_event_type`.
    ((0, 17), replace(_WITH_COLLECTORS, waits="pg_stat_activity_count")),
)
"""Names from each version on. The label `server` is on none of them from 0.20 on, so no record keeps it."""

# https://github.com/grafana/jsonnet-libs/tree/master/supabase-mixin
SUPABASE = PostgresNames(
    connections="pg_stat_database_num_backends",
    connections_max=None,
    connections_reserved=None,
    transaction_age=None,
    commits="pg_stat_database_xact_commit_total",
    rollbacks="pg_stat_database_xact_rollback_total",
    deadlocks="pg_stat_database_deadlocks_total",
    blocks_hit=None,
    blocks_read=None,
    statement_seconds="pg_stat_statements_total_time_seconds",
    statement_calls="pg_stat_statements_total_queries",
    database_label=None,
)
"""Names of the endpoint that every Supabase project has; its labels tell the project, not the database."""


class RedisNames(Struct, frozen=True, kw_only=True):
    """https://github.com/oliver006/redis_exporter."""

    clients_max: str
    """Gauge of the clients that the server accepts."""


REDIS: Sequence[tuple[Version, RedisNames]] = (
    # Only from CONFIG GET, which ElastiCache and Upstash refuse.
    ((1, 40), RedisNames(clients_max="redis_config_maxclients")),
    ((1, 68), RedisNames(clients_max="redis_max_clients")),
)
"""Names from each version on."""


def version_of(text: str) -> Version:
    """Return the major and minor version in `text`: a version, or an image with one as its tag.

    Raises:
        ValueError: there is none.

    """
    # What stands before a slash may be a registry's port, what stands behind an @ is a digest.
    found = re.search(r"(?:^|:)v?(\d+)(?:\.(\d+))?[^:/]*$", text.partition("@")[0])
    if found is None:
        raise ValueError(f"{text!r} names no version: allowed are 0.11, v0.11.0 or an image with such a tag")
    return int(found[1]), int(found[2] or 0)


def names_of(table: Sequence[tuple[Version, Names]], version: Version) -> Names:
    """Return what `version` calls its metrics.

    Raises:
        ValueError: it is older than the first version of the table.

    """
    found = [names for first, names in table if first <= version]
    if not found:
        first = ".".join(map(str, table[0][0]))
        raise ValueError(f"version {'.'.join(map(str, version))} is not known: allowed are {first} and later")
    return found[-1]
