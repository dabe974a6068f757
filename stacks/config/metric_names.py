"""Configuration of the names of the application's metrics."""

from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field

from observability.records.names import DEFAULT_EDGES, MetricNames, OperationNames
from stacks.config.base import Model, Name

Metric = Annotated[str, Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")]
"""Name of a metric. https://prometheus.io/docs/concepts/data_model/"""

Label = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]
"""Name of a label."""

TimeUnit = Literal["s", "ms"]
"""Unit of a histogram."""

_OWN = MetricNames()


class OperationConfig(Model):
    """One operation of the application with a duration histogram of its own."""

    id: Name = Field(description="Part of the record's id: switch-cycle.")
    title: str = Field(min_length=1, max_length=40, description="For people: Switch of a cycle.")
    duration: Metric = Field(description="Classic histogram, without _bucket.")
    duration_unit: TimeUnit = Field(default="s", description="Unit of the histogram.")
    p95_ms: int = Field(
        ge=1, le=60000, description="95th percentile over which a ticket is written, in milliseconds."
    )


class MetricNamesConfig(Model):
    """Names of the application's metrics and labels; a metric that it does not have is left out."""

    requests: Metric = Field(default=_OWN.requests, description="Counter of HTTP responses.")
    duration: Metric = Field(
        default=_OWN.duration, description="Classic histogram of the request duration, without _bucket."
    )
    duration_unit: TimeUnit = Field(default="s", description="Unit of the histogram.")
    duration_edges: Annotated[list[Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")]], Field(min_length=2)] = Field(
        default=list(DEFAULT_EDGES), description="Bucket boundaries of the histogram, as it writes them in le."
    )
    status_label: Label = Field(default=_OWN.status_label, description="Label of the HTTP status.")
    route_label: Label = Field(
        default=_OWN.route_label,
        description="Label of the route, never of the path: the alerts leave health checks out by it. "
        "Where there is none, the application must not count `health_path` and `path`.",
    )
    method_label: Label = Field(default=_OWN.method_label, description="Label of the HTTP method.")
    sign_in_routes: Annotated[str, Field(min_length=1)] = Field(
        default=_OWN.sign_in_routes, description="Regular expression of the routes that sign somebody in."
    )
    cache_requests: Metric | None = Field(default=None, description="Counter of cache lookups.")
    cache_pattern_label: Label = Field(default=_OWN.cache_pattern_label, description="Label of the key pattern.")
    cache_result_label: Label = Field(
        default=_OWN.cache_result_label, description="Label with hit, miss, stale or stampede."
    )
    active_users: Metric | None = Field(default=None, description="Gauge of active users.")
    tasks_created: Metric | None = Field(default=None, description="Counter of tasks.")
    user_type_label: Label = Field(
        default=_OWN.user_type_label, description="Label of the kind of user who created a task."
    )
    sessions: Metric | None = Field(default=None, description="Gauge of active sessions.")
    websockets: Metric | None = Field(default=None, description="Gauge of open WebSockets.")
    write_queue: Metric | None = Field(default=None, description="Gauge of the length of the write queue.")
    failed_writes: Metric | None = Field(default=None, description="Counter of writes that the database rejected.")
    operations: list[OperationConfig] = Field(
        default=[], description="Operations with a duration histogram of their own."
    )


def metric_names(config: MetricNamesConfig, probe_paths: Sequence[str] = ()) -> MetricNames:
    """Return the names as signals take them; `probe_paths` are those that no person asks for."""
    names = {name: getattr(config, name) for name in MetricNames.__struct_fields__ if name != "probe_paths"}
    names["probe_paths"] = tuple(probe_paths)
    names["duration_edges"] = tuple(config.duration_edges)
    names["operations"] = tuple(
        OperationNames(
            id=operation.id,
            title=operation.title,
            duration=operation.duration,
            duration_unit=operation.duration_unit,
            p95_seconds=operation.p95_ms / 1000,
        )
        for operation in config.operations
    )
    return MetricNames(**names)
