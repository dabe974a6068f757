"""Configuration of PgBouncer."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from components.postgres.pooler.pgbouncer import IGNORED_PARAMETERS, SEARCH_PATH_REPORTED_SINCE
from policies import limits
from stacks.config.base import Model, Percent, Problem, Within
from stacks.config.dialects import PoolerMetrics, pgbouncer_names
from stacks.config.task import TaskConfig
from stacks.config.vendor import refused

PSQL_IMAGE = (
    "public.ecr.aws/docker/library/postgres:17.6-alpine"
    "@sha256:ef257d85f76e48da1c64832459b59fcaba1a4dac97bf5d7450c77753542eee94"
)
"""Image with psql and a shell, for the roles of the application and of the exporter."""

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
    tasks: int = Field(default=2, ge=1, le=10, description="PgBouncer tasks at rest, 1 to 10.")
    server_connections: Annotated[int, Within(limits.POOL_SERVER_CONNECTIONS)] = Field(
        default=80,
        description="Connections that all poolers together open to PostgreSQL. "
        f"{limits.POOL_SERVER_CONNECTIONS.range_or_exception}.",
    )
    default_pool_size: Annotated[None, refused("server_connections over tasks is it, for one pair")] = Field(
        default=None, description="Cannot be set: server_connections, divided by tasks."
    )
    client_connections: int = Field(
        default=4000, ge=1, le=20000, description="Clients that all poolers together accept."
    )
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
    psql_image: str = Field(default=PSQL_IMAGE, description="Image with psql 15+: makes the application's roles.")
    exporter_image: str = Field(
        default="quay.io/prometheuscommunity/pgbouncer-exporter:v0.11.0",
        description="Image with pgbouncer_exporter, which also answers the health check of ECS.",
    )
    metrics: PoolerMetrics = "cloudwatch"
    task: TaskConfig = Field(
        default=TaskConfig(cpu=256, memory_mib=512), description="Size of each PgBouncer task."
    )


def pooler_problems(pooler: PoolerConfig, postgres_version: str) -> Iterator[Problem]:
    """Yield every way in which the pooler does not fit itself, or PostgreSQL of that version."""
    reports = int(postgres_version.partition(".")[0]) >= SEARCH_PATH_REPORTED_SINCE
    if not reports and "search_path" not in pooler.ignore_startup_parameters:
        problem = (
            f"missing search_path, required before postgres_version {SEARCH_PATH_REPORTED_SINCE}, or PgBouncer "
            "gives one client's to another"
        )
        yield "database.pooler.ignore_startup_parameters", problem
    try:
        pgbouncer_names(pooler.metrics, pooler.exporter_image)
    except ValueError as error:
        yield "database.pooler.exporter_image", f"with metrics: pgbouncer_exporter, {error}"
