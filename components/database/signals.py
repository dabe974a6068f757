"""What to watch on PostgreSQL, as plain data."""

from collections.abc import Sequence
from typing import Protocol

from components._signals import Check, CloudWatch, Severity, Signal, Signals, Threshold

NAMESPACE = "AWS/RDS"
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


def signals(identifier: str, replicas: Sequence[str], limits: DatabaseLimits) -> Signals:
    """Signals of the server `identifier` and of its replicas, named by purpose."""
    return Signals(
        subject="Database",
        signals=(
            _connections(identifier, limits),
            _cpu(identifier),
            _free_storage(identifier, limits),
            *(_replica_lag(f"{identifier}-{purpose}", purpose) for purpose in replicas),
        ),
        checks=(
            Check(
                id="database-tls",
                title="PostgreSQL refuses connections without TLS",
                probe="SHOW rds.force_ssl",
                fix="Set rds.force_ssl to 1 in the parameter group and reboot.",
            ),
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
        query=_metric(identifier, "DatabaseConnections", "Maximum"),
        unit="short",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=limits.connection_warning),
            Threshold(severity=Severity.PAGE, value=limits.connection_critical),
        ),
        runbook=(
            "Ask who holds them: `SELECT usename, application_name, state, count(*) FROM pg_stat_activity "
            "GROUP BY 1, 2, 3 ORDER BY 4 DESC`. Clients other than the pooler belong on the pooled URL. "
            "End transactions that are idle: `SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE state = 'idle in transaction' AND state_change < now() - interval '5 minutes'`."
        ),
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
