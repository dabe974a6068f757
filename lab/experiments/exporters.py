"""The Prometheus exporters of PostgreSQL and Redis answer with what dashboards read."""

import re
import urllib.request
from collections.abc import Mapping

from components.redis.roles import Role
from lab import exporters, process, redis_server
from lab.redis_server import MEMORY_MIB
from lab.result import Finding, Result
from lab.stage import Stage


def run(stage: Stage) -> Result:
    """Start both exporters against the lab's servers and read their metrics."""
    with exporters.of_postgres(stage.room("exporter"), stage.postgres) as port:
        postgres = metrics(port)
    with (
        redis_server.running(stage.room("redis"), Role.CACHE) as server,
        exporters.of_redis(stage.room("exporter"), server) as port,
    ):
        redis = metrics(port)
    return Result(
        title="Exporters",
        explanation=(
            "Debian's exporters read the lab's servers. PgBouncer's numbers come from its own SHOW commands: "
            "Debian's exporter for it does not work with 1.18."
        ),
        findings=[
            _equals("pg_up", postgres, 1),
            _equals("pg_settings_max_connections", postgres, stage.production.max_connections),
            _present("pg_stat_activity_count", postgres),
            _equals("redis_up", redis, 1),
            _equals("redis_memory_max_bytes", redis, MEMORY_MIB * 1024 * 1024),
            _present("redis_evicted_keys_total", redis),
        ],
    )


def metrics(port: int) -> dict[str, float]:
    """Return the highest value of each metric that `port` serves, whatever its labels."""
    with urllib.request.urlopen(f"http://{process.LOOPBACK}:{port}/metrics", timeout=30) as answer:
        text = answer.read().decode()
    values: dict[str, float] = {}
    for name, value in re.findall(r"^([a-zA-Z_:]\w*)(?:\{.*\})? (\S+)$", text, re.MULTILINE):
        values[name] = max(float(value), values.get(name, float("-inf")))
    return values


def _equals(name: str, values: Mapping[str, float], expected: int) -> Finding:
    value = values.get(name)
    observed = "absent" if value is None else f"{value:.0f}"
    return Finding(what=f"`{name}`", expected=str(expected), observed=observed, holds=value == expected)


def _present(name: str, values: Mapping[str, float]) -> Finding:
    observed = "present" if name in values else "absent"
    return Finding(what=f"`{name}`", expected="present", observed=observed, holds=name in values)
