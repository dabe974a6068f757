"""Datadog, for teams that have it: an extra, `footing[datadog]`."""

from components.datadog.args import DatadogArgs
from components.datadog.component import Datadog

__all__ = ["Datadog", "DatadogArgs"]
