"""The scenario of one alert: when it has to be silent, and when it has to fire."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from observability.alerting.alerts import Alert
from observability.promql import Expression
from tests.observability.scenarios.timeline import Timeline
from tests.observability.scenarios.value import value

TIE = 1e-6
"""A value this near its limit, as a share of it, is left to no rounding: the scenario is refused."""

Check = tuple[int, str, bool]
"""A time in seconds, an expression, and whether it yields something then."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """One part of an alert's condition."""

    expression: Expression
    """What is compared."""
    seconds: int
    """Window of its rates."""
    limit: float
    """With what."""
    below: bool = False
    """Fire under the limit."""
    reached: bool = False
    """The limit itself counts already."""

    def holds(self, timeline: Timeline, step: int) -> bool:
        """Whether it holds at `step`.

        Raises:
            ValueError: rounding would decide.

        """
        found = value(self.expression, timeline.at(step), self.seconds)
        if found is None:
            return False
        if self.limit and abs(found - self.limit) < TIE * abs(self.limit):
            raise ValueError(f"at step {step} rounding decides whether {found} is over {self.limit}")
        return found < self.limit if self.below else found > self.limit or (self.reached and found == self.limit)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A timeline, and what has to be so at some of its moments."""

    name: str
    """Of the alert, or of what is recorded."""
    timeline: Timeline
    """What the store holds."""
    checks: Sequence[Check]
    """In order of time."""


def alert_scenario(
    alert: Alert, comparisons: Sequence[Comparison], timeline: Timeline, fires_in: set[str]
) -> Scenario:
    """The scenario of an alert that fires in the phases `fires_in` and is silent at the end of all others.

    Raises:
        ValueError: the timeline does not show that.

    """
    active = [all(it.holds(timeline, step) for it in comparisons) for step in range(timeline.steps)]
    firing = list(_firing(active, steps_held(alert.for_seconds, timeline.step_seconds)))
    checks = list(_checks(alert, timeline, firing))
    for phase, first, last in timeline.spans():
        if any(firing[first : last + 1]) is not (phase.name in fires_in) and phase.levels is not None:
            lingers = phase.name not in fires_in and firing[first] and not firing[last]
            if not lingers:
                raise ValueError(f"{alert.name}: made series do not show {phase.name!r}")
    return Scenario(name=alert.name, timeline=timeline, checks=checks)


def steps_held(for_seconds: int, step_seconds: int) -> int:
    """Steps after which a condition has held for `for_seconds`."""
    return -(-for_seconds // step_seconds)


def firing_promql(alert: str) -> str:
    """What yields 1 while `alert` fires: PromQL over Prometheus' own record of its alerts."""
    return f'count(ALERTS{{alertname="{alert}",alertstate="firing"}})'


def _firing(active: Sequence[bool], hold: int) -> Iterator[bool]:
    since = 0
    for holds in active:
        since = since + 1 if holds else 0
        yield since > hold


def _checks(alert: Alert, timeline: Timeline, firing: Sequence[bool]) -> Iterator[Check]:
    """The step before each change, the change, and the end of each phase."""
    wanted: set[int] = set()
    for phase, first, last in timeline.spans():
        wanted.add(last)
        if phase.levels is not None:
            changes = [step for step in range(max(first, 1), last + 1) if firing[step] is not firing[step - 1]]
            wanted.update(*({step - 1, step} for step in changes))
    for step in sorted(wanted):
        yield step * timeline.step_seconds, firing_promql(alert.name), firing[step]
