"""Combinations that Amazon RDS refuses, or that lose data, as plain data: configuration reads them too."""

from collections.abc import Collection, Iterator, Mapping

from msgspec import Struct

OWN_PARAMETERS: Mapping[str, str] = {
    "max_connections": "change max_connections",
    "rds.force_ssl": "TLS is always required",
    "statement_timeout": "change statement_timeout_seconds",
    "idle_in_transaction_session_timeout": "change idle_in_transaction_timeout_seconds",
    "log_min_duration_statement": "change slow_statement_ms",
    "log_lock_waits": "it is always on",
    "shared_preload_libraries": "change preload_libraries",
    "track_io_timing": "it is always on",
    "hot_standby_feedback": "it is on with replicas",
    "rds.logical_replication": "it is on with upgrade.method blue_green",
}
"""Parameters that are set by a setting of their own, or always, and how."""


class Choices(Struct, frozen=True, kw_only=True):
    """The choices of one PostgreSQL server that depend on each other."""

    managed_password: bool
    """Whether RDS itself makes the master password."""
    rotation_days: int | None
    """Days between two passwords; None for AWS's own 7 days, or for a generated password."""
    blue_green: bool
    """Whether changes are made on a copy that then takes over."""
    protect: bool
    """Whether deleting the server is refused."""
    backup_retention_days: int
    """Days of backups; 0 for none."""
    max_connections: int
    """Connections the primary accepts."""
    replica_connections: Mapping[str, int]
    """Connections each replica accepts, by its purpose."""
    parameters: Collection[str]
    """Names of further parameters of PostgreSQL."""


def refusals(choices: Choices) -> Iterator[tuple[str, str]]:
    """Yield every combination that RDS refuses, or that loses data: the key to change, and one sentence."""
    for name in sorted(OWN_PARAMETERS.keys() & set(choices.parameters)):
        yield "parameters", f"given {name}, allowed those without a setting of their own: {OWN_PARAMETERS[name]}"
    # https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
    if choices.managed_password and choices.replica_connections:
        yield "credentials.mode", "given managed, allowed generated with replicas: RDS refuses both together"
    if choices.managed_password and choices.blue_green:
        yield "credentials.mode", "given managed, allowed generated with blue/green: RDS refuses both together"
    if choices.rotation_days is not None and not choices.managed_password:
        yield (
            "credentials.rotation_days",
            (
                f"given {choices.rotation_days}, allowed only with mode: managed; a generated password "
                "changes when credentials.generation is raised"
            ),
        )
    if choices.blue_green and choices.replica_connections:
        yield (
            "upgrade.method",
            "given blue_green, allowed in_place with replicas: they would go on following the old server",
        )
    if choices.blue_green and choices.protect:
        yield (
            "upgrade.method",
            "given blue_green, allowed only with protect: false, for it ends by deleting the old server",
        )
    users = {"replicas": bool(choices.replica_connections), "blue/green": choices.blue_green}
    needed_by = [name for name, used in users.items() if used]
    if choices.backup_retention_days < 1 and needed_by:
        yield (
            "backup_retention_days",
            f"given {choices.backup_retention_days}, allowed 1 or more with {' and '.join(needed_by)}",
        )
    for purpose, connections in choices.replica_connections.items():
        if connections < choices.max_connections:
            yield (
                "replicas",
                (
                    f"given max_connections {connections} for {purpose}, allowed {choices.max_connections} "
                    "or more, as on the primary: a replica with fewer does not start"
                ),
            )
