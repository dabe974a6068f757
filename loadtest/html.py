"""A report as one HTML file that needs no other: tables, and plots as SVG."""

from collections.abc import Callable, Sequence
from html import escape

from msgspec import Struct

from loadtest.measured import Measured, Second, percentile
from loadtest.report import rows
from loadtest.scenario import Scenario
from loadtest.verdict import bottleneck, verdicts

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 720, 180, 48, 24, 12
COLORS = ("#1a66b3", "#c4432b", "#2e7d32")
MOST_POINTS = 240
"""Points of a line; longer runs are averaged, so that a page stays small."""

STYLE = """\
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222;background:#fff}
table{border-collapse:collapse;margin:.6rem 0}
td,th{padding:.2rem .7rem;border-bottom:1px solid #ddd;text-align:left}
.kept{color:#2e7d32}.broken{color:#c4432b;font-weight:600}.not{color:#777}svg{display:block;max-width:100%}
figcaption{color:#555;font-size:13px}figure{margin:1rem 0}"""


class Curve(Struct, frozen=True, kw_only=True):
    """A line of a plot."""

    name: str
    """What it shows."""
    points: Sequence[tuple[float, float]]
    """Seconds since the run began, and the number."""


class Run(Struct, frozen=True, kw_only=True):
    """A run as the report shows it."""

    scenario: Scenario
    """What was played."""
    measured: Measured
    """What was measured."""
    remarks: Sequence[str] = ()
    """Sentences about it."""
    curves: Sequence[tuple[str, Sequence[Curve]]] = ()
    """Further plots, by their titles."""


def page(title: str, remarks: Sequence[str], runs: Sequence[Run]) -> str:
    """Return the report."""
    body = [f"<h1>{escape(title)}</h1>", *(f"<p>{escape(it)}</p>" for it in remarks)]
    for run in runs:
        body += _section(run)
    head = f'<meta charset="utf-8"><title>{escape(title)}</title><style>{STYLE}</style>'
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head>\n<body>\n' + "\n".join(body) + "\n</body></html>\n"
    )


def _section(run: Run) -> list[str]:
    scenario, measured = run.scenario, run.measured
    late = bottleneck(scenario, measured)
    limits = [
        f"<tr><td>{escape(it.limit.title)}</td><td>{escape(it.allowed)}</td><td>{escape(it.measured)}</td>"
        f'<td class="{it.state.value.split()[0]}">{it.state.value}</td><td>{escape(it.limit.key)}</td></tr>'
        for it in verdicts(scenario, measured)
    ]
    kinds = [
        f"<tr><td>{escape(name)}</td><td>{count.sent:,}</td><td>{count.failed:,}</td><td>{count.blocked:,}</td>"
        + "".join(f"<td>{percentile(count.latencies, it)} ms</td>" for it in (50, 95, 99))
        + f"<td>{_percent(count.edge_hits, count.edge_told)}</td>"
        f"<td>{_percent(count.redis_hits, count.redis_told)}</td><td>{count.edge_bytes:,}</td></tr>"
        for name, count in rows(measured)
    ]
    plots = [
        (
            "requests a second, by what became of them",
            [
                _by_second(measured, "passed", lambda it: it.passed),
                _by_second(measured, "blocked (429)", lambda it: it.blocked),
                _by_second(measured, "answered by the edge", lambda it: it.edge_hits),
            ],
        ),
        (
            "mean time to an answer, milliseconds",
            [_by_second(measured, "passed", lambda it: it.milliseconds / it.passed if it.passed else 0)],
        ),
        *run.curves,
    ]
    return [
        f'<h2 id="{escape(scenario.name)}">{escape(scenario.name)}: {escape(scenario.title)}</h2>',
        *(f"<p>{escape(it)}</p>" for it in run.remarks),
        *([f'<p class="broken">{escape(late)}</p>'] if late else []),
        (
            f"<p>Offered {scenario.offered_per_second:.1f} requests a second for {scenario.duration_seconds} s, "
            f"achieved {measured.achieved_share:.0%} of {measured.offered:,.0f}.</p>"
        ),
        "<table><tr><th>limit</th><th>allowed</th><th>measured</th><th></th><th>key</th></tr>",
        *limits,
        "</table>",
        (
            "<table><tr><th>requests</th><th>sent</th><th>failed</th><th>blocked</th><th>p50</th><th>p95</th>"
            "<th>p99</th><th>edge hits</th><th>Redis hits</th><th>bytes saved</th></tr>"
        ),
        *kinds,
        "</table>",
        *(f"<figure>{plot(curves)}<figcaption>{escape(title)}</figcaption></figure>" for title, curves in plots),
    ]


def plot(curves: Sequence[Curve]) -> str:
    """Return lines over the seconds of a run as SVG."""
    curves = [it for it in curves if any(number for _, number in it.points)] or curves[:1]
    most = max((number for it in curves for _, number in it.points), default=0) or 1
    end = max((at for it in curves for at, _ in it.points), default=0) or 1
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-size="11">']
    for share in (0, 0.5, 1):
        y = _y(share)
        parts.append(f'<path d="M{LEFT} {y}H{WIDTH}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 6}" y="{y + 4}" text-anchor="end">{most * share:,.4g}</text>')
    for share in (0, 0.25, 0.5, 0.75, 1):
        x = round(LEFT + share * (WIDTH - LEFT - 20), 1)
        parts.append(f'<text x="{x}" y="{HEIGHT - 6}" text-anchor="middle">{end * share:.0f} s</text>')
    for number, curve in enumerate(curves):
        color = COLORS[number % len(COLORS)]
        size = -(-len(curve.points) // MOST_POINTS) or 1
        groups = [curve.points[at : at + size] for at in range(0, len(curve.points), size)]
        means = [(group[0][0], sum(number for _, number in group) / len(group)) for group in groups]
        steps = " ".join(f"{LEFT + at / end * (WIDTH - LEFT - 20):.1f},{_y(value / most)}" for at, value in means)
        parts.append(f'<polyline points="{steps}" fill="none" stroke="{color}" stroke-width="1.5"/>')
        parts.append(
            f'<text x="{LEFT + 8 + 170 * number}" y="{TOP + 2}" fill="{color}">{escape(curve.name)}</text>'
        )
    return "".join([*parts, "</svg>"])


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - BOTTOM - TOP - 10), 1)


def _by_second(measured: Measured, name: str, number: Callable[[Second], float]) -> Curve:
    last = max(measured.by_second, default=0)
    empty = Second()
    return Curve(name=name, points=[(at, number(measured.by_second.get(at, empty))) for at in range(last + 1)])


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.0%}" if whole else "-"
