"""Signals of PostgreSQL at Supabase, from the Prometheus endpoint that every project has.

https://github.com/supabase/supabase-grafana/blob/main/docs/metrics.md lists its series. Whoever scrapes it gives
them the labels `job="postgres"` and `environment`.
"""

from components.postgres.rds.signals.prometheus import Exporter, statements, transactions
from observability import MinimumTraffic, Prometheus, Signal, Unit
from observability.promql import (
    Aggregation,
    Difference,
    Level,
    Match,
    Operator,
    Rate,
    Ratio,
    Scaled,
)
from observability.records.exporters import SUPABASE
from observability.records.limits import over, under

BY = ("instance",)
EXPORTER = Exporter(names=SUPABASE)
DATA_DISK = "/data"
"""Where the disk of PostgreSQL's files is mounted."""
PERCENT = 100
HALF_A_CORE = 0.5
"""Processor seconds in a second under which the series are not whole: every server has a core or more."""
HOLD_SECONDS = 600
"""How long processor or memory must be over their threshold, in seconds."""


def supabase_signals(*, max_connections: int, warning: int, critical: int) -> tuple[Signal, ...]:
    """Return the signals of a server with `max_connections`; over `warning` of them people are told."""
    return (
        Signal(
            id="database-up",
            title="PostgreSQL up (pg_up)",
            description="1 while Supabase's own exporter can ask PostgreSQL.",
            query=Prometheus(expression=Level(EXPORTER.of("pg_up"), Aggregation.MIN, BY)),
            unit=Unit.NUMBER,
            thresholds=under(page=1),
            runbook="status.supabase.com, then the project's page: it may be paused, read-only or restarting.",
        ),
        *_connections(max_connections, warning, critical),
        *_machine(),
        *transactions(EXPORTER),
        *statements(EXPORTER),
    )


def _connections(max_connections: int, warning: int, critical: int) -> tuple[Signal, ...]:
    used = Level(EXPORTER.of(SUPABASE.connections), by=BY)
    return (
        Signal(
            id="database-connections",
            title="PostgreSQL connections",
            description="Open connections to PostgreSQL: the pool's, Supabase's own services', and direct ones.",
            query=Prometheus(expression=used),
            unit=Unit.NUMBER,
            thresholds=over(ticket=warning, page=critical),
            runbook=(
                "Ask who holds them: `SELECT usename, application_name, state, count(*) FROM pg_stat_activity "
                "GROUP BY 1, 2, 3 ORDER BY 4 DESC`. End transactions that are idle: `SELECT "
                "pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction' AND "
                "state_change < now() - interval '5 minutes'`. A pool that is always full: raise "
                "`database.pooler.server_connections` as far as `database.compute` holds."
            ),
        ),
        Signal(
            id="database-connections-share",
            title="Connection utilisation",
            description=f"Open connections as a share of max_connections, {max_connections}.",
            query=Prometheus(expression=Scaled(used, 1 / max_connections)),
            unit=Unit.SHARE,
            thresholds=over(ticket=0.8, page=0.95),
            runbook=(
                "As for PostgreSQL connections. At 100 % PostgreSQL answers `sorry, too many clients already`, to "
                "migrations and people as well."
            ),
        ),
    )


def _machine() -> tuple[Signal, ...]:
    busy = EXPORTER.of("node_cpu_seconds_total", Match("mode", "idle", Operator.DIFFERENT))
    all_modes = Rate(EXPORTER.of("node_cpu_seconds_total"), BY)
    larger = "take a larger `database.compute`, which restarts the server"
    return (
        Signal(
            id="database-cpu",
            title="Database CPU utilisation",
            description="Processor time of the server. Above the line, queries queue behind each other.",
            query=Prometheus(expression=Scaled(Ratio(Rate(busy, BY), all_modes), PERCENT)),
            unit=Unit.PERCENT,
            thresholds=over(ticket=70, page=90),
            for_seconds=HOLD_SECONDS,
            minimum_traffic=MinimumTraffic(expression=all_modes, value=HALF_A_CORE),
            runbook=f"Query Performance, on the project's page, by total time; then {larger}.",
        ),
        Signal(
            id="database-memory",
            title="Database memory utilisation",
            description="Memory in use, without what the kernel would give back. Near 100 % the server swaps.",
            query=_used_percent("node_memory_MemTotal_bytes", "node_memory_MemAvailable_bytes"),
            unit=Unit.PERCENT,
            thresholds=over(ticket=75, page=90),
            for_seconds=HOLD_SECONDS,
            runbook=f"A lower `work_mem` helps where large sorts run at once; else {larger}.",
        ),
        Signal(
            id="database-disk",
            title="Database disk utilisation",
            description="Disk in use. Supabase grows it at 90 %, once in six hours; a full one is read-only.",
            query=_used_percent(
                "node_filesystem_size_bytes", "node_filesystem_avail_bytes", Match("mountpoint", DATA_DISK)
            ),
            unit=Unit.PERCENT,
            thresholds=over(ticket=80, page=95),
            runbook="Look for a replication slot that nobody reads and a table that nobody prunes; or buy disk.",
        ),
    )


def _used_percent(total: str, free: str, *matches: Match) -> Prometheus:
    """Return what of a gauge is not free, in percent, by server."""
    whole, rest = (Level(EXPORTER.of(metric, *matches), by=BY) for metric in (total, free))
    return Prometheus(expression=Scaled(Ratio(Difference(whole, rest), whole), PERCENT))
