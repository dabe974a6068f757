"""Which data source answers for a part of the stack, and what it calls its metrics."""

from typing import Annotated, Literal

from pydantic import Field

from observability.records import exporters
from observability.records.exporters import PgBouncerNames, PostgresNames, RedisNames, names_of, version_of

DatabaseMetrics = Annotated[
    Literal["cloudwatch", "postgres_exporter", "supabase"],
    Field(description="Who tells of PostgreSQL beside CloudWatch; supabase only where Supabase runs it."),
]
"""Who tells of PostgreSQL."""

PoolerMetrics = Annotated[
    Literal["cloudwatch", "pgbouncer_exporter"],
    Field(description="Who tells of PgBouncer; its exporter where a collector scrapes it."),
]
"""Who tells of PgBouncer."""

RedisMetrics = Annotated[
    Literal["cloudwatch", "redis_exporter"],
    Field(description="Who tells of memory, evictions, hits and connections."),
]
"""Who tells of Redis."""

EdgeMetrics = Annotated[
    Literal["none", "cloudflare_exporter"],
    Field(description="Who tells of the zone's traffic; its exporter needs a paid plan: docs/metrics-store.md."),
]
"""Who tells of the edge."""


def postgres_names(metrics: str, image: str) -> PostgresNames | None:
    """What the chosen source calls its metrics, its exporter run from `image`; None for CloudWatch alone."""
    match metrics:
        case "postgres_exporter":
            return names_of(exporters.POSTGRES, version_of(image))
        case "supabase":
            return exporters.SUPABASE
    return None


def pgbouncer_names(metrics: str, image: str) -> PgBouncerNames | None:
    """The same for PgBouncer, whose exporter runs from `image`."""
    return names_of(exporters.PGBOUNCER, version_of(image)) if metrics == "pgbouncer_exporter" else None


def redis_names(metrics: str, image: str) -> RedisNames | None:
    """The same for Redis."""
    return names_of(exporters.REDIS, version_of(image)) if metrics == "redis_exporter" else None
