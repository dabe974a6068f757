"""Service level objectives: the share of events that may fail, and how fast that error budget may burn.

https://sre.google/workbook/alerting-on-slos/
"""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from observability.durations import DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS, window
from observability.promql import Difference, Expression, Increase, Match, Rate, Series, numbered

PERIOD_DAYS = 30
"""Period of an error budget where nothing else is said, in days."""
MINIMUM_FAILURES = 10
"""Failures in the long window under which no burn rate alert fires: at night one failure is a large share."""
LARGEST_SHARE = 0.9
"""Largest error ratio that an alert may need to fire: near 1, it would come too late."""


class Window(Struct, frozen=True, kw_only=True):
    """Pair of windows of one burn rate alert."""

    long_seconds: int
    """Long window, over which enough of the budget must have burned, in seconds."""
    short_seconds: int
    """Short window, over which it must still burn, so that the alert ends soon after the fault, in seconds."""
    for_seconds: int
    """How long both must hold, in seconds."""
    factor: float
    """Burn rate that both windows must exceed: 14.4 uses 2 % of the budget of 30 days in an hour."""
    pages: bool
    """Whether it pages; a ticket otherwise."""

    @property
    def name(self) -> str:
        """`1h`, `3d`."""
        return window(self.long_seconds)


# The workbook's four windows for 30 days, https://sre.google/workbook/alerting-on-slos/#recommended_parameters
WINDOWS = tuple(
    Window(long_seconds=long, short_seconds=short, for_seconds=held, factor=factor, pages=pages)
    for long, short, held, factor, pages in (
        (HOUR_SECONDS, 5 * MINUTE_SECONDS, 2 * MINUTE_SECONDS, 14.4, True),
        (6 * HOUR_SECONDS, 30 * MINUTE_SECONDS, 15 * MINUTE_SECONDS, 6, True),
        (DAY_SECONDS, 2 * HOUR_SECONDS, HOUR_SECONDS, 3, False),
        (3 * DAY_SECONDS, 6 * HOUR_SECONDS, 3 * HOUR_SECONDS, 1, False),
    )
)


class Failures(Struct, frozen=True, kw_only=True):
    """Indicator by failures: two counters."""

    bad: Series
    """Counter of events that failed."""
    all: Series
    """All that count."""


class Slowness(Struct, frozen=True, kw_only=True):
    """Indicator by time: a classic histogram, of which events over one edge are failures."""

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
        """Counter of all events."""
        return Series(f"{self.histogram}_count", self.matches)

    @property
    def fast(self) -> Series:
        """Counter of the events that were in time."""
        return Series(f"{self.histogram}_bucket", (*self.matches, numbered("le", self.edge)))


Indicator = Failures | Slowness
"""Service level indicator: tells good events from bad ones."""


class Objective(Struct, frozen=True, kw_only=True):
    """Service level objective: of all events in its period, at least this share is good."""

    id: str
    """Kebab case, unique in a stack; also the anchor of the runbook section."""
    title: str
    """Up to 60 characters."""
    description: str
    """Definition of a bad event."""
    target: float
    """Share of good events, between 0 and 1: 0.999."""
    indicator: Indicator
    """Service level indicator."""
    runbook: str
    """Steps to take, in Markdown."""
    windows: tuple[Window, ...] = WINDOWS
    """Windows of its burn rate alerts."""
    minimum_failures: int = MINIMUM_FAILURES
    """Failures in the long window under which no burn rate alert fires."""
    period_days: int = PERIOD_DAYS
    """Period of the error budget, in days; burn rates are multiples of what it allows, whatever it is."""
    owner: str | None = None
    """Owner; that of the stack when left out."""

    @property
    def budget(self) -> float:
        """Error budget: share of events that may be bad."""
        return 1 - self.target

    @property
    def period_seconds(self) -> int:
        """Period of the error budget, in seconds."""
        return self.period_days * DAY_SECONDS

    def bad_rate(self) -> Expression:
        """Return the failures per second."""
        return _failed(self.indicator, Rate)

    def bad_increase(self) -> Expression:
        """Return the failures in the window."""
        return _failed(self.indicator, Increase)

    def __post_init__(self) -> None:
        """Refuse an objective of which no alert could ever come.

        Raises:
            ValueError: one sentence for each reason.

        """
        if reasons := list(problems(self)):
            raise ValueError("; ".join(reasons))


def problems(objective: Objective) -> Iterator[str]:
    """Yield why no alert could ever come of `objective`, one sentence each."""
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


def usable_windows(target: float, windows: Sequence[Window] = WINDOWS) -> tuple[Window, ...]:
    """Return the `windows` whose alert can fire for `target`: a large budget cannot burn many times too fast."""
    return tuple(pair for pair in windows if pair.factor * (1 - target) <= LARGEST_SHARE)
