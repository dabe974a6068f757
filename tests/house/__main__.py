"""Print every number that the house keeps, with its bound; exit code 1 where one is not kept."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.code import (
    ROOMS,
    ROOT,
    SMALL,
    circles,
    functions,
    homonym_rooms,
    lines,
    noun_docstrings,
    sources,
    upward_imports,
    used_once,
)
from tests.house.words import private_words, titles, titles_without_a_term

MOST_LINES = 92_000
"""A room that grows pays for it in another.

40,000 was kept when the rooms got their names; what real clouds, attackers and first users need since (refusals,
rules, alerts, the edge's answers) came on top, then several services, stores, and what exists already, and then
five providers of our own with the fakes of their vendors, and the backends over them, and then what operates a
stack: readiness, load tests, migrations, permissions, a way in, a launch, and the model of its capacity.
"""
LARGEST_ROOM_PERCENT = 30
LONGEST_FILE = 300
LONGEST_FUNCTION = 60
USED_ONCE_PERCENT = 22
USED_ONCE_SMALL_PERCENT = 6


@dataclass(frozen=True, kw_only=True)
class Number:
    """One number of the house."""

    what: str
    value: float
    at_most: float
    which: tuple[str, ...] = ()
    """What is too much, where it can be named."""


def numbers() -> Iterator[Number]:
    """Yield every number, in the order of the page."""
    whole = lines() + len((ROOT / "__main__.py").read_text().splitlines())
    yield Number(what="lines of Python outside tests", value=whole, at_most=MOST_LINES)
    for room in sorted(ROOMS, key=lines, reverse=True):
        share = 100 * lines(room) / whole
        yield Number(what=f"{room}: % of the lines", value=round(share, 1), at_most=LARGEST_ROOM_PERCENT)
    for what, found in (
        ("imports that run up", upward_imports()),
        ("modules in a circle of imports", circles()),
        ("names of two rooms", homonym_rooms()),
        ("docstrings of functions that begin with a noun", noun_docstrings()),
        ("titles without a term of the field", titles_without_a_term()),
        ("words of the makers in titles", private_words()),
    ):
        yield Number(what=what, value=len(found), at_most=0, which=tuple(found))
    yield Number(what="titles of panels and alerts", value=len(titles()), at_most=1000)
    longest = max(len(path.read_text().splitlines()) for path in sources())
    yield Number(what="lines of the longest file", value=longest, at_most=LONGEST_FILE)
    every = list(functions())
    yield Number(what="lines of the longest function", value=max(it[2] for it in every), at_most=LONGEST_FUNCTION)
    once = used_once()
    small = [it for it in once if it[2] <= SMALL]
    yield Number(
        what="private functions used once, % of all",
        value=round(100 * len(once) / len(every), 1),
        at_most=USED_ONCE_PERCENT,
    )
    yield Number(
        what=f"those of {SMALL} lines or fewer, % of all",
        value=round(100 * len(small) / len(every), 1),
        at_most=USED_ONCE_SMALL_PERCENT,
    )


def main() -> int:
    """Return 0 where every number is kept."""
    kept = True
    for number in numbers():
        fine = number.value <= number.at_most
        kept = kept and fine
        print(f"{'ok ' if fine else 'NOT'} {number.value:>9,} of {number.at_most:>6,}  {number.what}")
        for name in () if fine else number.which[:20]:
            print(f"                         {name}")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
