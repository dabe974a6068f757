"""Runs every experiment: `python -m lab [--write-docs] [EXPERIMENT...]`.

`python -m lab observe DIRECTORY` shows that a fault is noticed, `load [SCENARIO...]` loads it; `migration FILE`
and `drill` are the drills.
"""

import argparse
import datetime as dt
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from lab import load_report, load_tests, observe, production, programs, report, stage
from lab.drills import command as drills
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
from loadtest.run import GeneratorError
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
    command = OTHERS.get(sys.argv[1]) if sys.argv[1:] else None
    try:
        return command(sys.argv[2:]) if command else _experiment(sys.argv[1:])
    except (ServerError, ConfigError, GeneratorError, OSError) as error:
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


def _load(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m lab load", description="Load production's stack on this machine."
    )
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=", ".join(load_tests.RUNS))
    pages = f"docs/{load_report.PAGE} and docs/{load_report.REPORT}"
    parser.add_argument("--write-docs", action="store_true", help=f"write {pages}")
    given = parser.parse_args(arguments)
    if unknown := [name for name in given.scenarios if name not in load_tests.RUNS]:
        parser.error(f"no scenario {unknown[0]!r}: there are {', '.join(load_tests.RUNS)}")
    if given.write_docs and given.scenarios:
        parser.error("--write-docs needs every scenario: name none")
    _require_programs()
    played = []
    with stage.opened() as opened, load_tests.opened(opened) as world:
        for name in given.scenarios or load_tests.RUNS:
            print(f"lab: load {name}", file=sys.stderr, flush=True)
            played.append(load_tests.RUNS[name](world))
            print("\n".join(report.lines(played[-1].result)), flush=True)
    if given.write_docs:
        for name, text in load_report.pages(played, dt.datetime.now(dt.UTC).date()).items():
            (report.DOCS / name).write_text(text)
        print(f"lab: wrote {pages}", file=sys.stderr)
    return 0 if all(it.result.holds for it in played) else 1


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


def _migration(arguments: Sequence[str]) -> int:
    _require_programs()
    return drills.migration(arguments)


def _drill(arguments: Sequence[str]) -> int:
    _require_programs()
    return drills.both(arguments)


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


OTHERS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "observe": _observe,
    "load": _load,
    "migration": _migration,
    "drill": _drill,
}
"""Commands beside the experiments."""

if __name__ == "__main__":
    sys.exit(main())
