"""A dashboard's model as SVG: where its panels are, what they are called, in which unit, with which lines."""

from collections.abc import Iterator, Mapping
from html import escape
from itertools import pairwise
from typing import Any

from observability import Unit
from observability.alerting.alerts import amount

COLUMN, LINE = 40, 20
"""Size of one cell of Grafana's grid, in pixels."""
MARGIN, HEAD = 10, 40
GAP = 4
WIDTH = 24 * COLUMN + 2 * MARGIN
CHARACTER = 7
"""Width of a letter of a title, in pixels, generously."""
SHADES: Mapping[str, str] = {"red": "#c4162a", "orange": "#c26a00", "blue": "#1f60c4", "green": "#37872d"}
"""Of Grafana's colours, worst first."""
INK, PALE, PAPER, EDGE = "#24292e", "#6a737d", "#ffffff", "#d0d7de"

Panel = Mapping[str, Any]


def drawing(model: Mapping[str, Any]) -> str:
    """The SVG of `model`."""
    panels = model["panels"]
    bottom = max((it["gridPos"]["y"] + it["gridPos"]["h"] for it in panels), default=1)
    height = HEAD + bottom * LINE + MARGIN
    body = [line for panel in panels for line in _drawn(panel)]
    font = 'font-family="sans-serif" font-size="12"'
    return "\n".join(
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" {font}>',
            f"<title>{escape(model['title'])}</title>",
            f'<rect width="{WIDTH}" height="{height}" fill="#f6f8fa"/>',
            f'<text x="{MARGIN}" y="26" font-size="16" fill="{INK}">{escape(model["title"])}</text>',
            *body,
            "</svg>",
            "",
        )
    )


def _drawn(panel: Panel) -> Iterator[str]:
    place = panel["gridPos"]
    left, top = MARGIN + place["x"] * COLUMN, HEAD + place["y"] * LINE
    width, height = place["w"] * COLUMN - GAP, place["h"] * LINE - GAP
    if panel["type"] == "row":
        yield f'<text x="{left}" y="{top + 15}" font-weight="bold" fill="{INK}">{escape(panel["title"])}</text>'
        return
    yield (f'<rect x="{left}" y="{top}" width="{width}" height="{height}" rx="3" fill="{PAPER}" stroke="{EDGE}"/>')
    title = _cut(panel["title"], width // CHARACTER - 2)
    yield f'<text x="{left + 8}" y="{top + 18}" fill="{INK}">{escape(title)}</text>'
    unit = panel["fieldConfig"]["defaults"]["unit"]
    inner = (left + 8, top + 28, width - 16, height - 36)
    yield _small(left + 8, top + height - 6, f"{panel['type']}, {unit}")
    if panel["type"] == "timeseries":
        yield from _lines(panel, inner)
    elif panel["type"] == "table":
        yield from _grid(inner)
    else:
        yield from _number(panel, inner)


def _lines(panel: Panel, inner: tuple[int, int, int, int]) -> Iterator[str]:
    """Threshold lines, evenly apart in their order: without data there is no scale."""
    left, top, width, height = inner
    floor = top + height - 16
    yield f'<path d="M{left} {top}V{floor}H{left + width}" fill="none" stroke="{EDGE}"/>'
    defaults = panel["fieldConfig"]["defaults"]
    steps = defaults["thresholds"]["steps"]
    bounds = [step for step in steps if step["value"] is not None]
    for place, (below, step) in enumerate(zip(steps, bounds, strict=False), start=1):
        y = floor - place * (floor - top) // (len(bounds) + 1)
        shade = _worse(below["color"], step["color"])
        yield f'<path d="M{left} {y}H{left + width}" stroke="{shade}" stroke-dasharray="6 3"/>'
        yield _small(left + 4, y - 3, amount(step["value"], defaults["unit"]), shade)


def _grid(inner: tuple[int, int, int, int]) -> Iterator[str]:
    left, top, width, height = inner
    rows = "".join(f"M{left} {y}h{width}" for y in range(top, top + height - 16, 18))
    yield f'<path d="{rows}" stroke="{EDGE}"/>'


def _number(panel: Panel, inner: tuple[int, int, int, int]) -> Iterator[str]:
    left, top, width, height = inner
    middle = f'x="{left + width // 2}" y="{top + height // 2}" text-anchor="middle"'
    yield f'<text {middle} font-size="28" fill="{PALE}">%</text>'
    steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
    for place, (below, step) in enumerate(pairwise(steps)):
        text = f"under {amount(step['value'], Unit.SHARE)}"
        yield _small(left, top + height - 18 - 13 * place, text, SHADES[below["color"]])


def _worse(*colours: str) -> str:
    """Shade of the worst of the colours on both sides of a line."""
    return next(shade for colour, shade in SHADES.items() if colour in colours)


def _small(x: int, y: int, text: str, shade: str = PALE) -> str:
    return f'<text x="{x}" y="{y}" font-size="10" fill="{shade}">{escape(text)}</text>'


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"
