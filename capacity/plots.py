"""The plots of a stack's capacity, by the name of their file."""

from collections.abc import Iterator, Mapping
from html import escape

from capacity.findings import number
from capacity.plot import Line, Plot, short, svg
from capacity.queueing import Queue
from capacity.report import P95, Report
from capacity.traffic import MS

STEPS = 60
"""Points of a curve."""


def plots(made: Report) -> Mapping[str, str]:
    """Return each plot that there is as SVG, by the name of its file."""
    found = {"limits": _limits(made), "pool": _pool(made), "launch": _launch(made), "sweep": _sweep(made)}
    return {f"capacity-{name}.svg": svg(plot) for name, plot in found.items() if plot}


def page(made: Report, table: str) -> str:
    """Return one page of HTML with all plots and the `table`, self-contained."""
    name = escape(f"{made.app} {made.environment}: capacity")
    figures = "\n".join(f"<figure>{it}</figure>" for it in plots(made).values())
    style = (
        ":root{color-scheme:light dark}body{font:16px/1.5 sans-serif;max-width:60rem;margin:1rem auto}"
        "body{padding:0 1rem}pre{overflow-x:auto;font-size:.8rem}figure{margin:1rem 0}svg{width:100%;height:auto}"
    )
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{name}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{style}</style></head>\n'
        f'<body><main><h1>{name}</h1>\n<p>{escape(made.note)}</p>\n{figures}\n<pre tabindex="0">{escape(table)}'
        "</pre></main></body></html>\n"
    )


def _limits(made: Report) -> Plot:
    """Return what the tightest limits are asked for, as a share of what there is, over the phases."""
    own = [it.id for it in made.phases[0].limits if it.kind in ("limit", "cold", "account")]
    tightest = sorted(own, key=lambda name: -max(_shares(made, name)))[:5]
    users = [it.people.concurrent_users for it in made.phases]
    return Plot(
        title=f"{made.app}: what each limit is asked for, by phase",
        across="users at the same moment",
        up="percent of what there is",
        lines=[Line(name=it, points=[(0, 0), *zip(users, _shares(made, it), strict=True)]) for it in tightest],
        limits={"all of it": 100},
        marks={it.people.phase: it.people.concurrent_users for it in made.phases},
    )


def _shares(made: Report, name: str) -> list[float]:
    found = [next(it for it in phase.limits if it.id == name) for phase in made.phases]
    return [100 * it.demand / it.supply if it.supply else 0 for it in found]


def _pool(made: Report) -> Plot | None:
    """Return the wait for a connection over the queries, by Erlang's C."""
    here = next(it for it in made.phases if it.people.phase == made.phase)
    if here.pool is None or here.pool_cold is None or not here.cold.queries:
        return None
    service_seconds = here.pool_cold.busy / here.cold.queries
    most = here.pool.connections / service_seconds
    points = []
    for step in range(1, STEPS):
        asked = most * step / STEPS
        queue = Queue(arrivals_per_second=asked, service_seconds=service_seconds, servers=here.pool.connections)
        points.append((asked, min(queue.wait_seconds(P95), service_seconds * 10) * MS))
    return Plot(
        title=f"{made.app}: wait for one of {here.pool.connections} connections",
        across="queries a second",
        up="milliseconds that 95 % of the queries stay under",
        lines=[Line(name="Erlang's C", points=points)],
        marks={"full caches": here.warm.queries, "empty caches": here.cold.queries},
    )


def _launch(made: Report) -> Plot | None:
    if not made.launches:
        return None
    minutes = made.launches[0].minutes
    return Plot(
        title=f"{made.app}: the launch, {made.launches[0].title}",
        across="minutes from the launch",
        up="tasks; percent of what they can do",
        lines=[
            Line(name="tasks", points=[(it.minute, it.ready) for it in minutes], step=True),
            Line(name="busy, percent", points=[(it.minute, it.busy_percent) for it in minutes]),
        ],
        limits={"overloaded": 100},
    )


def _sweep(made: Report) -> Plot | None:
    if made.sweep is None:
        return None
    rows = made.sweep.rows
    lines: Iterator[tuple[str, list[float]]] = iter(
        [
            ("edge requests/s", [it.edge_requests_per_second for it in rows]),
            ("queries/s", [it.queries_per_second for it in rows]),
            ("commands/s", [it.redis_commands_per_second for it in rows]),
            ("cold connections", [it.cold_connections for it in rows]),
            ("tasks", [it.tasks for it in rows]),
        ]
    )
    ends = {it.id: it.ends_above_users for it in made.sweep.ceilings if it.ends_above_users}
    return Plot(
        title=f"{made.app}: up to {short(rows[-1].users)} users, and where one of each kind ends",
        across="users in all",
        up="a second, or at once",
        lines=[
            Line(name=name, points=[(row.users, value) for row, value in zip(rows, values, strict=True)])
            for name, values in lines
            if any(values)
        ],
        marks={f"{name} {number(float(users))}": users for name, users in ends.items() if users <= rows[-1].users},
        logarithmic=True,
    )
