"""Synthetic series over time: phases in which each stands still or grows evenly."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from observability.promql import Series
from tests.observability.scenarios.synthetic_series import SyntheticSeries

MINUTELY, FIVE_MINUTELY, HALF_HOURLY, HOURLY, SIX_HOURLY = 59, 299, 1799, 3599, 21_599
"""Steps of a timeline, each a second short of a round time, in seconds.

No window then begins on a sample, which Prometheus 2 would count and Prometheus 3 would not: what holds for one
holds for both. https://prometheus.io/docs/prometheus/latest/migration/#range-selectors-and-lookback-exclude-samples-coinciding-with-the-left-boundary
"""
GRAINS, DIGITS = 2**20, 20
"""Parts of 1 that counters grow by, and the digits that write one."""
Levels = Mapping[SyntheticSeries, float]
"""A gauge's value, or a counter's growth in a second."""


@dataclass(frozen=True, kw_only=True)
class Phase:
    """A time in which nothing changes."""

    name: str
    """What is shown in it."""
    levels: Levels | None
    """What the series do; None where there are none."""
    steps: int
    """How long, in steps of the timeline."""


class SteadyState:
    """Series that have done the same for ever."""

    def __init__(self, levels: Levels) -> None:
        self._levels = levels

    def levels(self, wanted: Series) -> list[float]:
        """Gauges that `wanted` selects."""
        return [level for made, level in self._levels.items() if made.selected_by(wanted)]

    def growth(self, wanted: Series, seconds: int) -> dict[SyntheticSeries, float]:
        """Growth in a second of the counters that `wanted` selects."""
        return {made: level for made, level in self._levels.items() if made.selected_by(wanted)}


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """Phases one after the other."""

    phases: Sequence[Phase]
    """In order."""
    gauges: frozenset[SyntheticSeries]
    """Series that stand; the others are counters."""
    step_seconds: int
    """Time between two samples and two evaluations, in seconds."""

    @property
    def steps(self) -> int:
        """How many samples there are."""
        return sum(phase.steps for phase in self.phases)

    @cached_property
    def samples(self) -> dict[SyntheticSeries, list[float | None]]:
        """Every sample of every series; None where there is none."""
        every = {made for phase in self.phases if phase.levels for made in phase.levels}
        return {made: list(self._samples(made)) for made in sorted(every, key=str)}

    def _samples(self, made: SyntheticSeries) -> Iterator[float | None]:
        total = 0.0
        for phase in self.phases:
            for _ in range(phase.steps):
                if phase.levels is None:
                    yield None
                elif made in self.gauges:
                    yield phase.levels[made]
                else:
                    total += self._growth(phase.levels[made])
                    yield total

    def _growth(self, level: float) -> float:
        """Growth in a step, a number that sums without rounding: a counter that falls by a hair was restarted."""
        return round(level * self.step_seconds * GRAINS) / GRAINS

    def at(self, step: int) -> "Moment":
        """The series as they are seen at `step`."""
        return Moment(self, step)

    def start(self, name: str) -> int:
        """First step of a phase."""
        names = [phase.name for phase in self.phases]
        return sum(phase.steps for phase in self.phases[: names.index(name)])

    def spans(self) -> Iterator[tuple[Phase, int, int]]:
        """Each phase with its first and its last step."""
        first = 0
        for phase in self.phases:
            yield phase, first, first + phase.steps - 1
            first += phase.steps

    def texts(self) -> dict[str, str]:
        """Every series in promtool's notation."""
        return {str(made): " ".join(self._text(made)) for made in self.samples}

    def _text(self, made: SyntheticSeries) -> Iterator[str]:
        values = self.samples[made]
        for phase, first, last in self.spans():
            begin = values[first]
            if phase.levels is None or begin is None:
                # A target that is gone is marked as such by the scrape that misses it.
                yield f"stale _x{phase.steps - 1}" if phase.steps > 1 else "stale"
                continue
            growth = 0.0 if made in self.gauges else self._growth(phase.levels[made])
            yield f"{plain(begin)}+{plain(growth)}x{last - first}"


class Moment:
    """A timeline as it is seen at one step."""

    def __init__(self, timeline: Timeline, step: int) -> None:
        self._timeline, self._step = timeline, step

    def levels(self, wanted: Series) -> list[float]:
        """Gauges that `wanted` selects."""
        found = (values[self._step] for made, values in self._timeline.samples.items() if made.selected_by(wanted))
        return [value for value in found if value is not None]

    def growth(self, wanted: Series, seconds: int) -> dict[SyntheticSeries, float]:
        """Growth in a second of the counters that `wanted` selects, where they fill the window."""
        steps = seconds // self._timeline.step_seconds
        back = self._step - steps
        found: dict[SyntheticSeries, float] = {}
        for made, values in self._timeline.samples.items():
            if back < 0 or not made.selected_by(wanted):
                continue
            now, then = values[self._step], values[back]
            if now is not None and then is not None:
                found[made] = _extrapolated(now, then, steps * self._timeline.step_seconds, seconds)
        return found


def _extrapolated(now: float, then: float, between: int, seconds: int) -> float:
    """Growth in a second over a window of `seconds` whose first and last samples lie `between` seconds apart.

    Prometheus goes on to the window's beginning, but not to before the counter would have been 0.
    https://github.com/prometheus/prometheus/blob/v3.5.0/promql/functions.go
    """
    grown = now - then
    if grown <= 0:
        return 0.0
    return grown * (between + min(seconds - between, between * then / grown)) / between / seconds


def plain(number: float) -> str:
    """`number` without an exponent, which promtool's notation does not have."""
    return f"{number:.{DIGITS}f}".rstrip("0").rstrip(".") or "0"


def no_events(every: Iterable[SyntheticSeries]) -> dict[SyntheticSeries, float]:
    """Nothing happens."""
    return dict.fromkeys(every, 0.0)
