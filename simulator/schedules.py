"""Schedule expressions of AWS.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import re
from collections.abc import Sequence
from datetime import datetime

_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
_FIELDS = (
    ("minutes", 0, 59, (), ""),
    ("hours", 0, 23, (), ""),
    ("day of month", 1, 31, (), r"\?|L|LW|\d{1,2}W|W"),
    ("month", 1, 12, _MONTHS, ""),
    ("day of week", 1, 7, _DAYS, r"\?|L|\w{1,3}L|\w{1,3}#[1-5]"),
    ("year", 1970, 2199, (), ""),
)


def schedule_fault(text: str, forms: Sequence[str]) -> str | None:
    """Return what is wrong with a schedule, in one sentence; None for one that AWS takes."""
    found = re.fullmatch(r"(\w+)\((.*)\)", text)
    if not found or found[1] not in forms:
        return f"given {text!r}, allowed {' or '.join(f'{form}(...)' for form in forms)}"
    return {"rate": _rate, "at": _at, "cron": _cron}[found[1]](found[2])


def _rate(text: str) -> str | None:
    found = re.fullmatch(r"([1-9]\d*) (minute|hour|day)(s?)", text)
    if not found or (found[1] == "1") == bool(found[3]):
        return f"given rate({text}), allowed a whole number and its unit, as in rate(1 hour) or rate(5 minutes)"
    return None


def _at(text: str) -> str | None:
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%S")
    except ValueError:
        return f"given at({text}), allowed a time that is, as in at(2030-01-31T08:00:00)"
    return None


def _cron(text: str) -> str | None:
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"given {len(fields)} fields in cron({text}), allowed {len(_FIELDS)}: " + ", ".join(
            name for name, *_ in _FIELDS
        )
    if (fields[2] == "?") == (fields[4] == "?"):
        return f"given cron({text}), allowed ? for the day of month or the day of week, and for one of them alone"
    for field, (name, least, most, words, special) in zip(fields, _FIELDS, strict=True):
        for part in field.split(","):
            if not (special and re.fullmatch(special, part)) and not _fits(part, least, most, words):
                return f"given {part!r} for the {name} in cron({text}), allowed {least} to {most}"
    return None


def _fits(part: str, least: int, most: int, words: Sequence[str]) -> bool:
    span, _, step = part.partition("/")
    if step and not (step.isdigit() and int(step) > 0):
        return False
    if span == "*" or ("/" in part and not step):
        return span == "*" and ("/" in part) == bool(step)
    bounds = [words.index(it.upper()) + least if it.upper() in words else it for it in span.split("-")]
    numbers = [int(it) for it in bounds if str(it).isdigit()]
    return len(numbers) == len(bounds) <= 2 and all(least <= number <= most for number in numbers)
