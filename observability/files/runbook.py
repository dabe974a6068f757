"""The runbook: a section for each record, its id the anchor that every message links to."""

from collections.abc import Iterator

from observability import Objective, Signal
from observability.alerting.alerts import Alert, alerts
from observability.durations import duration
from stacks.observed import Observed


def runbook(observed: Observed) -> str:
    """The page, in Markdown, for the address under `grafana.runbook_url`."""
    config = observed.config
    lines = [
        f"# Runbook: {config.app} {config.environment}",
        "",
        "Made by `footing observe`; every message of an alert links to its section here.",
    ]
    told = [component for component in observed.signals if component.signals or component.objectives]
    for component in told:
        lines += ["", f"## {component.subject}"]
        found: dict[str, list[Alert]] = {}
        for alert in alerts([component]):
            found.setdefault(alert.anchor, []).append(alert)
        records: tuple[Objective | Signal, ...] = (*component.objectives, *component.signals)
        for record in records:
            if record.id in found:
                lines += _section(record.id, record.title, record.description, record.runbook)
                lines += _table(found[record.id], record.owner or observed.owner)
    return "\n".join(lines) + "\n"


def _section(anchor: str, title: str, description: str, advice: str) -> Iterator[str]:
    yield from ("", f'<a id="{anchor}"></a>', "", f"### {title}", "", description, "", advice)


def _table(found: list[Alert], owner: str) -> Iterator[str]:
    yield from ("", f"Owner: {owner}.", "", "| alert | severity | fires when | for |", "|---|---|---|---|")
    for alert in found:
        yield f"| `{alert.name}` | {alert.severity.value} | {alert.wrong} | {duration(alert.for_seconds)} |"
