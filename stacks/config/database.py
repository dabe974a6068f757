"""Configuration of PostgreSQL and its pooler."""

import math
from collections.abc import Collection, Iterator
from typing import Annotated, Literal

from pydantic import Field

from components.postgres.pooler.pgbouncer import DRAIN_LIMIT_SECONDS, STOP_TIMEOUT_SECONDS
from components.postgres.rds.refusals import Choices, refusals
from policies import limits
from policies.aws_offers import RDS_CLASSES, postgres_version_fault
from stacks.config import windows
from stacks.config.base import (
    Hostname,
    InstanceClass,
    KeyArn,
    Model,
    Name,
    Problem,
    SecurityGroupId,
    Within,
)
from stacks.config.dialects import DatabaseMetrics
from stacks.config.fly_postgres import FlyPostgresConfig
from stacks.config.identity import class_problems
from stacks.config.images import SecretArn
from stacks.config.managed_postgres import SupabaseConfig, supabase_problems
from stacks.config.neon import NeonConfig, neon_problems
from stacks.config.on_demand import OnDemand
from stacks.config.pooler import ParameterName, PoolerConfig, pooler_problems
from stacks.config.schema_register import SchemaRegister

STORAGE_GROWTH_PERCENT = 110
"""Least ceiling of storage autoscaling that RDS takes, in percent of the first size.

https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
"""

INSIGHTS_DAYS = frozenset({7, 731, *(months * 31 for months in range(1, 24))})
"""Retentions that Performance Insights offers, in days.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
"""

DatabaseName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,55}$")]
"""Name of a database; with `_reader`, it has no more than the 63 characters of a role's name."""

PreloadLibrary = Literal[
    "auto_explain",
    "orafce",
    "pg_bigm",
    "pg_cron",
    "pg_hint_plan",
    "pg_overexplain",
    "pg_prewarm",
    "pg_similarity",
    "pg_stat_monitor",
    "pg_stat_statements",
    "pg_tle",
    "pg_transport",
    "pgaudit",
    "pglogical",
    "plprofiler",
    "plrust",
]
"""What RDS lets `shared_preload_libraries` hold, as ModifyDBParameterGroup says where it refuses one, 2026-09."""

POOLERS_OVER_ZONES = 2
"""Fewest poolers where the database itself survives the loss of a zone."""


