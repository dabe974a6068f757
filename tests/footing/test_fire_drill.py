"""`footing fire-drill` and `footing drift`: against a real Alertmanager, and against a stub of Grafana's API.

No Grafana can be had here: the stub answers as its documentation says, and proves no more than that.
"""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from footing.cli import app
from footing.observe.drift import planned
from footing.project import plan, root, stack_file
from lab import alertmanager, process
from lab.listeners import CHAT, MAIL, PAGER, Listeners, listening, serving
from observability.routing.alertmanager import GroupTiming, configuration, templates
from stacks.observed import receivers

TOKEN = "canary-token"
QUICK = GroupTiming(wait_seconds=1, interval_seconds=1)


@pytest.fixture
def production(tmp_path: Path) -> Path:
    """Production's file with every place that messages can go to."""
    document = yaml.safe_load((root() / "Pulumi.production.yaml").read_text())
    document["config"]["footing:secrets"] = {name: {"secure": "v1:sealed"} for name in ("HOOK", "KEY")}
    document["config"]["footing:grafana"]["contacts"] |= {
        "slack_webhook_secret": "HOOK",
        "pagerduty_key_secret": "KEY",
    }
    document["config"]["footing:alerts"]["may_page"] = True
    file = tmp_path / "Pulumi.production.yaml"
    file.write_text(yaml.safe_dump(document))
    return file


class Grafana:
    """A stub: answers what a test put there, and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, Any]] = {}
        self.asked: list[tuple[str, str | None, Any]] = []
        self.url = ""


@pytest.fixture
def grafana() -> Iterator[Grafana]:
    stub = Grafana()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(None)

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

        def _answer(self, body: Any) -> None:
            stub.asked.append((self.path, self.headers["Authorization"], body))
            status, answer = stub.answers.get(self.path, (404, {}))
            text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{stub.url}/elsewhere")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer((process.LOOPBACK, 0), Handler)
    stub.url = f"http://{process.LOOPBACK}:{server.server_port}"
    with serving(server):
        yield stub


def footing(*arguments: str, token: str | None = TOKEN) -> Result:
    done = CliRunner().invoke(app, arguments, env={"GRAFANA_AUTH": token})
    assert done.exception is None or isinstance(done.exception, SystemExit)
    assert "canary" not in done.output
    return done


def redirected(made: dict[str, Any], directory: Path, listeners: Listeners) -> dict[str, Any]:
    """A stack's own configuration `made`, with nothing changed but where its places are."""
    here = configuration(alertmanager.places(directory, listeners))
    found = {name: config for it in here["receivers"] for name, config in it.items() if name != "name"}
    moved = {
        "pagerduty_configs": ("routing_key_file", "url"),
        "slack_configs": ("api_url_file",),
        "email_configs": (),
    }
    receivers = []
    for receiver in made["receivers"]:
        own: dict[str, Any] = {"name": receiver["name"]}
        for kind, keys in moved.items():
            there = {key: found[kind][0][key] for key in keys}
            own |= {kind: [{**config, **there} for config in receiver[kind]]} if kind in receiver else {}
        receivers.append(own)
    return {**made, "global": here["global"], "receivers": receivers}


@pytest.mark.lab
def test_drill_arrives_where_the_command_says(production: Path):
    config = stack_file("production", production).config
    with process.workplace() as directory, listening() as listeners:
        made = redirected(configuration(receivers(config, config.grafana.contacts), QUICK), directory, listeners)
        file = alertmanager.configured(directory, made, templates(config.grafana.url))
        with alertmanager.running(directory, file) as running:
            done = footing(
                "fire-drill", "production", "--config-file", str(production), "--alertmanager", running.url
            )
            arrived = listeners.wait(lambda messages: len(messages) >= 5, 30)
    assert done.exit_code == 0
    assert done.output.splitlines() == [
        "page: must arrive at PagerDuty and Slack (taken by page)",
        "ticket: must arrive at Slack (taken by ticket)",
        "info: must arrive at mail (taken by info)",
        "unknown: must arrive at Slack (taken by unrouted)",
    ]
    assert arrived
    found = sorted((it.place, _severity(it.text)) for it in listeners.received)
    assert found == [(CHAT, "page"), (CHAT, "ticket"), (CHAT, "unknown"), (MAIL, "info"), (PAGER, "page")]
    assert all("This is a drill: nothing is wrong." in it.text for it in listeners.received)


def _severity(text: str) -> str:
    return text.partition("Fire drill, severity ")[2].partition(",")[0]


def test_drill_without_an_address_sends_nothing_and_tells_what_it_would():
    done = footing("fire-drill", "staging", token=None)
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert lines[0] == "nothing is sent without --alertmanager or --grafana"
    assert lines[1::2] == [f"{name}: must arrive at mail" for name in ("page", "ticket", "info", "unknown")]
    assert all("drill=true" in line and "environment=staging" in line for line in lines[2::2])


@pytest.mark.parametrize(
    ("arguments", "token", "code", "sentence"),
    [
        (["--grafana", "http://127.0.0.1:9"], None, 2, "GRAFANA_AUTH is not set, or no line of text"),
        (["--grafana", "http://127.0.0.1:9"], "canary\nx", 2, "GRAFANA_AUTH is not set, or no line of text"),
        (["--grafana", "http://grafana.example.com"], TOKEN, 2, "over https alone"),
        (["--grafana", "file:///etc/passwd"], TOKEN, 2, "an address of the form https://name is needed"),
        (["--alertmanager", "https://me:canary@example.com"], None, 2, "without a user and a password"),
        (["--alertmanager", "http://a.example", "--grafana", "http://b.example"], None, 2, "not both"),
        (["--alertmanager", "http://127.0.0.1:9"], None, 1, "127.0.0.1:9/api/v2/alerts does not answer: "),
        (["--grafana", "http://127.0.0.1:9"], TOKEN, 1, "does not answer: "),
    ],
)
def test_drill_that_cannot_be_sent_says_why_in_one_sentence(
    arguments: list[str], token: str | None, code: int, sentence: str
):
    done = footing("fire-drill", "staging", *arguments, token=token)
    assert done.exit_code == code
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


