"""What messages say: what is wrong, since when, how long until the budget is gone, and the runbook.

Annotations and the template are Go templates: https://grafana.com/docs/grafana/latest/alerting/.
"""

from observability import Unit
from observability.alerting.alerts import Absent, Alert, Burning, Crossed
from observability.records.objective import PERIOD_DAYS

NOW, LEFT_QUERY, LEFT, GONE_IN = "B", "D", "E", "F"
"""Letters of the stages whose numbers a message tells: of now, of the budget left, of seconds until none is."""

_WRITTEN = {
    Unit.SHARE: "{{{{ humanizePercentage $values.{0}.Value }}}}",
    Unit.PERCENT: '{{{{ printf "%.3g" $values.{0}.Value }}}} %',
    Unit.BYTES: "{{{{ humanize1024 $values.{0}.Value }}}}B",
    Unit.SECONDS: "{{{{ humanizeDuration $values.{0}.Value }}}}",
    Unit.NUMBER: '{{{{ printf "%.4g" $values.{0}.Value }}}}',
}
"""A stage's number as a person reads it, by unit."""


def description(alert: Alert) -> str:
    """What it means, and the number of now."""
    told = alert.condition
    if isinstance(told, Crossed):
        return f"{alert.meaning} Now: {_number(NOW, told.signal.unit)}."
    if isinstance(told, Burning):
        return f"{alert.meaning} {_budget(told)}"
    return f"{alert.meaning} {_silent(told)}"


def _budget(told: Burning) -> str:
    failed, left, gone = (
        _number(letter, unit) for letter, unit in ((NOW, Unit.SHARE), (LEFT, Unit.SHARE), (GONE_IN, Unit.SECONDS))
    )
    return (
        f"Failed over {told.window.name}: {failed}; allowed: {told.objective.budget * 100:.10g} %. "
        f"{{{{ if gt $values.{LEFT}.Value 0.0 }}}}"
        f"Of the budget of {PERIOD_DAYS} days {left} is left; at this rate it is gone in {gone}."
        f"{{{{ else }}}}Nothing is left of the budget of {PERIOD_DAYS} days.{{{{ end }}}}"
    )


def _silent(told: Absent) -> str:
    return f"Without it nobody can tell: {told.of.title}."


def _number(letter: str, unit: str) -> str:
    written = _WRITTEN.get(Unit(unit))
    return written.format(letter) if written else f"{_WRITTEN[Unit.NUMBER].format(letter)} {unit}"


def template(name: str) -> str:
    """Text of a message template with the definitions `<name>.title` and `<name>.text`."""
    return (
        f'{{{{ define "{name}.title" }}}}'
        '[{{ .Status | toUpper }}{{ if eq .Status "firing" }}: {{ .Alerts.Firing | len }}{{ end }}] '
        "{{ .CommonLabels.service }} {{ .CommonLabels.environment }} {{ .CommonLabels.alertname }}"
        "{{ end }}\n"
        f'{{{{ define "{name}.text" }}}}'
        "{{ range .Alerts }}"
        "{{ .Annotations.summary }}\n"
        '{{ if eq .Status "firing" }}Since {{ .StartsAt.UTC.Format "2006-01-02 15:04 UTC" }}. '
        "{{ .Annotations.description }}"
        '{{ else }}Over since {{ .EndsAt.UTC.Format "2006-01-02 15:04 UTC" }}.{{ end }}\n'
        "Owner: {{ .Labels.owner }}. Runbook: {{ .Annotations.runbook_url }}\n"
        "{{ with .PanelURL }}Panel: {{ . }}\n{{ end }}"
        "{{ end }}{{ end }}\n"
    )


def use(name: str, part: str) -> str:
    """The text that puts the definition `part` of the template `name` into a message."""
    return f'{{{{ template "{name}.{part}" . }}}}'
