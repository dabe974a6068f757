"""The dashboards' models: one for each board that has panels, a row for each subject."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from observability import Board, Objective, Signal, Signals
from observability.alerting.evaluators import without_source_evaluated
from observability.dashboards import panels
from observability.dashboards.panels import WHOLE, PanelContext

UID_LENGTH = 40
"""Longest uid that Grafana takes."""
SCHEMA_VERSION = 39
"""Version of the model; Grafana brings older ones up to date by itself."""
TITLES: Mapping[Board, str] = {
    Board.OBJECTIVES: "SLOs and error budgets",
    Board.ERRORS: "Errors",
    Board.LATENCY: "Latency",
    Board.TRAFFIC: "Throughput",
    Board.DATABASE: "Database",
    Board.POOLER: "Pooler",
    Board.CACHE: "Cache",
    Board.EDGE: "Edge: rate limits and WAF",
    Board.RPC: "RPC calls",
    Board.RESOURCES: "AWS resources",
    Board.BUSINESS: "Business",
    Board.TELEMETRY: "Monitoring health",
}


Record = Signal | Objective
"""Record that has panels."""
SubjectRecord = tuple[str, Record]
"""Record with the subject of its component."""


def records(component: Signals) -> list[Record]:
    """Return the records of `component` that have panels, in their order: objectives first."""
    return [*component.objectives, *component.signals]


def short_uid(text: str) -> str:
    """Return `text` as a uid: itself where it is short enough, else its beginning and a digest."""
    if len(text) <= UID_LENGTH:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{text[: UID_LENGTH - len(digest) - 1]}-{digest}"


def board_uid(prefix: str, board: Board) -> str:
    """Return the uid of a dashboard; `prefix` is that of the stack."""
    return short_uid(f"{prefix}-{board.value}")


def board_of(record: Record, component: Signals) -> Board:
    """Return the dashboard on which `record`, one of those of `component`, has its panels."""
    return Board.OBJECTIVES if isinstance(record, Objective) else record.board or component.board


def models(components: Sequence[Signals], context: PanelContext) -> dict[Board, dict[str, Any]]:
    """Return the model of every board that has panels, in the order in which somebody on call opens them."""
    shown = without_source_evaluated(components)
    subjects = dict.fromkeys(component.subject for component in shown)
    by_board = {
        board: [
            (subject, record)
            for subject in subjects
            for component in shown
            if component.subject == subject
            for record in records(component)
            if board_of(record, component) is board
        ]
        for board in Board
    }
    return {board: _model(board, its, context) for board, its in by_board.items() if its}


def _model(board: Board, its: Sequence[SubjectRecord], context: PanelContext) -> dict[str, Any]:
    """Return the model without `id`, `version` or `iteration`, which Grafana sets; it may hold Outputs."""
    tags = [context.app, context.environment]
    return {
        "uid": board_uid("-".join(tags), board),
        "title": f"{context.app} {context.environment}: {TITLES[board]}",
        "tags": [*tags, board.value],
        "links": [
            _link("Dashboards", type="dashboards", tags=tags, asDropdown=True, keepTime=True),
            _link("Runbook", type="link", url=context.runbook_url, icon="doc", targetBlank=True),
        ],
        "schemaVersion": SCHEMA_VERSION,
        # What is changed by hand is lost at the next deployment, so Grafana does not offer it.
        "editable": False,
        "fiscalYearStartMonth": 0,
        "graphTooltip": 1,
        "refresh": "1m",
        "time": {"from": "now-6h", "to": "now"},
        "timezone": "browser",
        "templating": {"list": []},
        "annotations": {"list": []},
        "panels": list(_positioned_panels(its, context)),
    }


def _link(title: str, **changes: object) -> dict[str, Any]:
    nothing = {"tags": [], "url": "", "icon": "external link", "tooltip": ""}
    switches = {"asDropdown": False, "includeVars": False, "keepTime": False, "targetBlank": False}
    return {"title": title, **nothing, **switches, **changes}


def _positioned_panels(its: Sequence[SubjectRecord], context: PanelContext) -> Iterator[dict[str, Any]]:
    """Yield a heading for each subject and its panels from left to right, a new line where one does not fit."""
    top = 0
    for subject, group in groupby(its, key=lambda it: it[0]):
        heading = panels.row(subject)
        yield _at(heading, 0, top)
        top += heading["gridPos"]["h"]
        left = height = 0
        for panel in (panel for _, record in group for panel in panels.record_panels(record, context)):
            size = panel["gridPos"]
            if left + size["w"] > WHOLE:
                left, top, height = 0, top + height, 0
            yield _at(panel, left, top)
            left, height = left + size["w"], max(height, size["h"])
        top += height


def _at(panel: dict[str, Any], x: int, y: int) -> dict[str, Any]:
    return {**panel, "gridPos": {"x": x, "y": y, **panel["gridPos"]}}
