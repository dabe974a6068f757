"""The windows of RDS, against a count of minutes."""

from hypothesis import given
from hypothesis import strategies as st

from stacks.config.windows import DAY_MINUTES, LEAST_MINUTES, WEEK_MINUTES, problems

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
SPANS = st.tuples(st.integers(0, WEEK_MINUTES - 1), st.integers(LEAST_MINUTES, 6 * 60))


def clock(minute: int) -> str:
    return f"{minute % DAY_MINUTES // 60:02}:{minute % 60:02}"


def weekly(start: int, length: int) -> str:
    return "-".join(f"{DAYS[at % WEEK_MINUTES // DAY_MINUTES]}:{clock(at)}" for at in (start, start + length))


def daily(start: int, length: int) -> str:
    return f"{clock(start)}-{clock(start + length)}"


def minutes(start: int, length: int) -> set[int]:
    return {at % DAY_MINUTES for at in range(start, start + length)}


@given(SPANS, SPANS)
def test_windows_are_refused_exactly_when_a_minute_is_in_both(backup: tuple[int, int], upkeep: tuple[int, int]):
    refused = [key for key, _ in problems(daily(*backup), weekly(*upkeep))]
    assert (refused == ["maintenance_window"]) is bool(minutes(*backup) & minutes(*upkeep))
