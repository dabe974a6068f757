"""Rules and their tests, run by promtool."""

import os
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.programs import find
from tests.observability.scenarios.promtool_files import RULES, promtool_file
from tests.observability.scenarios.scenario import Scenario

AT_ONCE = 60
"""Files that one promtool is given: its start costs more than a small test."""
SELDOM = {"GOGC": "400"}
"""What has promtool clean its memory seldom: a third of the time of short tests. https://go.dev/doc/gc-guide"""

Rule = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Case:
    """Some rules, and the scenarios that they have to pass."""

    name: str
    rules: Sequence[Rule]
    scenarios: Sequence[Scenario]


def checked(rules: str, directory: Path) -> str:
    """What promtool says of a file of rules; empty when it finds nothing."""
    path = directory / RULES
    path.write_text(rules)
    command = [find("promtool"), "check", "rules", "--lint-fatal", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def failing(cases: Sequence[Case], directory: Path) -> list[str]:
    """Names of the cases that fail."""
    assert len({case.name for case in cases}) == len(cases), "two cases of one name hide each other"
    found: list[str] = []
    files: dict[str, str] = {}
    # Wrong forms of one rule share its scenarios: what tests them is written once.
    texts = {key: _texts(shared) for key, shared in {id(it.scenarios): it.scenarios for it in cases}.items()}
    for number, case in enumerate(cases):
        place = directory / str(number)
        place.mkdir()
        (place / RULES).write_text(as_yaml({"groups": [{"name": "all", "rules": list(case.rules)}]}))
        for step, text in texts[id(case.scenarios)].items():
            path = place / f"{step}.test.yml"
            path.write_text(text)
            files[str(path)] = case.name
    names = list(files)
    for first in range(0, len(names), AT_ONCE):
        found += [files[path] for path in _failing(names[first : first + AT_ONCE])]
    return list(dict.fromkeys(found))


def _texts(scenarios: Sequence[Scenario]) -> dict[int, str]:
    steps = {it.timeline.step_seconds for it in scenarios}
    return {step: promtool_file(scenarios, step, rules=RULES) for step in steps}


def _failing(paths: Sequence[str]) -> list[str]:
    command, seldom = [find("promtool"), "test", "rules", *paths], {**os.environ, **SELDOM}
    ran = subprocess.run(command, env=seldom, capture_output=True, text=True, check=False)
    blocks = {block.split("\n")[0].strip(): block for block in ran.stdout.split("Unit Testing:")[1:]}
    assert set(blocks) == set(paths), f"promtool stopped: {ran.stdout[-500:]} {ran.stderr[-500:]}"
    # A failure is told on the other stream, without its file.
    return [path for path in paths if "SUCCESS" not in blocks[path]]


def as_yaml(content: object) -> str:
    """`content` written by the quick writer, where there is one."""
    return yaml.dump(content, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False)


def invalid(cases: Sequence[Case], directory: Path) -> str:
    """What promtool says of rules that it cannot read; empty when it reads all."""
    groups = [{"name": str(number), "rules": list(case.rules)} for number, case in enumerate(cases)]
    path = directory / "all.yml"
    path.write_text(as_yaml({"groups": groups}))
    command = [find("promtool"), "check", "rules", "--lint=none", str(path)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr
