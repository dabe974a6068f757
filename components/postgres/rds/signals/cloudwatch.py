"""Signals that CloudWatch measures of a server on RDS."""

from collections.abc import Sequence

from components.postgres.rds.args import DatabaseArgs
from components.postgres.rds.machine import bursts_io, memory_bytes
from components.postgres.rds.signals.prometheus import Exporter
from observability import CloudWatch, CloudWatchMath, Signal, Unit
from observability.records.limits import over, under

NAMESPACE = "AWS/RDS"
MIB = 1024**2
GIB = 1024**3
_DISK_RUNBOOK = (
    "Performance Insights, by wait: `IO:DataFileRead` asks for an index or more memory, `IO:WALWrite` for fewer "
    "or larger commits. A larger class has a higher base rate."
)


def _metric(identifier: str, metric: str, statistic: str = "Average") -> CloudWatch:
    return CloudWatch(
        namespace=NAMESPACE, metric=metric, dimensions={"DBInstanceIdentifier": identifier}, statistic=statistic
    )


def connections(args: DatabaseArgs) -> tuple[Signal, ...]:
    """Return the open connections, as a number and as a share of `max_connections` where that is known.

    The exporter answers where one is scraped, and CloudWatch where none is.
    """
    measured = _metric(args.identifier, "DatabaseConnections", "Maximum")
    maximum, alerts = args.parameters.max_connections, args.connection_alerts
    computed = CloudWatchMath(expression=f"connections / {maximum}", metrics={"connections": measured})
    exporter = Exporter(names=args.exporter_names) if args.exporter_names else None
    share = exporter.connections_share if exporter else computed
    number = Signal(
        id="database-connections",
        title="PostgreSQL connections",
        description=(
            "Open connections to PostgreSQL. Behind PgBouncer it is flat; growth means clients that bypass it."
        ),
        query=exporter.connections if exporter else measured,
        cloudwatch_query=measured,
        unit="short",
        thresholds=over(ticket=alerts.warning, page=alerts.critical),
        runbook=(
            "Ask who holds them: `SELECT usename, application_name, state, count(*) FROM pg_stat_activity "
            "GROUP BY 1, 2, 3 ORDER BY 4 DESC`. Clients other than the pooler belong on the pooled URL. "
            "End transactions that are idle: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE state = 'idle in transaction' AND state_change < now() - interval '5 minutes'`."
        ),
    )
    if share is None:
        return (number,)
    return (
        number,
        Signal(
            id="database-connections-share",
            title="Connection utilisation",
            description=f"Open connections as a share of max_connections, {maximum} on the primary.",
            query=share,
            unit=Unit.SHARE,
            thresholds=over(ticket=0.8, page=0.9),
            runbook=(
                "As for PostgreSQL connections. At 100 % PostgreSQL answers `sorry, too many clients already`, to "
                "migrations and people as well."
            ),
        ),
    )


def machine(identifier: str, instance_class: str) -> tuple[Signal, ...]:
    """Return processor and memory of the primary, and the CPU credits of a burstable class."""
    memory = memory_bytes(instance_class)
    cpu = Signal(
        id="database-cpu",
        title="Database CPU utilisation",
        description="Processor time of the primary. Above the line, queries queue behind each other.",
        query=_metric(identifier, "CPUUtilization"),
        unit="percent",
        thresholds=over(ticket=70, page=90),
        for_seconds=900,
        runbook="Open Performance Insights, sort by load, and look at the top statement's plan.",
    )
    cpu_credits = Signal(
        id="database-cpu-credits",
        title="Database CPU credit balance",
        description="Credits left of a t-class server. At zero it runs at a fraction of its speed, or costs more.",
        query=_metric(identifier, "CPUCreditBalance", "Minimum"),
        unit="short",
        thresholds=under(ticket=60, page=15),
        for_seconds=900,
        runbook="The load is steady, not in bursts: change `database.instance_class` to an m or r class.",
    )
    freeable = Signal(
        id="database-freeable-memory",
        title="Database freeable memory",
        description="Memory left for PostgreSQL (FreeableMemory). Near zero the server swaps, then restarts.",
        query=_metric(identifier, "FreeableMemory", "Minimum"),
        unit="bytes",
        thresholds=under(
            ticket=0.25 * memory if memory else 256 * MIB, page=0.10 * memory if memory else 96 * MIB
        ),
        for_seconds=900,
        runbook=(
            "Look in enhanced monitoring for the processes that hold it. A lower `work_mem` helps where large "
            "sorts run at once; else take a class with more memory."
        ),
    )
    return (cpu, cpu_credits, freeable) if instance_class.startswith("db.t") else (cpu, freeable)


