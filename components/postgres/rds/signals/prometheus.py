"""Signals that an exporter of PostgreSQL measures."""

from msgspec import Struct

from observability import MinimumTraffic, Prometheus, Signal, Unit
from observability.promql import (
    Aggregation,
    Difference,
    Increase,
    Level,
    Match,
    Operator,
    Rate,
    Ratio,
    Series,
    Sum,
)
from observability.records.exporters import PostgresNames
from observability.records.limits import over, under
from observability.records.names import Job

LEAST_PAGES_PER_SECOND = 100
"""Page requests in a second, below which the buffer cache hit ratio says nothing."""
LEAST_PER_SECOND = 1
"""Transactions or statements in a second, below which one of them is the whole share."""
TRANSACTION_PAGE_FACTOR = 10
"""Multiple of `statement_timeout` that a transaction may last before somebody is paged."""


class Exporter(Struct, frozen=True, kw_only=True):
    """Series and expressions of one exporter, by its names."""

    names: PostgresNames
    """Names of its metrics."""

    @property
    def by(self) -> tuple[str, ...]:
        """Labels of one database of one server, as far as the exporter has them."""
        label = self.names.database_label
        return ("instance", label) if label else ("instance",)

    def of(self, metric: str, *matches: Match) -> Series:
        """Return a metric of the whole server."""
        return Series(metric, (Match("job", Job.POSTGRES), *matches))

    def of_databases(self, metric: str) -> Series:
        """Return a metric of each database but PostgreSQL's templates."""
        label = self.names.database_label
        return self.of(metric, *([Match(label, "template.*", Operator.UNLIKE)] if label else []))

    def rate(self, metric: str) -> Rate:
        """Return the growth in a second of a metric, by database."""
        return Rate(self.of_databases(metric), self.by)

    @property
    def connections(self) -> Prometheus:
        """Open connections of each server."""
        return Prometheus(expression=Level(self.of(self.names.connections), by=("instance",)))

    @property
    def connections_share(self) -> Prometheus | None:
        """Open connections as a share of those that an ordinary user may have."""
        most, reserved = self.names.connections_max, self.names.connections_reserved
        if most is None or reserved is None:
            return None
        offered = Difference(
            *(Level(self.of(metric), Aggregation.MAX, ("instance",)) for metric in (most, reserved))
        )
        used = Level(self.of(self.names.connections), by=("instance",))
        return Prometheus(expression=Ratio(used, offered))


def signals(names: PostgresNames, statement_timeout_seconds: int) -> tuple[Signal, ...]:
    """Return the signals of a server that cancels statements after `statement_timeout_seconds`.

    Those whose metrics the exporter lacks are left out.
    """
    exporter = Exporter(names=names)
    up = Signal(
        id="database-up",
        title="postgres_exporter up (pg_up)",
        description="1 while the exporter can log in and query; a failover takes a minute or two.",
        query=Prometheus(expression=Level(exporter.of("pg_up"), Aggregation.MIN, ("instance",))),
        unit=Unit.NUMBER,
        thresholds=under(page=1),
        runbook="Read the RDS events of the server: a failover, a restart, a full disk. Then the exporter's log.",
    )
    return (
        up,
        *_transaction_age(exporter, statement_timeout_seconds),
        *_buffer_cache(exporter),
        *transactions(exporter),
        *statements(exporter),
    )


def _transaction_age(exporter: Exporter, statement_timeout_seconds: int) -> tuple[Signal, ...]:
    metric = exporter.names.transaction_age
    if not metric:
        return ()
    busy = exporter.of(metric, Match("state", "idle", Operator.DIFFERENT))
    return (
        Signal(
            id="database-transaction-age",
            title="Longest open transaction",
            description=(
                "Age of the oldest open transaction. It holds locks, and keeps VACUUM from removing dead rows."
            ),
            query=Prometheus(expression=Level(busy, Aggregation.MAX, exporter.by)),
            unit=Unit.SECONDS,
            thresholds=over(
                ticket=statement_timeout_seconds, page=TRANSACTION_PAGE_FACTOR * statement_timeout_seconds
            ),
            runbook=(
                "`SELECT pid, usename, application_name, state, xact_start, query FROM pg_stat_activity WHERE "
                "xact_start IS NOT NULL ORDER BY xact_start LIMIT 5`. A forgotten session: `SELECT "
                "pg_terminate_backend(pid)`. A migration: wait, or split it."
            ),
        ),
    )


