"""What Sentry answers is what was asked for: a second preview is empty.

The server here is a stub with the habits of the real one, over HTTP; `ReadBack` does what version 0.11.2 of the
provider does with its answers. Both are models: neither Sentry nor its provider is run.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.request import Request, urlopen

import pytest

from simulator.difference import changes
from simulator.shapes import resource_shape
from tests.components.recording import Registered
from tests.components.test_sentry import record

METRIC, ISSUE = (
    "sentry:index/sentryMetricAlert:SentryMetricAlert",
    "sentry:index/sentryIssueAlert:SentryIssueAlert",
)
ITEMS = ("conditions", "filters", "actions")


class Server(BaseHTTPRequestHandler):
    """Rules by number. Refuses and rewrites as Sentry does."""

    rules: dict[str, Any]

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""

    def do_POST(self) -> None:
        rule = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        kept = _issue_rule(rule) if "conditions" in rule else _metric_rule(rule)
        number = str(len(self.rules) + 1)
        self.rules[number] = kept
        self._answer(400 if kept is None else 201, {"id": number})

    def do_GET(self) -> None:
        self._answer(200, self.rules[self.path.rpartition("/")[2]])

    def _answer(self, status: int, body: Any) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())


def _metric_rule(rule: Any) -> Any:
    labels = [trigger["label"] for trigger in rule["triggers"]]
    if labels != ["critical", "warning"][: len(labels)] or not all(it["actions"] for it in rule["triggers"]):
        return None
    for number, trigger in enumerate(sorted(rule["triggers"], key=lambda it: it["label"]), 1):
        trigger |= {"id": str(number), "resolveThreshold": rule["resolveThreshold"]}
        for action in trigger["actions"]:
            action |= {"id": "9", "desc": "Send a message", "inputChannelId": None}
    rule["triggers"].sort(key=lambda it: it["label"])
    return {**rule, "id": "7", "owner": None, "environment": None, "timeWindow": float(rule["timeWindow"])}


def _issue_rule(rule: Any) -> Any:
    if len(rule["name"]) > 64:
        return None
    for kind in ITEMS:
        rule[kind] = sorted(({**it, "name": "Said by Sentry"} for it in rule[kind]), key=lambda it: it["id"])
        for item in rule[kind]:
            item.update({k: int(v) for k, v in item.items() if k == "value" and v.isdigit()})
    return {**rule, "id": "8", "environment": None, "owner": None}


@contextmanager
def sentry() -> Iterator[str]:
    handler = type("Handler", (Server,), {"rules": {}})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/rules/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def read_back(address: str, inputs: dict[str, Any]) -> dict[str, Any]:
    """State after a creation: what was asked for, as the server tells it."""
    with urlopen(Request(address, json.dumps(inputs).encode())) as posted:  # noqa: S310
        number = json.load(posted)["id"]
    with urlopen(address + number) as got:  # noqa: S310
        answer = json.load(got)
    return {name: _shaped(name, given, answer[name]) for name, given in inputs.items()}


def _shaped(name: str, given: Any, answered: Any) -> Any:
    if isinstance(given, dict):
        # Maps hold texts; keys that were not asked for are dropped.
        return {key: _shaped(key, given[key], answered.get(key)) for key in given}
    if isinstance(given, list):
        return [_shaped(name, each, answered[place]) for place, each in enumerate(given)]
    return str(answered) if isinstance(given, str) and answered is not None else answered


def alerts(**args: object) -> list[Registered]:
    recorded = record(**args)
    return [*recorded.of("SentryMetricAlert"), *recorded.of("SentryIssueAlert")]


def drift(rule: Registered, inputs: dict[str, Any]) -> list[str]:
    with sentry() as address:
        state = read_back(address, json.loads(json.dumps(inputs)))
    return [change.path for change in changes(rule.type, resource_shape(rule.type), state, inputs)]


@pytest.mark.parametrize("args", [{}, {"slack": None, "team": {"team_id": 31}}, {"sampling": {"errors": 0.1}}])
def test_second_preview_of_every_alert_is_empty(args: dict[str, object]):
    found = alerts(**args)
    assert len(found) == 4
    assert {rule.name: drift(rule, rule.inputs) for rule in found} == {rule.name: [] for rule in found}


def test_order_or_name_of_ones_own_never_comes_to_rest():
    rule = next(it for it in alerts() if it.name == "errors-new-issue")
    backwards = {**rule.inputs, "conditions": rule.inputs["conditions"][::-1]}
    assert drift(rule, backwards) == ["conditions[0].id", "conditions[1].id"]
    named = {**rule.inputs, "filters": [{**rule.inputs["filters"][0], "name": "Ours"}]}
    assert drift(rule, named) == ["filters[0].name"]
