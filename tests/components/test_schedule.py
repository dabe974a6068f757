from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.service.schedule import longest_gap_hours, schedule_problem
from simulator.schedules import schedule_fault

FORMS = ("rate", "cron", "at")
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"]


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minute)",
        "rate(5 minutes)",
        "rate(12 hours)",
        "at(2028-02-29T11:00:00)",
        "cron(0 3 * * ? *)",
        "cron(0/15 8-18 ? * MON-FRI *)",
        "cron(*/5 * * * ? *)",
        "cron(0,30 0-23/6 1,15 JAN,JUL ? 2027-2030)",
        "cron(0 0 L * ? *)",
        "cron(0 0 15W * ? *)",
        "cron(0 0 ? * L *)",
        "cron(0 0 ? * 6L *)",
        "cron(0 0 ? * TUE#2 *)",
        "cron(0 0 29 2 ? *)",
    ],
)
def test_expression_of_aws_is_taken(expression: str):
    assert schedule_problem(expression) is None


@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("0 3 * * *", "allowed rate"),
        ("every(5 minutes)", "allowed rate"),
        ("rate(1 minutes)", "allowed rate(1 hour)"),
        ("rate(5 minute)", "allowed rate(1 hour)"),
        ("rate(0 minutes)", "allowed rate(1 hour)"),
        ("rate(2 weeks)", "allowed rate(1 hour)"),
        ("rate(5  minutes)", "allowed rate(1 hour)"),
        ("at(2027-02-29T11:00:00)", "allowed a day and a time that exist"),
        ("at(2027-3-1T11:00:00)", "allowed a day and a time that exist"),
        ("at(2027-03-01)", "allowed a day and a time that exist"),
        ("cron(0 3 * * ?)", "allowed 6 fields: minute, hour"),
        ("cron(0 3 * * * *)", "a ? for either"),
        ("cron(0 3 ? * ? *)", "a ? for either"),
        ("cron(60 3 * * ? *)", "for the minute instead of 60"),
        ("cron(0 24 * * ? *)", "for the hour instead of 24"),
        ("cron(0 3 0 * ? *)", "for the day of the month instead of 0"),
        ("cron(0 3 32W * ? *)", "for the day of the month instead of 32W"),
        ("cron(0 3 * 13 ? *)", "for the month instead of 13"),
        ("cron(0 3 * MAI ? *)", "for the month instead of MAI"),
        ("cron(0 3 ? * 0 *)", "for the day of the week instead of 0"),
        ("cron(0 3 ? * 8L *)", "for the day of the week instead of 8L"),
        ("cron(0 3 ? * 2#6 *)", "for the day of the week instead of 2#6"),
        ("cron(0 3 ? * 2#1,3#1 *)", "allowed 2#1 alone"),
        ("cron(0 3 * * ? 1969)", "for the year instead of 1969"),
        ("cron(9-3 3 * * ? *)", "for the minute instead of 9-3"),
        ("cron(*/0 3 * * ? *)", "for the minute instead of */0"),
        ("cron(*/60 3 * * ? *)", "for the minute instead of */60"),
        ("cron(*-5 3 * * ? *)", "for the minute instead of *-5"),
        ("cron(5, 3 * * ? *)", "for the minute instead of "),
        ("cron(0 3 30 2 ? *)", "allowed a day that comes"),
        ("cron(0 3 ? 2 2#5 2027)", "allowed a day that comes"),
    ],
)
def test_expression_that_aws_refuses_or_never_runs_is_refused(expression: str, message: str):
    problem = schedule_problem(expression)
    assert problem is not None
    assert message in problem


def test_forms_are_those_of_the_service():
    assert (
        schedule_problem("rate(5 minutes)", ("cron", "at"))
        == "given 'rate(5 minutes)', allowed cron(...), at(...)"
    )


@pytest.mark.parametrize(
    ("expression", "timezone", "hours"),
    [
        ("at(2027-03-01T11:00:00)", "UTC", None),
        ("cron(0 12 1 1 ? 2030)", "UTC", None),
        ("rate(5 minutes)", "Europe/Berlin", 5 / 60),
        ("rate(3 hours)", "Europe/Berlin", 3),
        ("rate(1 day)", "UTC", 24),
        ("rate(1 day)", "Europe/Berlin", 25),
        ("cron(0 3 * * ? *)", "UTC", 24),
        ("cron(0 3 * * ? *)", "Europe/Berlin", 25),
        # 2:30 is skipped on a day in spring, of 23 hours.
        ("cron(30 2 * * ? *)", "Europe/Berlin", 47),
        ("cron(0 9 ? * MON-FRI *)", "UTC", 72),
        ("cron(0 9 ? * MON *)", "UTC", 168),
        ("cron(0 0 L * ? *)", "UTC", 31 * 24),
        ("cron(0 0 29 2 ? *)", "UTC", 1461 * 24),
        ("cron(0 0 1 1 ? *)", "UTC", 366 * 24),
    ],
)
def test_longest_gap(expression: str, timezone: str, hours: float | None):
    assert longest_gap_hours(expression, timezone) == (hours if hours is None else pytest.approx(hours))