def _buffer_cache(exporter: Exporter) -> tuple[Signal, ...]:
    hit, read = exporter.names.blocks_hit, exporter.names.blocks_read
    if not (hit and read):
        return ()
    hits = exporter.rate(hit)
    requests = Sum((hits, exporter.rate(read)))
    return (
        Signal(
            id="database-buffer-hits",
            title="Buffer cache hit ratio",
            description=(
                "Share of block requests that shared_buffers answered: blks_hit / (blks_hit + blks_read)."
            ),
            query=Prometheus(expression=Ratio(hits, requests)),
            unit=Unit.SHARE,
            thresholds=under(ticket=0.98, page=0.9),
            for_seconds=900,
            minimum_traffic=MinimumTraffic(expression=requests, value=LEAST_PAGES_PER_SECOND),
            runbook=(
                "`SELECT relname, heap_blks_read FROM pg_statio_user_tables ORDER BY 2 DESC LIMIT 10` names the "
                "tables. A missing index reads them whole; else the data has outgrown the class's memory."
            ),
        ),
    )


def transactions(exporter: Exporter) -> tuple[Signal, ...]:
    """Return how many transactions end, how many of them roll back, and deadlocks."""
    names = exporter.names
    rollbacks, commits = exporter.rate(names.rollbacks), exporter.rate(names.commits)
    ended = Sum((rollbacks, commits))
    return (
        Signal(
            id="database-transactions",
            title="Transactions per second",
            description=(
                "Commits and rollbacks in a second, by database. A fall under steady traffic means that they wait."
            ),
            query=Prometheus(expression=commits),
            extra_queries={"rolled back": Prometheus(expression=rollbacks)},
            unit=Unit.OPERATIONS_PER_SECOND,
        ),
        Signal(
            id="database-rollbacks",
            title="Rollback ratio",
            description=(
                "Share of transactions that rolled back: errors, timeouts, deadlocks, or clients that "
                "disconnected."
            ),
            query=Prometheus(expression=Ratio(rollbacks, ended)),
            unit=Unit.SHARE,
            thresholds=over(ticket=0.1),
            for_seconds=600,
            minimum_traffic=MinimumTraffic(expression=ended, value=LEAST_PER_SECOND),
            runbook="PostgreSQL's log has the error of each; the newest release is the first suspect.",
        ),
        Signal(
            id="database-deadlocks",
            title="Deadlocks",
            description="Deadlocks in five minutes; PostgreSQL aborted one transaction of each.",
            query=Prometheus(expression=Increase(exporter.of_databases(names.deadlocks), exporter.by)),
            unit=Unit.NUMBER,
            thresholds=over(ticket=5),
            runbook=(
                "PostgreSQL's log names both statements. Take locks in one order everywhere, or shorten one of "
                "them."
            ),
        ),
    )


def statements(exporter: Exporter) -> tuple[Signal, ...]:
    """Return the mean time of a statement; nothing where the exporter does not tell."""
    if not (exporter.names.statement_seconds and exporter.names.statement_calls):
        return ()
    # A mean, for no exporter has the distribution; the board RPC has the true 95th percentile.
    calls = Rate(exporter.of(exporter.names.statement_calls), exporter.by)
    seconds = Rate(exporter.of(exporter.names.statement_seconds), exporter.by)
    return (
        Signal(
            id="database-statements",
            title="Mean statement time (pg_stat_statements)",
            description=(
                "Execution time by number of calls, of pg_stat_statements; PostgreSQL logs the slow statements."
            ),
            query=Prometheus(expression=Ratio(seconds, calls)),
            unit=Unit.SECONDS,
            thresholds=over(ticket=0.1, page=0.5),
            minimum_traffic=MinimumTraffic(expression=calls, value=LEAST_PER_SECOND),
            runbook=(
                "`SELECT mean_exec_time, calls, query FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT "
                "10`, then EXPLAIN (ANALYZE, BUFFERS) the first."
            ),
        ),
    )
