"""Configuration of the application's own metrics."""

from typing import Annotated

from pydantic import Field

from stacks.config.metric_names import MetricNamesConfig


class ServiceMetricsConfig(MetricNamesConfig):
    """Where the application exposes its metrics, in the text format of Prometheus, and their names."""

    path: str = Field(default="/metrics", pattern=r"^/\S*$", description="Path of the metrics.")
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        default=None, description="Port of the metrics, best another one than `port`, which visitors reach."
    )
    series: Annotated[int, Field(ge=1, le=100000)] = Field(
        default=500, description="Series of one task, estimated: a histogram has 15 or more for each route."
    )
