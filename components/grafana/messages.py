"""Texts of messages: the fault, since when, the error budget, and the runbook.

Annotations and the template are Go templates: https://grafana.com/docs/grafana/latest/alerting/.
"""

from observability import Unit
from observability.alerting.alerts import Alert, BurnRateCondition, ThresholdCondition

NOW, REMAINING_QUERY, REMAINING, EXHAUSTED_IN = "B", "D", "E", "F"
"""Letters of stages: present number, error budget that remains (query, number), seconds until it is exhausted."""
_FORMATS = {
    Unit.SHARE: "{{{{ humanizePercentage $values.{0}.Value }}}}",
    Unit.PERCENT: '{{{{ printf "%.3g" $values.{0}.Value }}}} %',
    Unit.BYTES: "{{{{ humanize1024 $values.{0}.Value }}}}B",
    Unit.SECONDS: "{{{{ humanizeDuration $values.{0}.Value }}}}",
    Unit.NUMBER: '{{{{ printf "%.4g" $values.{0}.Value }}}}',
}
"""Template of a stage's number, by unit."""


def description(alert: Alert) -> str:
    """Return the annotation `description`: the meaning of the alert and its present numbers."""
    condition = alert.condition
    if isinstance(condition, ThresholdCondition):
        return f"{alert.description} Now: {_number(NOW, condition.signal.unit)}."
    if not isinstance(condition, BurnRateCondition):
        return alert.description
    ratio, remaining = _number(NOW, Unit.SHARE), _number(REMAINING, Unit.SHARE)
    exhausted_in = _number(EXHAUSTED_IN, Unit.SECONDS)
    return (
        f"{alert.description} Error ratio over {condition.window.name}: {ratio}; the SLO allows "
        f"{condition.objective.budget * 100:.10g} %. "
        f"{{{{ if gt $values.{REMAINING}.Value 0.0 }}}}"
        f"Error budget remaining of {condition.objective.period_days} days: {remaining}, "
        f"exhausted in {exhausted_in} at this burn rate."
        f"{{{{ else }}}}The error budget of {condition.objective.period_days} days is exhausted.{{{{ end }}}}"
    )


def _number(letter: str, unit: str) -> str:
    text = _FORMATS.get(Unit(unit))
    return text.format(letter) if text else f"{_FORMATS[Unit.NUMBER].format(letter)} {unit}"


def template(name: str) -> str:
    """Return the text of a message template with the definitions `<name>.title` and `<name>.text`."""
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
        '{{ else }}Resolved at {{ .EndsAt.UTC.Format "2006-01-02 15:04 UTC" }}.{{ end }}\n'
        "Owner: {{ .Labels.owner }}. Runbook: {{ .Annotations.runbook_url }}\n"
        "{{ with .PanelURL }}Panel: {{ . }}\n{{ end }}"
        "{{ end }}{{ end }}\n"
    )


def use(name: str, part: str) -> str:
    """Return the text that puts the definition `part` of the template `name` into a message."""
    return f'{{{{ template "{name}.{part}" . }}}}'
