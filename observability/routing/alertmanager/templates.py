"""Message templates: the fault, since when, the error budget, runbook and dashboard.

The annotations that it reads are `summary`, `description` with the error budget, `runbook_url` and
`dashboard_uid`; what an alert does not have is left out.
"""

MOST_SHOWN = 10
"""Alerts of one message that are listed: a hundred tasks with one fault are one fault."""
HIDDEN_LABELS = (
    *("alertname", "severity", "service", "environment", "subject", "record", "owner", "drill", "job"),
    *("slo", "long"),
)
"""Labels that the sentences have in words, or leave out; the others are listed after the summary."""
CLOCK = '"15:04 UTC on 2 January"'
"""Layout of a time, as Go's example of one."""
_SENTENCES = """\
{{/* Made by `footing observe`: sentences about one alert. */}}
{{ define "footing.what" -}}
{{ if .Annotations.summary }}{{ .Annotations.summary }}{{ else }}{{ .Labels.alertname }}{{ end }}
{{- range (.Labels.Remove (stringSlice HIDDEN_LABELS)).SortedPairs }}, {{ .Name }} {{ .Value }}{{ end }}.
{{- end }}

{{ define "footing.since" -}}
{{ if eq .Status "firing" }}Since {{ .StartsAt.UTC.Format CLOCK }}.
{{- else }}Fired from {{ .StartsAt.UTC.Format CLOCK }} to {{ .EndsAt.UTC.Format CLOCK }}.
{{- end }}
{{- end }}

{{ define "footing.more" }}
{{- if eq .Status "firing" }}
{{- with .Annotations.description }} {{ . }}{{ end }}
{{- end }}
{{- end }}

{{ define "footing.sentences" -}}
{{ if eq .Labels.drill "true" }}This is a drill: nothing is wrong. {{ end }}
{{- if ne .Status "firing" }}Resolved: {{ end }}
{{- template "footing.what" . }} {{ template "footing.since" . }}{{ template "footing.more" . }}
{{- end }}
"""

_MESSAGES = """\
{{/* Whole messages. */}}
{{ define "footing.title" -}}
{{ if eq .CommonLabels.drill "true" }}DRILL: {{ end }}
{{- if ne .Status "firing" }}Resolved: {{ end }}
{{- with .CommonLabels.service }}{{ . }}: {{ end }}
{{- if .CommonAnnotations.summary }}{{ .CommonAnnotations.summary }}
{{- else }}{{ .CommonLabels.alertname }}{{ with .CommonLabels.environment }} in {{ . }}{{ end }}
{{- end }}
{{- if gt (len .Alerts) 1 }} ({{ len .Alerts }} alerts){{ end }}
{{- end }}

{{ define "footing.color" }}
{{- if ne .Status "firing" }}good
{{- else if eq .CommonLabels.severity "page" }}danger
{{- else }}warning
{{- end }}
{{- end }}

{{ define "footing.chat" -}}
{{ range $index, $alert := .Alerts }}{{ if lt $index MOST_SHOWN }}
{{- template "footing.sentences" $alert }}
{{ with .Annotations.runbook_url }}<{{ . }}|Runbook>{{ end }}
{{- with .Annotations.dashboard_uid }} <GRAFANA/d/{{ . }}|Dashboard>{{ end }}
{{ end }}{{ end }}{{ template "footing.rest" . }}
{{- end }}

{{ define "footing.plain" -}}
{{ range $index, $alert := .Alerts }}{{ if lt $index MOST_SHOWN }}
{{- template "footing.sentences" $alert }}
{{- with .Annotations.runbook_url }}
Runbook: {{ . }}{{ end }}
{{- with .Annotations.dashboard_uid }}
Dashboard: GRAFANA/d/{{ . }}{{ end }}
{{ end }}{{ end }}{{ template "footing.rest" . }}
{{- end }}

{{ define "footing.page" -}}
{{ range $index, $alert := .Alerts }}{{ if lt $index MOST_SHOWN -}}
<p>{{ template "footing.sentences" $alert }}
{{- with .Annotations.runbook_url }}<br><a href="{{ . }}">Runbook</a>{{ end }}
{{- with .Annotations.dashboard_uid }}<br><a href="GRAFANA/d/{{ . }}">Dashboard</a>{{ end }}</p>
{{ end }}{{ end }}{{ template "footing.rest" . }}
{{- end }}

{{ define "footing.dashboard" }}
{{- with .CommonAnnotations.dashboard_uid }}GRAFANA/d/{{ . }}{{ end }}
{{- end }}

{{ define "footing.rest" }}
{{- if gt (len .Alerts) MOST_SHOWN }}MOST_SHOWN of {{ len .Alerts }} alerts are shown.{{ end }}
{{- end }}
"""


def templates(grafana_url: str) -> str:
    """Return the file, in Go's template language; `footing.page` is HTML, `grafana_url` is without a last slash.

    https://prometheus.io/docs/alerting/latest/notifications/
    """
    labels = " ".join(f'"{label}"' for label in HIDDEN_LABELS)
    words = {"HIDDEN_LABELS": labels, "CLOCK": CLOCK, "MOST_SHOWN": str(MOST_SHOWN), "GRAFANA": grafana_url}
    text = f"{_SENTENCES}\n{_MESSAGES}"
    for name, value in words.items():
        text = text.replace(name, value)
    return text
