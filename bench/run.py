"""Times the offline plan beside `import pulumi` and the same program under the SDK's mocks.

Every scenario is a fresh process. All of one table run in turns, round after round, so that what else the machine
does meets each of them; ratios are taken within a round. Bytecode is written to a folder of the run's own and
warmed by one untimed round, as an installation with compiled bytecode has it (PYTHONDONTWRITEBYTECODE is unset).
So is the cache of the import hook, but for the scenario that finds it empty.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import stack_of_services
from report import BASE, IMPORT, Sample, Table, document

BENCH = Path(__file__).resolve().parent
ROOT = BENCH.parent
SERVICES = 100
STACK_SERVICES = 40
PARAMETERS = 10_000


@dataclass(frozen=True)
class Scenario:
    """One command and how many resources it declares; 0 where that says nothing.

    Attributes:
        whole_sdks: imports provider SDKs as Python does.
        empty_cache: finds nothing of an earlier start but bytecode.

    """

    name: str
    command: Sequence[str]
    resources: int = 0
    whole_sdks: bool = False
    empty_cache: bool = False


_FOOTING = (sys.executable, "-c", "from footing.cli import main; main()", "plan", "production", "--json")
IMPORT_ALONE = Scenario(IMPORT, [sys.executable, "-c", "import pulumi"])


def main() -> None:
    """Run every scenario and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds: for a look, not for the documents")
    parser.add_argument("--write-docs", action="store_true", help="write the tables to docs/performance.md")
    arguments = parser.parse_args()
    rounds, fewer = (3, 1) if arguments.quick else (7, 3)
    unset = ("PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
    environment = {key: value for key, value in os.environ.items() if key not in unset}
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        environment |= {"PYTHONPYCACHEPREFIX": f"{folder}/bytecode", "FOOTING_CACHE": f"{folder}/cache"}
        tables = [
            _timed("The reference", _reference(), rounds, environment),
            _timed("The production stack", _production(), rounds, environment),
            _timed(f"A stack of {STACK_SERVICES} services", _stack_of_services(folder), fewer, environment),
            _timed("A hundred services", _services(), fewer, environment),
            _timed("Small resources", _parameters(), fewer, environment),
        ]
    text = document(tables, rounds)
    print(text)
    if arguments.write_docs:
        (ROOT / "docs" / "performance.md").write_text(text, encoding="utf-8")


def _plan(part: str, count: int) -> list[str]:
    return [sys.executable, str(BENCH / "plan_reference.py"), part, str(count)]


def _plain(services: int, resources: int) -> Scenario:
    command = [sys.executable, str(BENCH / "plain_reference.py"), "declare", str(services)]
    return Scenario("plain program under the SDK's mocks", command, resources)


def _reference() -> list[Scenario]:
    return [*_ways_to_import(_plan("declare", 1), 76), _plain(1, 76), IMPORT_ALONE]


def _production() -> list[Scenario]:
    return [*_ways_to_import(_FOOTING, _planned(_FOOTING)), IMPORT_ALONE]


def _stack_of_services(folder: str) -> list[Scenario]:
    scenarios = []
    for name, count in ((BASE, STACK_SERVICES), (f"{BASE}, half of them", STACK_SERVICES // 2)):
        path = f"{folder}/{count}.yaml"
        stack_of_services.main(path, count)
        command = [*_FOOTING, "--config-file", path]
        scenarios.append(Scenario(name, command, _planned(command)))
    return [*scenarios, IMPORT_ALONE]


def _planned(command: Sequence[str]) -> int:
    planned = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    return len(json.loads(planned.stdout)["resources"])


def _ways_to_import(command: Sequence[str], resources: int) -> list[Scenario]:
    return [
        Scenario(BASE, command, resources),
        Scenario(f"{BASE}, whole SDKs imported", command, resources, whole_sdks=True),
        Scenario(f"{BASE}, for the first time", command, resources, empty_cache=True),
    ]


def _services() -> list[Scenario]:
    count = 61 + 15 * SERVICES
    return [Scenario(BASE, _plan("declare", SERVICES), count), _plain(SERVICES, count), IMPORT_ALONE]


def _parameters() -> list[Scenario]:
    tenth = PARAMETERS // 10
    return [
        Scenario(BASE, _plan("parameters", PARAMETERS), PARAMETERS),
        Scenario(f"{BASE}, a tenth of them", _plan("parameters", tenth), tenth),
        IMPORT_ALONE,
    ]


def _timed(title: str, scenarios: Sequence[Scenario], rounds: int, environment: Mapping[str, str]) -> Table:
    samples: dict[str, list[Sample]] = {scenario.name: [] for scenario in scenarios}
    for scenario in scenarios:
        _run(scenario, environment)
    for number in range(rounds):
        for scenario in scenarios:
            print(f"{title}: round {number + 1} of {rounds}, {scenario.name}", file=sys.stderr)
            samples[scenario.name].append(_run(scenario, environment))
    return Table(title, {scenario.name: scenario.resources for scenario in scenarios}, samples)


def _run(scenario: Scenario, environment: Mapping[str, str]) -> Sample:
    own = {"FOOTING_PLAIN_IMPORTS": "1"} if scenario.whole_sdks else {}
    with tempfile.TemporaryDirectory(prefix="bench-first-") as empty:
        if scenario.empty_cache:
            own["FOOTING_CACHE"] = empty
        return _timed_process(scenario.command, {**environment, **own})


def _timed_process(command: Sequence[str], environment: Mapping[str, str]) -> Sample:
    with tempfile.TemporaryFile() as errors:
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            sys.exit(f"{' '.join(command)} failed:\n{errors.read().decode(errors='replace')}")
    return Sample(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


if __name__ == "__main__":
    main()
