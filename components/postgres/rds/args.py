"""Arguments of the database."""

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from components.aws.placement import NetworkPlacement
from components.postgres.rds.refusals import Choices, refusals
from observability.records.exporters import PostgresNames


class ReplicaArgs(Struct, frozen=True, kw_only=True):
    """One read replica."""

    purpose: str
    """Readers, in one word: `browse`, `analytics`. Part of its identifier."""
    instance_class: str
    """Instance class; at least the primary's memory, or the replica falls behind."""
    max_connections: int | None = None
    """Connections it accepts, at least the primary's; the primary's when left out."""


class CredentialsArgs(Struct, frozen=True, kw_only=True):
    """Who makes the master password, and how it changes."""

    managed: bool = False
    """RDS makes it, keeps it in its own secret and rotates it; no program, this one included, learns it."""
    rotation_days: int | None = None
    """Days between two passwords, 1 to 1000; only where `managed`. None leaves AWS's own 7 days."""
    generation: int = 1
    """Raise it to generate a new password; only where not `managed`."""


class UpgradeArgs(Struct, frozen=True, kw_only=True):
    """Way in which the server itself is changed."""

    blue_green: bool = False
    """On a copy that takes over within a minute; refused with replicas, `managed` or `protect`."""
    allow_major: bool = False
    """Let the major version change. A preview refuses such a change without it."""
    apply_immediately: bool = False
    """At once rather than in the maintenance window; most changes restart the server."""


class DiskArgs(Struct, frozen=True, kw_only=True):
    """The primary's disk, and that of each replica."""

    size_gib: int
    """First size, GiB, 20 to 65536; grows by itself up to `max_gib`. Source: config `database.storage_gib`."""
    max_gib: int
    """Size at which it stops growing, GiB; above `size_gib`. Source: config `database.storage_max_gib`."""
    kms_key_arn: str | None = None
    """Key that encrypts it; AWS's own for RDS when left out. Fixed for the server's life."""


class ParameterArgs(Struct, frozen=True, kw_only=True):
    """PostgreSQL's parameters: those with a field of their own, and any other."""

    max_connections: int
    """Connections the server accepts. Source: config `database.max_connections`."""
    statement_timeout_seconds: int
    """After how long a statement is cancelled, in seconds."""
    idle_in_transaction_timeout_seconds: int
    """After how long a transaction that does nothing is ended, in seconds."""
    slow_statement_ms: int
    """Statements that take longer are logged, in milliseconds."""
    preload_libraries: Sequence[str] = ()
    """Libraries beside `pg_stat_statements` that PostgreSQL loads at start: `pgaudit`, `pg_cron`."""
    others: Mapping[str, str] = field(default_factory=dict)
    """Further parameters of PostgreSQL, by name; none of `refusals.OWN_PARAMETERS`."""


class BackupArgs(Struct, frozen=True, kw_only=True):
    """Backups, from which the server is restored to any second of the time they cover."""

    retention_days: int
    """Days that can be restored, 1 to 35."""
    window: str = "03:00-04:00"
    """When the daily snapshot is taken, UTC; outside the maintenance window."""


class ConnectionAlertArgs(Struct, frozen=True, kw_only=True):
    """Thresholds of open connections."""

    warning: int
    """Open connections at which a ticket is written."""
    critical: int
    """Open connections at which somebody is paged."""


class DatabaseArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Database`."""

    identifier: str
    """Physical name of the instance, up to 50 characters. Never changed: a new one is a new database."""
    database_name: str
    """Database created inside the server."""
    username: str
    """Owner of the database; not `admin`, which RDS reserves."""
    subnet_group: str | None = None
    """Existing subnet group that the server stays in; one is made when left out."""
    postgres_version: str
    """Major version, or major.minor to hold the minor back. Source: config `database.postgres_version`."""
    instance_class: str
    """For example `db.r6g.large`. Source: config `database.instance_class`."""
    disk: DiskArgs
    """Size and encryption."""
    parameters: ParameterArgs
    """Limits of the server."""
    backup: BackupArgs
    """How far back the server can be restored."""
    connection_alerts: ConnectionAlertArgs
    """Thresholds of the alert on open connections."""
    placement: NetworkPlacement
    """Private subnets in two zones or more."""
    region: str
    """Region of the server, for the partition of its role's policy."""
    multi_az: bool = True
    """A standby in a second zone takes over within a minute or two."""
    maintenance_window: str = "sun:04:30-sun:05:30"
    """When AWS may restart the server, UTC."""
    credentials: CredentialsArgs = field(default_factory=CredentialsArgs)
    """Who makes the password."""
    upgrade: UpgradeArgs = field(default_factory=UpgradeArgs)
    """Way in which the server is changed."""
    replicas: list[ReplicaArgs] = field(default_factory=list)
    """Read replicas, each with a purpose."""
    exporter_names: PostgresNames | None = None
    """Metric names of the exporter that is scraped; None where CloudWatch alone measures."""
    rpc_observations: bool = False
    """Whether the application writes its remote calls to the table `rpc_observations`, and Grafana reads them."""
    protect: bool = True
    """Refuse to delete or replace it, in the engine and at AWS."""
    log_retention_days: int
    """How long CloudWatch keeps PostgreSQL's log, in days. Source: config `logs.retention_days`."""
    insights_retention_days: int = 7
    """How long Performance Insights keeps its samples, in days: 7, 731 or a multiple of 31."""

    def __post_init__(self) -> None:
        """Refuse what RDS refuses, or what loses data.

        Raises:
            ValueError: choices exclude each other.

        """
        max_connections = self.parameters.max_connections
        choices = Choices(
            managed_password=self.credentials.managed,
            rotation_days=self.credentials.rotation_days,
            blue_green=self.upgrade.blue_green,
            protect=self.protect,
            backup_retention_days=self.backup.retention_days,
            max_connections=max_connections,
            replica_connections={
                replica.purpose: replica.max_connections or max_connections for replica in self.replicas
            },
            parameters=self.parameters.others.keys(),
        )
        for key, sentence in refusals(choices):
            raise ValueError(f"{key}: {sentence}")
