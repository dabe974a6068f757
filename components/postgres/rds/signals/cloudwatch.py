"""What to watch on PostgreSQL, as plain data."""

from collections.abc import Iterator, Sequence
from typing import Protocol

from components.postgres.rds.machine import memory_bytes
from components.postgres.rds.metrics import Exporter, metrics
from observability import Board, Check, CloudWatch, CloudWatchMath, Severity, Signal, Signals, Threshold, Unit
from observability.records.exporters import PostgresNames
from observability.records.limits import over

NAMESPACE = "AWS/RDS"
MIB = 1024**2
GIB = 1024**3


class DatabaseLimits(Protocol):
    """The numbers of the server that alerts compare with."""

    @property
    def connection_warning(self) -> int:
        """Open connections at which a ticket is written."""

    @property
    def connection_critical(self) -> int:
        """Open connections at which somebody is paged."""

    @property
    def storage_gib(self) -> int:
        """First size of the disk, GiB."""

    @property
    def instance_class(self) -> str:
        """Instance class; those of the t family run on credits."""

    @property
    def max_connections(self) -> int:
        """Connections the server accepts."""

    @property
    def statement_timeout_seconds(self) -> int:
        """After how long a statement is cancelled, in seconds."""

    @property
    def metrics(self) -> PostgresNames | None:
        """What an exporter calls its metrics; None where none is scraped."""


def signals(identifier: str, replicas: Sequence[str], limits: DatabaseLimits) -> Signals:
    """Signals of the server `identifier` and of its replicas, named by purpose."""
    on_credits = limits.instance_class.startswith("db.t")
    return Signals(
        subject="Database",
        board=Board.DATABASE,
        signals=(
            _connections(identifier, limits),
            *_connections_share(identifier, limits),
            _cpu(identifier),
            *((_cpu_credits(identifier),) if on_credits else ()),
            _memory(identifier, limits.instance_class),
            _free_storage(identifier, limits),
            *_disk(identifier),
            _transaction_ids(identifier),
            *(_replica_lag(f"{identifier}-{purpose}", purpose) for purpose in replicas),
            *(metrics(limits.metrics, limits.statement_timeout_seconds) if limits.metrics else ()),
        ),
        checks=_CHECKS,
    )


_CHECKS = (
    Check(
        id="database-tls",
        title="PostgreSQL refuses connections without TLS",
        probe="SHOW rds.force_ssl",
        fix="Set rds.force_ssl to 1 in the parameter group and reboot.",
    ),
    Check(
        id="database-parameters-in-force",
        title="No parameter waits for a restart",
        probe="SELECT name FROM pg_settings WHERE pending_restart",
        fix="Reboot the server, with failover where it has a standby; then its replicas, one by one.",
    ),
)


def _metric(identifier: str, metric: str, statistic: str = "Average") -> CloudWatch:
    return CloudWatch(
        namespace=NAMESPACE,
        metric=metric,
        dimensions={"DBInstanceIdentifier": identifier},
        statistic=statistic,
    )


def _connections(identifier: str, limits: DatabaseLimits) -> Signal:
    return Signal(
        id="database-connections",
        title="Database connections",
        description="Open connections to PostgreSQL. Behind the pooler it stays flat; growth means a bypass.",
        query=(
            Exporter(names=limits.metrics).connections
            if limits.metrics
            else _metric(identifier, "DatabaseConnections", "Maximum")
        ),
        cloudwatch_query=_metric(identifier, "DatabaseConnections", "Maximum"),
        unit="short",
        thresholds=over(ticket=limits.connection_warning, page=limits.connection_critical),
        runbook=(
            "Ask who holds them: `SELECT usename, application_name, state, count(*) FROM pg_stat_activity "
            "GROUP BY 1, 2, 3 ORDER BY 4 DESC`. Clients other than the pooler belong on the pooled URL. "
            "End transactions that are idle: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE state = 'idle in transaction' AND state_change < now() - interval '5 minutes'`."
        ),
    )


def _connections_share(identifier: str, limits: DatabaseLimits) -> Iterator[Signal]:
    computed = CloudWatchMath(
        expression=f"connections / {limits.max_connections}",
        metrics={"connections": _metric(identifier, "DatabaseConnections", "Maximum")},
    )
    query = Exporter(names=limits.metrics).connections_share if limits.metrics else computed
    if query:
        yield Signal(
            id="database-connections-share",
            title="Connections of those there are",
            description=(
                f"Open connections as a share of max_connections, {limits.max_connections} on the primary."
            ),
            query=query,
            unit=Unit.SHARE,
            thresholds=over(ticket=0.8, page=0.9),
            runbook="Like that of the open connections: what is refused next may be a migration, or yourself.",
        )


def _cpu(identifier: str) -> Signal:
    return Signal(
        id="database-cpu",
        title="Database CPU",
        description="Processor time of the primary. Above the line, queries queue behind each other.",
        query=_metric(identifier, "CPUUtilization"),
        unit="percent",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=70),
            Threshold(severity=Severity.PAGE, value=90),
        ),
        for_seconds=900,
        runbook="Open Performance Insights, sort by load, and look at the top statement's plan.",
    )


