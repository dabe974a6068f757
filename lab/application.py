"""A sample application: answers from the database through the pooler, and tells of itself as the contract says."""

import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import ThreadingHTTPServer

import psycopg

from lab import process
from lab.listeners import Handler, serving
from observability.records.names import MetricNames

ROUTES = ("/rest/feed", "/rest/items", "/auth/login")
"""What it answers; anything else is not found."""
STATUSES = (200, 404, 500)
METRICS = "/metrics"
CONNECT_SECONDS = 2


@dataclass(frozen=True, kw_only=True)
class Counters:
    """What the application counts, under the names that rules and panels read."""

    names: MetricNames = field(default_factory=MetricNames)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _answers: defaultdict[tuple[str, int], list[float]] = field(
        default_factory=lambda: defaultdict(list), repr=False
    )

    def count(self, route: str, status: int, seconds: float) -> None:
        """Remember one answer."""
        with self._lock:
            self._answers[route, status].append(seconds)

    def total(self, status: int) -> int:
        """Return the number of answers so far with one status."""
        with self._lock:
            return sum(len(times) for (_, answered), times in self._answers.items() if answered == status)

    def exposed(self) -> str:
        """Return all of it as Prometheus reads it; what has not happened yet is 0, so that the first is growth."""
        with self._lock:
            lines = [f"# TYPE {self.names.requests} counter"]
            for route, status in itertools.product(ROUTES, STATUSES):
                labels = f'{self._labels(route)},{self.names.status_label}="{status}"'
                lines.append(f"{self.names.requests}{{{labels}}} {len(self._answers[route, status])}")
            lines.append(f"# TYPE {self.names.duration} histogram")
            scale = 1000 if self.names.duration_unit == "ms" else 1
            for route in ROUTES:
                times = [seconds for status in STATUSES for seconds in self._answers[route, status]]
                for edge in (*self.names.duration_edges, "+Inf"):
                    count = sum(seconds * scale <= float(edge) for seconds in times)
                    lines.append(f'{self.names.duration}_bucket{{{self._labels(route)},le="{edge}"}} {count}')
                lines.append(f"{self.names.duration}_count{{{self._labels(route)}}} {len(times)}")
                lines.append(f"{self.names.duration}_sum{{{self._labels(route)}}} {sum(times) * scale:.6f}")
        return "\n".join(lines) + "\n"

    def _labels(self, route: str) -> str:
        return f'{self.names.method_label}="GET",{self.names.route_label}="{route}"'


@dataclass(frozen=True, kw_only=True)
class Application:
    """A running application."""

    port: int
    counters: Counters

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://{process.LOOPBACK}:{self.port}"

    def addresses(self) -> Sequence[str]:
        """Return the addresses that its users request."""
        return [f"{self.url}{route}" for route in ROUTES]


@contextmanager
def running(database_url: str) -> Iterator[Application]:
    """Yield the application, which asks the database at `database_url` for every answer, ended afterwards."""
    counters = Counters()
    port = process.free_port()
    server = ThreadingHTTPServer((process.LOOPBACK, port), _handler(counters, database_url))
    with serving(server):
        yield Application(port=port, counters=counters)


def _handler(counters: Counters, database_url: str) -> type[Handler]:
    class Answers(Handler):
        def do_GET(self) -> None:  # noqa: N802  http.server calls it by this name
            if self.path == METRICS:
                self.answer(200, counters.exposed().encode())
                return
            began = time.monotonic()
            status = 200 if self.path in ROUTES else 404
            if self.path in ROUTES:
                try:
                    with psycopg.connect(
                        database_url, connect_timeout=CONNECT_SECONDS, autocommit=True
                    ) as connection:
                        connection.execute("SELECT 1", prepare=False)
                except psycopg.Error:
                    status = 500
                counters.count(self.path, status, time.monotonic() - began)
            self.answer(status, f"{status}\n".encode())

    return Answers
