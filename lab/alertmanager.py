"""A real Alertmanager whose messages go to the listeners of the lab."""

import json
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lab import process, programs
from lab.listeners import Listeners
from observability.routing.alertmanager import (
    TEMPLATES_FILE,
    Email,
    GroupTiming,
    PagerDuty,
    Receivers,
    Slack,
    configuration,
    templates,
    to_yaml,
)

PROGRAM = "prometheus-alertmanager"
GRAFANA = "https://example.grafana.net"
"""Where links in messages lead."""
TIMEOUT_SECONDS = 10


@dataclass(frozen=True, kw_only=True)
class Alertmanager:
    """A running Alertmanager."""

    server: process.Server
    port: int

    @property
    def url(self) -> str:
        """Where alerts are posted to, and where it is asked."""
        return f"http://{process.LOOPBACK}:{self.port}"

    def post(self, *alerts: Mapping[str, Any]) -> None:
        """Tell it of `alerts`, as Prometheus would."""
        request = urllib.request.Request(  # noqa: S310  loopback
            f"{self.url}/api/v2/alerts",
            data=json.dumps(alerts).encode(),
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS).close()  # noqa: S310  loopback

    def ask(self, path: str) -> Any:
        """Return its answer to a question of its API, for example `alerts`."""
        with urllib.request.urlopen(f"{self.url}/api/v2/{path}", timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
            return json.load(answer)


def places(directory: Path, listeners: Listeners, *, pager: bool = True) -> Receivers:
    """Return the listeners as receivers of an Alertmanager; their secrets are written to `directory`."""
    key, webhook = directory / "pagerduty-key", directory / "slack-webhook"
    key.write_text("0" * 32)
    webhook.write_text(listeners.webhook)
    return Receivers(
        pager=PagerDuty(key_file=str(key), url=listeners.pager) if pager else None,
        chat=Slack(webhook_file=str(webhook)),
        mail=Email(
            addresses=["team@example.com"], server=listeners.mail, sender="alerts@example.com", encrypted=False
        ),
        may_page=pager,
    )


def configured(directory: Path, settings: Mapping[str, Any], messages: str) -> Path:
    """Write a configuration, and beside it its messages; return its file."""
    (directory / TEMPLATES_FILE).write_text(messages)
    file = directory / "alertmanager.yml"
    file.write_text(to_yaml(settings))
    return file


def redirected(settings: Mapping[str, Any], directory: Path, listeners: Listeners) -> dict[str, Any]:
    """Return a stack's own configuration, `settings`, with nothing changed but where its places are."""
    here = configuration(places(directory, listeners))
    local = {name: config for it in here["receivers"] for name, config in it.items() if name != "name"}
    moved = {
        "pagerduty_configs": ("routing_key_file", "url"),
        "slack_configs": ("api_url_file",),
        "email_configs": (),
    }
    receivers = []
    for receiver in settings["receivers"]:
        own: dict[str, Any] = {"name": receiver["name"]}
        for kind, keys in moved.items():
            there = {key: local[kind][0][key] for key in keys}
            own |= {kind: [{**config, **there} for config in receiver[kind]]} if kind in receiver else {}
        receivers.append(own)
    return {**settings, "global": here["global"], "receivers": receivers}


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
    server = process.start("alertmanager", command, directory)
    try:
        server.wait_until_listening(port)
        yield Alertmanager(server=server, port=port)
    finally:
        server.stop()


@contextmanager
def with_places(
    directory: Path, listeners: Listeners, timing: GroupTiming, *, pager: bool = True, without: Sequence[str] = ()
) -> Iterator[Alertmanager]:
    """Yield an Alertmanager with the routes of a stack that has all places, or all but those named `without`."""
    absent: dict[str, Any] = dict.fromkeys(without)
    chosen = replace(places(directory, listeners, pager=pager), **absent)
    settings = configuration(chosen, timing)
    with running(directory, configured(directory, settings, templates(GRAFANA))) as alertmanager:
        yield alertmanager
