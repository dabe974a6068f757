"""What the drills found, as pages for the docs and as lines for a terminal."""

import datetime as dt
import os
from collections.abc import Sequence
from textwrap import fill

from lab import programs
from lab.drills.load import CLIENTS, PAUSE_SECONDS
from lab.drills.migration import Drilled
from lab.drills.statements import Statement
from lab.report import SERVERS, WIDTH, section
from lab.result import Result

MIGRATION_PAGE, RESTORE_PAGE = "migration-drill.md", "restore-drill.md"

MIGRATION_HEAD = """\
# The drill of a migration

Made by `make drill` on {date}; do not edit. Two samples, `lab/drills/samples/safe.sql` and `blocking.sql`, went
through a real PostgreSQL {version} with the parameters of the production stack (`statement_timeout` {limit} s), on
one machine with {cores} cores. `make drill-migration FILE=path.sql` does the same with yours:
[migrations.md](migrations.md#the-drill).

Each ran three times on new tables: without load with {small:,} rows and with {large:,}, and with {large:,}
under {clients} clients that read and write every table, about {rate:.0f} requests a second together. Locks are
those that PostgreSQL itself listed (`pg_locks`), waits those of `pg_blocking_pids`.

**The estimate** is for {stated:,} rows, a number that is stated and not measured (`ROWS=`). It goes along a line
through the two runs without load, where the larger table took at least three times as long; else it is what was
measured. Production's machine, disk and load are others, so it says in which order of magnitude a lock is held,
not for how many seconds.
A statement that holds a lock against others for longer than `statement_timeout` by that estimate is a finding.
"""

COLUMNS = """\
| line | statement | lock | waits for it | here, s | estimate, s | waited, s | refused |
|---|---|---|---|---|---|---|---|"""


def migration_page(drills: Sequence[Drilled], today: dt.date) -> str:
    """Return the page about the two samples."""
    first = drills[0]
    head = MIGRATION_HEAD.format(
        date=today.isoformat(),
        version=".".join(map(str, programs.version(SERVERS["PostgreSQL"]))),
        limit=first.statement_timeout_seconds,
        cores=os.cpu_count(),
        small=first.sizes[0],
        large=first.sizes[1],
        clients=CLIENTS,
        rate=CLIENTS / PAUSE_SECONDS,
        stated=first.stated_rows,
    )
    return "\n".join([head, *map(_migration_section, drills)])


def _migration_section(drilled: Drilled) -> str:
    found = [f"- {it}" for it in drilled.findings] or ["Nothing found: it may go to production."]
    rows = []
    for number, it in enumerate(drilled.statements):
        rewritten = f"; writes {', '.join(it.rewrites)} anew" if it.rewrites else ""
        text = it.text.replace("|", "\\|")
        rows.append(
            f"| {it.line} | `{text}` | {_locks(it)}{rewritten} | {it.blocked or 'nobody'} | {it.seconds:.2f} | "
            f"{drilled.estimate(number, held=True):.0f} | {it.blocked_seconds:.2f} | {it.refused} |"
        )
    met = f"{drilled.requests} requests met it."
    return "\n".join([f"## {drilled.name}", "", COLUMNS, *rows, "", met, "", *found, ""])


def restore_page(result: Result, today: dt.date) -> str:
    """Return the page about the restore."""
    head = fill(
        f"Made by `make drill` on {today.isoformat()}; do not edit. What a restore in AWS takes, AWS Backup "
        "measures every week where `database.recovery.restore_test` says so: "
        "[migrations.md](migrations.md#restores).",
        WIDTH,
        break_on_hyphens=False,
    )
    return "\n".join(["# The drill of a restore", "", head, "", section(result)])


def migration_lines(drilled: Drilled) -> list[str]:
    """Return what a migration did as text for a terminal, and what must not stay like this."""
    told = []
    for number, it in enumerate(drilled.statements):
        estimate = f"about {drilled.estimate(number, held=True):.0f} s with {drilled.stated_rows:,} rows"
        waited = (
            f"{it.waits} requests waited, {it.blocked_seconds:.2f} s at the most" if it.waits else "nobody waited"
        )
        parts = [f"{it.seconds:.2f} s here, {estimate}", _locks(it), waited, f"{it.refused} refused"]
        told += [f"line {it.line}: {it.text}", f"  {'; '.join(parts)}"]
    return [*told, *drilled.findings]


def _locks(it: Statement) -> str:
    return ", ".join(f"{mode} on {table}" for table, mode in it.locks.items()) or "none that stops others"