RECEIVERS = "/apis/notifications.alerting.grafana.app/v1beta1/namespaces/stacks-1/receivers"


def receiver(title: str, *integrations: dict[str, Any]) -> dict[str, Any]:
    return {"metadata": {"name": f"id-{title}"}, "spec": {"title": title, "integrations": list(integrations)}}


def test_drill_has_grafana_test_each_integration_of_each_contact_point(grafana: Grafana, production: Path):
    slack = {"uid": "a", "type": "slack", "secureFields": {"url": True}, "settings": {}}
    pager = {"uid": "b", "type": "pagerduty", "secureFields": {"integrationKey": True}, "settings": {}}
    mail = {"uid": "c", "type": "email", "settings": {"addresses": "a@example.com"}}
    stored = [
        receiver("feed-production-page", pager, slack),
        receiver("feed-production-info", mail),
        receiver("others"),
    ]
    grafana.answers = {
        RECEIVERS: (200, {"items": stored}),
        f"{RECEIVERS}/id-feed-production-page/test": (200, {"status": "success"}),
        f"{RECEIVERS}/id-feed-production-info/test": (200, {"status": "failure", "error": "https://canary"}),
    }
    options = ["--config-file", str(production), "--grafana", grafana.url, "--namespace", "stacks-1"]
    done = footing("fire-drill", "production", *options)
    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "page: must arrive at PagerDuty and Slack (feed-production-page pagerduty: sent)",
        "page: must arrive at PagerDuty and Slack (feed-production-page slack: sent)",
        "ticket: must arrive at Slack (no contact point feed-production-ticket)",
        "info: must arrive at mail (feed-production-info email: Grafana could not send it)",
    ]
    assert {shown for _, shown, _ in grafana.asked} == {f"Bearer {TOKEN}"}
    tests = [body for path, _, body in grafana.asked if path.endswith("/test")]
    # As it was read: a secret that is not repeated stays what it is in Grafana.
    assert [it["integration"] for it in tests] == [pager, slack, mail]
    assert [it["alert"]["labels"]["severity"] for it in tests] == ["page", "page", "info"]
    assert all(it["alert"]["labels"]["drill"] == "true" for it in tests)


RULES = "/api/v1/provisioning/alert-rules"


def live(uid: str, folder: str, **labels: str) -> dict[str, Any]:
    return {"uid": uid, "title": f"title {uid}", "folderUID": folder, "ruleGroup": "group", "labels": labels}


@pytest.fixture(scope="module")
def ours() -> list[dict[str, Any]]:
    made = planned(plan("staging", stack_file("staging", None)))
    return [live(it.uid, it.folder, **it.labels) for it in made]


def test_drift_lists_what_is_live_and_not_ours_and_what_is_ours_and_not_live(
    grafana: Grafana, ours: list[dict[str, Any]]
):
    first, *others = ours
    left_over = live("left-over", first["folderUID"])
    moved = live("moved", "another-folder", service="feed", environment="staging")
    strangers = [live("theirs", "their-folder", service="feed"), {**live("bare", "their-folder"), "labels": None}]
    grafana.answers[RULES] = (200, [*others, left_over, moved, *strangers])
    done = footing("drift", "staging", "--grafana", grafana.url)
    assert done.exit_code == 1
    assert [line.rpartition("(")[2].rstrip(")") for line in done.stdout.splitlines()[:-1]] == [
        "left-over", "moved", first["uid"],
    ]  # fmt: skip
    assert [line.partition(":")[0] for line in done.stdout.splitlines()[:-1]] == [
        "not ours",
        "not ours",
        "not live",
    ]
    assert done.stdout.splitlines()[-1] == f"{len(ours)} rules are ours; 2 of others are in folders of their own"


def test_drift_of_a_stack_that_is_live_as_it_is_finds_nothing(grafana: Grafana, ours: list[dict[str, Any]]):
    grafana.answers[RULES] = (200, ours)
    done = footing("drift", "staging", "--grafana", grafana.url, token="me:canary")
    assert done.exit_code == 0
    assert done.stdout.startswith("what is live is what the stack makes\n")
    assert [shown for _, shown, _ in grafana.asked] == ["Basic bWU6Y2FuYXJ5"]


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        ((401, {"message": "canary"}), "answers 401 Unauthorized"),
        ((302, {}), "answers 302 Found"),
        ((200, b"<html>canary</html>"), "answers something that is no JSON"),
        ((200, {"message": "canary"}), "something else than a list of alert rules"),
        ((200, [{"uid": "x"}]), "something else than a list of alert rules"),
    ],
)
def test_grafana_that_answers_otherwise_is_told_in_one_sentence(
    grafana: Grafana, answer: tuple[int, Any], sentence: str
):
    grafana.answers[RULES] = answer
    done = footing("drift", "staging", "--grafana", grafana.url)
    assert done.exit_code == 1
    assert sentence in done.output
    assert len(done.output.splitlines()) == 1
    # A redirect is not followed: it would take the token along.
    assert [path for path, _, _ in grafana.asked] == [RULES]
