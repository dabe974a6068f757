"""What became of the checks, as tables for people: what needs somebody first, then what holds."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from footing.ready.formats import Report, wanted
from readiness.answer import Outcome, Result

STYLES = {Outcome.FAILS: "bold red", Outcome.BY_HAND: "cyan", Outcome.HOLDS: "green"}
"""Outcomes of the rows of a table, those first that need somebody."""


def show(report: Report) -> None:
    """Print the report: a table for each group, what was not asked by reason, and the counts.

    Every mark is a word too.
    """
    console = Console(highlight=False)
    if report.profile:
        console.print(Text(f"{report.profile.name}: {report.profile.title}", style="bold"))
    for group in dict.fromkeys(it.check.group for it in report.results):
        rows = [it for it in report.results if it.check.group is group and it.outcome is not Outcome.NOT_ASKED]
        if rows:
            console.print(_table(str(group), rows))
    reasons: dict[str, list[str]] = {}
    for it in report.results:
        if it.outcome is Outcome.NOT_ASKED:
            reasons.setdefault(it.saw, []).append(it.check.id)
    for reason, ids in reasons.items():
        line = Text.assemble(("not asked", "yellow"), f": {reason}: {', '.join(ids)}")
        console.print(line, soft_wrap=True)
    counts = ", ".join(f"{count} {name}" for name, count in report.counts.items())
    console.print(Text(f"{len(report.results)} checks of {report.stack}: {counts}."), soft_wrap=True)


def _table(group: str, results: Sequence[Result]) -> Table:
    order = list(STYLES)
    broken = any(it.outcome is not Outcome.HOLDS for it in results)
    table = Table(title=group, title_justify="left")
    for name in ("check", "", "saw", "wanted", *(["fix"] if broken else [])):
        table.add_column(name, overflow="fold")
    for it in sorted(results, key=lambda result: order.index(result.outcome)):
        cells = [
            Text(it.check.id),
            Text(str(it.outcome), style=STYLES[it.outcome]),
            Text(it.saw),
            Text(wanted(it)),
        ]
        if broken:
            cells.append(Text("" if it.outcome is Outcome.HOLDS else it.check.fix))
        table.add_row(*cells)
    return table
