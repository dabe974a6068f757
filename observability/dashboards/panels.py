"""Panels: one for each signal, three for each objective. Their place is left to the board."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from observability import Objective, Severity, Shape, Signal, Sql, Threshold, Unit
from observability.dashboards.lines import steps
from observability.dashboards.objectives import Measures
from observability.dashboards.queries import Sources, instant, panel_queries, ranged
from observability.records.objective import PERIOD_DAYS, Window

WHOLE, LINE, NUMBER, CURVES = 24, 8, 4, 16
"""Widths in columns: of the board, a line chart, a single number, and the curves beside two of those."""

SCARCE_SHARE = 0.25
"""Share of a budget under which what is left is shown as little; no alert follows from it."""

COLUMN_UNITS: Mapping[str, Unit] = {"/_ms$/": Unit.MILLISECONDS, "/_share$/": Unit.SHARE, "/_s$/": Unit.SECONDS}
"""Unit of a table's column, by the end of its name."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """What the panels of one stack have in common."""

    app: str
    """Name of the application."""
    environment: str
    """Name of the environment."""
    sources: Sources
    """Where queries are sent."""
    runbook_url: str
    """Page with a section for each record, its id the anchor."""
    recorded: bool = False
    """Whether the recording rules of `footing observe` are loaded."""


def panel_id(key: str) -> int:
    """Number of the panel for `key`, the same wherever it stands: alerts and shared links point to it.

    An alert's panel has the key of its record's id.
    """
    return zlib.crc32(key.encode()) & 0x7FFFFFFF


def row(subject: str) -> dict[str, Any]:
    """The heading over the panels of `subject`."""
    return {
        "id": panel_id(f"row {subject}"),
        "type": "row",
        "title": subject,
        "collapsed": False,
        "gridPos": {"w": WHOLE, "h": 1},
        "panels": [],
    }


def of_signal(signal: Signal, place: Place) -> dict[str, Any]:
    """Its own line, those beside it, and a line for each threshold; a table where the query returns one."""
    table = isinstance(signal.query, Sql) and signal.query.shape is Shape.TABLE
    source = place.sources.of(signal.query)
    return _panel(
        signal.id,
        kind="table" if table else "timeseries",
        title=signal.title,
        description=signal.description,
        source=source,
        targets=panel_queries(signal, place.sources),
        links=_links(signal, place),
        look=_table(signal.unit) if table else _curves(signal.unit, signal.thresholds),
        width=WHOLE // 2 if table else LINE,
    )


def of_objective(objective: Objective, place: Place) -> Iterator[dict[str, Any]]:
    """What is left of the budget, the share that was good, and how fast the budget goes over each window."""
    measures = measures_of(objective, place)
    yield _number(
        objective,
        place,
        title="Budget left",
        description=f"What is left of the failures that {PERIOD_DAYS} days allow. {objective.description}",
        query=measures.left(),
        thresholds=(_below(Severity.PAGE, 0), _below(Severity.TICKET, SCARCE_SHARE)),
    )
    yield _number(
        objective,
        place,
        title=f"Good in {PERIOD_DAYS} days",
        description=f"Share of events that were good; {objective.target:g} is promised. {objective.description}",
        query=measures.good(),
        thresholds=(_below(Severity.PAGE, objective.target),),
    )
    yield _burn(objective, place, measures)


def measures_of(objective: Objective, place: Place) -> Measures:
    """The numbers of `objective` in the stack of `place`."""
    return Measures(objective=objective, app=place.app, environment=place.environment, recorded=place.recorded)


