"""A real Prometheus with the rules of a stack."""

import json
import shutil
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab import process, programs

TIMEOUT_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Prometheus:
    """A running Prometheus."""

    server: process.Server
    port: int

    @property
    def url(self) -> str:
        """Where it is asked."""
        return f"http://{process.LOOPBACK}:{self.port}"

    def ask(self, path: str, **parameters: str) -> Any:
        """The data of its answer to a question of its API, for example `alerts`."""
        query = urllib.parse.urlencode(parameters)
        address = f"{self.url}/api/v1/{path}?{query}"
        with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310  loopback
            return json.load(answer)["data"]


def configuration(
    targets: Mapping[str, str], *, labels: Mapping[str, str], alertmanager: str, interval_seconds: int
) -> dict[str, Any]:
    """Scrape each of `targets`, `host:port` by job, and send alerts to `alertmanager`, `host:port`."""
    return {
        "global": {"scrape_interval": f"{interval_seconds}s", "evaluation_interval": f"{interval_seconds}s"},
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager]}]}]},
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": [target], "labels": dict(labels)}]}
            for job, target in targets.items()
        ],
    }


@contextmanager
def running(directory: Path, config: Mapping[str, Any], rules: Sequence[Path] = ()) -> Iterator[Prometheus]:
    """Prometheus in `directory` with `config` and the rules of `rules`, ended afterwards.

    Raises:
        ServerError: it does not start.

    """
    # Copied: the servers' user may read nothing of ours.
    names = [Path(shutil.copy(file, directory / f"rules-{number}.yml")).name for number, file in enumerate(rules)]
    file = directory / "prometheus.yml"
    file.write_text(yaml.safe_dump({**config, "rule_files": names}, sort_keys=False))
    port = process.free_port()
    command = [
        programs.find("prometheus"),
        f"--config.file={file}",
        f"--storage.tsdb.path={process.make_directory(directory / 'prometheus-data')}",
        f"--web.listen-address={process.LOOPBACK}:{port}",
    ]
    server = process.start("prometheus", command, directory)
    try:
        server.wait_until_listening(port)
        yield Prometheus(server=server, port=port)
    finally:
        server.stop()
