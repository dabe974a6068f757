"""What a burn alert does, and whether what it reads was recorded right."""

from collections.abc import Iterator

from observability.alerting.alerts import Absent, Alert, Burning
from observability.alerting.burn import failed_share, limit
from observability.alerting.recording import BUDGET, BURN_RATE, EVENTS, LEFT, STEP_SECONDS, TARGET, Recorded
from observability.durations import DAY_SECONDS
from observability.promql import Increase, Series
from observability.records.objective import PERIOD_DAYS, Objective, Slowness, Window
from tests.observability.scenarios.crossed import MARGIN, SPARE
from tests.observability.scenarios.made import Made, made, meeting
from tests.observability.scenarios.scenario import Check, Comparison, Scenario, firing_of, held, life
from tests.observability.scenarios.timeline import (
    FIVE_MINUTELY,
    HALF_HOURLY,
    HOURLY,
    MINUTELY,
    SIX_HOURLY,
    Levels,
    Phase,
    Timeline,
    plain,
    zero,
)
from tests.observability.scenarios.value import value

STEPS_SECONDS = (HOURLY, HALF_HOURLY, FIVE_MINUTELY, MINUTELY)
"""Steps of a timeline, the coarsest first: three days by the minute would take minutes to evaluate."""
ENOUGH = 1.4
"""Failures where the alert fires, as a multiple of the least."""
DEEPER = 2.9
"""A share of failures well beyond the limit, as a multiple of it."""
NEAR = 1e-6
"""How near a recorded number has to be, as a share of it."""


def step_of(pair: Window) -> int:
    """The coarsest step that still shows half of every time of `pair`."""
    return next(
        step
        for step in STEPS_SECONDS
        if (pair.for_seconds >= 2 * step and pair.short_seconds >= 4 * step) or step == MINUTELY
    )


