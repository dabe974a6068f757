"""The order of the files: the longest first, so that the workers of `make test` end at the same time."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LONGEST = (
    "tests/engine/test_systems.py",
    "tests/engine/test_readme.py",
    "tests/engine/test_whole_stacks.py",
    "tests/engine/test_parity.py",
    "tests/engine/test_database_changes.py",
    "tests/engine/test_earlier_state.py",
    "tests/test_lint.py",
    "tests/simulator",
    "tests/engine",
    "tests/observability/test_promtool.py",
    "tests/lab",
)
"""Files and directories that take a minute or more, the longest first; the order of all others is random."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: rank(item.path.relative_to(ROOT).as_posix()))


def rank(path: str) -> int:
    return next((place for place, long in enumerate(LONGEST) if path.startswith(long)), len(LONGEST))
