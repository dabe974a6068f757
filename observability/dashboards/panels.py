"""Panels: one for each signal, three for each objective. Their position is left to the board."""

import zlib
from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

from msgspec import Struct

from observability import Objective, Severity, Shape, Signal, Sql, Threshold, Unit
from observability.alerting.recording import RecordedObjective
from observability.dashboards.objectives import ObjectiveQueries
from observability.dashboards.queries import DataSources, instant, panel_queries, ranged
from observability.records.limits import under
from observability.records.objective import PERIOD_DAYS

WHOLE, LINE, NUMBER, CURVES = 24, 8, 4, 16
"""Widths in columns: of the board, a line chart, a single number, and the curves beside two of those."""
SCARCE_SHARE = 0.25
"""Share of an error budget under which the rest is shown in orange; no alert follows from it."""
COLOURS: Mapping[Severity, str] = {Severity.PAGE: "red", Severity.TICKET: "orange", Severity.INFO: "blue"}
"""Colour beyond a threshold of each severity, worst first."""
HEALTHY = "green"
COLUMN_UNITS: Mapping[str, Unit] = {"/_ms$/": Unit.MILLISECONDS, "/_share$/": Unit.SHARE, "/_s$/": Unit.SECONDS}
"""Unit of a table's column, by the end of its name."""


class PanelContext(Struct, frozen=True, kw_only=True):
    """Names and data sources that all panels of one stack have in common."""

    app: str
    """Name of the application."""
    environment: str
    """Name of the environment."""
    sources: DataSources
    """Data sources that answer the queries."""
    runbook_url: str
    """Page with a section for each record, its id the anchor."""
    recorded: bool = False
    """Whether the recording rules of `footing observe` are loaded."""


def panel_id(key: str) -> int:
    """Return the number of the panel for `key`, the same wherever it stands: alerts and shared links point to it.

    An alert's panel has the key of its record's id.
    """
    return zlib.crc32(key.encode()) & 0x7FFFFFFF


def row(subject: str) -> dict[str, Any]:
    """Return the heading over the panels of `subject`."""
    return {
        "id": panel_id(f"row {subject}"),
        "type": "row",
        "title": subject,
        "collapsed": False,
        "gridPos": {"w": WHOLE, "h": 1},
        "panels": [],
    }


def signal_panel(signal: Signal, context: PanelContext) -> dict[str, Any]:
    """Return a chart of the signal with a line for each threshold; a table where the query returns one."""
    table = isinstance(signal.query, Sql) and signal.query.shape is Shape.TABLE
    return _panel(
        signal.id,
        width=WHOLE // 2 if table else LINE,
        title=signal.title,
        description=signal.description,
        datasource=context.sources.of(signal.query),
        targets=panel_queries(signal, context.sources),
        links=_links(signal, context),
        **(_table(signal.unit) if table else _curves(signal.unit, signal.thresholds)),
    )


def objective_panels(objective: Objective, context: PanelContext) -> list[dict[str, Any]]:
    """Return the error budget that remains, the share of good events, and the burn rate over each window."""
    queries = objective_queries(objective, context)
    targets = [
        ranged(queries.burn_rate(pair), context.sources, letter, f"{pair.name} window, alert over {pair.factor:g}")
        for letter, pair in zip(ascii_uppercase, objective.windows, strict=False)
    ]
    burn_rates = tuple(
        Threshold(severity=Severity.PAGE if pair.pages else Severity.TICKET, value=pair.factor)
        for pair in objective.windows
    )
    common = {"datasource": context.sources.prometheus, "links": _links(objective, context)}
    return [
        # A key is not the title: shared links point to the number made of it, and titles may change.
        _panel(
            f"{objective.id} Budget left",
            width=NUMBER,
            title="Error budget remaining",
            description=(
                f"Share of the error budget of {objective.period_days} days that remains. {objective.description}"
            ),
            targets=[instant(queries.budget_remaining(), context.sources)],
            **_number(under(ticket=SCARCE_SHARE, page=0)),
            **common,
        ),
        _panel(
            f"{objective.id} Good in {PERIOD_DAYS} days",
            width=NUMBER,
            title=f"SLI over {objective.period_days} days",
            description=f"Share of good events; the SLO is {objective.target:g}. {objective.description}",
            targets=[instant(queries.good_ratio(), context.sources)],
            **_number(under(page=objective.target)),
            **common,
        ),
        _panel(
            objective.id,
            width=CURVES,
            title=f"{objective.title}: error budget burn rate",
            description=(
                f"Error ratio as a multiple of what the SLO allows, by window: at 1 the error budget lasts "
                f"{objective.period_days} days. {objective.description}"
            ),
            targets=targets,
            **_curves(Unit.NUMBER, burn_rates),
            **common,
        ),
    ]


