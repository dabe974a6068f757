"""What the database is made from."""

from dataclasses import dataclass, field

import pulumi


@dataclass(frozen=True, kw_only=True)
class ReplicaArgs:
    """One read replica."""

    purpose: str
    """What reads from it, one word: `browse`, `analytics`. Part of its identifier."""
    instance_class: str
    """Instance class; at least the primary's memory, or the replica falls behind."""


@dataclass(frozen=True, kw_only=True)
class DatabaseArgs:
    """What `Database` is made from."""

    identifier: str
    """Physical name of the instance, up to 50 characters. Never changed: a new one is a new database."""
    database_name: str
    """Database created inside the server."""
    username: str
    """Owner of the database; neither `postgres` nor `admin`, which RDS reserves."""
    postgres_version: str
    """Major version, or major.minor to hold the minor back. Source: config `database.postgres_version`."""
    instance_class: str
    """For example `db.r6g.large`. Source: config `database.instance_class`."""
    storage_gib: int
    """First size of the disk, GiB, 20 to 65536; grows by itself up to `storage_max_gib`."""
    storage_max_gib: int
    """Size at which the disk stops growing, GiB; above `storage_gib`."""
    multi_az: bool = True
    """A standby in a second zone takes over within a minute or two."""
    backup_retention_days: int
    """Days that can be restored to the second, 1 to 35."""
    max_connections: int
    """Connections the server accepts. Source: config `database.max_connections`."""
    statement_timeout_seconds: int
    """After how long a statement is cancelled, in seconds."""
    idle_in_transaction_timeout_seconds: int
    """After how long a transaction that does nothing is ended, in seconds."""
    slow_statement_ms: int
    """Statements that take longer are logged, in milliseconds."""
    connection_warning: int
    """Open connections at which a ticket is written."""
    connection_critical: int
    """Open connections at which somebody is paged."""
    replicas: list[ReplicaArgs] = field(default_factory=list)
    """Read replicas, each with a purpose."""
    vpc_id: pulumi.Input[str]
    """Source: `Network.vpc_id`."""
    subnet_ids: pulumi.Input[list[str]]
    """Private subnets in two zones or more. Source: `Network.private_subnet_ids`."""
    protect: bool = True
    """Refuse to delete or replace it, in the engine and at AWS."""
    log_retention_days: int = 30
    """How long CloudWatch keeps PostgreSQL's log, in days."""
