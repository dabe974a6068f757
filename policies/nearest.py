"""What somebody probably meant."""

from collections.abc import Iterable
from difflib import get_close_matches


def nearest_name(given: str, known: Iterable[str]) -> str | None:
    """Return the known name that is most like `given`; None where none is."""
    found = get_close_matches(given, sorted(known), n=1, cutoff=0.5)
    return found[0] if found else None
