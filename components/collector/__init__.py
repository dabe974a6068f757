"""Exporters of what has no task of its own, and the collector that reads them."""

from components.collector.args import (
    CloudflareExporterArgs,
    CollectorArgs,
    PostgresExporterArgs,
    RedisExporterArgs,
)
from components.collector.service import Collector

__all__ = [
    "CloudflareExporterArgs",
    "Collector",
    "CollectorArgs",
    "PostgresExporterArgs",
    "RedisExporterArgs",
]
