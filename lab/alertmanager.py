"""A real Alertmanager whose messages go to the listeners of the lab."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import process, programs
from lab.listeners import Listeners
from observability.routing.alertmanager import TEMPLATES_FILE, Email, PagerDuty, Receivers, Slack, to_yaml

PROGRAM = "prometheus-alertmanager"


@dataclass(frozen=True, kw_only=True)
class Alertmanager:
    """A running Alertmanager."""

    port: int

    @property
    def url(self) -> str:
        """Where alerts are posted to."""
        return f"http://{process.LOOPBACK}:{self.port}"


def places(directory: Path, listeners: Listeners) -> Receivers:
    """Return the listeners as receivers of an Alertmanager; write their secrets to `directory`."""
    key, webhook = directory / "pagerduty-key", directory / "slack-webhook"
    key.write_text("0" * 32)
    webhook.write_text(listeners.webhook)
    return Receivers(
        pager=PagerDuty(key_file=str(key), url=listeners.pager),
        chat=Slack(webhook_file=str(webhook)),
        mail=Email(
            addresses=["team@example.com"], server=listeners.mail, sender="alerts@example.com", encrypted=False
        ),
        may_page=True,
    )


def configured(directory: Path, settings: Mapping[str, Any], messages: str) -> Path:
    """Write a configuration, and beside it its messages; return its file."""
    (directory / TEMPLATES_FILE).write_text(messages)
    file = directory / "alertmanager.yml"
    file.write_text(to_yaml(settings))
    return file


@contextmanager
def running(directory: Path, config: Path) -> Iterator[Alertmanager]:
    """Yield an Alertmanager with the file `config`, ended afterwards.

    Raises:
        ServerError: it does not start.

    """
    port = process.free_port()
    storage = process.make_directory(directory / "alertmanager-data")
    command = [
        programs.find(PROGRAM),
        f"--config.file={config}",
        f"--storage.path={storage}",
        f"--web.listen-address={process.LOOPBACK}:{port}",
        "--cluster.listen-address=",
        "--log.level=debug",
    ]
    with process.running("alertmanager", command, directory, port):
        yield Alertmanager(port=port)