def _burn(objective: Objective, place: Place, measures: Measures) -> dict[str, Any]:
    targets = [
        ranged(measures.burn(pair), place.sources, letter, f"over {pair.name}, told at {pair.factor:g}")
        for letter, pair in zip(ascii_uppercase, objective.windows, strict=False)
    ]
    return _panel(
        objective.id,
        kind="timeseries",
        title=f"{objective.title}: burn rate",
        description=f"How many times faster than allowed the budget goes, by window. {objective.description}",
        source=place.sources.prometheus,
        targets=targets,
        links=_links(objective, place),
        look=_curves(Unit.NUMBER, tuple(map(_told, objective.windows))),
        width=CURVES,
    )


def _told(pair: Window) -> Threshold:
    return Threshold(severity=Severity.PAGE if pair.pages else Severity.TICKET, value=pair.factor)


def _below(severity: Severity, value: float) -> Threshold:
    return Threshold(severity=severity, value=value, below=True)


def _number(
    objective: Objective,
    place: Place,
    *,
    title: str,
    description: str,
    query: str,
    thresholds: tuple[Threshold, ...],
) -> dict[str, Any]:
    return _panel(
        f"{objective.id} {title}",
        kind="stat",
        title=title,
        description=description,
        source=place.sources.prometheus,
        targets=[instant(query, place.sources)],
        links=_links(objective, place),
        look=_stat(thresholds),
        width=NUMBER,
    )


def _links(record: Signal | Objective, place: Place) -> list[dict[str, Any]]:
    if not record.runbook:
        return []
    return [{"title": "Runbook", "url": f"{place.runbook_url}#{record.id}", "targetBlank": True}]


def _panel(
    key: str,
    *,
    kind: str,
    title: str,
    description: str,
    source: dict[str, Any],
    targets: list[dict[str, Any]],
    links: list[dict[str, Any]],
    look: dict[str, Any],
    width: int,
) -> dict[str, Any]:
    return {
        "id": panel_id(key),
        "type": kind,
        "title": title,
        "description": description,
        "datasource": source,
        "targets": targets,
        "links": links,
        "gridPos": {"w": width, "h": 8},
        # Grafana writes these two itself; left out, they come back as a difference.
        "repeatDirection": "h",
        "transparent": False,
        **look,
    }


def _defaults(unit: str, thresholds: tuple[Threshold, ...]) -> dict[str, Any]:
    return {"unit": unit, "thresholds": {"mode": "absolute", "steps": steps(thresholds)}}


def _curves(unit: str, thresholds: tuple[Threshold, ...]) -> dict[str, Any]:
    # A line has the colour of what is over it; what is wrong under a line shows only as an area.
    drawn = "line+area" if any(it.below for it in thresholds) else "line"
    custom = {"thresholdsStyle": {"mode": drawn if thresholds else "off"}}
    return {
        "fieldConfig": {"defaults": {**_defaults(unit, thresholds), "custom": custom}, "overrides": []},
        "options": {
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    }


def _stat(thresholds: tuple[Threshold, ...]) -> dict[str, Any]:
    return {
        "fieldConfig": {"defaults": {**_defaults(Unit.SHARE, thresholds), "decimals": 2}, "overrides": []},
        "options": {
            "colorMode": "value",
            "graphMode": "none",
            "justifyMode": "auto",
            "orientation": "auto",
            "percentChangeColorMode": "standard",
            "reduceOptions": {"calcs": ["lastNotNull"], "values": False},
            "showPercentChange": False,
            "textMode": "auto",
            "wideLayout": True,
        },
    }


def _table(unit: str) -> dict[str, Any]:
    overrides = [
        {
            "matcher": {"id": "byRegexp", "options": names},
            "properties": [{"id": "unit", "value": column}],
        }
        for names, column in COLUMN_UNITS.items()
    ]
    custom = {"align": "auto", "inspect": False}
    return {
        "fieldConfig": {"defaults": {**_defaults(unit, ()), "custom": custom}, "overrides": overrides},
        "options": {
            "cellHeight": "sm",
            "footer": {"countRows": False, "reducer": [], "show": False},
            "frameIndex": 0,
            "showHeader": True,
            "showTypeIcons": False,
        },
    }
