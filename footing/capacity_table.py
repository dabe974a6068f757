"""What the capacity model says, as Markdown that a terminal shows well."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from capacity.findings import Finding, number
from capacity.launch import Launch
from capacity.limits import Limit
from capacity.queueing import STATED_ERROR
from capacity.report import Connections, LoadTest, PhaseCapacity, Report
from capacity.sweep import Sweep

if TYPE_CHECKING:
    from capacity.comparison import Compared


def text(made: Report, run: "Compared | None" = None) -> str:
    """Return the whole for people, with a final newline."""
    here = next(it for it in made.phases if it.people.phase == made.phase)
    parts = [
        f"# Capacity of {made.app} {made.environment}, phase {made.phase}\n\n{made.note}\n",
        "## Findings\n\n" + ("".join(finding_line(it) for it in made.findings) or "None.\n"),
        "## Phases\n\n" + phases_table(made.phases),
        f"## Limits in phase {made.phase}\n\n" + limits_table(here.limits),
    ]
    if here.connections:
        parts.append("## Connections\n\n" + connections_table(here.connections))
    if here.pool and here.pool_cold:
        parts.append("## Pool\n\n" + pool_table(here))
    if run:
        parts.append("## Erlang's C and discrete events\n\n" + _run(run))
    if made.launches:
        parts.append("## The launch\n\n" + launch_table(made.launches))
    if made.load_tests:
        parts.append("## Load tests\n\n" + load_tests_table(made.load_tests))
    if made.sweep:
        parts.append("## Sweep\n\n" + sweep_tables(made.sweep))
    rows_ = [(it.key, f"{it.value:g}", it.source) for it in made.assumptions]
    parts.append("## Assumptions\n\n" + aligned(("capacity.assumptions", "value", "source"), rows_))
    return "\n".join(parts)


def aligned(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table whose columns are as wide as their widest cell; numbers stand to the right."""
    cells = [[str(it) for it in row] for row in rows]
    right = [
        bool(cells) and all(row[at][:1].isdigit() or row[at] in ("-", "") for row in cells)
        for at in range(len(heads))
    ]
    table = [list(heads), ["---:" if it else "---" for it in right], *cells]
    widths = [max(len(row[at]) for row in table) for at in range(len(heads))]
    lines = []
    for row in table:
        padded = (
            cell.rjust(width) if to_right else cell.ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        )
        lines.append(f"| {' | '.join(padded)} |\n")
    return "".join(lines)


def phases_table(phases: Sequence[PhaseCapacity]) -> str:
    """Return what each phase asks for, whether it holds, and what breaks first."""
    return aligned(
        (
            "phase",
            "users",
            "at once",
            "edge/s",
            "origin/s",
            "queries/s",
            "cold",
            "writes/s",
            "commands/s",
            "tasks",
            "holds",
            "with empty caches",
            "first limit, up to users",
        ),
        [
            (
                it.people.phase,
                number(it.people.users),
                number(it.people.concurrent_users),
                number(it.warm.edge_requests),
                number(it.warm.origin_requests),
                number(it.warm.queries),
                number(it.cold.queries),
                f"{it.writes_per_second:.2f}",
                number(it.warm.redis_commands),
                sum(one.needed for one in it.tasks.values()),
                "yes" if it.holds else "no",
                "yes" if it.holds and all(one.holds for one in it.limits if one.kind == "cold") else "no",
                _first(it),
            )
            for it in phases
        ],
    )


def limits_table(limits: Sequence[Limit]) -> str:
    """Return every limit, the first to break first, and what to change where one is broken."""
    return aligned(
        ("limit", "asked", "there", "unit", "holds", "up to users", "change"),
        [
            (
                it.id,
                number(it.demand),
                number(it.supply),
                it.unit or "-",
                "yes" if it.holds else "no: AWS's default" if it.kind == "quota" else "no",
                "-" if it.breaks_above_users is None else f"{it.breaks_above_users:,}",
                it.change or "",
            )
            for it in limits
        ],
    )


