"""Configuration of PostgreSQL and its pooler."""

import math
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from components.postgres.pooler.pgbouncer import (
    DRAIN_LIMIT_SECONDS,
    IGNORED_PARAMETERS,
    SEARCH_PATH_REPORTED_SINCE,
    STOP_TIMEOUT_SECONDS,
)
from components.postgres.rds.refusals import Choices, refusals
from policies import limits
from stacks.config import windows
from stacks.config.base import InstanceClass, KeyArn, Model, Name, Percent, Problem, Within
from stacks.config.dialects import DatabaseMetrics, PoolerMetrics, pgbouncer_names
from stacks.config.task import TaskConfig

STORAGE_GROWTH_PERCENT = 110
"""Least ceiling of storage autoscaling that RDS takes, in percent of the first size.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
"""

INSIGHTS_DAYS = frozenset({7, 731, *(months * 31 for months in range(1, 24))})
"""Retentions that Performance Insights offers, in days.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
"""

PSQL_IMAGE = (
    "public.ecr.aws/docker/library/postgres:17.6-alpine"
    "@sha256:ef257d85f76e48da1c64832459b59fcaba1a4dac97bf5d7450c77753542eee94"
)
"""Image with psql and a shell, for the roles of the application and of the exporter."""
POOLERS_OVER_ZONES = 2
"""Fewest poolers where the database itself survives the loss of a zone."""

ParameterName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$")]
"""Name of a parameter of PostgreSQL."""


class DeploymentConfig(Model):
    """How far the number of tasks may move during a deployment."""

    minimum_percent: Percent = Field(description="Share of tasks that must keep running, 0 to 100.")
    maximum_percent: int = Field(ge=100, le=200, description="Share of tasks that may run at once, 100 to 200.")


class PoolerConfig(Model):
    """PgBouncer in transaction mode."""

    engine: Literal["pgbouncer"] = "pgbouncer"
    mode: Literal["transaction"] = Field(
        default="transaction", description="The only mode that lets many clients share few connections."
    )
    tasks: int = Field(ge=1, le=10, description="PgBouncer tasks at rest, 1 to 10.")
    server_connections: Annotated[int, Within(limits.POOL_SERVER_CONNECTIONS)] = Field(
        description="Connections that all poolers together open to PostgreSQL."
    )
    client_connections: int = Field(ge=1, le=20000, description="Clients that all poolers together accept.")
    query_wait_timeout_seconds: Annotated[int, Field(ge=1, le=120)] = Field(
        default=30,
        description="How long a client waits for a connection before it gets an error, in seconds. 0 would be "
        "without end; a task has 120 to stop.",
    )
    server_idle_timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        default=600, description="After how long an unused connection to PostgreSQL is closed, in seconds."
    )
    deployment: DeploymentConfig = Field(
        default=DeploymentConfig(minimum_percent=50, maximum_percent=100),
        description="Above 100 percent, a deployment multiplies the connections to PostgreSQL.",
    )
    ignore_startup_parameters: list[ParameterName] = Field(
        default=list(IGNORED_PARAMETERS),
        description="Startup parameters that are accepted and not set; docs/database.md says what others do.",
    )
    image: str = Field(
        default="ghcr.io/cloudnative-pg/pgbouncer:1.26.1",
        description="Image with PgBouncer 1.26.1+, the first without known holes, and a shell.",
    )
    prepare_image: str = Field(
        default="quay.io/curl/curl:8.17.0", description="Image with curl, fetches Amazon's CA bundle."
    )
    authorities_url: Annotated[str, Field(pattern=r"^(https|file)://\S+$")] | None = Field(
        default=None, description="Where that bundle is, as curl reads it; Amazon's own address when left out."
    )
    psql_image: str = Field(default=PSQL_IMAGE, description="Image with psql 14+: makes the application's role.")
    exporter_image: str = Field(
        default="quay.io/prometheuscommunity/pgbouncer-exporter:v0.11.0",
        description="Image with pgbouncer_exporter, which also answers the health check of ECS.",
    )
    metrics: PoolerMetrics = "cloudwatch"
    task: TaskConfig = Field(
        default=TaskConfig(cpu=256, memory_mib=512), description="Size of each PgBouncer task."
    )


