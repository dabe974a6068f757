"""Who is told is checked before anything is made, down to the form of the secrets that carry messages."""

import asyncio
import json
from collections.abc import Mapping

import pulumi
import pytest
import yaml

from footing.project import root
from observability import Severity
from observability.routing.destinations import (
    INSTEAD,
    ROUTES,
    Destination,
    destinations,
    unrouted,
    webhook_problem,
)
from stacks.config import StackConfig, from_pulumi

WEBHOOK = "https://hooks.slack.com/services/T0CANARY0/B0CANARY0/canary"
PAGER_KEY = "canary0canary0canary0canary0cana"
PAGER, CHAT, MAIL = Destination.PAGER, Destination.CHAT, Destination.MAIL


@pytest.mark.parametrize(
    ("configured", "page", "ticket", "info"),
    [
        ({PAGER, CHAT, MAIL}, (PAGER, CHAT), (CHAT,), (MAIL,)),
        ({CHAT, MAIL}, (CHAT, MAIL), (CHAT,), (MAIL,)),
        ({PAGER, MAIL}, (PAGER, MAIL), (MAIL,), (MAIL,)),
        ({PAGER, CHAT}, (PAGER, CHAT), (CHAT,), (CHAT,)),
        ({MAIL}, (MAIL,), (MAIL,), (MAIL,)),
        ({CHAT}, (CHAT,), (CHAT,), (CHAT,)),
    ],
)
def test_severity_decides_the_destination_and_a_missing_place_has_a_stand_in(
    configured: set[Destination], page: object, ticket: object, info: object
):
    assert destinations(configured) == {
        Severity.PAGE: page,
        Severity.TICKET: ticket,
        Severity.INFO: info,
    }
    assert unrouted(configured) == ticket


def test_tickets_are_mailed_as_well_where_it_is_asked_and_there_is_mail():
    assert destinations({CHAT, MAIL}, tickets_mailed=True)[Severity.TICKET] == (CHAT, MAIL)
    assert destinations({MAIL}, tickets_mailed=True)[Severity.TICKET] == (MAIL,)
    assert destinations({CHAT}, tickets_mailed=True)[Severity.TICKET] == (CHAT,)


@pytest.mark.parametrize(("configured", "lost"), [(set(), "page"), ({PAGER}, "ticket")])
def test_places_that_leave_a_severity_unheard_are_refused(configured: set[Destination], lost: str):
    with pytest.raises(ValueError, match=f"alerts of severity {lost} reach nobody: configure"):
        destinations(configured)


def test_only_a_page_rings_the_pager():
    assert [severity for severity, places in ROUTES.items() if PAGER in places] == [Severity.PAGE]
    assert [place for place, stand_ins in INSTEAD.items() if PAGER in stand_ins] == []
    assert set(ROUTES) == set(Severity)
    assert set(INSTEAD) == set(Destination)


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (WEBHOOK, None),
        ("https://hooks.slack-gov.com/services/T0/B0/x", None),
        ("https:\\/\\/hooks.slack.com\\/services\\/T0\\/B0\\/canary", "escaped characters"),
        ("https://hooks.slack.com%2Fservices%2FT0%2FB0%2Fcanary", "escaped characters"),
        ("http://hooks.slack.com/services/T0/B0/canary", "not of the form"),
        ("https://hooks.slack.com.example.com/services/T0/B0/canary", "not of the form"),
        (f"{WEBHOOK}\n", "not of the form"),
        (f'"{WEBHOOK}"', "not of the form"),
        ("", "not of the form"),
    ],
)
def test_webhook_that_slack_would_not_take_is_told_without_repeating_it(url: str, sentence: str | None):
    problem = webhook_problem(url)
    assert (problem is None) == (sentence is None)
    assert sentence is None or sentence in str(problem)
    assert "canary" not in str(problem)


@pytest.mark.parametrize(
    ("secrets", "sentence"),
    [
        ({"HOOK": WEBHOOK.replace("/", "\\/"), "PAGER": PAGER_KEY}, "secrets.HOOK: the Slack webhook has escaped"),
        ({"HOOK": WEBHOOK, "PAGER": "canary"}, "secrets.PAGER: the PagerDuty integration key is not 32 letters"),
        ("canary", "secrets: given one value, allowed a block of names"),
    ],
)
def test_secret_of_a_wrong_form_stops_the_program_before_any_resource(
    monkeypatch: pytest.MonkeyPatch, secrets: dict[str, str] | str, sentence: str
):
    _configure(monkeypatch, secrets)
    with pytest.raises(pulumi.RunError) as raised:
        from_pulumi()
    assert sentence in str(raised.value)
    assert "canary" not in str(raised.value)


def test_secrets_of_the_right_form_are_read(monkeypatch: pytest.MonkeyPatch):
    _configure(monkeypatch, {"HOOK": WEBHOOK, "PAGER": PAGER_KEY})
    config, opened = asyncio.run(_read())
    assert set(opened) == {"HOOK", "PAGER"}
    assert config.grafana.contacts.destinations == set(Destination)


async def _read() -> tuple[StackConfig, Mapping[str, object]]:
    # Secret values are Outputs, which need a loop.
    return from_pulumi()


def _configure(monkeypatch: pytest.MonkeyPatch, secrets: dict[str, str] | str) -> None:
    declared = yaml.safe_load((root() / "Pulumi.production.yaml").read_text())["config"]
    declared["footing:grafana"]["contacts"] |= {
        "slack_webhook_secret": "HOOK",
        "pagerduty_key_secret": "PAGER",
    }
    declared["footing:alerts"]["may_page"] = True
    declared["footing:secrets"] = secrets
    texts = {key: value if isinstance(value, str) else json.dumps(value) for key, value in declared.items()}
    monkeypatch.setattr("pulumi.runtime.config.get_config_env", lambda: texts)
