"""Every test that docs/traps.md names is there, and every trap names one."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROWS = [
    line
    for line in (ROOT / "docs" / "traps.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| trap")
]
NODE = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def test_every_trap_names_its_test():
    assert ROWS
    assert [row for row in ROWS if not NODE.search(row.rpartition(" | ")[2])] == []


def test_every_test_that_a_trap_names_exists():
    named = {found for row in ROWS for found in NODE.findall(row)}
    there = {
        (file, node.name)
        for file in {file for file, _ in named}
        if (ROOT / file).is_file()
        for node in ast.walk(ast.parse((ROOT / file).read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    assert named - there == set()
