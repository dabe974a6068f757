"""Source of metrics of each part of the stack, and the names that it gives them."""

from typing import Annotated, Literal

from pydantic import Field

from observability.records import exporters
from observability.records.exporters import PgBouncerNames, PostgresNames, RedisNames, names_of, version_of

DatabaseMetrics = Annotated[
    Literal["cloudwatch", "postgres_exporter", "supabase"],
    Field(description="What measures PostgreSQL beside CloudWatch; supabase only where Supabase runs it."),
]
"""Source of PostgreSQL's metrics."""

PoolerMetrics = Annotated[
    Literal["cloudwatch", "pgbouncer_exporter"],
    Field(description="What measures PgBouncer; its exporter where a collector scrapes it."),
]
"""Source of PgBouncer's metrics."""

RedisMetrics = Annotated[
    Literal["cloudwatch", "redis_exporter"],
    Field(description="What measures memory, evictions, hits and connections."),
]
"""Source of Redis' metrics."""

EdgeMetrics = Annotated[
    Literal["none", "cloudflare_exporter"],
    Field(description="What measures the zone's traffic; its exporter needs a paid plan: docs/metrics-store.md."),
]
"""Source of the zone's metrics."""


def postgres_names(metrics: str, image: str) -> PostgresNames | None:
    """Return the metric names of the source, its exporter run from `image`; None for CloudWatch alone."""
    match metrics:
        case "postgres_exporter":
            return names_of(exporters.POSTGRES, version_of(image))
        case "supabase":
            return exporters.SUPABASE
    return None


def pgbouncer_names(metrics: str, image: str) -> PgBouncerNames | None:
    """Return the metric names of pgbouncer_exporter run from `image`; None for CloudWatch alone."""
    return names_of(exporters.PGBOUNCER, version_of(image)) if metrics == "pgbouncer_exporter" else None


def redis_names(metrics: str, image: str) -> RedisNames | None:
    """Return the metric names of redis_exporter run from `image`; None for CloudWatch alone."""
    return names_of(exporters.REDIS, version_of(image)) if metrics == "redis_exporter" else None