def disk(identifier: str, size_gib: int, instance_class: str) -> tuple[Signal, ...]:
    """Return the disk's free space, how long its requests take, and its burst credits where the class has them."""
    found = (
        Signal(
            id="database-free-storage",
            title="Database free storage space",
            description=(
                "Disk left. Storage autoscaling adds to it up to the maximum; low means that it cannot keep up."
            ),
            query=_metric(identifier, "FreeStorageSpace", "Minimum"),
            unit="bytes",
            thresholds=under(ticket=0.20 * size_gib * GIB, page=0.05 * size_gib * GIB),
            runbook=(
                "Raise `database.storage_max_gib`. Look for a replication slot that nobody reads: "
                "`SELECT * FROM pg_replication_slots WHERE NOT active`."
            ),
        ),
        _latency(identifier, "read", ticket_seconds=0.02),
        _latency(identifier, "write", ticket_seconds=0.1),
        Signal(
            id="database-disk-queue",
            title="Database disk queue depth",
            description=(
                "I/O requests that wait for the disk. A queue that stays means that the disk is the bottleneck."
            ),
            query=_metric(identifier, "DiskQueueDepth"),
            unit="short",
            thresholds=over(ticket=10, page=64),
            for_seconds=900,
            runbook=_DISK_RUNBOOK,
        ),
    )
    if not bursts_io(instance_class):
        return found
    return (
        *found,
        Signal(
            id="database-disk-burst",
            title="Database EBS I/O balance",
            description=(
                "I/O burst credits left (EBSIOBalance%). At zero the disk falls to the class's baseline IOPS."
            ),
            query=_metric(identifier, "EBSIOBalance%", "Minimum"),
            unit="percent",
            thresholds=under(ticket=75, page=20),
            for_seconds=900,
            runbook=_DISK_RUNBOOK,
        ),
    )


def _latency(identifier: str, operation: str, *, ticket_seconds: float) -> Signal:
    return Signal(
        id=f"database-{operation}-latency",
        title=f"Database {operation} latency",
        description=f"Mean time of a disk {operation}; a query waits that long for each.",
        query=_metric(identifier, f"{operation.capitalize()}Latency"),
        unit="s",
        thresholds=over(ticket=ticket_seconds),
        for_seconds=900,
        runbook=_DISK_RUNBOOK,
    )


def vacuum(identifier: str) -> tuple[Signal, ...]:
    """Return how far vacuum is behind."""
    return (
        Signal(
            id="database-transaction-ids",
            title="Transaction ID wraparound",
            description=(
                "Age of the oldest unfrozen transaction ID. Before 2,147,483,648 PostgreSQL stops accepting "
                "writes."
            ),
            query=_metric(identifier, "MaximumUsedTransactionIDs", "Maximum"),
            unit="short",
            thresholds=over(ticket=500_000_000, page=1_000_000_000),
            for_seconds=900,
            runbook=(
                "Something holds VACUUM back: a transaction or a prepared one that never ends, a replication slot "
                "that nobody reads, a replica's long query. End it, then `VACUUM (FREEZE, VERBOSE)` the oldest "
                "tables: `SELECT relname, age(relfrozenxid) FROM pg_class WHERE relkind = 'r' ORDER BY 2 DESC`."
            ),
        ),
    )


def write_ahead_log(identifier: str, size_gib: int) -> tuple[Signal, ...]:
    """Return what keeps WAL on a disk of `size_gib`; CloudWatch states -1 where there is no slot.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
    """
    disk_bytes = size_gib * GIB
    return (
        Signal(
            id="database-slot-lag",
            title="Oldest replication slot lag",
            description="WAL that the slot furthest behind keeps on disk. It grows until its reader returns.",
            query=_metric(identifier, "OldestReplicationSlotLag", "Maximum"),
            extra_queries={"on disk for all slots": _metric(identifier, "ReplicationSlotDiskUsage", "Maximum")},
            unit="bytes",
            thresholds=over(ticket=0.10 * disk_bytes, page=0.30 * disk_bytes),
            for_seconds=900,
            runbook=(
                "`SELECT slot_name, active, restart_lsn FROM pg_replication_slots`: start its reader, or drop "
                "the slot that nobody reads with `pg_drop_replication_slot`."
            ),
        ),
        Signal(
            id="database-transaction-logs",
            title="Transaction logs on disk",
            description="WAL on disk (TransactionLogsDiskUsage); after a checkpoint it should shrink again.",
            query=_metric(identifier, "TransactionLogsDiskUsage", "Maximum"),
            unit="bytes",
            thresholds=over(ticket=0.40 * disk_bytes),
            for_seconds=900,
            runbook="A slot that nobody reads, a replica that is far behind, or `max_wal_size` for a larger disk.",
        ),
    )


def replicas(identifier: str, purposes: Sequence[str]) -> tuple[Signal, ...]:
    """Return the lag of each replica."""
    return tuple(
        Signal(
            id=f"database-replica-lag-{purpose}",
            title=f"Replication lag: {purpose}",
            description="How far the replica is behind the primary, in seconds. Readers see data of that age.",
            query=_metric(f"{identifier}-{purpose}", "ReplicaLag", "Maximum"),
            unit="s",
            thresholds=over(ticket=30, page=300),
            runbook="Look for a long query on the replica, or a replica smaller than its primary.",
        )
        for purpose in purposes
    )
