"""One labelled test alert for each route, and what it must make arrive where."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from footing.observe.remote import RemoteError, ask, reading
from observability.routing.destinations import ROUTES, Destination, destinations, unrouted
from stacks.config.errors import ConfigError
from stacks.config.stack import StackConfig

LASTS = dt.timedelta(minutes=10)
"""How long a drill fires before it ends by itself: longer than it takes to look."""

PLACES = {Destination.PAGER: "PagerDuty", Destination.CHAT: "Slack", Destination.MAIL: "mail"}
UNKNOWN = "unknown"
"""Severity that no record has: shows that an alert without a route arrives as well."""


@dataclass(frozen=True, kw_only=True)
class Drill:
    """One test alert."""

    severity: str
    """Its label `severity`."""
    places: Sequence[Destination]
    """Destinations at which it must arrive."""
    labels: dict[str, str]
    """Labels of a real alert, and `drill`."""
    annotations: dict[str, str]
    """Annotations of a real alert."""

    @property
    def sentence(self) -> str:
        """Destinations in a sentence."""
        return f"{self.severity}: must arrive at {' and '.join(PLACES[place] for place in self.places)}"

    def posted(self, now: dt.datetime) -> dict[str, Any]:
        """Return the alert as Alertmanager's API takes it."""
        times = {"startsAt": now.isoformat(), "endsAt": (now + LASTS).isoformat()}
        return {"labels": self.labels, "annotations": self.annotations, **times}


@dataclass(frozen=True, kw_only=True)
class DrillResult:
    """Result of one drill, as far as the sender knows."""

    sentence: str
    """Result in a sentence."""
    taken: bool
    """Whether a receiver has taken it."""


def drills(config: StackConfig, owner: str) -> list[Drill]:
    """Return a drill for every severity, and one without a known severity."""
    if config.grafana is None:
        raise ConfigError(f"stack {config.environment}", ["grafana: missing; its contacts say where alerts go"])
    contacts = config.grafana.contacts
    configured, mailed = contacts.destinations, contacts.tickets_mailed
    reached = destinations(configured, tickets_mailed=mailed)
    ways = {severity.value: places for severity, places in reached.items()}
    return [
        Drill(
            severity=severity,
            places=places,
            labels={
                # A record of its own for each, or the page would silence the others.
                "alertname": f"fire-drill-{severity}",
                "severity": severity,
                "service": config.app,
                "environment": config.environment,
                "subject": "Fire drill",
                "record": f"fire-drill-{severity}",
                "owner": owner,
                "drill": "true",
            },
            annotations={
                "summary": f"Fire drill, severity {severity}, in {config.environment}",
                "description": "Somebody sent this with `footing fire-drill`. Say that you saw it.",
                "runbook_url": config.alerts.runbook_url or "",
            },
        )
        for severity, places in {**ways, UNKNOWN: unrouted(configured)}.items()
    ]


def to_alertmanager(url: str, sent: Sequence[Drill]) -> Iterator[DrillResult]:
    """Post the drills, and yield which receivers took each.

    Raises:
        RemoteError: the Alertmanager does not answer, or refuses them.

    """
    now = dt.datetime.now(dt.UTC)
    ask(f"{url}/api/v2/alerts", body=[drill.posted(now) for drill in sent])
    query = urlencode([("filter", 'drill="true"'), ("filter", f'service="{sent[0].labels["service"]}"')])
    standing = ask(f"{url}/api/v2/alerts?{query}")
    with reading("a list of alerts"):
        taken = [(it["labels"], [str(receiver["name"]) for receiver in it["receivers"]]) for it in standing]
    for drill in sent:
        names = [name for labels, receivers in taken if labels == drill.labels for name in receivers]
        receipt = f"taken by {', '.join(names)}" if names else "not there after it was posted"
        yield DrillResult(sentence=f"{drill.sentence} ({receipt})", taken=bool(names))


def to_grafana(
    url: str, shown: str, namespace: str, contacts: Sequence[str], sent: Sequence[Drill]
) -> Iterator[DrillResult]:
    """Have Grafana test every integration of the stack's contact points with the drill of its severity.

    Grafana's own Alertmanager takes no alerts from outside, so the routes by rule are not part of this; the
    stored secrets stay in Grafana. In beta: Grafana 13 or later,
    https://grafana.com/docs/grafana/latest/developer-resources/api-reference/http-api/alert-notifications/

    Raises:
        RemoteError: Grafana does not answer.

    """
    base = f"{url}/apis/notifications.alerting.grafana.app/v1beta1/namespaces/{quote(namespace)}/receivers"
    answer = ask(base, shown=shown)
    with reading("a list of contact points"):
        live = {
            it["spec"]["title"]: (it["metadata"]["name"], it["spec"]["integrations"]) for it in answer["items"]
        }
    by_severity = {drill.severity: drill for drill in sent}
    pairs = [
        (it, by_severity[severity.value])
        for severity in ROUTES
        for it in contacts
        if it.endswith(f"-{severity.value}")
    ]
    for contact, drill in pairs:
        if contact not in live:
            yield DrillResult(sentence=f"{drill.sentence} (no contact point {contact})", taken=False)
            continue
        name, integrations = live[contact]
        alert = {"labels": drill.labels, "annotations": drill.annotations}
        for integration in integrations:
            body = {"integration": integration, "alert": alert}
            yield _tested(drill, f"{contact} {integration.get('type')}", f"{base}/{name}/test", shown, body)


def _tested(drill: Drill, what: str, address: str, shown: str, body: Any) -> DrillResult:
    try:
        answer = ask(address, shown=shown, body=body)
    except RemoteError as error:
        return DrillResult(sentence=f"{drill.sentence} ({what}: {error})", taken=False)
    # Not the error: it repeats the address that was tried, and a webhook is a secret.
    done = isinstance(answer, dict) and answer.get("status") == "success"
    return DrillResult(
        sentence=f"{drill.sentence} ({what}: {'sent' if done else 'Grafana could not send it'})", taken=done
    )
