"""A real Prometheus on loopback."""

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import process, programs

SCRAPE_SECONDS = 1
"""Quick, so that a rate has its two samples in a moment."""

READY_SECONDS = 60

ITSELF = "prometheus"
"""Job under which it reads its own numbers."""


@dataclass(frozen=True, kw_only=True)
class Prometheus:
    """A running Prometheus."""

    port: int

    def ask(self, path: str, **parameters: str) -> Any:
        """Return the data of its answer at /api/v1/`path`."""
        query = urllib.parse.urlencode(parameters)
        address = f"http://{process.LOOPBACK}:{self.port}/api/v1/{path}?{query}"
        with urllib.request.urlopen(address, timeout=10) as answer:
            return json.load(answer)["data"]


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
    with process.running("prometheus", command, directory, port):
        made = Prometheus(port=port)
        # It listens before it has read its store.
        process.wait_until_answering(
            "prometheus", lambda: made.ask("query", query="1"), urllib.error.HTTPError, READY_SECONDS
        )
        yield made


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
