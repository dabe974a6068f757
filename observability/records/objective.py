"""Service level objectives: what share of events may fail, and how fast that budget may be used up.

https://sre.google/workbook/alerting-on-slos/
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from observability.durations import DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS, window
from observability.promql import Difference, Expression, Increase, Match, Rate, Series, numbered

PERIOD_DAYS = 30
"""What a budget covers, in days."""
MINIMUM_FAILURES = 10
"""Failures in the long window under which a burn alert is silent: at night one failure is a large share."""
LARGEST_SHARE = 0.9
"""Share of failures that an alert may wait for at most: one for nearly everything failing comes too late."""


@dataclass(frozen=True, kw_only=True)
class Window:
    """One pair of windows that a budget is watched over."""

    long_seconds: int
    """Over which enough of the budget must be gone, in seconds."""
    short_seconds: int
    """Over which it must still be going, so that the alert ends soon after the fault."""
    for_seconds: int
    """How long both must hold."""
    factor: float
    """How many times faster than allowed: 14.4 uses 2 % of 30 days in an hour."""
    pages: bool
    """Whether somebody is woken; a ticket otherwise."""

    @property
    def name(self) -> str:
        """`1h`, `3d`."""
        return window(self.long_seconds)


# The workbook's four windows for 30 days, https://sre.google/workbook/alerting-on-slos/#recommended_parameters
WINDOWS = (
    Window(
        long_seconds=HOUR_SECONDS,
        short_seconds=5 * MINUTE_SECONDS,
        for_seconds=2 * MINUTE_SECONDS,
        factor=14.4,
        pages=True,
    ),
    Window(
        long_seconds=6 * HOUR_SECONDS,
        short_seconds=30 * MINUTE_SECONDS,
        for_seconds=15 * MINUTE_SECONDS,
        factor=6,
        pages=True,
    ),
    Window(
        long_seconds=DAY_SECONDS,
        short_seconds=2 * HOUR_SECONDS,
        for_seconds=HOUR_SECONDS,
        factor=3,
        pages=False,
    ),
    Window(
        long_seconds=3 * DAY_SECONDS,
        short_seconds=6 * HOUR_SECONDS,
        for_seconds=3 * HOUR_SECONDS,
        factor=1,
        pages=False,
    ),
)


@dataclass(frozen=True, kw_only=True)
class Failures:
    """Events of which some are failures: both are counters."""

    bad: Series
    """Those that failed."""
    all: Series
    """All that count."""


@dataclass(frozen=True, kw_only=True)
class Slowness:
    """Events of which some took too long: a classic histogram."""

    histogram: str
    """Name without `_bucket`, `_count`, `_sum`."""
    edge: str
    """The bucket's edge as the histogram writes it in `le`, for example `0.25`."""
    edges: tuple[str, ...]
    """Every edge that the histogram has."""
    matches: tuple[Match, ...] = ()
    """Conditions on its labels."""

    @property
    def all(self) -> Series:
        """All that count."""
        return Series(f"{self.histogram}_count", self.matches)

    @property
    def fast(self) -> Series:
        """Those that were in time."""
        return Series(f"{self.histogram}_bucket", (*self.matches, numbered("le", self.edge)))


Indicator = Failures | Slowness
"""What tells good events from bad ones."""


@dataclass(frozen=True, kw_only=True)
class Objective:
    """A promise: of all events in 30 days, at least this share is good."""

    id: str
    """Kebab case, unique in a stack; also the anchor of the runbook section."""
    title: str
    """Up to 60 characters."""
    description: str
    """What counts as bad, and what does not."""
    target: float
    """Share of good events, between 0 and 1: 0.999."""
    indicator: Indicator
    """What tells good from bad."""
    runbook: str
    """What to look at and what to do, in Markdown."""
    windows: tuple[Window, ...] = WINDOWS
    """What the budget is watched over."""
    minimum_failures: int = MINIMUM_FAILURES
    """Failures in the long window under which nobody is told."""
    owner: str | None = None
    """Who answers for it; the owner of the stack when left out."""

    @property
    def budget(self) -> float:
        """Share of events that may be bad."""
        return 1 - self.target

    def bad_rate(self) -> Expression:
        """Failures in a second."""
        return _failed(self.indicator, Rate)

    def bad_increase(self) -> Expression:
        """Failures in the window."""
        return _failed(self.indicator, Increase)

    def __post_init__(self) -> None:
        """Refuse a promise that cannot be kept watch over.

        Raises:
            ValueError: one sentence for each reason.

        """
        reasons = list(problems(self))
        if reasons:
            raise ValueError("; ".join(reasons))


def problems(objective: Objective) -> Iterator[str]:
    """Why no alert could ever come of `objective`, one sentence each."""
    if not 0 < objective.target < 1:
        yield f"objective {objective.id}: the target is {objective.target:g}, allowed between 0 and 1"
        return
    for pair in objective.windows:
        if pair.factor * objective.budget >= 1:
            yield (
                f"objective {objective.id}: its {pair.name} window fires at {pair.factor:g} times a budget of "
                f"{objective.budget:g}, which is more than every request failing; allowed under "
                f"{1 / objective.budget:.3g} times"
            )
    indicator = objective.indicator
    if isinstance(indicator, Slowness) and indicator.edge not in indicator.edges:
        yield (
            f"objective {objective.id}: {indicator.edge} is no edge of {indicator.histogram}, so no request would "
            f"count as fast; allowed: {', '.join(indicator.edges)}"
        )


def _failed(indicator: Indicator, how: type[Rate] | type[Increase]) -> Expression:
    if isinstance(indicator, Failures):
        return how(indicator.bad)
    return Difference(how(indicator.all), how(indicator.fast))


def fitting(target: float, windows: Sequence[Window] = WINDOWS) -> tuple[Window, ...]:
    """Those of `windows` whose alert may fire for `target`: a large budget cannot go many times too fast."""
    return tuple(pair for pair in windows if pair.factor * (1 - target) <= LARGEST_SHARE)