class ReplicaConfig(Model):
    """One read replica."""

    purpose: Name = Field(description="What reads from it: browse, analytics.")
    instance_class: InstanceClass | None = Field(
        default=None, description="Instance class; the primary's when left out."
    )
    max_connections: Annotated[int, Field(ge=1, le=5000)] | None = Field(
        default=None, description="Connections it accepts, at least the primary's; the primary's when left out."
    )
    connections_per_task: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=1,
        description="Connections that one task of the service opens to it at the most; no pooler is in between. "
        "Source of DATABASE_READER_POOL_SIZE_<PURPOSE>.",
    )


class CredentialsConfig(Model):
    """Who makes the master password, and how it changes."""

    mode: Literal["generated", "managed"] = Field(
        default="generated",
        description="generated: by this program. managed: by RDS, which rotates it; not with replicas.",
    )
    rotation_days: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="Days between two managed passwords; AWS's own 7 when left out."
    )
    generation: int = Field(
        default=1, ge=1, description="Raise it to generate a new password; docs/database.md has the procedure."
    )


class UpgradeConfig(Model):
    """How changes of the server itself are made."""

    method: Literal["in_place", "blue_green"] = Field(
        default="in_place", description="blue_green: on a copy that takes over; not with replicas or protect."
    )
    allow_major: bool = Field(
        default=False, description="Let postgres_version go to the next major version, for one deployment."
    )
    apply_immediately: bool = Field(
        default=False, description="At once rather than in the maintenance window; may restart the server."
    )


class RdsConfig(Model):
    """PostgreSQL on Amazon RDS."""

    provider: Literal["rds"]
    postgres_version: str = Field(
        # RDS makes no server of a major version whose standard support is over: 13's ended in February 2026.
        # https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
        pattern=r"^1[4-9](\.\d{1,2})?$",
        description='Major version, for example "16", or major.minor.',
    )
    instance_class: InstanceClass = Field(description="For example db.r6g.large.")
    storage_gib: int = Field(ge=20, le=65536, description="First size of the disk, GiB.")
    storage_max_gib: int = Field(ge=20, le=65536, description="Size at which the disk stops growing, GiB.")
    kms_key_arn: KeyArn | None = Field(
        default=None,
        description="Key that encrypts the disk, for its whole life; AWS's own for RDS when left out.",
    )
    multi_az: bool = Field(default=True, description="A standby in a second zone; needs two poolers.")
    backup_retention_days: int = Field(
        default=7, ge=1, le=35, description="Days that can be restored to the second."
    )
    backup_window: Annotated[str, Field(pattern=windows.DAILY)] = Field(
        default="03:00-04:00", description="When the daily snapshot is taken, UTC, 30 minutes or more."
    )
    maintenance_window: Annotated[str, Field(pattern=windows.WEEKLY)] = Field(
        default="sun:04:30-sun:05:30", description="When AWS may restart the server, UTC, 30 minutes or more."
    )
    credentials: CredentialsConfig = CredentialsConfig()
    upgrade: UpgradeConfig = UpgradeConfig()
    max_connections: Annotated[int, Within(limits.POSTGRES_MAX_CONNECTIONS)] = Field(
        default=limits.POSTGRES_MAX_CONNECTIONS.maximum, description="Connections PostgreSQL accepts."
    )
    direct_connections: Annotated[int, Field(ge=1, le=100)] = Field(
        default=10, description="Connections kept for clients that bypass the pooler: migrations, people."
    )
    statement_timeout_seconds: Annotated[int, Field(ge=1, le=DRAIN_LIMIT_SECONDS - STOP_TIMEOUT_SECONDS)] = Field(
        default=30,
        description="After how long a statement is cancelled, in seconds. A leaving pooler waits for it, and its "
        "successor's health checks for the leaving one.",
    )
    idle_in_transaction_timeout_seconds: int = Field(
        default=60, ge=1, le=3600, description="After how long an idle transaction is ended, in seconds."
    )
    slow_statement_ms: int = Field(
        default=500, ge=1, le=60000, description="Statements that take longer are logged, in milliseconds."
    )
    parameters: dict[ParameterName, str] = Field(
        default={}, description='Further parameters of PostgreSQL: {work_mem: "16384"}.'
    )
    preload_libraries: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]] = Field(
        default=[],
        description="Libraries that PostgreSQL loads beside pg_stat_statements: pgaudit, pg_cron.",
    )
    insights_retention_days: int = Field(
        default=7, description="How long Performance Insights keeps samples, in days: 7, 731, a multiple of 31."
    )
    metrics: DatabaseMetrics = "cloudwatch"
    replicas: list[ReplicaConfig] = Field(default=[], max_length=5, description="Read replicas by purpose.")
    pooler: PoolerConfig
    protect: bool = Field(default=True, description="Refuse to delete or replace the server.")


