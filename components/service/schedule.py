"""Schedule expressions of EventBridge Scheduler: what AWS takes, and how far apart their times are.

https://docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html
"""

import calendar
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from msgspec import Struct

MOST_RETRIES = 10
"""Most repetitions of a failed run."""
LEAST_TIMEOUT_SECONDS, MOST_TIMEOUT_SECONDS = 60, 7 * 86_400
"""Shortest and longest time limit of a run, in seconds."""

FORMS = ("rate", "cron", "at")
"""Forms of an expression."""
HOURS_IN = {"minute": 1 / 60, "hour": 1, "day": 24}
"""What one of each unit of a rate is, in hours."""
YEARS = range(2027, 2030)
"""Years whose times are compared where an expression names none."""
LEAP_YEARS = range(2024, 2029)
"""The same for a day that comes in a leap year alone."""
DAY = timedelta(days=1)


class Field(Struct, frozen=True, kw_only=True):
    """One field of a cron expression."""

    name: str
    """For people."""
    low: int
    """Smallest value."""
    high: int
    """Largest value."""
    words: tuple[str, ...] = ()
    """Names of the values, from the smallest on."""
    special: str = r"(?!)"
    """Regular expression of items that are no numbers."""


FIELDS = (
    Field(name="minute", low=0, high=59),
    Field(name="hour", low=0, high=23),
    Field(name="day of the month", low=1, high=31, special=r"\?|L|([1-9]|[12]\d|3[01])W"),
    Field(
        name="month",
        low=1,
        high=12,
        words=("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
    ),
    Field(
        name="day of the week",
        low=1,
        high=7,
        words=("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"),
        special=r"\?|[1-7]?L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)#[1-5]",
    ),
    Field(name="year", low=1970, high=2199),
)
"""Fields of a cron expression, in order."""


def schedule_problem(expression: str, forms: Sequence[str] = FORMS) -> str | None:
    """Return why AWS refuses `expression` or would never run it, `given ..., allowed ...`; None for a good one."""
    form, _, rest = expression.partition("(")
    if form not in forms or not rest.endswith(")"):
        return f"given {expression!r}, allowed {', '.join(f'{it}(...)' for it in forms)}"
    inside = rest[:-1]
    if form == "rate":
        found = re.fullmatch(r"([1-9][0-9]*) (minute|hour|day)(s?)", inside)
        if not found or (found[1] == "1") == bool(found[3]):
            return f"given {expression}, allowed rate(1 hour), rate(5 minutes): minutes, hours or days"
        return None
    if form == "at":
        try:
            exists = datetime.strptime(inside, "%Y-%m-%dT%H:%M:%S").isoformat() == inside
        except ValueError:
            exists = False
        return (
            None if exists else f"given {expression}, allowed a day and a time that exist, at(2027-03-01T11:00:00)"
        )
    return _cron_problem(inside)


def job_problems(schedule: str, timezone: str, retries: int, timeout_seconds: int) -> Iterator[tuple[str, str]]:
    """Yield a key and a sentence for each field of a job that is impossible."""
    if problem := schedule_problem(schedule):
        yield "schedule", problem
    try:
        ZoneInfo(timezone)
    except (KeyError, OSError, ValueError):
        yield "timezone", f"given {timezone!r}, allowed an IANA name"
    if not 0 <= retries <= MOST_RETRIES:
        yield "retries", f"given {retries}, allowed 0 to {MOST_RETRIES}"
    if not LEAST_TIMEOUT_SECONDS <= timeout_seconds <= MOST_TIMEOUT_SECONDS:
        allowed = f"{LEAST_TIMEOUT_SECONDS} to {MOST_TIMEOUT_SECONDS}"
        yield "timeout_seconds", f"given {timeout_seconds}, allowed {allowed}"


@lru_cache(maxsize=256)
def longest_gap_hours(expression: str, timezone: str) -> float | None:
    """Return the longest time between two runs, in hours; None where there is one run alone.

    A time that the clock skips in spring has no run, one that it repeats in autumn has one.

    Raises:
        ValueError: `schedule_problem` has something to say.
        KeyError: there is no such time zone.

    """
    if problem := schedule_problem(expression):
        raise ValueError(problem)
    form, _, rest = expression.partition("(")
    zone, inside = ZoneInfo(timezone), rest[:-1]
    if form == "at":
        return None
    if form == "rate":
        number, unit = inside.removesuffix("s").split()
        # A rate of days keeps to the clock on the wall.
        offsets = {_offset(date(YEARS[0], month, 1), zone) for month in range(1, 13)}
        shift = (max(offsets) - min(offsets)) / timedelta(hours=1) if unit == "day" else 0
        return int(number) * HOURS_IN[unit] + shift
    longest = _longest_gap(inside.split(), zone, YEARS) or _longest_gap(inside.split(), zone, LEAP_YEARS)
    return longest / timedelta(hours=1) if longest else None


def has_passed(expression: str, timezone: str, now: datetime) -> bool:
    """Return whether a good expression has no time left at `now`: its one time, or its last year, is over."""
    form, _, rest = expression.partition("(")
    if form == "at":
        return datetime.fromisoformat(rest[:-1]).replace(tzinfo=ZoneInfo(timezone)) <= now
    year = rest[:-1].split()[-1] if form == "cron" else "*"
    return year != "*" and _values(5, year)[-1] < now.year


def _cron_problem(inside: str) -> str | None:
    fields, given = inside.split(), f"given cron({inside})"
    if len(fields) != len(FIELDS):
        return f"{given}, allowed {len(FIELDS)} fields: {', '.join(field.name for field in FIELDS)}"
    if (fields[2] == "?") == (fields[4] == "?"):
        return f"{given}, allowed a ? for either the day of the month or the day of the week"
    for field, text in zip(FIELDS, fields, strict=True):
        items = text.split(",")
        for item in items:
            special = re.fullmatch(field.special, item)
            if special and len(items) > 1:
                return f"{given}, allowed {item} alone for the {field.name}"
            if not special and not _numbers(field, item):
                return f"{given}, allowed {field.low} to {field.high} for the {field.name} instead of {item}"
    return None if next(_days(fields, LEAP_YEARS), None) else f"{given}, allowed a day that comes"


def _numbers(field: Field, item: str) -> range:
    """Return the values of one item: `*`, `5`, `1-5`, `*/10`, `3/10`, `1-30/10`; none where it is no such item."""
    found = re.fullmatch(r"(\*|[0-9A-Z]+)(?:-([0-9A-Z]+))?(?:/([1-9][0-9]*))?", item)
    if not found or (found[1] == "*" and found[2]):
        return range(0)
    low = field.low if found[1] == "*" else _number(field, found[1])
    # A step without an end goes on to the last value.
    last = field.high if found[1] == "*" or (found[3] and not found[2]) else low
    high = _number(field, found[2]) if found[2] else last
    step = int(found[3] or 1)
    if low is None or high is None or step > field.high:
        return range(0)
    return range(low, high + 1, step)


def _number(field: Field, text: str) -> int | None:
    if text in field.words:
        return field.low + field.words.index(text)
    return int(text) if re.fullmatch(r"[0-9]+", text) and field.low <= int(text) <= field.high else None


def _values(position: int, text: str) -> list[int]:
    return sorted({value for item in text.split(",") for value in _numbers(FIELDS[position], item)})


def _days(fields: Sequence[str], years: Sequence[int]) -> Iterator[date]:
    """Yield the days of a cron expression, over the years that it names, or over `years`."""
    matches = _weekday_test(fields[4]) if fields[2] == "?" else _day_test(fields[2])
    months = _values(3, fields[3])
    for year in years if fields[5] == "*" else _values(5, fields[5]):
        for month in months:
            length = calendar.monthrange(year, month)[1]
            days = (date(year, month, day) for day in range(1, length + 1))
            yield from (day for day in days if matches(day, length))


def _day_test(text: str) -> Callable[[date, int], bool]:
    """Return whether a day of a month of that length matches the day of the month."""
    if text == "L":
        return lambda day, length: day.day == length
    if text.endswith("W"):
        return lambda day, length: day == _nearest_weekday(day, int(text[:-1]), length)
    allowed = set(_values(2, text))
    return lambda day, _: day.day in allowed


def _weekday_test(text: str) -> Callable[[date, int], bool]:
    """Return whether a day of a month of that length matches the day of the week, which AWS counts from Sunday."""
    if text == "L":
        return lambda day, _: day.weekday() == calendar.SATURDAY
    which, _, number = text.partition("#")
    allowed = set(_values(4, which.removesuffix("L")))

    def matches(day: date, length: int) -> bool:
        if day.isoweekday() % 7 + 1 not in allowed:
            return False
        if text.endswith("L"):
            return day.day + 7 > length
        return not number or (day.day - 1) // 7 + 1 == int(number)

    return matches


def _nearest_weekday(month: date, wanted: int, length: int) -> date | None:
    """Return the working day nearest to a day of the month, and in it; None where it has no such day."""
    if wanted > length:
        return None
    nearest = month.replace(day=wanted)
    if nearest.weekday() == calendar.SATURDAY:
        return nearest + DAY * (2 if wanted == 1 else -1)
    if nearest.weekday() == calendar.SUNDAY:
        return nearest + DAY * (-2 if wanted == length else 1)
    return nearest


def _longest_gap(fields: Sequence[str], zone: ZoneInfo, years: Sequence[int]) -> timedelta | None:
    """Return the longest time between two times of a cron expression; None where there is one time alone."""
    minutes = _values(0, fields[0])
    clock = [(hour, minute) for hour in _values(1, fields[1]) for minute in minutes]
    starts = [60 * hour + minute for hour, minute in clock]
    longest = timedelta(minutes=max((late - early for early, late in pairwise(starts)), default=0))
    last: datetime | None = None
    for day in _days(fields, years):
        offset = _offset(day, zone)
        if offset == _offset(day + DAY, zone):
            # The clock is not changed: the times of every such day are equally far apart.
            midnight = datetime(day.year, day.month, day.day) - offset
            times = [midnight + timedelta(minutes=starts[0]), midnight + timedelta(minutes=starts[-1])]
            gaps = times[:1]
        else:
            gaps = times = list(_times(day, clock, zone))
        for time in gaps:
            longest = max(longest, time - last) if last else longest
            last = time
        last = times[-1] if times else last
    return longest or None


def _times(day: date, clock: Sequence[tuple[int, int]], zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the times of one day that exist, each once, as UTC without a zone."""
    for hour, minute in clock:
        local = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
        time = local.astimezone(UTC)
        if time.astimezone(zone).replace(tzinfo=None) == local.replace(tzinfo=None):
            yield time.replace(tzinfo=None)


@lru_cache(maxsize=4096)
def _offset(day: date, zone: ZoneInfo) -> timedelta:
    return datetime(day.year, day.month, day.day, tzinfo=zone).utcoffset() or timedelta()
