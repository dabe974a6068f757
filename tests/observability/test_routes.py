"""Routes as amtool reads them: every severity, and every label that is none, has a receiver that sends."""

import itertools
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from footing.project import observed, root, stack_file
from lab import programs
from lab.alertmanager import configured
from observability import Severity
from observability.files.artefacts import alertmanager_tmpl, alertmanager_yml
from observability.routing.alertmanager import (
    Email,
    PagerDuty,
    Receivers,
    Slack,
    configuration,
    definition,
    templates,
    to_yaml,
)
from observability.routing.alertmanager.templates import MOST_SHOWN
from observability.routing.destinations import Destination, destinations, unrouted
from stacks.config.load import parse
from stacks.observed import receivers

KINDS = {
    Destination.PAGER: "pagerduty_configs",
    Destination.CHAT: "slack_configs",
    Destination.MAIL: "email_configs",
}
MAIL = Email(addresses=["a@example.com", "b@example.com"], server="mail.example.com:587", sender="c@example.com")
STACKS = [
    Receivers(pager=pager, chat=chat, mail=mail, may_page=pager is not None)
    for pager, chat, mail in itertools.product((PagerDuty(), None), (Slack(), None), (MAIL, None))
    if chat or mail
]
NAMES = ["-".join(sorted(it.configured)) for it in STACKS]
TOPICS = {severity: f"arn:aws:sns:eu-west-1:123456789012:{severity.value}" for severity in Severity}


def kinds(receiver: dict[str, Any]) -> set[str]:
    return {kind for kind in receiver if kind.endswith("_configs") and receiver[kind]}


