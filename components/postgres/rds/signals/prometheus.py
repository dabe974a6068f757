"""What an exporter of PostgreSQL tells, as plain data; CloudWatch knows none of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from observability import MinimumTraffic, Prometheus, Signal, Unit
from observability.promql import (
    Aggregation,
    Difference,
    Expression,
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
"""Pages asked for in a second, under which the share from memory says nothing."""

LEAST_PER_SECOND = 1
"""Transactions or statements in a second, under which one of them is the whole share."""

LONGEST = 10
"""How many times the longest statement a transaction may last before somebody is paged."""


@dataclass(frozen=True, kw_only=True)
class Exporter:
    """Series and expressions of one exporter, by its names."""

    names: PostgresNames
    """What it calls its metrics."""

    @property
    def by(self) -> tuple[str, ...]:
        """One database of one server, as far as the exporter tells them apart."""
        label = self.names.database_label
        return ("instance", label) if label else ("instance",)

    def of(self, metric: str, *matches: Match) -> Series:
        """A metric of the whole server."""
        return Series(metric, (Match("job", Job.POSTGRES), *matches))

    def of_databases(self, metric: str) -> Series:
        """A metric of each database but PostgreSQL's templates."""
        label = self.names.database_label
        return self.of(metric, *([Match(label, "template.*", Operator.UNLIKE)] if label else []))

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


def metrics(names: PostgresNames, statement_timeout_seconds: int) -> Iterator[Signal]:
    """Records of a server whose statements end after `statement_timeout_seconds`."""
    exporter = Exporter(names=names)
    yield _up(exporter)
    if names.transaction_age:
        yield _transaction_age(exporter, names.transaction_age, statement_timeout_seconds)
    if names.blocks_hit and names.blocks_read:
        yield _buffer_hits(exporter, names.blocks_hit, names.blocks_read)
    yield _transactions(exporter)
    yield _rollbacks(exporter)
    yield _deadlocks(exporter)
    if names.statement_seconds and names.statement_calls:
        yield _statements(exporter, names.statement_seconds, names.statement_calls)


def _up(exporter: Exporter) -> Signal:
    return Signal(
        id="database-up",
        title="Databases that answer their exporter",
        description="1 while the exporter can log in and ask; a failover takes a minute or two.",
        query=Prometheus(expression=Level(exporter.of("pg_up"), Aggregation.MIN, ("instance",))),
        unit=Unit.NUMBER,
        thresholds=under(page=1),
        runbook="Read the RDS events of the server: a failover, a restart, a full disk. Then the exporter's log.",
    )


def _transaction_age(exporter: Exporter, metric: str, statement_timeout_seconds: int) -> Signal:
    busy = exporter.of(metric, Match("state", "idle", Operator.DIFFERENT))
    return Signal(
        id="database-transaction-age",
        title="Longest transaction",
        description="Age of the oldest open transaction. It holds its locks, and keeps vacuum from old rows.",
        query=Prometheus(expression=Level(busy, Aggregation.MAX, exporter.by)),
        unit=Unit.SECONDS,
        thresholds=over(ticket=statement_timeout_seconds, page=LONGEST * statement_timeout_seconds),
        runbook=(
            "`SELECT pid, usename, application_name, state, xact_start, query FROM pg_stat_activity WHERE "
            "xact_start IS NOT NULL ORDER BY xact_start LIMIT 5`. A forgotten session: `SELECT "
            "pg_terminate_backend(pid)`. A migration: wait, or split it."
        ),
    )


def _buffer_hits(exporter: Exporter, hit: str, read: str) -> Signal:
    hits = Rate(exporter.of_databases(hit), exporter.by)
    asked = Sum((hits, Rate(exporter.of_databases(read), exporter.by)))
    return Signal(
        id="database-buffer-hits",
        title="Pages from memory",
        description=(
            "Share of pages that were in PostgreSQL's own memory; the rest waits for the disk or its cache."
        ),
        query=Prometheus(expression=Ratio(hits, asked)),
        unit=Unit.SHARE,
        thresholds=under(ticket=0.98, page=0.9),
        for_seconds=900,
        minimum_traffic=MinimumTraffic(expression=asked, value=LEAST_PAGES_PER_SECOND),
        runbook=(
            "`SELECT relname, heap_blks_read FROM pg_statio_user_tables ORDER BY 2 DESC LIMIT 10` names the "
            "tables. A missing index reads them whole; else the data has outgrown the class's memory."
        ),
    )


def _transactions(exporter: Exporter) -> Signal:
    names = exporter.names
    return Signal(
        id="database-transactions",
        title="Transactions",
        description="Transactions in a second, by database. A fall beside steady traffic means that they wait.",
        query=Prometheus(expression=Rate(exporter.of_databases(names.commits), exporter.by)),
        extra_queries={
            "rolled back": Prometheus(expression=Rate(exporter.of_databases(names.rollbacks), exporter.by))
        },
        unit=Unit.OPERATIONS_PER_SECOND,
    )


def _rollbacks(exporter: Exporter) -> Signal:
    rolled, committed = (
        Rate(exporter.of_databases(metric), exporter.by)
        for metric in (exporter.names.rollbacks, exporter.names.commits)
    )
    ended = Sum((rolled, committed))
    return Signal(
        id="database-rollbacks",
        title="Transactions rolled back",
        description=(
            "Share of transactions that were taken back: errors, timeouts, deadlocks, or a client that left."
        ),
        query=Prometheus(expression=Ratio(rolled, ended)),
        unit=Unit.SHARE,
        thresholds=over(ticket=0.1),
        for_seconds=600,
        minimum_traffic=MinimumTraffic(expression=ended, value=LEAST_PER_SECOND),
        runbook="PostgreSQL's log has the error of each; the newest release is the first suspect.",
    )


def _deadlocks(exporter: Exporter) -> Signal:
    return Signal(
        id="database-deadlocks",
        title="Deadlocks",
        description="Transactions in five minutes that PostgreSQL ended because they waited for each other.",
        query=Prometheus(expression=Increase(exporter.of_databases(exporter.names.deadlocks), exporter.by)),
        unit=Unit.NUMBER,
        thresholds=over(ticket=5),
        runbook=(
            "PostgreSQL's log names both statements. Take locks in one order everywhere, or shorten one of them."
        ),
    )


def _statements(exporter: Exporter, seconds: str, calls: str) -> Signal:
    # A mean, for no exporter has the distribution; the board RPC has the true 95th percentile.
    called: Expression = Rate(exporter.of(calls), exporter.by)
    spent = Rate(exporter.of(seconds), exporter.by)
    return Signal(
        id="database-statements",
        title="Mean time of a statement",
        description="Time of statements by their number, of pg_stat_statements; PostgreSQL logs the slow ones.",
        query=Prometheus(expression=Ratio(spent, called)),
        unit=Unit.SECONDS,
        thresholds=over(ticket=0.1, page=0.5),
        minimum_traffic=MinimumTraffic(expression=called, value=LEAST_PER_SECOND),
        runbook=(
            "`SELECT mean_exec_time, calls, query FROM pg_stat_statements ORDER BY total_exec_time DESC LIMIT "
            "10`, then EXPLAIN (ANALYZE, BUFFERS) the first."
        ),
    )