def _free_storage(identifier: str, limits: DatabaseLimits) -> Signal:
    return Signal(
        id="database-free-storage",
        title="Database free storage",
        description="Disk left. It grows by itself up to its ceiling; low means that growth cannot keep up.",
        query=_metric(identifier, "FreeStorageSpace", "Minimum"),
        unit="bytes",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=0.20 * limits.storage_gib * GIB, below=True),
            Threshold(severity=Severity.PAGE, value=0.05 * limits.storage_gib * GIB, below=True),
        ),
        runbook=(
            "Raise `database.storage_max_gib`. Look for a replication slot that nobody reads: "
            "`SELECT * FROM pg_replication_slots WHERE NOT active`."
        ),
    )


def _replica_lag(identifier: str, purpose: str) -> Signal:
    return Signal(
        id=f"database-replica-lag-{purpose}",
        title=f"Replica lag: {purpose}",
        description="How far the replica is behind the primary. Readers see data of that age.",
        query=_metric(identifier, "ReplicaLag", "Maximum"),
        unit="s",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=30),
            Threshold(severity=Severity.PAGE, value=300),
        ),
        runbook="Look for a long query on the replica, or a replica smaller than its primary.",
    )


def _cpu_credits(identifier: str) -> Signal:
    return Signal(
        id="database-cpu-credits",
        title="Database CPU credits",
        description="Credits left of a t-class server. At zero it runs at a fraction of its speed, or costs more.",
        query=_metric(identifier, "CPUCreditBalance", "Minimum"),
        unit="short",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=60, below=True),
            Threshold(severity=Severity.PAGE, value=15, below=True),
        ),
        for_seconds=900,
        runbook="The load is steady, not in bursts: change `database.instance_class` to an m or r class.",
    )


def _memory(identifier: str, instance_class: str) -> Signal:
    whole = memory_bytes(instance_class)
    return Signal(
        id="database-freeable-memory",
        title="Database freeable memory",
        description="Memory that PostgreSQL could still take. Near zero the server swaps, then restarts.",
        query=_metric(identifier, "FreeableMemory", "Minimum"),
        unit="bytes",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=0.25 * whole if whole else 256 * MIB, below=True),
            Threshold(severity=Severity.PAGE, value=0.10 * whole if whole else 96 * MIB, below=True),
        ),
        for_seconds=900,
        runbook=(
            "Look in enhanced monitoring for the processes that hold it. A lower `work_mem` helps where large "
            "sorts run at once; else take a class with more memory."
        ),
    )


def _disk(identifier: str) -> Iterator[Signal]:
    """What the disk can take: how long requests wait, and how much of the burst is left."""
    yield _slow(identifier, "read", ticket_seconds=0.02)
    yield _slow(identifier, "write", ticket_seconds=0.1)
    yield Signal(
        id="database-disk-queue",
        title="Database disk queue",
        description="Requests that wait for the disk. A queue that stays means the disk is the limit.",
        query=_metric(identifier, "DiskQueueDepth"),
        unit="short",
        thresholds=(Threshold(severity=Severity.TICKET, value=10), Threshold(severity=Severity.PAGE, value=64)),
        for_seconds=900,
        runbook=_DISK_RUNBOOK,
    )
    yield Signal(
        id="database-disk-burst",
        title="Database disk burst",
        description="Share left of the instance's burst of disk requests. At zero it falls to its base rate.",
        query=_metric(identifier, "EBSIOBalance%", "Minimum"),
        unit="percent",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=75, below=True),
            Threshold(severity=Severity.PAGE, value=20, below=True),
        ),
        for_seconds=900,
        runbook=_DISK_RUNBOOK,
    )


_DISK_RUNBOOK = (
    "Performance Insights, by wait: `IO:DataFileRead` asks for an index or more memory, `IO:WALWrite` for fewer "
    "or larger commits. A larger class has a higher base rate."
)


def _slow(identifier: str, way: str, *, ticket_seconds: float) -> Signal:
    return Signal(
        id=f"database-{way}-latency",
        title=f"Database {way} latency",
        description=f"Time of one disk {way}. Queries wait that long for each.",
        query=_metric(identifier, f"{way.capitalize()}Latency"),
        unit="s",
        thresholds=(Threshold(severity=Severity.TICKET, value=ticket_seconds),),
        for_seconds=900,
        runbook=_DISK_RUNBOOK,
    )


def _transaction_ids(identifier: str) -> Signal:
    return Signal(
        id="database-transaction-ids",
        title="Transaction ids in use",
        description="Age of the oldest transaction. Before 2,147,483,648 PostgreSQL stops accepting writes.",
        query=_metric(identifier, "MaximumUsedTransactionIDs", "Maximum"),
        unit="short",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=500_000_000),
            Threshold(severity=Severity.PAGE, value=1_000_000_000),
        ),
        for_seconds=900,
        runbook=(
            "Something holds vacuum back: a transaction or a prepared one that never ends, a replication slot "
            "that nobody reads, a replica's long query. End it, then `VACUUM (FREEZE, VERBOSE)` the oldest "
            "tables: `SELECT relname, age(relfrozenxid) FROM pg_class WHERE relkind = 'r' ORDER BY 2 DESC`."
        ),
    )
