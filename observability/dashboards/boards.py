"""The dashboards' models: one for each board that has panels, a row for each subject."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from observability import Board, Objective, Signal, Signals
from observability.alerting.evaluators import without_source_evaluated
from observability.dashboards import panels
from observability.dashboards.panels import WHOLE, Place

UID_LENGTH = 40
"""Longest uid that Grafana takes."""

SCHEMA_VERSION = 39
"""Version of the model; Grafana brings older ones up to date by itself."""

TITLES: Mapping[Board, str] = {
    Board.OBJECTIVES: "Objectives",
    Board.ERRORS: "Errors",
    Board.LATENCY: "Latency",
    Board.TRAFFIC: "Throughput",
    Board.DATABASE: "Database",
    Board.POOLER: "Pooler",
    Board.CACHE: "Cache",
    Board.EDGE: "Rate limits and firewall",
    Board.RPC: "RPC",
    Board.RESOURCES: "AWS resources",
    Board.BUSINESS: "Business",
    Board.TELEMETRY: "Telemetry health",
}


Record = Signal | Objective
"""What has panels."""
Told = tuple[str, Record]
"""A record and what it is about."""


def records(told: Signals) -> list[Record]:
    """What has panels, in their order: promises first."""
    return [*told.objectives, *told.signals]


def short_uid(text: str) -> str:
    """`text` as a uid: itself where it is short enough, else its beginning and a digest."""
    if len(text) <= UID_LENGTH:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    return f"{text[: UID_LENGTH - len(digest) - 1]}-{digest}"


def board_uid(prefix: str, board: Board) -> str:
    """Uid of a dashboard; `prefix` is that of the stack."""
    return short_uid(f"{prefix}-{board.value}")


def board_of(record: Record, told: Signals) -> Board:
    """The dashboard on which `record`, one of those of `told`, has its panels."""
    return Board.OBJECTIVES if isinstance(record, Objective) else record.board or told.board


def models(told: Sequence[Signals], place: Place) -> dict[Board, dict[str, Any]]:
    """Model of every board that has panels, in the order in which somebody on call opens them."""
    asked = without_source_evaluated(told)
    found = {board: list(_records(asked, board)) for board in Board}
    return {board: _model(board, its, place) for board, its in found.items() if its}


def _records(told: Iterable[Signals], board: Board) -> Iterator[Told]:
    """Records of one board, those of one subject together, in order."""
    subjects: dict[str, list[Record]] = {}
    for component in told:
        for record in records(component):
            if board_of(record, component) is board:
                subjects.setdefault(component.subject, []).append(record)
    for subject, found in subjects.items():
        yield from ((subject, record) for record in found)


def _model(board: Board, its: Sequence[Told], place: Place) -> dict[str, Any]:
    """Without `id`, `version` or `iteration`, which Grafana counts by itself; may hold Outputs."""
    tags = [place.app, place.environment]
    return {
        "uid": board_uid("-".join(tags), board),
        "title": f"{place.app} {place.environment}: {TITLES[board]}",
        "tags": [*tags, board.value],
        "links": [
            _link("Dashboards", type="dashboards", tags=tags, asDropdown=True, keepTime=True),
            _link("Runbook", type="link", url=place.runbook_url, icon="doc", targetBlank=True),
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
        "panels": list(_placed(its, place)),
    }


def _link(title: str, **changes: object) -> dict[str, Any]:
    nothing = {"tags": [], "url": "", "icon": "external link", "tooltip": ""}
    switches = {"asDropdown": False, "includeVars": False, "keepTime": False, "targetBlank": False}
    return {"title": title, **nothing, **switches, **changes}


def _placed(its: Sequence[Told], place: Place) -> Iterator[dict[str, Any]]:
    top = 0
    for subject, group in groupby(its, key=lambda it: it[0]):
        heading = panels.row(subject)
        yield _at(heading, 0, top)
        top += heading["gridPos"]["h"]
        made = [panel for _, record in group for panel in _panels(record, place)]
        for line in _lines(made):
            left = 0
            for panel in line:
                yield _at(panel, left, top)
                left += panel["gridPos"]["w"]
            top += max(panel["gridPos"]["h"] for panel in line)


def _panels(record: Record, place: Place) -> list[dict[str, Any]]:
    if isinstance(record, Objective):
        return list(panels.of_objective(record, place))
    return [panels.of_signal(record, place)]


def _lines(made: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Panels from left to right, a new line where the next one does not fit."""
    lines: list[list[dict[str, Any]]] = [[]]
    for panel in made:
        if sum(it["gridPos"]["w"] for it in (*lines[-1], panel)) > WHOLE:
            lines.append([])
        lines[-1].append(panel)
    return lines


def _at(panel: dict[str, Any], x: int, y: int) -> dict[str, Any]:
    return {**panel, "gridPos": {"x": x, "y": y, **panel["gridPos"]}}