DatabaseConfig = RdsConfig
"""The database's configuration; becomes a union discriminated by `provider` with the second backend."""


def database_problems(database: DatabaseConfig) -> Iterator[Problem]:
    """Yield every way in which the database's settings do not fit each other: the key, and one sentence."""
    choices = Choices(
        managed_password=database.credentials.mode == "managed",
        rotation_days=database.credentials.rotation_days,
        blue_green=database.upgrade.method == "blue_green",
        protect=database.protect,
        backup_retention_days=database.backup_retention_days,
        max_connections=database.max_connections,
        replica_connections={
            replica.purpose: replica.max_connections or database.max_connections for replica in database.replicas
        },
        parameters=database.parameters,
    )
    for key, sentence in refusals(choices):
        yield f"database.{key}", sentence
    for key, sentence in windows.problems(database.backup_window, database.maintenance_window):
        yield f"database.{key}", sentence
    first, ceiling = database.storage_gib, database.storage_max_gib
    least = math.ceil(first * STORAGE_GROWTH_PERCENT / 100)
    if ceiling < least:
        yield "database.storage_max_gib", f"given {ceiling}, allowed {least} or more with storage_gib {first}"
    purposes = [replica.purpose for replica in database.replicas]
    if len(set(purposes)) != len(purposes):
        yield "database.replicas", f"given the purposes {', '.join(purposes)}, allowed each purpose once"
    if database.multi_az and database.pooler.tasks < POOLERS_OVER_ZONES:
        problem = (
            f"given {database.pooler.tasks}, allowed {POOLERS_OVER_ZONES} or more with multi_az: true, or the "
            "loss of one zone stops what the standby keeps up"
        )
        yield "database.pooler.tasks", problem
    if database.metrics == "supabase":
        yield "database.metrics", "given 'supabase', allowed cloudwatch or postgres_exporter with provider rds"
    reports = int(database.postgres_version.partition(".")[0]) >= SEARCH_PATH_REPORTED_SINCE
    if not reports and "search_path" not in database.pooler.ignore_startup_parameters:
        problem = (
            f"missing search_path, required before postgres_version {SEARCH_PATH_REPORTED_SINCE}, or PgBouncer "
            "gives one client's to another"
        )
        yield "database.pooler.ignore_startup_parameters", problem
    try:
        pgbouncer_names(database.pooler.metrics, database.pooler.exporter_image)
    except ValueError as error:
        yield "database.pooler.exporter_image", f"with metrics: pgbouncer_exporter, {error}"
    days = database.insights_retention_days
    if days not in INSIGHTS_DAYS:
        yield "database.insights_retention_days", f"given {days}, allowed 7, 731 or a multiple of 31 below 731"
