"""The real exporters of PostgreSQL and Redis, and what else serves numbers to Prometheus."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lab import process, programs
from lab.postgres import SUPERUSER, Postgres
from lab.redis_server import RedisServer

CONTENT_TYPE = "text/plain; version=0.0.4"
"""https://prometheus.io/docs/instrumenting/exposition_formats/"""


@contextmanager
def of_postgres(directory: Path, postgres: Postgres) -> Iterator[int]:
    """Yield the port of a postgres_exporter that asks `postgres`, ended afterwards."""
    port = process.free_port()
    command = [programs.find("prometheus-postgres-exporter"), _listening(port)]
    with _running("postgres-exporter", command, directory, port, {"DATA_SOURCE_NAME": postgres.url(SUPERUSER)}):
        yield port


@contextmanager
def of_redis(directory: Path, redis: RedisServer) -> Iterator[int]:
    """Yield the port of a redis_exporter that asks `redis`, ended afterwards."""
    port = process.free_port()
    command = [programs.find("prometheus-redis-exporter"), f"-redis.addr={redis.url}", f"-{_listening(port)[2:]}"]
    with _running("redis-exporter", command, directory, port, {}):
        yield port


def _listening(port: int) -> str:
    return f"--web.listen-address={process.LOOPBACK}:{port}"


@contextmanager
def _running(
    name: str, command: list[str], directory: Path, port: int, variables: dict[str, str]
) -> Iterator[None]:
    server = process.start(name, command, directory, variables)
    try:
        server.wait_until_listening(port)
        yield
    finally:
        server.stop()


@contextmanager
def serving(text: Callable[[], str]) -> Iterator[int]:
    """Yield the port at which every path answers `text`, asked anew each time."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = text().encode()
            self.send_response(200)
            self.send_header("Content-Type", CONTENT_TYPE)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            # Whoever asked may be gone: Prometheus ends in the middle of a scrape.
            with suppress(ConnectionError):
                self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer((process.LOOPBACK, 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
