"""Every trap that docs/traps.md names is kept out by a test that exists."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROW = re.compile(r"^\| (?P<trap>[^|]+) \| (?P<tests>[^|]+) \|$", re.MULTILINE)
NODE = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows() -> list[tuple[str, list[tuple[str, str]]]]:
    """Each trap with the files and names of its tests."""
    text = (ROOT / "docs" / "traps.md").read_text()
    found = [(row["trap"], NODE.findall(row["tests"])) for row in ROW.finditer(text)]
    return [(trap, tests) for trap, tests in found if trap != "trap"]


@cache
def defined_in(path: str) -> frozenset[str]:
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    return frozenset(
        node.name for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.FunctionDef)
    )


def test_every_trap_names_a_test():
    assert len(rows()) > 40
    assert [trap for trap, tests in rows() if not tests] == []


def test_every_test_that_a_trap_names_exists():
    missing = [f"{path}::{name}" for _, tests in rows() for path, name in tests if name not in defined_in(path)]
    assert missing == []
