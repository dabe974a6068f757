"""The two times at which RDS works on a server: a daily one for the snapshot, a weekly one for maintenance."""

from collections.abc import Iterator

from stacks.config.base import Problem

_TIME = r"([01]\d|2[0-3]):[0-5]\d"
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY = f"({'|'.join(_DAYS)})"

DAILY = f"^{_TIME}-{_TIME}$"
"""Form of the daily window, `03:00-04:00`, UTC."""

WEEKLY = f"^{_DAY}:{_TIME}-{_DAY}:{_TIME}$"
"""Form of the weekly window, `sun:04:30-sun:05:30`, UTC."""

LEAST_MINUTES = 30
"""Shortest window that RDS takes.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
"""

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES


def problems(daily: str, weekly: str) -> Iterator[Problem]:
    """Yield why RDS would refuse the two windows: the key, and one sentence."""
    backup, maintenance = _span(daily, DAY_MINUTES), _span(weekly, WEEK_MINUTES)
    after = (maintenance[0] - backup[0]) % DAY_MINUTES
    if backup[1] < LEAST_MINUTES:
        yield "backup_window", f"given {daily}, allowed {LEAST_MINUTES} minutes or more"
    if not LEAST_MINUTES <= maintenance[1] < DAY_MINUTES:
        yield "maintenance_window", f"given {weekly}, allowed {LEAST_MINUTES} minutes or more, below a day"
    elif after < backup[1] or after + maintenance[1] > DAY_MINUTES:
        yield "maintenance_window", f"given {weekly}, allowed a time outside backup_window, {daily}"


def _span(window: str, circle: int) -> tuple[int, int]:
    """Start and length, in minutes, on a circle of a day or of a week."""
    times = [text.split(":") for text in window.split("-")]
    start, end = (
        sum(_DAYS.index(name) * DAY_MINUTES for name in day) + int(hours) * 60 + int(minutes)
        for *day, hours, minutes in times
    )
    return start, (end - start) % circle
