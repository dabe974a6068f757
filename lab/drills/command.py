"""The drills as commands: `python -m lab migration FILE`, `restore`, and `drill` for both with their pages."""

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

from lab import report, stage
from lab.drills import restore
from lab.drills.migration import SAMPLES, STATED_ROWS, drill
from lab.drills.report import MIGRATION_PAGE, RESTORE_PAGE, migration_lines, migration_page, restore_page
from lab.process import ServerError
from lab.production import STACK_FILE

SAFE, BLOCKING = "safe.sql", "blocking.sql"
"""The two samples, of which one is as it ought to be."""


def migration(arguments: Sequence[str]) -> int:
    """Run one migration; return 1 where it must not go to production as it is."""
    parser = argparse.ArgumentParser(
        prog="python -m lab migration", description="Run a migration under production's limits and load."
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="The migration, as SQL.")
    parser.add_argument("--stack", default="production", help="Whose limits: its file lies beside Pulumi.yaml.")
    parser.add_argument(
        "--schema", type=Path, default=SAMPLES / "schema.sql", help="Your tables; :rows in it is a number."
    )
    parser.add_argument("--rows", type=int, default=STATED_ROWS, help="Rows of production's largest table.")
    given = parser.parse_args(arguments)
    for file in (given.file, given.schema):
        if not file.is_file():
            raise ServerError(f"given {file}, which is no file")
    with stage.opened(STACK_FILE.with_name(f"Pulumi.{given.stack}.yaml")) as opened:
        drilled = drill(opened, given.file, schema=given.schema, stated_rows=given.rows)
    print("\n".join(migration_lines(drilled)))
    return 1 if drilled.findings else 0


def both(arguments: Sequence[str]) -> int:
    """Run both drills and write their pages; 1 where one does not find what it ought to."""
    argparse.ArgumentParser(
        prog="python -m lab drill",
        description=f"Run both drills; writes docs/{MIGRATION_PAGE} and docs/{RESTORE_PAGE}.",
    ).parse_args(arguments)
    with stage.opened() as opened:
        drilled = []
        for name in (SAFE, BLOCKING):
            print(f"lab: {name}", file=sys.stderr, flush=True)
            drilled.append(drill(opened, SAMPLES / name))
            print("\n".join(migration_lines(drilled[-1])), flush=True)
        print("lab: restore", file=sys.stderr, flush=True)
        restored = restore.run(opened)
        print("\n".join(report.lines(restored)))
    today = dt.datetime.now(dt.UTC).date()
    (report.DOCS / MIGRATION_PAGE).write_text(migration_page(drilled, today))
    (report.DOCS / RESTORE_PAGE).write_text(restore_page(restored, today))
    safe, blocking = (it.findings for it in drilled)
    return 0 if not safe and blocking and restored.holds else 1
