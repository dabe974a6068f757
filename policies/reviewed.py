"""Reading the reviewed lists beside the rules: exceptions, and what may be undecided."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

import yaml

from policies import unique_yaml
from policies.nearest import nearest_name

LEAST_REASON: Final = 20
"""Characters of the shortest reason: what is shorter says nothing to whoever reads it in a year."""


class ReviewedFileError(ValueError):
    """A reviewed list cannot be read at all; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One entry of a list."""

    where: str
    """The file and the entry's place in it, for sentences: `exceptions.yaml, entry 2`."""
    values: Mapping[str, Any]
    """Its keys."""

    def text(self, key: str) -> str:
        """Return the value of `key` as text, empty where it is missing."""
        value = self.values.get(key)
        return "" if value is None else str(value).strip()

    def problems(self, rules: Iterable[str], required: set[str], optional: Iterable[str] = ()) -> list[str]:
        """Return a sentence for each key that is missing or unknown, and for a value that is none of its kind."""
        known = {*required, *optional}
        found = [f"no {key}" for key in sorted(required) if not self.text(key)]
        unknown = sorted(str(key) for key in self.values if key not in known)
        found += [f"unknown key {key!r}{nearest(key, known)}" for key in unknown]
        rule, reason = self.text("rule"), self.text("reason")
        if rule and rule not in rules:
            found.append(f"there is no rule {rule!r}{nearest(rule, rules)}")
        if reason and len(reason) < LEAST_REASON:
            found.append(f"the reason has {len(reason)} characters, {LEAST_REASON} are the least")
        if (expires := self.text("expires")) and "expires" in known and not is_day(expires):
            found.append("expires must be a day, YYYY-MM-DD")
        return [f"{self.where}: {problem}." for problem in found]


def entries(path: Path, key: str) -> list[Entry]:
    """Return the entries below `key` in the file at `path`; none where there is no such file.

    Raises:
        ReviewedFileError: the file is not YAML, or not a document with the one key `key` and a list below it.

    """
    try:
        document = unique_yaml.parse(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return []
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = f" at line {mark.line + 1}" if mark else ""
        raise ReviewedFileError(f"{path.name} is not YAML{line}.") from None
    except (ValueError, RecursionError) as error:
        reason = f"holds a day that is none ({error})" if isinstance(error, ValueError) else "is nested too deep"
        raise ReviewedFileError(f"{path.name} {reason}: expires must be a day, YYYY-MM-DD.") from None
    listed = document.get(key) if isinstance(document, dict) and set(document) == {key} else None
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise ReviewedFileError(f"{path.name} must hold the key {key!r} alone, with a list of blocks below it.")
    return [
        Entry(where=f"{path.name}, entry {number}", values=item) for number, item in enumerate(listed, start=1)
    ]


def is_day(text: str) -> bool:
    """Return whether `text` is a day of the calendar, YYYY-MM-DD."""
    try:
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", text) and date.fromisoformat(text))
    except ValueError:
        return False


def nearest(given: str, known: Iterable[str]) -> str:
    """Return `; the nearest is 'x'` for the known name that is most like `given`; empty where none is."""
    name = nearest_name(given, known)
    return f"; the nearest is {name!r}" if name else ""
