"""A real Prometheus on loopback."""

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import process, programs
from lab.process import ServerError

SCRAPE_SECONDS = 1
"""Quick, so that a rate has its two samples in a moment."""

WAIT_SECONDS = 60

ITSELF = "prometheus"
"""Job under which it reads its own numbers."""


@dataclass(frozen=True, kw_only=True)
class Prometheus:
    """A running Prometheus."""

    server: process.Server
    port: int

    def ask(self, path: str, **parameters: str) -> Any:
        """Return the data of its answer at /api/v1/`path`."""
        query = urllib.parse.urlencode(parameters)
        address = f"http://{process.LOOPBACK}:{self.port}/api/v1/{path}?{query}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)["data"]

    def series(self) -> list[dict[str, str]]:
        """Return the labels of every series of the last scrapes, the name as `__name__`."""
        series: list[dict[str, str]] = self.ask("series", **{"match[]": '{job!=""}'})
        return series

    def value(self, promql: str) -> list[dict[str, Any]]:
        """Return what `promql` is now, one entry for each series."""
        result: list[dict[str, Any]] = self.ask("query", query=promql)["result"]
        return result

    def rules(self) -> list[dict[str, Any]]:
        """Return every rule, with its health."""
        return [rule for group in self.ask("rules")["groups"] for rule in group["rules"]]

    def wait_until_ready(self) -> None:
        """Return once it answers queries: it listens before it has read its store.

        Raises:
            ServerError: it still does not after `WAIT_SECONDS`.

        """
        end = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                self.value("1")
            except urllib.error.HTTPError as error:
                if time.monotonic() > end:
                    raise ServerError(f"prometheus does not answer: {error}") from None
                time.sleep(0.05)
            else:
                return

    def wait_until_scraped(self, jobs: int) -> None:
        """Return once all `jobs` targets were read three times, so that rates exist.

        Raises:
            ServerError: one of them still is not up after `WAIT_SECONDS`; the message has its error.

        """
        end = time.monotonic() + WAIT_SECONDS
        while len(self.value(f'count_over_time(up{{job!="{ITSELF}"}}[1m]) >= 3 and up == 1')) < jobs:
            if time.monotonic() > end:
                targets = self.ask("targets")["activeTargets"]
                bad = [f"{it['labels']['job']}: {it['lastError']}" for it in targets if it["health"] != "up"]
                raise ServerError(f"not every target is up: {'; '.join(bad)}")
            time.sleep(0.2)


@contextmanager
def running(
    directory: Path,
    targets: Mapping[str, int],
    environment: str,
    rules: str = "",
    *,
    alertmanager_port: int | None = None,
    interval_seconds: int = SCRAPE_SECONDS,
) -> Iterator[Prometheus]:
    """Yield a Prometheus in `directory` that reads the port of each job and evaluates `rules`, ended afterwards.

    Raises:
        ServerError: it does not start.

    """
    port = process.free_port()
    file = directory / "prometheus.json"
    (directory / "rules.yml").write_text(rules)
    read = {**targets, ITSELF: port}
    file.write_text(json.dumps(_configuration(read, environment, alertmanager_port, interval_seconds)))
    command = [
        programs.find("prometheus"),
        f"--config.file={file}",
        f"--storage.tsdb.path={process.make_directory(directory / 'data')}",
        f"--web.listen-address={process.LOOPBACK}:{port}",
    ]
    server = process.start("prometheus", command, directory)
    try:
        server.wait_until_listening(port)
        prometheus = Prometheus(server=server, port=port)
        prometheus.wait_until_ready()
        yield prometheus
    finally:
        server.stop()


def _configuration(
    targets: Mapping[str, int], environment: str, alertmanager_port: int | None, interval_seconds: int
) -> dict[str, Any]:
    every = f"{interval_seconds}s"
    receivers = [] if alertmanager_port is None else [f"{process.LOOPBACK}:{alertmanager_port}"]
    # JSON is YAML; the collector attaches `environment` at the scrape.
    return {
        "global": {"scrape_interval": every, "evaluation_interval": every},
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": receivers}]}]},
        "rule_files": ["rules.yml"],
        "scrape_configs": [
            {
                "job_name": job,
                "static_configs": [
                    {"targets": [f"{process.LOOPBACK}:{port}"], "labels": {"environment": environment}}
                ],
            }
            for job, port in targets.items()
        ],
    }
