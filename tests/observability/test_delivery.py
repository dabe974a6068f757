"""A real Alertmanager, told of alerts, sends sentences to the places that their severity says."""

import datetime as dt
import itertools
import json
import re
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from msgspec.structs import replace

from lab import alertmanager, process, programs
from lab.alertmanager import Alertmanager
from lab.listeners import CHAT, MAIL, PAGER, Listeners, Message, listening
from observability import Severity
from observability.routing.alertmanager import GroupTiming, configuration, templates

pytestmark = pytest.mark.lab

QUICK = GroupTiming(wait_seconds=1, interval_seconds=1, repeat_seconds=dict.fromkeys(Severity, 3600))
SECONDS = 30
SERVICES = (f"shop{number}" for number in itertools.count())
Alert = dict[str, Any]
LONG_AGO = dt.datetime(2026, 1, 2, 12, 34, tzinfo=dt.UTC)
GRAFANA = "https://example.grafana.net"
DASHBOARD = f"{GRAFANA}/d/shop-production-database"
RUNBOOK = "https://example.com/runbook#database-connections"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Tells one Alertmanager of alerts of one service, and finds what arrived of them by their names."""

    alertmanager: Alertmanager
    places: Listeners
    service: str

    def alert(self, severity: str | None, name: str, *, since: dt.datetime | None = None, **labels: str) -> Alert:
        return {
            "labels": {
                "alertname": name,
                "service": self.service,
                "environment": "production",
                "record": "database-connections",
                **({} if severity is None else {"severity": severity}),
                **labels,
            },
            "annotations": {
                "summary": f"{name}: over 95 in production",
                "description": "New clients are refused soon. At this rate the budget is gone in 2d 2h.",
                "runbook_url": RUNBOOK,
                "dashboard_uid": "shop-production-database",
            },
            # One that began long ago is told at once, without a wait for others.
            "startsAt": (since or dt.datetime.now(dt.UTC)).isoformat(),
        }

    def post(self, *alerts: Alert) -> None:
        """Tell Alertmanager of `alerts`, as Prometheus would."""
        request = urllib.request.Request(  # noqa: S310  loopback
            f"{self.alertmanager.url}/api/v2/alerts",
            data=json.dumps(alerts).encode(),
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()  # noqa: S310  loopback

    def arrived(self, name: str, *places: str, count: int = 1) -> list[Message]:
        def all_there(messages: list[Message]) -> bool:
            return all(len(self._of(name, messages, place)) >= count for place in places)

        assert self.places.wait(all_there, SECONDS), (name, places, self._of("", self.places.received, ""))
        return [message for place in places for message in self._of(name, self.places.received, place)]

    def where(self, name: str) -> set[str]:
        return {message.place for message in self._of(name, self.places.received, "")}

    def wait_for_what_comes_later(self) -> None:
        """Return when an alert told now has arrived everywhere: what was told before it would have, too."""
        self.post(*(self.alert(severity, f"later-{severity}", record="later") for severity in ("page", "odd")))
        self.post(self.alert("info", "later-info", record="calm"))
        self.arrived("later-page", PAGER, CHAT)
        self.arrived("later-odd", CHAT)
        self.arrived("later-info", MAIL)

    def _of(self, name: str, messages: list[Message], place: str) -> list[Message]:
        matching = [it for it in messages if self.service in str(it.body) and f"{name}:" in str(it.body)]
        return [it for it in matching if it.place == place or not place]


@contextmanager
def sending(timing: GroupTiming, without: Sequence[str] = ()) -> Iterator[Callable[[], Sender]]:
    """Alertmanager with the routes of a stack that has all places, or all but those named `without`."""
    missing = [sentence for sentence in programs.missing() if "alertmanager" in sentence]
    if missing:
        pytest.fail("\n".join(missing), pytrace=False)
    with (
        process.workplace() as directory,
        listening() as places,
    ):
        absent: dict[str, Any] = dict.fromkeys(without)
        made = configuration(replace(alertmanager.places(directory, places), **absent), timing)
        file = alertmanager.configured(directory, made, templates(GRAFANA))
        with alertmanager.running(directory, file) as running:
            yield lambda: Sender(alertmanager=running, places=places, service=next(SERVICES))


@pytest.fixture(scope="module")
def quick() -> Iterator[Callable[[], Sender]]:
    with sending(QUICK) as make:
        yield make


@pytest.fixture
def sender(quick: Callable[[], Sender]) -> Sender:
    return quick()


def test_page_is_told_in_sentences_with_what_to_do(sender: Sender):
    sender.post(sender.alert("page", "Connections", since=LONG_AGO, database="feed"))
    event, chat = sender.arrived("Connections", PAGER, CHAT)
    [attachment] = chat.body["attachments"]
    assert attachment["title"] == f"{sender.service}: Connections: over 95 in production"
    assert attachment["color"] == "danger"
    assert attachment["text"].splitlines() == [
        (
            "Connections: over 95 in production, database feed. Since 12:34 UTC on 2 January. "
            "New clients are refused soon. At this rate the budget is gone in 2d 2h."
        ),
        f"<{RUNBOOK}|Runbook> <{DASHBOARD}|Dashboard>",
    ]
    payload = event.body["payload"]
    assert event.body["event_action"] == "trigger"
    assert payload["summary"] == attachment["title"]
    assert (payload["severity"], payload["class"]) == ("critical", "database-connections")
    assert payload["custom_details"]["what"].splitlines() == [
        attachment["text"].splitlines()[0],
        f"Runbook: {RUNBOOK}",
        f"Dashboard: {DASHBOARD}",
    ]
    assert [it["href"] for it in event.body["links"]] == [RUNBOOK, DASHBOARD]


def test_information_is_mailed(sender: Sender):
    sender.post(sender.alert("info", "Connections", since=LONG_AGO))
    [mail] = sender.arrived("Connections", MAIL)
    assert mail.body["headers"]["Subject"] == f"{sender.service}: Connections: over 95 in production"
    assert mail.body["headers"]["To"] == "team@example.com"
    assert "Since 12:34 UTC on 2 January." in mail.text
    assert f"Runbook: {RUNBOOK}" in mail.text
    assert f'<a href="{RUNBOOK}">Runbook</a>' in mail.body["html"]


@pytest.mark.parametrize("severity", ["ticket", "critical", "", None])
def test_ticket_and_any_unknown_severity_go_to_the_chat_alone(sender: Sender, severity: str | None):
    sender.post(sender.alert(severity, "some-alert"))
    sender.arrived("some-alert", CHAT)
    sender.wait_for_what_comes_later()
    assert sender.where("some-alert") == {CHAT}


def test_alerts_of_one_kind_are_one_message(sender: Sender):
    sender.post(*(sender.alert("page", "Connections", database=it) for it in ("feed", "auth", "jobs")))
    sender.wait_for_what_comes_later()
    [chat] = sender.arrived("Connections", CHAT)
    [attachment] = chat.body["attachments"]
    assert attachment["title"].endswith("(3 alerts)")
    assert re.findall(r", database (\w+)\. Since", attachment["text"]) == ["auth", "feed", "jobs"]


def test_many_alerts_are_told_in_part_and_counted(sender: Sender):
    sender.post(*(sender.alert("ticket", "Connections", task=f"{number:02}") for number in range(12)))
    [chat] = sender.arrived("Connections", CHAT)
    assert chat.body["attachments"][0]["text"].count("Since") == 10
    assert chat.body["attachments"][0]["text"].endswith("10 of 12 alerts are shown.")


def test_page_silences_tickets_and_information_of_its_own_record_alone(sender: Sender):
    sender.post(sender.alert("page", "the-page"))
    sender.arrived("the-page", PAGER)
    sender.post(
        sender.alert("ticket", "same-ticket"),
        sender.alert("info", "same-info"),
        sender.alert("ticket", "other-record", record="database-storage"),
        sender.alert("ticket", "other-environment", environment="staging"),
        sender.alert("ticket", "other-service", service=f"{sender.service}-b"),
    )
    others = ("other-record", "other-environment", "other-service")
    # Each group has a clock of its own: nothing says which of two is told first.
    sender.arrived("the-page", PAGER, CHAT)
    for name in others:
        sender.arrived(name, CHAT)
    sender.wait_for_what_comes_later()
    destinations = {name: sender.where(name) for name in ("the-page", "same-ticket", "same-info", *others)}
    assert destinations == {
        "the-page": {PAGER, CHAT},
        "same-ticket": set(),
        "same-info": set(),
        **{name: {CHAT} for name in others},
    }


def test_page_without_a_record_silences_nothing(sender: Sender):
    sender.post(sender.alert("page", "the-page", record=""), sender.alert("ticket", "the-ticket", record=""))
    sender.arrived("the-page", PAGER)
    sender.arrived("the-ticket", CHAT)


def test_end_is_told_where_the_beginning_was(sender: Sender):
    alert = sender.alert("page", "Connections", since=LONG_AGO)
    sender.post(alert)
    begun = sender.arrived("Connections", PAGER, CHAT)
    ended = dt.datetime.now(dt.UTC)
    sender.post({**alert, "endsAt": ended.isoformat()})
    after = sender.arrived("Connections", PAGER, CHAT, count=2)
    event, chat = (next(it for it in after if it.place == place and it not in begun) for place in (PAGER, CHAT))
    assert event.body["event_action"] == "resolve"
    assert event.body["dedup_key"] == begun[0].body["dedup_key"]
    [attachment] = chat.body["attachments"]
    assert attachment["color"] == "good"
    assert attachment["title"] == f"Resolved: {sender.service}: Connections: over 95 in production"
    assert attachment["text"].splitlines()[0] == (
        "Resolved: Connections: over 95 in production. "
        f"Fired from 12:34 UTC on 2 January to {ended:%H:%M} UTC on {ended.day} {ended:%B}."
    )


def test_standing_page_is_told_again():
    again = GroupTiming(wait_seconds=1, interval_seconds=1, repeat_seconds=dict.fromkeys(Severity, 2))
    with sending(again) as make:
        sender = make()
        sender.post(sender.alert("page", "Connections"))
        first, second, *_ = sender.arrived("Connections", PAGER, count=2)
    assert first.body == second.body


@pytest.mark.parametrize(
    ("without", "page", "info"), [((), {CHAT, MAIL}, MAIL), (("chat",), {MAIL}, MAIL), (("mail",), {CHAT}, CHAT)]
)
def test_stack_without_a_pager_rings_none_and_loses_nothing(without: tuple[str, ...], page: set[str], info: str):
    with sending(QUICK, ("pager", *without)) as make:
        sender = make()
        for severity in ("page", "info", "odd"):
            sender.post(sender.alert(severity, f"{severity}-alert", record=severity))
        sender.arrived("page-alert", *page)
        sender.arrived("info-alert", info)
        sender.arrived("odd-alert", CHAT if "chat" not in without else MAIL)
        assert sender.where("page-alert") == page
        assert sender.places.at(PAGER) == []
