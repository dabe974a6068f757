"""The runbook: a section for each record, its id the anchor that every message links to."""

from observability import Objective, Signal
from observability.alerting.alerts import Alert, alerts
from observability.durations import duration
from observability.stack import ObservedStack


def runbook(observed: ObservedStack) -> str:
    """Return the page, in Markdown, for the address under `grafana.runbook_url`."""
    lines = [
        f"# Runbook: {observed.identity.app} {observed.identity.environment}",
        "",
        "Made by `footing observe`; every message of an alert links to its section here.",
    ]
    for component in observed.signals:
        if not component.signals and not component.objectives:
            continue
        lines += ["", f"## {component.subject}"]
        alerts_by_record: dict[str, list[Alert]] = {}
        for alert in alerts([component]):
            alerts_by_record.setdefault(alert.anchor, []).append(alert)
        records: tuple[Objective | Signal, ...] = (*component.objectives, *component.signals)
        for record in records:
            if record.id in alerts_by_record:
                lines += _section(record, alerts_by_record[record.id], record.owner or observed.owner)
    return "\n".join(lines) + "\n"


def _section(record: Objective | Signal, its_alerts: list[Alert], owner: str) -> list[str]:
    return [
        *("", f'<a id="{record.id}"></a>', "", f"### {record.title}", "", record.description, "", record.runbook),
        *("", f"Owner: {owner}.", "", "| alert | severity | fires when | for |", "|---|---|---|---|"),
        *(
            f"| `{alert.name}` | {alert.severity.value} | {alert.summary} | {duration(alert.for_seconds)} |"
            for alert in its_alerts
        ),
    ]
