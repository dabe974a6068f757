"""Configuration of what the application calls its metrics."""

from typing import Annotated, Literal

from pydantic import Field

from observability.records.names import DEFAULT_EDGES, MetricNames, OperationNames
from stacks.config.base import Model, Name

Metric = Annotated[str, Field(pattern=r"^[a-zA-Z_:][a-zA-Z0-9_:]*$")]
"""Name of a metric. https://prometheus.io/docs/concepts/data_model/"""

Label = Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")]
"""Name of a label."""

TimeUnit = Literal["s", "ms"]
"""What a histogram counts in."""

_OWN = MetricNames()


class OperationConfig(Model):
    """One operation of the application whose time is measured by itself."""

    id: Name = Field(description="Part of the record's id: switch-cycle.")
    title: Annotated[str, Field(min_length=1, max_length=40)] = Field(description="For people: Switch of a cycle.")
    duration: Metric = Field(description="Classic histogram, without _bucket.")
    duration_unit: TimeUnit = Field(default="s", description="What the histogram counts in.")
    p95_ms: Annotated[int, Field(ge=1, le=60000)] = Field(
        description="95th percentile over which a ticket is written, in milliseconds."
    )


class MetricNamesConfig(Model):
    """What the application calls its metrics; a part that it does not have is left out."""

    requests: Metric = Field(default=_OWN.requests, description="Counter of answers.")
    duration: Metric = Field(
        default=_OWN.duration, description="Classic histogram of the time to an answer, without _bucket."
    )
    duration_unit: TimeUnit = Field(default="s", description="What the histogram counts in.")
    duration_edges: Annotated[list[Annotated[str, Field(pattern=r"^\d+(\.\d+)?$")]], Field(min_length=2)] = Field(
        default=list(DEFAULT_EDGES), description="Edges of the histogram, as it writes them in le."
    )
    status_label: Label = Field(default=_OWN.status_label, description="Label of the HTTP status.")
    route_label: Label = Field(default=_OWN.route_label, description="Label of the route, never of the path.")
    method_label: Label = Field(default=_OWN.method_label, description="Label of the HTTP method.")
    sign_in_routes: Annotated[str, Field(min_length=1)] = Field(
        default=_OWN.sign_in_routes, description="Regular expression of the routes that sign somebody in."
    )
    cache_requests: Metric | None = Field(default=None, description="Counter of look-ups in the cache.")
    cache_pattern_label: Label = Field(default=_OWN.cache_pattern_label, description="Label of the kind of key.")
    cache_result_label: Label = Field(
        default=_OWN.cache_result_label, description="Label with hit, miss, stale or stampede."
    )
    active_users: Metric | None = Field(default=None, description="Gauge of users who are active.")
    tasks_created: Metric | None = Field(default=None, description="Counter of tasks.")
    user_type_label: Label = Field(
        default=_OWN.user_type_label, description="Label of the kind of user who created a task."
    )
    sessions: Metric | None = Field(default=None, description="Gauge of sessions that are going on.")
    websockets: Metric | None = Field(default=None, description="Gauge of open WebSockets.")
    write_queue: Metric | None = Field(default=None, description="Gauge of writes that wait for the database.")
    failed_writes: Metric | None = Field(default=None, description="Counter of writes that the database refused.")
    operations: list[OperationConfig] = Field(
        default=[], description="Operations whose time is measured by themselves."
    )


def metric_names(config: MetricNamesConfig) -> MetricNames:
    """Return the same as the signals take it."""
    return MetricNames(
        requests=config.requests,
        duration=config.duration,
        duration_unit=config.duration_unit,
        duration_edges=tuple(config.duration_edges),
        status_label=config.status_label,
        route_label=config.route_label,
        method_label=config.method_label,
        sign_in_routes=config.sign_in_routes,
        cache_requests=config.cache_requests,
        cache_pattern_label=config.cache_pattern_label,
        cache_result_label=config.cache_result_label,
        active_users=config.active_users,
        tasks_created=config.tasks_created,
        user_type_label=config.user_type_label,
        sessions=config.sessions,
        websockets=config.websockets,
        write_queue=config.write_queue,
        failed_writes=config.failed_writes,
        operations=tuple(
            OperationNames(
                id=operation.id,
                title=operation.title,
                duration=operation.duration,
                duration_unit=operation.duration_unit,
                p95_seconds=operation.p95_ms / 1000,
            )
            for operation in config.operations
        ),
    )
