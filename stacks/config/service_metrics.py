"""Configuration of the application's own metrics."""

from typing import Annotated

from pydantic import Field

from stacks.config.base import Model
from stacks.config.metric_names import MetricNamesConfig

DEFAULT_SERIES = 500
"""Series of one task where the stack's file does not say."""

MetricsPath = Annotated[str, Field(pattern=r"^/\S*$")]
"""Path of metrics."""

Port = Annotated[int, Field(ge=1, le=65535)]
"""TCP port."""

Series = Annotated[int, Field(ge=1, le=100000)]
"""A number of series."""


class ServiceMetricsConfig(MetricNamesConfig):
    """Where the application exposes its metrics, in the text format of Prometheus, and their names."""

    path: MetricsPath = Field(default="/metrics", description="Path of the metrics.")
    port: Port | None = Field(
        default=None, description="Port of the metrics, best another one than `port`, which visitors reach."
    )
    series: Series = Field(
        default=DEFAULT_SERIES,
        description="Series of one task, estimated: a histogram has 15 or more for each route.",
    )


class WorkerMetricsConfig(Model):
    """Where a worker exposes its metrics, in the text format of Prometheus; no alert reads them."""

    port: Port = Field(description="Port of the metrics; nobody but the task itself reaches it.")
    path: MetricsPath = Field(default="/metrics", description="Path of the metrics.")
    series: Series = Field(default=DEFAULT_SERIES, description="Series of one task, estimated.")