def amtool(*arguments: str) -> str:
    command = [programs.find("amtool"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.lab
@pytest.mark.parametrize("given", STACKS, ids=NAMES)
def test_amtool_finds_a_receiver_for_every_severity_and_for_none(given: Receivers, tmp_path: Path):
    made = configuration(given)
    file = str(configured(tmp_path, made, templates("https://example.grafana.net")))
    amtool("check-config", file)
    for label, receiver in _expected():
        labels = ["alertname=x", "service=shop", *label]
        amtool("config", "routes", "test", f"--config.file={file}", f"--verify.receivers={receiver}", *labels)


def _expected() -> Iterator[tuple[list[str], str]]:
    yield from (([f"severity={severity.value}"], severity.value) for severity in Severity)
    yield from ((label, "unrouted") for label in ([], ["severity=critical"], ["severity=Page"]))


@pytest.mark.parametrize("given", STACKS, ids=NAMES)
def test_receivers_hold_the_places_of_the_map_and_none_is_empty(given: Receivers):
    receivers = {it["name"]: kinds(it) for it in configuration(given)["receivers"]}
    expected = {severity.value: ways for severity, ways in destinations(given.configured).items()}
    expected["unrouted"] = unrouted(given.configured)
    assert receivers == {name: {KINDS[way] for way in ways} for name, ways in expected.items()}
    assert set() not in receivers.values()


def test_pager_without_leave_and_a_stack_without_places_are_refused():
    with pytest.raises(ValueError, match="a pager is given, allowed only with may_page"):
        Receivers(pager=PagerDuty(), mail=MAIL)
    with pytest.raises(ValueError, match="alerts of severity page reach nobody"):
        configuration(Receivers())
    with pytest.raises(ValueError, match="alerts of severity ticket reach nobody: give them a topic"):
        definition({Severity.PAGE: "arn"}, region="eu-west-1", grafana_url="https://example.grafana.net")


def test_waits_and_repeats_are_those_of_the_documentation():
    route = configuration(STACKS[0])["route"]
    assert route["group_by"] == ["alertname", "service", "environment", "record"]
    assert (route["group_wait"], route["group_interval"], route["repeat_interval"]) == ("30s", "5m", "4h")
    assert {it["receiver"]: it["repeat_interval"] for it in route["routes"]} == {
        "page": "1h",
        "ticket": "4h",
        "info": "24h",
    }


@pytest.mark.lab
@pytest.mark.parametrize("stack", ["staging", "production"])
def test_artefact_of_a_stack_is_what_amtool_accepts_and_holds_no_pager(stack: str, tmp_path: Path):
    seen = observed(stack, stack_file(stack, None))
    file = tmp_path / "alertmanager.yml"
    file.write_text(alertmanager_yml(seen))
    (tmp_path / "alertmanager.tmpl").write_text(alertmanager_tmpl(seen))
    amtool("check-config", str(file))
    assert "pagerduty" not in file.read_text()


def test_secrets_are_named_by_file_and_settings_arrive():
    config = _with_contacts(
        slack_webhook_secret="HOOK",
        slack_channel="#alerts",
        pagerduty_key_secret="KEY",
        mail_server={"host": "mail.example.com", "sender": "us@example.com", "username": "us"},
    )
    made = configuration(receivers(config, config.grafana.contacts))
    page = next(it for it in made["receivers"] if it["name"] == "page")
    assert page["pagerduty_configs"][0]["routing_key_file"] == "/etc/alertmanager/secrets/pagerduty-key"
    assert page["slack_configs"][0]["api_url_file"] == "/etc/alertmanager/secrets/slack-webhook"
    assert page["slack_configs"][0]["channel"] == "#alerts"
    assert made["global"] == {
        "smtp_smarthost": "mail.example.com:587",
        "smtp_from": "us@example.com",
        "smtp_require_tls": True,
        "smtp_auth_username": "us",
        "smtp_auth_password_file": "/etc/alertmanager/secrets/smtp-password",
    }
    assert not {"api_url", "routing_key", "service_key", "smtp_auth_password"} & set(_keys(made))


def test_stack_without_leave_has_no_pager_whatever_else_it_has():
    config = _with_contacts(slack_webhook_secret="HOOK")
    assert "pagerduty" not in to_yaml(configuration(receivers(config, config.grafana.contacts)))


def _with_contacts(**changes: Any) -> Any:
    document = yaml.safe_load((root() / "Pulumi.production.yaml").read_text())["config"]
    values = {key.removeprefix("footing:"): value for key, value in document.items() if key.startswith("footing:")}
    values["grafana"]["contacts"] |= changes
    values["alerts"]["may_page"] = "pagerduty_key_secret" in changes
    return parse("test", {**values, "secrets": frozenset({"HOOK", "KEY"})})


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _keys(item)
    elif isinstance(value, list):
        for item in value:
            yield from _keys(item)


@pytest.mark.lab
@pytest.mark.parametrize("topics", [TOPICS, {Severity.TICKET: TOPICS[Severity.TICKET]}], ids=["all", "one"])
def test_managed_definition_sends_to_topics_alone(topics: dict[Severity, str], tmp_path: Path):
    text = definition(topics, region="eu-west-1", grafana_url="https://example.grafana.net")
    document = yaml.safe_load(text)
    assert set(document) == {"alertmanager_config", "template_files"}
    made = yaml.safe_load(document["alertmanager_config"])
    [(name, messages)] = document["template_files"].items()
    assert made["templates"] == [name]
    file = configured(tmp_path, made, messages)
    amtool("check-config", str(file))
    for label, receiver in _expected():
        amtool("config", "routes", "test", f"--config.file={file}", f"--verify.receivers={receiver}", *label)
    for receiver in made["receivers"]:
        assert kinds(receiver) == {"sns_configs"}
        [topic] = receiver["sns_configs"]
        severity = Severity(receiver["name"]) if receiver["name"] in set(Severity) else Severity.TICKET
        assert topic["topic_arn"] == topics.get(severity, TOPICS[Severity.TICKET])
        assert topic["sigv4"] == {"region": "eu-west-1"}


def test_messages_name_the_grafana_of_the_stack():
    made = templates("https://grafana.example.com/ops")
    assert "https://grafana.example.com/ops/d/" in made
    assert not {"GRAFANA", "CLOCK", "MOST_SHOWN", "HIDDEN_LABELS"} & set(made.replace("{", " ").split())
    assert f"lt $index {MOST_SHOWN}" in made


def test_observed_stack_links_to_its_own_grafana():
    file = stack_file("production", None)
    assert f"{file.config.grafana.url}/d/" in alertmanager_tmpl(observed("production", file))