def test_gap_of_a_wrong_expression_or_an_unknown_zone_is_an_error():
    with pytest.raises(ValueError, match="allowed rate"):
        longest_gap_hours("rate(5 minute)", "UTC")
    with pytest.raises(KeyError):
        longest_gap_hours("rate(5 minutes)", "Europe/Atlantis")


@pytest.mark.parametrize(
    ("days", "gap"),
    [
        # May 2027 begins on a Saturday and ends on a Monday.
        ("1W 5,6 ?", date(2027, 6, 1) - date(2027, 5, 3)),
        ("2W 5,6 ?", date(2027, 6, 2) - date(2027, 5, 3)),
        ("15W 5,6 ?", date(2027, 6, 15) - date(2027, 5, 14)),
        ("31W 10,12 ?", date(2027, 12, 31) - date(2027, 10, 29)),
        ("31W 2,10,12 ?", date(2027, 12, 31) - date(2027, 10, 29)),
        ("L 5,6 ?", date(2027, 6, 30) - date(2027, 5, 31)),
        ("? 5,6 2L", date(2027, 6, 28) - date(2027, 5, 31)),
        ("? 5,6,7 SAT#5", date(2027, 7, 31) - date(2027, 5, 29)),
        ("? 5,6 L", timedelta(days=7)),
        ("? 5,6 SUN,TUE", timedelta(days=5)),
        ("1/10 5,6 ?", timedelta(days=10)),
        ("10-20/5 5 ?", timedelta(days=5)),
    ],
)
def test_days_are_those_that_aws_means(days: str, gap: timedelta):
    assert longest_gap_hours(f"cron(0 0 {days} 2027)", "UTC") == gap / timedelta(hours=1)


@st.composite
def crons(draw: st.DrawFn) -> str:
    quarters = st.sampled_from(["0", "15", "0,30", "0/15", "*/30", "15-45/15"])
    hours = st.sampled_from(["*", "2", "0-6", "*/5", "1,2,3", "23", "8-18/2"])
    days = st.sampled_from(["* * ?", "1,15 * ?", "L * ?", "? * MON-FRI", "? * 1", "? 3,10 SUN", "28-31 * ?"])
    day_of_month, month, day_of_week = draw(days).split()
    return f"cron({draw(quarters)} {draw(hours)} {day_of_month} {month} {day_of_week} 2027)"


def _runs(expression: str, zone: ZoneInfo) -> Iterator[datetime]:
    """Yield the times of an expression: each quarter of an hour of UTC is read on the local clock."""
    minute, hour, day_of_month, month, day_of_week, _ = expression[5:-1].split()
    time = datetime(2026, 12, 30, tzinfo=UTC)
    while time.year < 2028 or time.day < 3:
        local = time.astimezone(zone)
        last = (local + timedelta(days=1)).day == 1
        on_day = day_of_month == "?" or (last if day_of_month == "L" else _in(day_of_month, local.day, 31))
        names = {"MON-FRI": (1, 2, 3, 4, 5), "1": (7,), "SUN": (7,), "?": range(1, 8)}
        if (
            not local.fold
            and local.year == 2027
            and on_day
            and local.isoweekday() in names[day_of_week]
            and _in(month, local.month, 12)
            and _in(hour, local.hour, 23)
            and _in(minute, local.minute, 59)
        ):
            yield time
        time += timedelta(minutes=15)


def _in(field: str, value: int, high: int) -> bool:
    for item in field.split(","):
        span, _, step = item.partition("/")
        first, _, last = span.partition("-")
        low = 0 if first == "*" else int(first)
        end = int(last) if last else high if first == "*" or step else low
        if low <= value <= end and (value - low) % int(step or 1) == 0:
            return True
    return False


@settings(max_examples=8, deadline=None)
@given(crons(), st.sampled_from(ZONES))
def test_longest_gap_is_that_of_a_clock_that_ticks_through_the_year(expression: str, timezone: str):
    times = list(_runs(expression, ZoneInfo(timezone)))
    gaps = [(late - early) / timedelta(hours=1) for early, late in pairwise(times)]
    assert longest_gap_hours(expression, timezone) == pytest.approx(max(gaps))


ITEMS = st.sampled_from(
    ["*", "?", "0", "1", "7", "31", "59", "60", "2199", "L", "5W", "2#3", "MON", "JAN-MAR", "*/5"]
)


@settings(max_examples=100, deadline=None)
@given(st.lists(ITEMS, min_size=5, max_size=7))
def test_what_the_simulated_cloud_refuses_is_refused(items: list[str]):
    expression = f"cron({' '.join(items)})"
    if schedule_fault(expression, FORMS):
        assert schedule_problem(expression)
