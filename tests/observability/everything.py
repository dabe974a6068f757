"""Production with every record that a stack can have, for tests that judge records."""

import operator
import tempfile
from collections.abc import Mapping
from functools import cache, reduce
from pathlib import Path

import yaml

from footing.project import observed, stack_file
from observability.stack import ObservedStack

ROOT = Path(__file__).parents[2]
APPLICATION = {
    "cache_requests": "cache_requests_total",
    "active_users": "active_users",
    "tasks_created": "tasks_created_total",
    "sessions": "sessions_active",
    "websockets": "websocket_connections",
    "write_queue": "db_write_queue_depth",
    "failed_writes": "db_writes_failed_total",
    "operations": [
        {
            "id": "switch-cycle",
            "title": "Switch of a cycle",
            "duration": "switch_cycle_duration_ms",
            "duration_unit": "ms",
            "p95_ms": 50,
        }
    ],
}
"""An application that has every part; tests/lab/application_metrics.txt is what it serves."""


def stack(changes: Mapping[str, object]) -> ObservedStack:
    """Production, with keys of its file changed: `stack({"edge.probe": "none"})`."""
    file = yaml.safe_load((ROOT / "Pulumi.production.yaml").read_text())
    for key, value in changes.items():
        *blocks, last = f"config.footing:{key}".split(".")
        reduce(operator.getitem, blocks, file)[last] = value
    with tempfile.TemporaryDirectory() as directory:
        written = Path(directory) / "Pulumi.production.yaml"
        written.write_text(yaml.safe_dump(file))
        return observed("production", stack_file("production", written))


@cache
def everything() -> ObservedStack:
    """Every exporter, and every part of an application."""
    return stack({"services.api.metrics": APPLICATION, "redis.cache.metrics": "redis_exporter"})


@cache
def cloudwatch_alone() -> ObservedStack:
    """Nothing is scraped in the stack: AWS tells what it can."""
    silent = ("database.metrics", "database.pooler.metrics")
    return stack({"services.api.metrics": None, **dict.fromkeys(silent, "cloudwatch")})
