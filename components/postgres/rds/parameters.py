"""PostgreSQL's parameters: their values, and when each takes effect."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.postgres.rds.args import DatabaseArgs

STATIC = frozenset(
    {
        "autovacuum_freeze_max_age",
        "autovacuum_max_workers",
        "huge_pages",
        "max_connections",
        "max_files_per_process",
        "max_locks_per_transaction",
        "max_logical_replication_workers",
        "max_pred_locks_per_transaction",
        "max_prepared_transactions",
        "max_replication_slots",
        "max_wal_senders",
        "max_worker_processes",
        "old_snapshot_threshold",
        "rds.logical_replication",
        "rds.rds_superuser_reserved_connections",
        "shared_buffers",
        "shared_preload_libraries",
        "superuser_reserved_connections",
        "track_activity_query_size",
        "track_commit_timestamp",
        "wal_buffers",
    }
)
"""Parameters that PostgreSQL reads only at start; RDS refuses "immediate" for them, or shows a change each time.

https://www.postgresql.org/docs/current/view-pg-settings.html, context `postmaster`
"""

FORCE_SSL_MAJOR = 15
"""First major version whose family has `rds.force_ssl` on. A parameter that equals its family's default keeps the
default's way to apply, pending-reboot: asked for "immediate", it differs in each preview.

https://github.com/hashicorp/terraform-provider-aws/issues/39252
"""

REPLICA_TAG = "footing:replica"
"""Tag of a replica's own group: it may accept more connections than the documented number."""


def values(args: DatabaseArgs) -> dict[str, str]:
    """Return every parameter that is set, by name."""
    given = args.parameters
    ours: dict[str, str | int] = {
        "max_connections": given.max_connections,
        "rds.force_ssl": 1,
        "statement_timeout": given.statement_timeout_seconds * 1000,
        "idle_in_transaction_session_timeout": given.idle_in_transaction_timeout_seconds * 1000,
        "log_min_duration_statement": given.slow_statement_ms,
        "log_lock_waits": 1,
        "shared_preload_libraries": ",".join(dict.fromkeys(("pg_stat_statements", *given.preload_libraries))),
        "track_io_timing": 1,
    }
    if args.replicas:
        # Otherwise the primary removes rows that a long query on a replica still reads, and cancels it.
        ours["hot_standby_feedback"] = 1
    if args.upgrade.blue_green:
        # The copy is filled by logical replication when its major version differs.
        ours["rds.logical_replication"] = 1
    return {**{name: str(value) for name, value in ours.items()}, **given.others}


def make_group(
    name: str,
    prefix: str,
    args: DatabaseArgs,
    changed: Mapping[str, str],
    opts: pulumi.ResourceOptions,
    tags: Mapping[str, str] | None = None,
) -> aws.rds.ParameterGroup:
    """Return a group of `args`' parameters with those in `changed` put over them."""
    major = args.postgres_version.split(".")[0]
    at_restart = STATIC | ({"rds.force_ssl"} if int(major) >= FORCE_SSL_MAJOR else set())
    return aws.rds.ParameterGroup(
        name,
        family=f"postgres{major}",
        # A prefix, so that a new major version's group exists before the old one goes.
        name_prefix=prefix,
        parameters=[
            {"name": key, "value": value, "apply_method": "pending-reboot" if key in at_restart else "immediate"}
            for key, value in {**values(args), **changed}.items()
        ],
        tags=tags,
        opts=opts,
    )
