"""Tests that could not fail are found by a test."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
CHECKS = ("pytest.raises", "pytest.fail", "pytest.warns", "check=True", "assert ", "assert_")
APPLYING = ".apply("
AWAITING = ("record(", "record_component(", "plan(", "project.program(")
"""Ways in which a test runs a program to its end, every Output included."""
APPLYING = ".apply("
"""Not written in the test itself, which would find itself."""


def every_test() -> Iterator[tuple[str, ast.FunctionDef, str]]:
    for path in sorted(TESTS.rglob("test_*.py")):
        text = path.read_text()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                yield f"{path.relative_to(TESTS)}::{node.name}", node, ast.get_source_segment(text, node) or ""


def helpers_that_check() -> set[str]:
    """Names of functions in tests that assert for their callers."""
    found = set()
    for path in TESTS.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            is_helper = isinstance(node, ast.FunctionDef) and not node.name.startswith("test_")
            if is_helper and any(isinstance(inner, ast.Assert) for inner in ast.walk(node)):
                found.add(node.name)
    return found


def test_every_test_can_fail():
    helpers = helpers_that_check()
    idle = [
        name
        for name, _, source in every_test()
        if not any(check in source for check in CHECKS) and not any(f"{helper}(" in source for helper in helpers)
    ]
    assert idle == []


def test_every_output_in_a_test_is_awaited():
    """A function on an Output whose error nobody awaits passes in silence; running the program awaits all."""
    unawaited = [
        name
        for name, _, source in every_test()
        if APPLYING in source and not any(word in source for word in AWAITING)
    ]
    assert unawaited == []


def test_no_test_is_skipped_or_expected_to_fail():
    left_out = {"importorskip", "skip", "skipif", "xfail"}
    marks = [
        f"{path.relative_to(TESTS)}:{node.lineno}"
        for path in TESTS.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in left_out
    ]
    assert marks == []


def test_every_test_file_is_collected_by_its_name():
    named_otherwise = [
        str(path.relative_to(TESTS))
        for path in TESTS.rglob("*.py")
        if not path.name.startswith("test_") and "\ndef test_" in path.read_text()
    ]
    assert named_otherwise == []


def test_every_test_file_has_a_name_of_its_own():
    """Pytest imports files by their bare names: the second of one name is not collected."""
    names = [
        path.name for path in TESTS.rglob("*.py") if path.name not in {"conftest.py", "__init__.py", "__main__.py"}
    ]
    assert [name for name in sorted(set(names)) if names.count(name) > 1] == []