def burning(alert: Alert, condition: Burning, recorded: Recorded) -> Scenario:
    """The scenario of one pair of windows."""
    objective, pair = condition.objective, condition.window
    step, bound = step_of(pair), limit(objective, pair)
    long, short = pair.long_seconds // step, pair.short_seconds // step
    hold = held(pair.for_seconds, step)
    enough = objective.minimum_failures * ENOUGH / pair.long_seconds
    few = objective.minimum_failures * (1 - MARGIN) / pair.long_seconds
    just, deep = min(bound * (1 + MARGIN), (1 + bound) / 2), min(DEEPER * bound, (1 + bound) / 2)
    fails = _Failing(objective, traffic=enough / just)
    # Another traffic while all is well: else nobody sees over which window the events are counted.
    busy = _Failing(objective, traffic=2 * enough / just)
    scarce = _Failing(objective, traffic=few / deep)
    phases = [
        Phase(name="fine", levels=busy(0), steps=long + SPARE),
        Phase(name="failing", levels=fails(just), steps=long + hold + SPARE),
        Phase(name="failing more", levels=fails(deep), steps=short + SPARE),
        Phase(name="fine again", levels=busy(0), steps=short + SPARE),
        Phase(name="just inside", levels=fails(bound * (1 - MARGIN)), steps=long + hold + SPARE),
        Phase(name="nothing happens", levels=zero(fails(0)), steps=long + SPARE),
        Phase(name="few failures", levels=scarce(deep), steps=long + hold + SPARE),
        Phase(name="failing again", levels=fails(just), steps=long // 4 + hold + SPARE),
        Phase(name="no data", levels=None, steps=short + SPARE),
    ]
    timeline = Timeline(phases=phases, gauges=frozenset(), step_seconds=step)
    shown = life(
        alert, list(_comparisons(objective, pair)), timeline, {"failing", "failing more", "failing again"}
    )
    checks = [*shown.checks, *_recorded_windows(recorded, pair, timeline)]
    return Scenario(name=alert.name, timeline=timeline, checks=checks)


def absent(alert: Alert, condition: Absent) -> Scenario:
    """The scenario of a source that goes silent and comes back."""
    hold = held(alert.for_seconds, MINUTELY)
    there = {meeting(condition.source, ()): 1.0}
    phases = [
        Phase(name="there", levels=there, steps=SPARE),
        Phase(name="gone", levels=None, steps=hold + SPARE),
        Phase(name="back", levels=there, steps=SPARE),
    ]
    timeline = Timeline(phases=phases, gauges=frozenset(there), step_seconds=MINUTELY)
    told = timeline.start("gone") + hold
    fires = {0: False, told - 1: False, told: True, timeline.start("back"): False}
    checks = [(step * MINUTELY, firing_of(alert.name), firing) for step, firing in fires.items()]
    return Scenario(name=alert.name, timeline=timeline, checks=checks)


def steps_recorded(recorded: Recorded) -> Scenario:
    """Whether the numbers of five minutes are right; every number of 30 days is a sum of them."""
    fails = _Failing(recorded.objective, traffic=10)
    share = recorded.objective.budget / 2
    steps = STEP_SECONDS // MINUTELY
    phases = [
        Phase(name="fine", levels=_Failing(recorded.objective, traffic=20)(0), steps=3 * steps),
        Phase(name="failing", levels=fails(share), steps=3 * steps),
    ]
    timeline = Timeline(phases=phases, gauges=frozenset(), step_seconds=MINUTELY)
    checks = [check for after in (steps // 2, 2 * steps) for check in _numbers(recorded, timeline, after)]
    return Scenario(name=f"{recorded.objective.id}, five minutes", timeline=timeline, checks=checks)


def _numbers(recorded: Recorded, timeline: Timeline, after: int) -> Iterator[Check]:
    step = timeline.start("failing") + after
    objective, moment = recorded.objective, timeline.at(step)
    failed = value(failed_share(objective), moment, STEP_SECONDS)
    wanted = {
        recorded.series(f"{EVENTS}5m"): value(Increase(objective.indicator.all), moment, STEP_SECONDS),
        recorded.bad(STEP_SECONDS): value(objective.bad_increase(), moment, STEP_SECONDS),
        recorded.share(STEP_SECONDS): failed,
        recorded.series(BURN_RATE): (failed or 0.0) / objective.budget,
        recorded.series(TARGET): objective.target,
        recorded.series(BUDGET): objective.budget,
    }
    for series, number in wanted.items():
        yield _near(step * timeline.step_seconds, series, number or 0.0)


def month_recorded(recorded: Recorded) -> Scenario:
    """Whether the budget of 30 days is right, 40 days after the beginning, of which 20 had failures."""
    step, day = SIX_HOURLY, DAY_SECONDS // SIX_HOURLY
    objective = recorded.objective
    bad, events = recorded.bad(STEP_SECONDS), recorded.series(f"{EVENTS}5m")
    rates = {_made(recorded.share(pair.long_seconds)): objective.budget / 2 for pair in objective.windows}
    all_of = {_made(events): 1.0, **rates}
    phases = [
        Phase(name="failing", levels={_made(bad): objective.budget, **all_of}, steps=20 * day),
        Phase(name="fine", levels={_made(bad): 0.0, **all_of}, steps=20 * day + 1),
    ]
    timeline = Timeline(phases=phases, gauges=frozenset(phases[0].levels or ()), step_seconds=step)
    end = timeline.steps - 1
    sums = [sum(timeline.samples[_made(it)][end - PERIOD_DAYS * day :]) for it in (bad, events)]  # type: ignore[arg-type]
    left = 1 - sums[0] / sums[1] / objective.budget
    seconds = PERIOD_DAYS * DAY_SECONDS * left * 2
    wanted = {recorded.share(PERIOD_DAYS * DAY_SECONDS): sums[0] / sums[1], recorded.series(LEFT): left}
    wanted |= {recorded.seconds_left(pair): seconds for pair in objective.windows}
    checks = [_near(end * step, series, number) for series, number in wanted.items()]
    return Scenario(name=f"{objective.id}, 30 days", timeline=timeline, checks=checks)


class _Failing:
    """Levels under which a share of the events fails, with a given traffic in a second."""

    def __init__(self, objective: Objective, traffic: float) -> None:
        indicator = objective.indicator
        kept = {match.label for match in indicator.all.matches}
        self._all, self._slow = meeting(indicator.all, ()), isinstance(indicator, Slowness)
        self._part = meeting(
            indicator.fast if isinstance(indicator, Slowness) else indicator.bad, kept - {"status"}
        )
        self._nested = self._part.meets(indicator.all)
        self._traffic = traffic

    def __call__(self, share: float) -> Levels:
        bad = self._traffic * share
        if self._slow:
            return {self._all: self._traffic, self._part: self._traffic - bad}
        return {self._all: self._traffic - bad if self._nested else self._traffic, self._part: bad}


def _comparisons(objective: Objective, pair: Window) -> Iterator[Comparison]:
    share, bound = failed_share(objective), limit(objective, pair)
    yield Comparison(expression=share, seconds=pair.long_seconds, limit=bound)
    yield Comparison(expression=share, seconds=pair.short_seconds, limit=bound)
    yield Comparison(
        expression=objective.bad_increase(),
        seconds=pair.long_seconds,
        limit=objective.minimum_failures,
        reached=True,
    )


def _recorded_windows(recorded: Recorded, pair: Window, timeline: Timeline) -> Iterator[Check]:
    """Half-way up and at the top, where windows of other lengths have other values."""
    objective, share = recorded.objective, failed_share(recorded.objective)
    for seconds, series, expression in (
        (pair.short_seconds, recorded.share(pair.short_seconds), share),
        (pair.long_seconds, recorded.share(pair.long_seconds), share),
        (pair.long_seconds, recorded.bad(pair.long_seconds), objective.bad_increase()),
    ):
        length = seconds // timeline.step_seconds
        for steps in (length // 2, length + 1):
            step = timeline.start("failing") + steps
            number = value(expression, timeline.at(step), seconds)
            yield _near(step * timeline.step_seconds, series, number or 0.0)


def _near(seconds: int, series: Series, number: float) -> Check:
    return seconds, f"count(abs({series} - {plain(number)}) < {plain(abs(number) * NEAR)})", True


def _made(series: Series) -> Made:
    return made(series.metric, {match.label: match.value for match in series.matches})
