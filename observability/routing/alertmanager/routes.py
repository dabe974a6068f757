"""The route of every severity, the receivers, and what a page makes needless."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from observability.durations import duration
from observability.records.record import Severity
from observability.routing.alertmanager.places import Chat, Mail, Pace, Pager, Places
from observability.routing.destinations import (
    GROUPED_BY,
    INHIBITED_WITHIN,
    ROUTES,
    Destination,
    destinations,
    unrouted,
)

TEMPLATES_FILE = "alertmanager.tmpl"
"""Name of the file with the messages, beside the configuration."""

UNROUTED = "unrouted"
"""Receiver of alerts without a severity that is known."""

PAGERDUTY_SEVERITY = "critical"
"""PagerDuty's own word for what wakes somebody; its urgency follows from the service."""


def configuration(places: Places, pace: Pace | None = None) -> dict[str, Any]:
    """Routes, receivers and inhibition for the `places` of a stack.

    Raises:
        ValueError: a severity would reach nobody.

    """
    ways = destinations(places.configured)
    receivers = {**{severity.value: ways[severity] for severity in ROUTES}, UNROUTED: unrouted(places.configured)}
    return {
        **({"global": _mail_server(places.mail)} if places.mail else {}),
        "templates": [TEMPLATES_FILE],
        "route": tree(pace or Pace()),
        "inhibit_rules": inhibition(),
        "receivers": [{"name": name, **_configs(places, reached)} for name, reached in receivers.items()],
    }


def written(made: Mapping[str, Any]) -> str:
    """`made` as the text of a file, in its order."""
    return yaml.safe_dump(dict(made), sort_keys=False, width=110)


def tree(pace: Pace) -> dict[str, Any]:
    """One route for each severity; whatever fits none is told where tickets are, and never dropped."""
    return {
        "receiver": UNROUTED,
        "group_by": list(GROUPED_BY),
        "group_wait": duration(pace.wait_seconds),
        "group_interval": duration(pace.interval_seconds),
        "repeat_interval": duration(pace.repeat_seconds[Severity.TICKET]),
        "routes": [
            {
                "matchers": [f'severity="{severity.value}"'],
                "receiver": severity.value,
                "repeat_interval": duration(pace.repeat_seconds[severity]),
            }
            for severity in ROUTES
        ],
    }


def inhibition() -> list[dict[str, Any]]:
    """A page silences what is less urgent about the same record of the same service and environment."""
    # Two labels that are both missing count as equal: a page without a record would silence every ticket without.
    told = [f'{label}=~".+"' for label in INHIBITED_WITHIN]
    less = "|".join(severity.value for severity in ROUTES if severity is not Severity.PAGE)
    return [
        {
            "source_matchers": [f'severity="{Severity.PAGE.value}"', *told],
            "target_matchers": [f'severity=~"{less}"'],
            "equal": list(INHIBITED_WITHIN),
        }
    ]


def _configs(places: Places, ways: Iterable[Destination]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for way in ways:
        if way is Destination.PAGER and places.pager:
            made["pagerduty_configs"] = [_pager(places.pager)]
        elif way is Destination.CHAT and places.chat:
            made["slack_configs"] = [_chat(places.chat)]
        elif places.mail:
            made["email_configs"] = [_mail(places.mail)]
    return made


def _pager(pager: Pager) -> dict[str, Any]:
    details = {
        "what": '{{ template "footing.plain" . }}',
        "runbook": "{{ .CommonAnnotations.runbook_url }}",
        "dashboard": '{{ template "footing.dashboard" . }}',
        "alerts": "{{ .Alerts.Firing | len }}",
    }
    return {
        "routing_key_file": pager.key_file,
        **({"url": pager.url} if pager.url else {}),
        "send_resolved": True,
        "description": '{{ template "footing.title" . }}',
        "severity": PAGERDUTY_SEVERITY,
        "class": "{{ .CommonLabels.record }}",
        "component": "{{ .CommonLabels.subject }}",
        "group": "{{ .CommonLabels.service }} {{ .CommonLabels.environment }}",
        "client": "Alertmanager",
        "client_url": "{{ .ExternalURL }}",
        "details": details,
        "links": [
            {"href": "{{ .CommonAnnotations.runbook_url }}", "text": "Runbook"},
            {"href": '{{ template "footing.dashboard" . }}', "text": "Dashboard"},
        ],
    }


def _chat(chat: Chat) -> dict[str, Any]:
    return {
        "api_url_file": chat.webhook_file,
        **({"channel": chat.channel} if chat.channel else {}),
        "send_resolved": True,
        "color": '{{ template "footing.color" . }}',
        "title": '{{ template "footing.title" . }}',
        "title_link": "{{ .CommonAnnotations.runbook_url }}",
        "fallback": '{{ template "footing.title" . }}',
        "text": '{{ template "footing.chat" . }}',
    }


def _mail_server(mail: Mail) -> dict[str, Any]:
    login = {"smtp_auth_username": mail.username, "smtp_auth_password_file": mail.password_file}
    return {
        "smtp_smarthost": mail.server,
        "smtp_from": mail.sender,
        "smtp_require_tls": mail.encrypted,
        **(login if mail.username else {}),
    }


def _mail(mail: Mail) -> dict[str, Any]:
    return {
        "to": ", ".join(mail.addresses),
        "send_resolved": True,
        "headers": {"Subject": '{{ template "footing.title" . }}'},
        "text": '{{ template "footing.plain" . }}',
        "html": '{{ template "footing.page" . }}',
    }
