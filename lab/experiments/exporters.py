"""The Prometheus exporters of PostgreSQL and Redis answer with what dashboards read."""

import re
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from components._redis_roles import Role
from lab import process, programs, redis_server
from lab.postgres import SUPERUSER
from lab.redis_server import MEMORY_MIB
from lab.result import Finding, Result
from lab.stage import Stage

POSTGRES_EXPORTER = "prometheus-postgres-exporter"
REDIS_EXPORTER = "prometheus-redis-exporter"


def run(stage: Stage) -> Result:
    """Start both exporters against the lab's servers and read their metrics."""
    variables = {"DATA_SOURCE_NAME": stage.postgres.url(SUPERUSER)}
    with exporter(POSTGRES_EXPORTER, [], stage.room("exporter"), variables) as url:
        postgres = metrics(url)
    with redis_server.running(stage.room("redis"), Role.CACHE) as server:
        options = [f"--redis.addr={server.url}"]
        with exporter(REDIS_EXPORTER, options, stage.room("exporter"), {}) as url:
            redis = metrics(url)
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


@contextmanager
def exporter(program: str, options: Sequence[str], directory: Path, variables: Mapping[str, str]) -> Iterator[str]:
    """A running exporter, ended afterwards: the URL of its metrics."""
    port = process.free_port()
    listen = f"--web.listen-address={process.LOOPBACK}:{port}"
    server = process.start(program, [programs.find(program), listen, *options], directory, variables)
    try:
        server.wait_until_listening(port)
        yield f"http://{process.LOOPBACK}:{port}/metrics"
    finally:
        server.stop()


def metrics(url: str) -> dict[str, float]:
    """The highest value of each metric at `url`, whatever its labels."""
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310  always http on loopback
        text = answer.read().decode()
    found: dict[str, float] = {}
    for name, value in re.findall(r"^([a-zA-Z_:]\w*)(?:\{.*\})? (\S+)$", text, re.MULTILINE):
        found[name] = max(float(value), found.get(name, float("-inf")))
    return found


def _equals(name: str, found: Mapping[str, float], expected: int) -> Finding:
    value = found.get(name)
    observed = "absent" if value is None else f"{value:.0f}"
    return Finding(what=f"`{name}`", expected=str(expected), observed=observed, holds=value == expected)


def _present(name: str, found: Mapping[str, float]) -> Finding:
    observed = "present" if name in found else "absent"
    return Finding(what=f"`{name}`", expected="present", observed=observed, holds=name in found)
