"""Alerts, panels and checks of PostgreSQL on RDS, as plain data."""

from components.postgres.rds.args import DatabaseArgs
from components.postgres.rds.procedures import rds_procedures
from components.postgres.rds.signals import cloudwatch, maintenance, prometheus
from observability import Board, Check, Comparison, Group, Signals, SqlQuestion, Wanted
from observability.records import rpc

CHECKS = (
    Check(
        id="database-tls",
        group=Group.DATABASE,
        title="PostgreSQL refuses connections without TLS",
        question=SqlQuestion(sql="SHOW rds.force_ssl", wanted=Wanted(Comparison.IS, value=True)),
        fix="Set rds.force_ssl to 1 in the parameter group and reboot.",
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
        procedures=rds_procedures(args),
    )