def connections_table(held: Connections) -> str:
    """Return the connections at rest and at the worst moment of a deployment."""
    return aligned(
        ("connections", "at rest", "full", "worst moment", "allowed"),
        [
            (
                "of the services to the poolers",
                f"{held.clients_at_rest:,}",
                f"{held.clients_full:,}",
                f"{held.clients_worst:,}",
                f"{held.clients_allowed:,}",
            ),
            (
                "of the poolers to PostgreSQL",
                f"{held.server_at_rest:,}",
                f"{held.server_at_rest:,}",
                f"{held.server_worst:,}",
                f"{held.server_allowed:,}",
            ),
        ],
    )


def launch_table(launches: Sequence[Launch]) -> str:
    """Return how each way to scale meets the launch."""
    rows = [(it.title, it.most_tasks, f"{it.overloaded_minutes} min") for it in launches]
    return aligned(("scaled", "most tasks", "overloaded"), rows)


def load_tests_table(tests: Sequence[LoadTest]) -> str:
    """Return whom each load test stands for."""
    rows = [
        (
            it.name,
            f"{it.virtual_users:,}",
            number(it.requests_per_second),
            number(it.stands_for_users),
            f"{it.percent_of_peak:.3g} %",
        )
        for it in tests
    ]
    return aligned(("load test", "virtual users", "requests/s", "stands for users", "of the peak"), rows)


def sweep_tables(made: Sweep) -> str:
    """Return what each number of users asks for, then where one of each kind ends, and what comes next."""
    rows = [
        (
            number(it.users),
            number(it.concurrent_users),
            number(it.edge_requests_per_second),
            number(it.tasks),
            number(it.queries_per_second),
            number(it.cold_connections),
            number(it.redis_commands_per_second),
            ", ".join(it.ended) or "nothing",
        )
        for it in made.rows
    ]
    heads = ("users", "at once", "edge/s", "tasks", "queries/s", "cold connections", "commands/s", "has ended")
    ends = [
        (
            it.title,
            f"{number(it.most)} {it.unit}",
            "-" if it.ends_above_users is None else f"{it.ends_above_users:,}",
            it.next,
        )
        for it in made.ceilings
    ]
    return f"{aligned(heads, rows)}\n{aligned(('one of', 'the largest', 'up to users', 'what comes next'), ends)}"


def finding_line(it: Finding) -> str:
    """Return a finding as an item of a list, with what to change."""
    sources = f" [{', '.join(it.sources)}]" if it.sources else ""
    change = f"  Change {it.change}\n" if it.change else ""
    return f"- {it.level} {it.id} ({it.phase}){sources}: {it.sentence}\n{change}"


def _first(phase: PhaseCapacity) -> str:
    first = next((it for it in phase.limits if it.id == phase.first), None)
    return f"{first.id}, {first.breaks_above_users:,}" if first else "none"


def pool_table(phase: PhaseCapacity) -> str:
    """Return the pool as a queue, with full caches and with empty ones."""
    rows = []
    for name, pool in (("full", phase.pool), ("empty", phase.pool_cold)):
        if pool:
            wait = "without end" if pool.wait_p95_ms is None else f"{pool.wait_p95_ms:.3g} ms"
            rows.append(
                (name, pool.connections, f"{pool.busy:.3g}", pool.needed, f"{pool.wait_percent:.2f} %", wait)
            )
    return aligned(("caches", "connections", "busy", "needed", "queries that wait", "95 % wait less than"), rows)


def _run(run: "Compared") -> str:
    def rows() -> Iterator[tuple[str, str, str]]:
        yield "queries that wait", f"{run.waiting_percent:.2f} %", f"{run.simulated_waiting_percent:.2f} %"
        yield "mean wait", f"{run.mean_wait_ms:.4f} ms", f"{run.simulated_mean_wait_ms:.4f} ms"

    agree = "They agree" if run.agree else "They do NOT agree"
    return (
        f"{run.connections} connections, {run.queries_per_second:,.0f} queries a second, "
        f"{run.simulated_queries:,} of them in discrete events. {agree} within "
        f"{STATED_ERROR}.\n\n" + aligned(("", "Erlang's C", "simulated"), rows())
    )
