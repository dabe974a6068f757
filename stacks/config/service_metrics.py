"""Configuration of the program's own numbers."""

from typing import Annotated

from pydantic import Field

from stacks.config.metric_names import MetricNamesConfig


class ServiceMetricsConfig(MetricNamesConfig):
    """Where the program tells its own numbers, in the text format of Prometheus, and what it calls them."""

    path: Annotated[str, Field(pattern=r"^/\S*$")] = Field(default="/metrics", description="Path of the numbers.")
    port: Annotated[int, Field(ge=1, le=65535)] | None = Field(
        default=None, description="Port of the numbers, best another one than `port`, which visitors reach."
    )
    series: Annotated[int, Field(ge=1, le=100000)] = Field(
        default=500, description="Series of one task, about: a histogram has 15 or more for each route."
    )
