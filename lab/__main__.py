"""Runs every experiment: `python -m lab [--write-docs] [EXPERIMENT...]`, or `python -m lab observe DIRECTORY`."""

import argparse
import datetime as dt
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lab import observe, production, programs, report, stage
from lab.experiments import (
    direct_load,
    exporters,
    held_lock,
    pooled_load,
    prepared_statements,
    redis_memory,
    rolling_restart,
    service_deployment,
)
from lab.process import ServerError
from lab.result import Result
from lab.stage import Stage
from stacks.config import ConfigError

EXPERIMENTS: Mapping[str, Callable[[Stage], Result]] = {
    "pooled-load": pooled_load.run,
    "direct-load": direct_load.run,
    "rolling-restart": rolling_restart.run,
    "service-deployment": service_deployment.run,
    "held-lock": held_lock.run,
    "prepared-statements": prepared_statements.run,
    "redis-memory": redis_memory.run,
    "exporters": exporters.run,
}
"""What the lab shows, in the order of the page."""


def main() -> int:
    """Return 0 when everything is as expected, 1 when something is not, 2 when the lab could not run."""
    # An ordinary end of this process, so that every server is ended as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    run, arguments = (_observe, sys.argv[2:]) if sys.argv[1:2] == ["observe"] else (_experiment, sys.argv[1:])
    try:
        return run(arguments)
    except (ServerError, ConfigError, OSError) as error:
        print(error, file=sys.stderr)
        return 2


def _experiment(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m lab", description="Prove the data tier on the real servers.")
    parser.add_argument("experiments", nargs="*", metavar="EXPERIMENT", help=", ".join(EXPERIMENTS))
    parser.add_argument(
        "--write-docs", action="store_true", help=f"write docs/{report.PAGE} and docs/{report.PLOT}"
    )
    given = parser.parse_args(arguments)
    unknown = [name for name in given.experiments if name not in EXPERIMENTS]
    if unknown:
        parser.error(f"no experiment {unknown[0]!r}: there are {', '.join(EXPERIMENTS)}")
    if given.write_docs and given.experiments:
        parser.error("--write-docs needs every experiment: name none")
    _require_programs()
    results = _run(given.experiments or list(EXPERIMENTS))
    if given.write_docs:
        numbers, today = production.read(), dt.datetime.now(dt.UTC).date()
        (report.DOCS / report.PAGE).write_text(report.page(results, numbers, today))
        (report.DOCS / report.PLOT).write_text(report.picture(results, numbers))
        print(f"lab: wrote docs/{report.PAGE} and docs/{report.PLOT}", file=sys.stderr)
    return 0 if all(result.holds for result in results) else 1


def _observe(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m lab observe", description="Show that a fault is noticed.")
    parser.add_argument("directory", type=Path, metavar="DIRECTORY", help="What `footing observe STACK` wrote.")
    given = parser.parse_args(arguments)
    _require_programs()
    if not observe.run(given.directory, lambda line: print(line, flush=True)):
        print(f"nobody was told within {observe.PLAIN.limit_seconds} seconds of the fault", file=sys.stderr)
        return 1
    print("somebody knows, and everything is stopped")
    return 0


def _require_programs() -> None:
    if absent := programs.missing():
        raise ServerError("\n".join(absent))


def _run(names: Sequence[str]) -> list[Result]:
    results = []
    print("lab: starting PostgreSQL", file=sys.stderr)
    with stage.opened() as opened:
        for number, name in enumerate(names, 1):
            print(f"lab: {number}/{len(names)} {name}", file=sys.stderr, flush=True)
            results.append(EXPERIMENTS[name](opened))
            print("\n".join(report.lines(results[-1])), flush=True)
    return results


if __name__ == "__main__":
    sys.exit(main())