def record_panels(record: Signal | Objective, context: PanelContext) -> list[dict[str, Any]]:
    """Return every panel of `record`, from left to right."""
    if isinstance(record, Objective):
        return objective_panels(record, context)
    return [signal_panel(record, context)]


def objective_queries(objective: Objective, context: PanelContext) -> ObjectiveQueries:
    """Return the queries of `objective` in the stack of `context`."""
    recorded = RecordedObjective(objective=objective, app=context.app, environment=context.environment)
    return ObjectiveQueries(objective=objective, recorded=recorded if context.recorded else None)


def steps(thresholds: Sequence[Threshold]) -> list[dict[str, Any]]:
    """Return the colour of every range of values, lowest first, as Grafana writes it: each from its value on."""
    bounds = sorted({threshold.value for threshold in thresholds})
    found = []
    for start, end in zip([None, *bounds], [*bounds, None], strict=True):
        crossed = {
            it.severity
            for it in thresholds
            if (end is not None and end <= it.value if it.below else start is not None and start >= it.value)
        }
        worst = next((colour for severity, colour in COLOURS.items() if severity in crossed), HEALTHY)
        found.append({"color": worst, "value": start})
    return found


def _links(record: Signal | Objective, context: PanelContext) -> list[dict[str, Any]]:
    if not record.runbook:
        return []
    return [{"title": "Runbook", "url": f"{context.runbook_url}#{record.id}", "targetBlank": True}]


def _panel(key: str, *, width: int, **fields: Any) -> dict[str, Any]:
    return {
        "id": panel_id(key),
        "gridPos": {"w": width, "h": 8},
        # Grafana writes these two itself; left out, they come back as a difference.
        "repeatDirection": "h",
        "transparent": False,
        **fields,
    }


def _defaults(unit: str, thresholds: tuple[Threshold, ...]) -> dict[str, Any]:
    return {"unit": unit, "thresholds": {"mode": "absolute", "steps": steps(thresholds)}}


def _number(thresholds: tuple[Threshold, ...]) -> dict[str, Any]:
    return {
        "type": "stat",
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


def _curves(unit: str, thresholds: tuple[Threshold, ...]) -> dict[str, Any]:
    # A line has the colour of what is over it; what is wrong under a line shows only as an area.
    drawn = "line+area" if any(it.below for it in thresholds) else "line"
    custom = {"thresholdsStyle": {"mode": drawn if thresholds else "off"}}
    return {
        "type": "timeseries",
        "fieldConfig": {"defaults": {**_defaults(unit, thresholds), "custom": custom}, "overrides": []},
        "options": {
            "legend": {"calcs": [], "displayMode": "list", "placement": "bottom", "showLegend": True},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    }


def _table(unit: str) -> dict[str, Any]:
    overrides = [
        {"matcher": {"id": "byRegexp", "options": names}, "properties": [{"id": "unit", "value": column}]}
        for names, column in COLUMN_UNITS.items()
    ]
    custom = {"align": "auto", "inspect": False}
    return {
        "type": "table",
        "fieldConfig": {"defaults": {**_defaults(unit, ()), "custom": custom}, "overrides": overrides},
        "options": {
            "cellHeight": "sm",
            "footer": {"countRows": False, "reducer": [], "show": False},
            "frameIndex": 0,
            "showHeader": True,
            "showTypeIcons": False,
        },
    }
