"""What somebody probably meant."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

LIKE, SURE = 0.75, 0.9
"""Similarity from which a name may be meant, and from which it is meant, 0 to 1: `data_class` and `database` have
0.67, `project` and `protect` 0.86, `databse` and `database` 0.93."""


def nearest_name(given: str, known: Iterable[str], cutoff: float = LIKE) -> str | None:
    """Return the known name that is most like `given`, else the only one with all its words; None for neither."""
    names = sorted(known)
    found = get_close_matches(given, names, n=1, cutoff=cutoff)
    if not found:
        words = set(re.split("[_-]", given))
        found = [name for name in names if words < set(re.split("[_-]", name))]
    return found[0] if len(found) == 1 else None
