"""A plot of connections over time as SVG: steps, two limits, nothing else."""

from collections.abc import Mapping, Sequence
from html import escape

from lab.result import Curve

WIDTH, HEIGHT = 760, 360
LEFT, RIGHT, TOP, BOTTOM = 56, 16, 48, 44
COLORS = ("#1a66b3", "#c4432b", "#2e7d32")
INK, FAINT = "#333333", "#dddddd"
STEP_CONNECTIONS, STEP_SECONDS = 50, 10


def render(curves: Sequence[Curve], limits: Mapping[str, int]) -> str:
    """Return the plot of `curves`, with a dashed line for each of `limits` by its name, in connections."""
    seconds = max((at for curve in curves for at, _ in curve.points), default=1.0)
    counts = [count for curve in curves for _, count in curve.points]
    scale = _Scale(seconds, 1.1 * max([*counts, *limits.values()]))
    body = [*_grid(scale), *_limits(scale, limits)]
    for index, (curve, color) in enumerate(zip(curves, COLORS, strict=False)):
        x = LEFT + 200 * index
        key = _line(x, 20, x + 24, 20, color, ' stroke-width="3"')
        path, last = "", 0.0
        for at, count in curve.points:
            # Horizontal first: the old count held until this moment.
            path += f"H{scale.x(at)}V{scale.y(count)}" if path else f"M{scale.x(at)} {scale.y(count)}"
            last = scale.y(count)
        steps = f'<path d="{path or f"M{LEFT} {last}"}" fill="none" stroke="{color}" stroke-width="1.5"/>'
        body += [steps, key, _text(x + 32, 24, curve.name, "start")]
    box, font = f'viewBox="0 0 {WIDTH} {HEIGHT}"', 'font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {box} {font}>'
    title = "<title>Connections to PostgreSQL over time</title>"
    return "\n".join(
        [head, title, f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>', *body, "</svg>", ""]
    )


class _Scale:
    def __init__(self, seconds: float, connections: float) -> None:
        self.seconds, self.connections = seconds, connections

    def x(self, seconds: float) -> float:
        return round(LEFT + seconds / self.seconds * (WIDTH - LEFT - RIGHT), 1)

    def y(self, connections: float) -> float:
        return round(HEIGHT - BOTTOM - connections / self.connections * (HEIGHT - TOP - BOTTOM), 1)


def _grid(scale: _Scale) -> list[str]:
    end = WIDTH - RIGHT
    parts = []
    for count in range(0, int(scale.connections) + 1, STEP_CONNECTIONS):
        y = scale.y(count)
        parts += [_line(LEFT, y, end, y, FAINT), _text(LEFT - 8, y + 4, str(count), "end")]
    for second in range(0, int(scale.seconds) + 1, STEP_SECONDS):
        parts.append(_text(scale.x(second), HEIGHT - BOTTOM + 18, str(second), "middle"))
    middle = (LEFT + end) / 2
    return [*parts, _text(middle, HEIGHT - 8, "seconds since the first client connected", "middle")]


def _limits(scale: _Scale, limits: Mapping[str, int]) -> list[str]:
    parts = []
    for name, count in limits.items():
        y = scale.y(count)
        parts += [
            _line(LEFT, y, WIDTH - RIGHT, y, INK, ' stroke-dasharray="6 4"'),
            _text(WIDTH - RIGHT, y - 5, f"{name} {count}", "end"),
        ]
    return parts


def _line(x1: float, y1: float, x2: float, y2: float, color: str, more: str = "") -> str:
    return f'<line x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}" stroke="{color}"{more}/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" fill="{INK}">{escape(text)}</text>'
