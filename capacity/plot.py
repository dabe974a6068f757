"""Lines over an axis as SVG, light and dark: what the plots of the model are drawn with."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from msgspec import Struct

WIDTH, HEIGHT = 760, 380
LEFT, RIGHT, TOP, BOTTOM = 72, 150, 64, 52
TICKS: Final = 5
STYLE: Final = """<style>
svg{background:#fff;font:12px sans-serif}text{fill:#333}.grid{stroke:#ddd}.limit{stroke:#333;stroke-dasharray:6 4}
.line{fill:none;stroke-width:2}.s0{stroke:#1a66b3}.s1{stroke:#c4432b}.s2{stroke:#2e7d32}.s3{stroke:#8e5ea2}
.s4{stroke:#a56a00}
@media(prefers-color-scheme:dark){svg{background:#16181c}text{fill:#ddd}.grid{stroke:#3a3d44}.limit{stroke:#ddd}
.s0{stroke:#6cb2f5}.s1{stroke:#ff8a73}.s2{stroke:#7fce86}.s3{stroke:#cfa3e0}.s4{stroke:#f0b95b}}
</style>"""


class Line(Struct, frozen=True, kw_only=True):
    """One line."""

    name: str
    points: Sequence[tuple[float, float]]
    """From left to right."""
    step: bool = False
    """Whether a value holds until the next point."""


class Plot(Struct, frozen=True, kw_only=True):
    """One plot."""

    title: str
    across: str
    """What is on the horizontal axis."""
    up: str
    """What is on the vertical axis."""
    lines: Sequence[Line]
    limits: Mapping[str, float] = {}
    """A dashed line for each, by its name."""
    marks: Mapping[str, float] = {}
    """A dashed upright for each, by its name."""
    logarithmic: bool = False
    """Whether both axes are."""


def svg(plot: Plot) -> str:
    """Return the plot as a document of its own."""
    across = _Axis(
        [x for line in plot.lines for x, _ in line.points] + list(plot.marks.values()),
        logarithmic=plot.logarithmic,
    )
    up = _Axis(
        [y for line in plot.lines for _, y in line.points] + list(plot.limits.values()),
        logarithmic=plot.logarithmic,
    )
    body = [*_grid(plot, across, up), *_limits(plot, across, up)]
    for number, line in enumerate(plot.lines):
        path = ""
        for at, value in line.points:
            x, y = _x(across, at), _y(up, value)
            path += f"M{x} {y}" if not path else f"H{x}V{y}" if line.step else f"L{x} {y}"
        path = path or f"M{LEFT} {HEIGHT - BOTTOM}"
        body.append(f'<path class="line s{number % TICKS}" d="{path}"/>')
        row = TOP + 18 * number
        body.append(f'<path class="line s{number % TICKS}" d="M{WIDTH - RIGHT + 10} {row}h18"/>')
        body.append(_text(WIDTH - RIGHT + 34, row + 4, line.name, "start"))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
    title = f"<title>{escape(plot.title)}</title>"
    return "\n".join([head, title, STYLE, _text(LEFT, 22, plot.title, "start"), *body, "</svg>", ""])


class _Axis:
    def __init__(self, values: Sequence[float], *, logarithmic: bool) -> None:
        self.logarithmic = logarithmic
        positive = [it for it in values if it > 0] or [1.0]
        if logarithmic:
            self.low = float(math.floor(math.log10(min(positive))))
            self.high = max(float(math.ceil(math.log10(max(positive)))), self.low + 1)
        else:
            self.low, self.high = min(0.0, *values), max(*values, 1.0) * 1.05

    def place(self, value: float) -> float:
        """Return where `value` is, from 0 to 1."""
        at = math.log10(max(value, 10**self.low)) if self.logarithmic else value
        return (at - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        """Return the values that are written."""
        if self.logarithmic:
            return [10.0**power for power in range(int(self.low), int(self.high) + 1)]
        size = (self.high - self.low) / TICKS
        step = 10 ** math.floor(math.log10(size))
        step *= next(it for it in (1, 2, 5, 10) if it * step >= size)
        first, last = math.ceil(self.low / step), math.floor(self.high / step)
        return [number * step for number in range(first, last + 1)]


def _x(axis: _Axis, value: float) -> float:
    return round(LEFT + axis.place(value) * (WIDTH - LEFT - RIGHT), 1)


def _y(axis: _Axis, value: float) -> float:
    return round(HEIGHT - BOTTOM - axis.place(value) * (HEIGHT - TOP - BOTTOM), 1)


def _grid(plot: Plot, across: _Axis, up: _Axis) -> list[str]:
    parts = []
    for value in up.ticks():
        y = _y(up, value)
        parts += [_line("grid", LEFT, y, WIDTH - RIGHT, y), _text(LEFT - 8, y + 4, short(value), "end")]
    for value in across.ticks():
        x = _x(across, value)
        parts += [
            _line("grid", x, TOP, x, HEIGHT - BOTTOM),
            _text(x, HEIGHT - BOTTOM + 18, short(value), "middle"),
        ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    return [*parts, _text(middle, HEIGHT - 12, plot.across, "middle"), _text(LEFT, TOP - 12, plot.up, "start")]


def _limits(plot: Plot, across: _Axis, up: _Axis) -> list[str]:
    parts = []
    for name, value in plot.limits.items():
        y = _y(up, value)
        parts += [_line("limit", LEFT, y, WIDTH - RIGHT, y), _text(WIDTH - RIGHT + 10, y + 4, name, "start")]
    for number, (name, value) in enumerate(plot.marks.items()):
        x = _x(across, value)
        y = HEIGHT - BOTTOM - 6 - 14 * number
        parts += [_line("limit", x, TOP, x, HEIGHT - BOTTOM), _text(x - 4, y, name, "end")]
    return parts


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def short(value: float) -> str:
    """Return a number in few characters: 20k, 1.5M."""
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