class ReplicaConfig(Model):
    """One read replica."""

    purpose: Name = Field(description="What reads from it: browse, analytics.")
    instance_class: InstanceClass | None = Field(
        default=None, description="Instance class; the primary's when left out."
    )
    max_connections: Annotated[int, Field(ge=1, le=5000)] | None = Field(
        default=None,
        description="Connections it accepts, at least the primary's; the primary's when left out. The services' "
        "reader_pools share them.",
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


class PostgresServer(SchemaRegister):
    """A server in the network, with PgBouncer of the stack in front of it."""

    postgres_version: str = Field(
        # RDS makes no server of a major version whose standard support is over: 13's ended in February 2026.
        # https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
        default="17",
        pattern=r"^1[4-9](\.\d{1,2})?$",
        description='Major version, for example "17", or major.minor.',
    )
    max_connections: Annotated[int, Within(limits.POSTGRES_MAX_CONNECTIONS)] = Field(
        default=limits.POSTGRES_MAX_CONNECTIONS.maximum,
        description=f"Connections PostgreSQL accepts. {limits.POSTGRES_MAX_CONNECTIONS.range_or_exception}.",
    )
    direct_connections: Annotated[int, Field(ge=1, le=100)] = Field(
        default=10, description="Connections kept for clients that bypass the pooler: migrations, people."
    )
    statement_timeout_seconds: Annotated[int, Field(ge=1, le=DRAIN_LIMIT_SECONDS - STOP_TIMEOUT_SECONDS)] = Field(
        default=30,
        description="After how long a statement is cancelled, in seconds. A leaving pooler waits for it, and its "
        "successor's health checks for the leaving one.",
    )
    pooler: PoolerConfig = PoolerConfig()


class ExistingPostgresConfig(PostgresServer):
    """A server of RDS or Aurora that exists already: the stack makes PgBouncer before it, and nothing else."""

    provider: Literal["existing"]
    host: Hostname = Field(description="Host name of the primary: of a cluster, its writer endpoint.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=5432, description="Its TCP port.")
    database_name: DatabaseName = Field(description="Database that the application uses.")
    username: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")] = Field(
        description="Owner of that database, who may make roles: the poolers make the application's as him."
    )
    password_secret_arn: SecretArn = Field(
        description="ARN of a secret whose JSON has the key password of that user, as those of RDS have."
    )
    security_group_id: SecurityGroupId = Field(description="Group in front of it, which gets a rule.")

    @property
    def replicas(self) -> list[ReplicaConfig]:
        """None that the stack knows of."""
        return []

    @property
    def metrics(self) -> DatabaseMetrics:
        """Nothing measures it here."""
        return "cloudwatch"


class RdsConfig(PostgresServer):
    """PostgreSQL on Amazon RDS."""

    provider: Literal["rds"]
    identifier: Annotated[str, Field(pattern=r"^[a-z]([a-z0-9]|-[a-z0-9])*$", max_length=50)] | None = Field(
        default=None, description="Name of the server at RDS; <app>-<environment>-db when left out."
    )
    database_name: DatabaseName | None = Field(
        default=None, description="Database and its owner; `app` with underscores when left out. It cannot change."
    )
    username: Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]{0,62}$")] | None = Field(
        default=None, description="Master user, who owns the database; its name when left out. It cannot change."
    )
    subnet_group: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,254}$")] | None = Field(
        default=None, description="Subnet group of an adopted server, kept as it is; one is made when left out."
    )
    instance_class: InstanceClass = Field(default="db.r6g.large", description="Class of the server.")
    storage_gib: int = Field(default=100, ge=20, le=65536, description="First size of the disk, GiB.")
    storage_max_gib: int = Field(
        default=500, ge=20, le=65536, description="Size at which the disk stops growing, GiB."
    )
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
    idle_in_transaction_timeout_seconds: int = Field(
        default=60, ge=1, le=3600, description="After how long an idle transaction is ended, in seconds."
    )
    slow_statement_ms: int = Field(
        default=500, ge=1, le=60000, description="Statements that take longer are logged, in milliseconds."
    )
    parameters: dict[ParameterName, str] = Field(
        default={}, description='Further parameters of PostgreSQL: {work_mem: "16384"}.'
    )
    preload_libraries: list[PreloadLibrary] = Field(
        default=[],
        description="Libraries that PostgreSQL loads beside pg_stat_statements: pgaudit, pg_cron.",
    )
    insights_retention_days: int = Field(
        default=7, description="How long Performance Insights keeps samples, in days: 7, 731, a multiple of 31."
    )
    metrics: DatabaseMetrics = "cloudwatch"
    replicas: list[ReplicaConfig] = Field(default=[], max_length=5, description="Read replicas by purpose.")
    protect: bool = Field(default=True, description="Refuse to delete or replace the server.")

    @property
    def instance_classes(self) -> dict[str, str]:
        """Class of the server, and of each replica that has one of its own, by its key."""
        own = {
            f"database.replicas.{number}.instance_class": it.instance_class
            for number, it in enumerate(self.replicas)
            if it.instance_class
        }
        return {"database.instance_class": self.instance_class, **own}


DatabaseConfig = Annotated[
    RdsConfig | ExistingPostgresConfig | SupabaseConfig | NeonConfig | FlyPostgresConfig,
    OnDemand("provider"),
]
"""The database by provider."""


def database_problems(
    database: DatabaseConfig, region: str, stores: Collection[str], gateways: int
) -> Iterator[Problem]:
    """Yield the key and one sentence for each setting of the database that does not fit another or the region.

    `stores` are names under `redis` whose URL the stack knows, `gateways` how many NAT gateways it has.
    """
    if isinstance(database, NeonConfig):
        yield from neon_problems(database, region, gateways)
        return
    if isinstance(database, SupabaseConfig):
        yield from supabase_problems(database, region, stores)
        return
    if isinstance(database, FlyPostgresConfig):
        return  # `stacks.config.fly_problems` knows the regions.
    yield from pooler_problems(database.pooler, database.postgres_version)
    if isinstance(database, RdsConfig):
        yield from class_problems(database.instance_classes, RDS_CLASSES, region)
        yield from _rds_problems(database)


def _rds_problems(database: RdsConfig) -> Iterator[Problem]:
    if fault := postgres_version_fault(database.postgres_version):
        yield "database.postgres_version", f"given {database.postgres_version!r}, allowed {fault}"
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
    days = database.insights_retention_days
    if days not in INSIGHTS_DAYS:
        yield "database.insights_retention_days", f"given {days}, allowed 7, 731 or a multiple of 31 below 731"
