"""The real exporters of PostgreSQL and Redis, and what else serves numbers to Prometheus."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from pathlib import Path

from lab import listeners, process, programs
from lab.listeners import Handler
from lab.postgres import SUPERUSER, Postgres
from lab.redis_server import RedisServer

CONTENT_TYPE = "text/plain; version=0.0.4"
"""https://prometheus.io/docs/instrumenting/exposition_formats/"""


@contextmanager
def of_postgres(directory: Path, postgres: Postgres) -> Iterator[int]:
    """Yield the port of a postgres_exporter that asks `postgres`, ended afterwards."""
    port = process.free_port()
    command = [programs.find("prometheus-postgres-exporter"), f"--web.listen-address={process.LOOPBACK}:{port}"]
    variables = {"DATA_SOURCE_NAME": postgres.url(SUPERUSER)}
    with process.running("postgres-exporter", command, directory, port, variables=variables):
        yield port


@contextmanager
def of_redis(directory: Path, redis: RedisServer) -> Iterator[int]:
    """Yield the port of a redis_exporter that asks `redis`, ended afterwards."""
    port = process.free_port()
    options = [f"-redis.addr={redis.url}", f"-web.listen-address={process.LOOPBACK}:{port}"]
    command = [programs.find("prometheus-redis-exporter"), *options]
    with process.running("redis-exporter", command, directory, port):
        yield port


@contextmanager
def serving(text: Callable[[], str]) -> Iterator[int]:
    """Yield the port at which every path answers `text`, asked anew each time."""

    class Metrics(Handler):
        def do_GET(self) -> None:  # noqa: N802  http.server calls it by this name
            self.answer(200, text().encode(), CONTENT_TYPE)

    server = ThreadingHTTPServer((process.LOOPBACK, 0), Metrics)
    with listeners.serving(server):
        yield server.server_port
