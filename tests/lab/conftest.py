"""The real servers that the lab's tests share."""

from collections.abc import Iterator

import pytest

from lab import programs
from lab import stage as stages
from lab.stage import Stage


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """A running PostgreSQL with production's parameters; fails, never skips, where a program is missing."""
    absent = programs.missing()
    if absent:
        pytest.fail("\n".join(absent), pytrace=False)
    with stages.opened() as opened:
        yield opened
