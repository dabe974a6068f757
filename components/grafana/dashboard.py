"""The dashboard's model: a row for each subject, a panel for each signal, a line for each threshold."""

import zlib
from collections.abc import Mapping, Sequence
from typing import Any

from components._signals import Severity, Signal, Threshold
from components.grafana.queries import Sources, panel_query

COLUMNS = 24
PANEL_WIDTH = 8
PANEL_HEIGHT = 8
ROW_HEIGHT = 1

SCHEMA_VERSION = 39
"""Version of the model; Grafana brings older ones up to date by itself."""

COLOURS: Mapping[Severity, str] = {Severity.PAGE: "red", Severity.TICKET: "orange", Severity.INFO: "blue"}
"""Colour of what is beyond a threshold, worst first."""
HEALTHY = "green"


def model(
    *,
    uid: str,
    title: str,
    tags: Sequence[str],
    groups: Mapping[str, list[Signal]],
    sources: Sources,
    runbook_url: str,
) -> dict[str, Any]:
    """Model of the dashboard; may hold Outputs.

    Without `id`, `version` or `iteration`, which Grafana counts by itself.
    """
    panels: list[dict[str, Any]] = []
    top = 0
    for subject, signals in groups.items():
        panels.append(_row(subject, top))
        for index, signal in enumerate(signals):
            panels.append(_panel(signal, sources, runbook_url, _position(index, top + ROW_HEIGHT)))
        top += ROW_HEIGHT + PANEL_HEIGHT * -(-len(signals) // (COLUMNS // PANEL_WIDTH))
    return {
        "uid": uid,
        "title": title,
        "tags": list(tags),
        "schemaVersion": SCHEMA_VERSION,
        # What is changed by hand is lost at the next deployment, so Grafana does not offer it.
        "editable": False,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": []},
        "annotations": {"list": []},
        "panels": panels,
    }


def panel_id(key: str) -> int:
    """Number of the panel for `key`, the same wherever it stands: alerts and shared links point to it."""
    return zlib.crc32(key.encode()) & 0x7FFFFFFF


def steps(thresholds: Sequence[Threshold]) -> list[dict[str, Any]]:
    """Colour of every range of values, from the lowest up, as Grafana writes it: each step from its value on."""
    bounds = sorted({threshold.value for threshold in thresholds})
    starts = [None, *bounds]
    ends = [*bounds, None]
    return [
        {"color": _colour(thresholds, start, end), "value": start} for start, end in zip(starts, ends, strict=True)
    ]


def _colour(thresholds: Sequence[Threshold], start: float | None, end: float | None) -> str:
    """Colour of the worst threshold that holds from `start` to `end`; None is without end."""
    crossed = {
        threshold.severity
        for threshold in thresholds
        if (
            (end is not None and end <= threshold.value)
            if threshold.below
            else (start is not None and start >= threshold.value)
        )
    }
    return next((colour for severity, colour in COLOURS.items() if severity in crossed), HEALTHY)


def _position(index: int, top: int) -> dict[str, int]:
    line, column = divmod(index, COLUMNS // PANEL_WIDTH)
    return {"x": column * PANEL_WIDTH, "y": top + line * PANEL_HEIGHT, "w": PANEL_WIDTH, "h": PANEL_HEIGHT}


def _row(subject: str, top: int) -> dict[str, Any]:
    return {
        "id": panel_id(f"row {subject}"),
        "type": "row",
        "title": subject,
        "collapsed": False,
        "gridPos": {"x": 0, "y": top, "w": COLUMNS, "h": ROW_HEIGHT},
        "panels": [],
    }


def _panel(signal: Signal, sources: Sources, runbook_url: str, position: dict[str, int]) -> dict[str, Any]:
    return {
        "id": panel_id(signal.id),
        "type": "timeseries",
        "title": signal.title,
        "description": signal.description,
        "gridPos": position,
        "datasource": sources.of(signal),
        "targets": [panel_query(signal, sources)],
        "links": [{"title": "Runbook", "url": f"{runbook_url}#{signal.id}", "targetBlank": True}]
        if signal.runbook
        else [],
        "fieldConfig": {
            "defaults": {
                "unit": signal.unit,
                "thresholds": {"mode": "absolute", "steps": steps(signal.thresholds)},
                "custom": {"thresholdsStyle": {"mode": "line" if signal.thresholds else "off"}},
            },
            "overrides": [],
        },
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    }
