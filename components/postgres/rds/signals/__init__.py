"""Alerts, panels and checks of PostgreSQL on RDS, as plain data."""

from components.postgres.rds.args import DatabaseArgs
from components.postgres.rds.signals import cloudwatch, maintenance, prometheus
from observability import Board, ByHand, Check, Group, Signals
from observability.records import rpc

CHECKS = (
    Check(
        id="database-tls",
        group=Group.DATABASE,
        title="PostgreSQL refuses connections without TLS",
        question=ByHand("SHOW rds.force_ssl"),
        fix="Set rds.force_ssl to 1 in the parameter group and reboot.",
    ),
    Check(
        id="database-parameters-in-force",
        group=Group.DATABASE,
        title="No parameter waits for a restart",
        question=ByHand("SELECT name FROM pg_settings WHERE pending_restart"),
        fix="Reboot the server, with failover where it has a standby; then its replicas, one by one.",
    ),
    # Neither CloudWatch nor postgres_exporter measures these two.
    Check(
        id="database-invalid-indexes",
        group=Group.DATABASE,
        title="No index is left from a CREATE INDEX CONCURRENTLY that failed",
        question=ByHand("SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid"),
        fix="Drop it, or REINDEX INDEX CONCURRENTLY: it serves no query, and every write maintains it.",
    ),
    Check(
        id="database-backup",
        group=Group.DATABASE,
        title="The server can be restored to a moment of the last ten minutes",
        question=ByHand("DescribeDBInstances: LatestRestorableTime"),
        fix="Read the RDS events of the category backup; a full disk or a stopped server takes none.",
    ),
)


def signals(args: DatabaseArgs) -> Signals:
    """Return the signals of the server and of its replicas."""
    names, timeout = args.exporter_names, args.parameters.statement_timeout_seconds
    return Signals(
        subject="Database",
        board=Board.DATABASE,
        signals=(
            *cloudwatch.connections(args),
            *cloudwatch.machine(args.identifier, args.instance_class),
            *cloudwatch.disk(args.identifier, args.disk.size_gib, args.instance_class),
            *cloudwatch.vacuum(args.identifier),
            *cloudwatch.write_ahead_log(args.identifier, args.disk.size_gib),
            *cloudwatch.replicas(args.identifier, [replica.purpose for replica in args.replicas]),
            *((*prometheus.signals(names, timeout), *maintenance.signals(names)) if names else ()),
            *(rpc.signals() if args.rpc_observations else ()),
        ),
        checks=CHECKS,
    )
