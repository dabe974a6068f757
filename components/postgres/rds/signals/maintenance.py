"""Signals of what fills the disk or blocks writers when nobody looks: slots, dead rows, locks, restarts."""

from components.postgres.rds.signals.prometheus import Exporter
from observability import MinimumTraffic, Prometheus, Signal, Unit
from observability.durations import HOUR_SECONDS, MINUTE_SECONDS
from observability.promql import Aggregation, Increase, Level, Match, Ratio, Sum
from observability.records.exporters import PostgresNames
from observability.records.limits import over, under

DEAD_SHARE = 0.3
"""Share of dead rows over which a ticket is written: autovacuum begins at a sixth.

https://www.postgresql.org/docs/current/runtime-config-vacuum.html (autovacuum_vacuum_scale_factor 0.2)
"""
MODIFIED_SHARE = 0.5
"""Rows changed since ANALYZE by live rows over which a ticket is written: autovacuum begins at a tenth."""
LEAST_ROWS = 10_000
"""Dead or changed rows of a table, below which neither share says anything."""
SLOT_SECONDS = 30 * MINUTE_SECONDS
"""How long a slot may be without a reader, in seconds: a replica's restart is shorter."""
BLOCKED_SESSIONS, BLOCKED_SESSIONS_PAGE = 5, 20
"""Sessions that wait for a lock, over which a ticket is written and somebody is paged."""


def signals(names: PostgresNames) -> tuple[Signal, ...]:
    """Return the signals of an exporter with these names; those whose metrics it lacks are left out."""
    exporter = Exporter(names=names)
    return (
        *(_slots(exporter, names.slot_active) if names.slot_active else ()),
        *(_locks(exporter, names.locks) if names.locks else ()),
        *(_blocked(exporter, names.waits) if names.waits else ()),
        *(_restarts(exporter, names.start_time) if names.start_time else ()),
        *(_tables(exporter, names.tables) if names.tables else ()),
    )


def _slots(exporter: Exporter, active: str) -> tuple[Signal, ...]:
    return (
        Signal(
            id="database-slots-inactive",
            title="Replication slots with a reader",
            description="1 while somebody reads the slot. At 0 PostgreSQL keeps all WAL, until the disk is full.",
            query=Prometheus(expression=Level(exporter.of(active), Aggregation.MIN, ("instance", "slot_name"))),
            unit=Unit.NUMBER,
            thresholds=under(ticket=1),
            for_seconds=SLOT_SECONDS,
            sparse=True,
            runbook=(
                "Start its reader again: a replica, a CDC connector, a paused subscription. Where nobody needs "
                "it: `SELECT pg_drop_replication_slot('name')`."
            ),
        ),
    )


def _locks(exporter: Exporter, locks: str) -> tuple[Signal, ...]:
    exclusive = exporter.of(locks, Match("mode", "accessexclusivelock"))
    return (
        Signal(
            id="database-exclusive-locks",
            title="ACCESS EXCLUSIVE locks",
            description="Held or waited for; every read and write of that table queues behind one.",
            query=Prometheus(expression=Level(exclusive, by=exporter.by)),
            unit=Unit.NUMBER,
            thresholds=over(ticket=0),
            runbook=(
                "`SELECT pid, pg_blocking_pids(pid), query FROM pg_stat_activity WHERE "
                "cardinality(pg_blocking_pids(pid)) > 0`. A migration: cancel it, set `lock_timeout`, try again."
            ),
        ),
    )


def _blocked(exporter: Exporter, sessions: str) -> tuple[Signal, ...]:
    waiting = exporter.of(sessions, Match("wait_event_type", "Lock"))
    return (
        Signal(
            id="database-blocked-sessions",
            title="Sessions that wait for a lock",
            description="Sessions whose wait_event_type is Lock; each holds one of the pool's connections.",
            query=Prometheus(expression=Level(waiting, by=exporter.by)),
            unit=Unit.NUMBER,
            thresholds=over(ticket=BLOCKED_SESSIONS, page=BLOCKED_SESSIONS_PAGE),
            sparse=True,
            runbook=(
                "`SELECT pid, pg_blocking_pids(pid), query FROM pg_stat_activity WHERE wait_event_type = 'Lock'`; "
                "the blocker that blocks all others first: `SELECT pg_terminate_backend(pid)`."
            ),
        ),
    )


def _restarts(exporter: Exporter, start_time: str) -> tuple[Signal, ...]:
    return (
        Signal(
            id="database-restarts",
            title="Postmaster start time: restarts",
            description="How much later the server started than it had five minutes ago; over 0, it restarted.",
            query=Prometheus(expression=Increase(exporter.of(start_time), ("instance",))),
            unit=Unit.SECONDS,
            thresholds=over(ticket=0),
            for_seconds=MINUTE_SECONDS,
            runbook=(
                "Read the RDS events: maintenance, a failover, or memory that ran out. Its caches are empty: "
                "expect slow reads, and clients that reconnect all at once."
            ),
        ),
    )


def _tables(exporter: Exporter, prefix: str) -> tuple[Signal, ...]:
    by = (*exporter.by, "schemaname", "relname")
    live, dead, modified = (
        Level(exporter.of_databases(f"{prefix}_{name}"), by=by)
        for name in ("n_live_tup", "n_dead_tup", "n_mod_since_analyze")
    )
    return (
        Signal(
            id="database-dead-rows",
            title="Dead rows by table",
            description="Share of a table's rows that are dead; autovacuum is behind, and reads skip over them.",
            query=Prometheus(expression=Ratio(dead, Sum((live, dead)))),
            unit=Unit.SHARE,
            thresholds=over(ticket=DEAD_SHARE),
            for_seconds=HOUR_SECONDS,
            minimum_traffic=MinimumTraffic(expression=dead, value=LEAST_ROWS),
            runbook=(
                "`SELECT relname, last_autovacuum, autovacuum_count FROM pg_stat_user_tables ORDER BY n_dead_tup "
                "DESC`. An old transaction or slot holds VACUUM back; else `VACUUM (VERBOSE)` the table, and "
                "lower its `autovacuum_vacuum_scale_factor`."
            ),
        ),
        Signal(
            id="database-stale-statistics",
            title="Rows changed since ANALYZE by table",
            description="Changed rows by live rows; over a half, the planner works from statistics of old data.",
            query=Prometheus(expression=Ratio(modified, live)),
            unit=Unit.SHARE,
            thresholds=over(ticket=MODIFIED_SHARE),
            for_seconds=HOUR_SECONDS,
            minimum_traffic=MinimumTraffic(expression=modified, value=LEAST_ROWS),
            runbook="`ANALYZE` the table. Then look whether autovacuum is off for it, or busy with another.",
        ),
    )
