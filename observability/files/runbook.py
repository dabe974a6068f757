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
            if record.id not in alerts_by_record:
                continue
            lines += ["", f'<a id="{record.id}"></a>', "", f"### {record.title}"]
            lines += ["", record.description, "", record.runbook, "", f"Owner: {record.owner or observed.owner}."]
            lines += ["", "| alert | severity | fires when | for |", "|---|---|---|---|"]
            lines += [
                f"| `{alert.name}` | {alert.severity.value} | {alert.summary} | {duration(alert.for_seconds)} |"
                for alert in alerts_by_record[record.id]
            ]
    return "\n".join(lines) + "\n"
