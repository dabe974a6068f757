"""Routes by severity, receivers, and inhibition of what a page makes needless."""

from collections.abc import Iterable, Mapping
from typing import Any

import yaml

from observability.durations import duration
from observability.records.record import Severity
from observability.routing.alertmanager.receivers import GroupTiming, Receivers
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
"""Receiver of alerts without a known severity."""
PAGERDUTY_SEVERITY = "critical"
"""PagerDuty's own word for what wakes somebody; its urgency follows from the service."""


def configuration(receivers: Receivers, timing: GroupTiming | None = None) -> dict[str, Any]:
    """Return routes, receivers and inhibition rules for the `receivers` of a stack.

    Raises:
        ValueError: a severity would reach nobody.

    """
    reached = destinations(receivers.configured, tickets_mailed=receivers.tickets_mailed)
    by_name = {severity.value: reached[severity] for severity in ROUTES}
    by_name[UNROUTED] = unrouted(receivers.configured)
    smtp: dict[str, Any] = {}
    if mail := receivers.mail:
        smtp = {"smtp_smarthost": mail.server, "smtp_from": mail.sender, "smtp_require_tls": mail.encrypted}
        if mail.username:
            smtp |= {"smtp_auth_username": mail.username, "smtp_auth_password_file": mail.password_file}
    return {
        **({"global": smtp} if smtp else {}),
        "templates": [TEMPLATES_FILE],
        "route": tree(timing or GroupTiming()),
        "inhibit_rules": inhibition(),
        "receivers": [{"name": name, **_configs(receivers, places)} for name, places in by_name.items()],
    }


def to_yaml(content: Mapping[str, Any]) -> str:
    """Return `content` as the text of a file, in its order."""
    return yaml.safe_dump(dict(content), sort_keys=False, width=110)


def tree(timing: GroupTiming) -> dict[str, Any]:
    """Return one route for each severity; an alert that matches none goes where tickets go."""
    return {
        "receiver": UNROUTED,
        "group_by": list(GROUPED_BY),
        "group_wait": duration(timing.wait_seconds),
        "group_interval": duration(timing.interval_seconds),
        "repeat_interval": duration(timing.repeat_seconds[Severity.TICKET]),
        "routes": [
            {
                "matchers": [f'severity="{severity.value}"'],
                "receiver": severity.value,
                "repeat_interval": duration(timing.repeat_seconds[severity]),
            }
            for severity in ROUTES
        ],
    }


def inhibition() -> list[dict[str, Any]]:
    """Return the rule by which a page inhibits what is less urgent about the same record."""
    # Two labels that are both missing count as equal: a page without a record would silence every ticket without.
    present = [f'{label}=~".+"' for label in INHIBITED_WITHIN]
    less = "|".join(severity.value for severity in ROUTES if severity is not Severity.PAGE)
    return [
        {
            "source_matchers": [f'severity="{Severity.PAGE.value}"', *present],
            "target_matchers": [f'severity=~"{less}"'],
            "equal": list(INHIBITED_WITHIN),
        }
    ]


def _configs(receivers: Receivers, reached: Iterable[Destination]) -> dict[str, Any]:
    configs: dict[str, Any] = {}
    for destination in reached:
        if destination is Destination.PAGER and receivers.pager:
            details = {
                "what": '{{ template "footing.plain" . }}',
                "runbook": "{{ .CommonAnnotations.runbook_url }}",
                "dashboard": '{{ template "footing.dashboard" . }}',
                "alerts": "{{ .Alerts.Firing | len }}",
            }
            configs["pagerduty_configs"] = [
                {
                    "routing_key_file": receivers.pager.key_file,
                    **({"url": receivers.pager.url} if receivers.pager.url else {}),
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
            ]
        elif destination is Destination.CHAT and receivers.chat:
            configs["slack_configs"] = [
                {
                    "api_url_file": receivers.chat.webhook_file,
                    **({"channel": receivers.chat.channel} if receivers.chat.channel else {}),
                    "send_resolved": True,
                    "color": '{{ template "footing.color" . }}',
                    "title": '{{ template "footing.title" . }}',
                    "title_link": "{{ .CommonAnnotations.runbook_url }}",
                    "fallback": '{{ template "footing.title" . }}',
                    "text": '{{ template "footing.chat" . }}',
                }
            ]
        elif receivers.mail:
            configs["email_configs"] = [
                {
                    "to": ", ".join(receivers.mail.addresses),
                    "send_resolved": True,
                    "headers": {"Subject": '{{ template "footing.title" . }}'},
                    "text": '{{ template "footing.plain" . }}',
                    "html": '{{ template "footing.page" . }}',
                }
            ]
    return configs
