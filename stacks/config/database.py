"""Configuration of PostgreSQL and its pooler."""

from typing import Annotated, Literal

from pydantic import Field

from policies import limits
from stacks.config.base import Model, Name, Percent, Within
from stacks.config.task import TaskConfig


class DeploymentConfig(Model):
    """How far the number of tasks may move during a deployment."""

    minimum_percent: Percent = Field(description="Share of tasks that must keep running, 0 to 100.")
    maximum_percent: Annotated[int, Field(ge=100, le=200)] = Field(
        description="Share of tasks that may run at once, 100 to 200."
    )


class PoolerConfig(Model):
    """PgBouncer in transaction mode."""

    engine: Literal["pgbouncer"] = "pgbouncer"
    mode: Literal["transaction"] = Field(
        default="transaction", description="The only mode that lets many clients share few connections."
    )
    tasks: Annotated[int, Field(ge=1, le=10)] = Field(description="PgBouncer tasks at rest, 1 to 10.")
    server_connections: Annotated[int, Within(limits.POOL_SERVER_CONNECTIONS)] = Field(
        description="Connections that all poolers together open to PostgreSQL."
    )
    client_connections: Annotated[int, Field(ge=1, le=20000)] = Field(
        description="Clients that all poolers together accept."
    )
    query_wait_timeout_seconds: Annotated[int, Field(ge=1, le=600)] = Field(
        default=30, description="How long a client waits for a connection before it gets an error, in seconds."
    )
    server_idle_timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        default=600, description="After how long an unused connection to PostgreSQL is closed, in seconds."
    )
    deployment: DeploymentConfig = Field(
        default=DeploymentConfig(minimum_percent=50, maximum_percent=100),
        description="Above 100 percent, a deployment multiplies the connections to PostgreSQL.",
    )
    image: str = Field(default="docker.io/edoburu/pgbouncer:v1.24.1-p1", description="Image with PgBouncer 1.21+.")
    prepare_image: str = Field(
        default="docker.io/curlimages/curl:8.17.0", description="Image with curl, fetches Amazon's CA bundle."
    )
    task: TaskConfig = Field(
        default=TaskConfig(cpu=256, memory_mib=512), description="Size of each PgBouncer task."
    )


class ReplicaConfig(Model):
    """One read replica."""

    purpose: Name = Field(description="What reads from it: browse, analytics.")
    instance_class: str | None = Field(default=None, description="Instance class; the primary's when left out.")


class RdsConfig(Model):
    """PostgreSQL on Amazon RDS."""

    provider: Literal["rds"]
    postgres_version: Annotated[str, Field(pattern=r"^1[3-9](\.\d{1,2})?$")] = Field(
        description='Major version, for example "16", or major.minor.'
    )
    instance_class: Annotated[str, Field(pattern=r"^db\.[a-z0-9]+\.[a-z0-9]+$")] = Field(
        description="For example db.r6g.large."
    )
    storage_gib: Annotated[int, Field(ge=20, le=65536)] = Field(description="First size of the disk, GiB.")
    storage_max_gib: Annotated[int, Field(ge=20, le=65536)] = Field(
        description="Size at which the disk stops growing, GiB."
    )
    multi_az: bool = Field(default=True, description="A standby in a second zone.")
    backup_retention_days: Annotated[int, Field(ge=1, le=35)] = Field(
        default=7, description="Days that can be restored to the second."
    )
    max_connections: Annotated[int, Within(limits.POSTGRES_MAX_CONNECTIONS)] = Field(
        default=limits.POSTGRES_MAX_CONNECTIONS.maximum, description="Connections PostgreSQL accepts."
    )
    direct_connections: Annotated[int, Field(ge=1, le=100)] = Field(
        default=10, description="Connections kept for clients that bypass the pooler: migrations, people."
    )
    statement_timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        default=30, description="After how long a statement is cancelled, in seconds."
    )
    idle_in_transaction_timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        default=60, description="After how long an idle transaction is ended, in seconds."
    )
    slow_statement_ms: Annotated[int, Field(ge=1, le=60000)] = Field(
        default=500, description="Statements that take longer are logged, in milliseconds."
    )
    replicas: list[ReplicaConfig] = Field(default=[], max_length=5, description="Read replicas by purpose.")
    pooler: PoolerConfig
    protect: bool = Field(default=True, description="Refuse to delete or replace the server.")


DatabaseConfig = RdsConfig
"""The database's configuration; becomes a union discriminated by `provider` with the second backend."""
