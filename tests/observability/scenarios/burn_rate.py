"""What a burn alert does, and whether what it reads was recorded right."""

from collections.abc import Iterator

from observability.alerting.alerts import AbsenceCondition, Alert, BurnRateCondition
from observability.alerting.burn import error_ratio, error_ratio_limit
from observability.alerting.recording import (
    BUDGET,
    BUDGET_REMAINING,
    BURN_RATE,
    EVENTS,
    STEP_SECONDS,
    TARGET,
    RecordedObjective,
)
from observability.durations import DAY_SECONDS
from observability.promql import Increase, Series
from observability.records.objective import PERIOD_DAYS, Objective, Slowness, Window
from tests.observability.scenarios.scenario import (
    Check,
    Comparison,
    Scenario,
    alert_scenario,
    firing_promql,
    steps_held,
)
from tests.observability.scenarios.synthetic_series import SyntheticSeries, matching_series, synthetic
from tests.observability.scenarios.threshold import MARGIN, SPARE
from tests.observability.scenarios.timeline import (
    FIVE_MINUTELY,
    HALF_HOURLY,
    HOURLY,
    MINUTELY,
    SIX_HOURLY,
    Levels,
    Phase,
    Timeline,
    no_events,
    plain,
)
from tests.observability.scenarios.value import value

STEPS_SECONDS = (HOURLY, HALF_HOURLY, FIVE_MINUTELY, MINUTELY)
"""Steps of a timeline, the coarsest first: three days by the minute would take minutes to evaluate."""
ENOUGH = 1.4
"""Failures where the alert fires, as a multiple of the least."""
DEEPER = 2.9
"""A share of failures well beyond the error_ratio_limit, as a multiple of it."""
NEAR = 1e-6
"""How near a recorded number has to be, as a share of it."""


def step_of(pair: Window) -> int:
    """The coarsest step that still shows half of every time of `pair`."""
    return next(
        step
        for step in STEPS_SECONDS
        if (pair.for_seconds >= 2 * step and pair.short_seconds >= 4 * step) or step == MINUTELY
    )


def burn_rate_scenario(alert: Alert, condition: BurnRateCondition, recorded: RecordedObjective) -> Scenario:
    """The scenario of one pair of windows."""
    objective, pair = condition.objective, condition.window
    step, bound = step_of(pair), error_ratio_limit(objective, pair)
    long, short = pair.long_seconds // step, pair.short_seconds // step
    hold = steps_held(pair.for_seconds, step)
    enough = objective.minimum_failures * ENOUGH / pair.long_seconds
    few = objective.minimum_failures * (1 - MARGIN) / pair.long_seconds
    just, deep = min(bound * (1 + MARGIN), (1 + bound) / 2), min(DEEPER * bound, (1 + bound) / 2)
    fails = _FailingTraffic(objective, traffic=enough / just)
    # Another traffic while all is well: else nobody sees over which window the events are counted.
    busy = _FailingTraffic(objective, traffic=2 * enough / just)
    scarce = _FailingTraffic(objective, traffic=few / deep)
    phases = [
        Phase(name="fine", levels=busy(0), steps=long + SPARE),
        Phase(name="failing", levels=fails(just), steps=long + hold + SPARE),
        Phase(name="failing more", levels=fails(deep), steps=short + SPARE),
        Phase(name="fine again", levels=busy(0), steps=short + SPARE),
        Phase(name="just inside", levels=fails(bound * (1 - MARGIN)), steps=long + hold + SPARE),
        Phase(name="nothing happens", levels=no_events(fails(0)), steps=long + SPARE),
        Phase(name="few failures", levels=scarce(deep), steps=long + hold + SPARE),
        Phase(name="failing again", levels=fails(just), steps=long // 4 + hold + SPARE),
        Phase(name="no data", levels=None, steps=short + SPARE),
    ]
    timeline = Timeline(phases=phases, gauges=frozenset(), step_seconds=step)
    shown = alert_scenario(
        alert, list(_comparisons(objective, pair)), timeline, {"failing", "failing more", "failing again"}
    )
    checks = [*shown.checks, *_recorded_windows(recorded, pair, timeline)]
    return Scenario(name=alert.name, timeline=timeline, checks=checks)


def absence_scenario(alert: Alert, condition: AbsenceCondition) -> Scenario:
    """The scenario of a source that goes silent and comes back."""
    hold = steps_held(alert.for_seconds, MINUTELY)
    there = {matching_series(condition.source, ()): 1.0}
    phases = [
        Phase(name="there", levels=there, steps=SPARE),
        Phase(name="gone", levels=None, steps=hold + SPARE),
        Phase(name="back", levels=there, steps=SPARE),
    ]
    timeline = Timeline(phases=phases, gauges=frozenset(there), step_seconds=MINUTELY)
    first = timeline.start("gone") + hold
    fires = {0: False, first - 1: False, first: True, timeline.start("back"): False}
    checks = [(step * MINUTELY, firing_promql(alert.name), firing) for step, firing in fires.items()]
    return Scenario(name=alert.name, timeline=timeline, checks=checks)


def steps_recorded(recorded: RecordedObjective) -> Scenario:
    """Whether the numbers of five minutes are right; every number of 30 days is a sum of them."""
    fails = _FailingTraffic(recorded.objective, traffic=10)
    share = recorded.objective.budget / 2
    steps = STEP_SECONDS // MINUTELY
    phases = [
        Phase(name="fine", levels=_FailingTraffic(recorded.objective, traffic=20)(0), steps=3 * steps),
        Phase(name="failing", levels=fails(share), steps=3 * steps),
    ]
    timeline = Timeline(phases=phases, gauges=frozenset(), step_seconds=MINUTELY)
    checks = [check for after in (steps // 2, 2 * steps) for check in _numbers(recorded, timeline, after)]
    return Scenario(name=f"{recorded.objective.id}, five minutes", timeline=timeline, checks=checks)


def _numbers(recorded: RecordedObjective, timeline: Timeline, after: int) -> Iterator[Check]:
    step = timeline.start("failing") + after
    objective, moment = recorded.objective, timeline.at(step)
    failed = value(error_ratio(objective), moment, STEP_SECONDS)
    wanted = {
        recorded.series(f"{EVENTS}5m"): value(Increase(objective.indicator.all), moment, STEP_SECONDS),
        recorded.failures(STEP_SECONDS): value(objective.bad_increase(), moment, STEP_SECONDS),
        recorded.error_ratio(STEP_SECONDS): failed,
        recorded.series(BURN_RATE): (failed or 0.0) / objective.budget,
        recorded.series(TARGET): objective.target,
        recorded.series(BUDGET): objective.budget,
    }
    for series, number in wanted.items():
        yield _near(step * timeline.step_seconds, series, number or 0.0)


def month_recorded(recorded: RecordedObjective) -> Scenario:
    """Whether the budget of 30 days is right, 40 days after the beginning, of which 20 had failures."""
    step, day = SIX_HOURLY, DAY_SECONDS // SIX_HOURLY
    objective = recorded.objective
    bad, events = recorded.failures(STEP_SECONDS), recorded.series(f"{EVENTS}5m")
    rates = {
        _synthetic(recorded.error_ratio(pair.long_seconds)): objective.budget / 2 for pair in objective.windows
    }
    all_of = {_synthetic(events): 1.0, **rates}
    phases = [
        Phase(name="failing", levels={_synthetic(bad): objective.budget, **all_of}, steps=20 * day),
        Phase(name="fine", levels={_synthetic(bad): 0.0, **all_of}, steps=20 * day + 1),
    ]
    timeline = Timeline(phases=phases, gauges=frozenset(phases[0].levels or ()), step_seconds=step)
    end = timeline.steps - 1
    sums = [sum(timeline.samples[_synthetic(it)][end - PERIOD_DAYS * day :]) for it in (bad, events)]  # type: ignore[arg-type]
    left = 1 - sums[0] / sums[1] / objective.budget
    seconds = PERIOD_DAYS * DAY_SECONDS * left * 2
    wanted = {
        recorded.error_ratio(PERIOD_DAYS * DAY_SECONDS): sums[0] / sums[1],
        recorded.series(BUDGET_REMAINING): left,
    }
    wanted |= {recorded.seconds_left(pair): seconds for pair in objective.windows}
    checks = [_near(end * step, series, number) for series, number in wanted.items()]
    return Scenario(name=f"{objective.id}, 30 days", timeline=timeline, checks=checks)


class _FailingTraffic:
    """Levels under which a share of the events fails, with a given traffic in a second."""

    def __init__(self, objective: Objective, traffic: float) -> None:
        indicator = objective.indicator
        kept = {match.label for match in indicator.all.matches}
        self._all, self._slow = matching_series(indicator.all, ()), isinstance(indicator, Slowness)
        self._part = matching_series(
            indicator.fast if isinstance(indicator, Slowness) else indicator.bad, kept - {"status"}
        )
        self._nested = self._part.selected_by(indicator.all)
        self._traffic = traffic

    def __call__(self, share: float) -> Levels:
        bad = self._traffic * share
        if self._slow:
            return {self._all: self._traffic, self._part: self._traffic - bad}
        return {self._all: self._traffic - bad if self._nested else self._traffic, self._part: bad}


def _comparisons(objective: Objective, pair: Window) -> Iterator[Comparison]:
    share, bound = error_ratio(objective), error_ratio_limit(objective, pair)
    yield Comparison(expression=share, seconds=pair.long_seconds, limit=bound)
    yield Comparison(expression=share, seconds=pair.short_seconds, limit=bound)
    yield Comparison(
        expression=objective.bad_increase(),
        seconds=pair.long_seconds,
        limit=objective.minimum_failures,
        reached=True,
    )


def _recorded_windows(recorded: RecordedObjective, pair: Window, timeline: Timeline) -> Iterator[Check]:
    """Half-way up and at the top, where windows of other lengths have other values."""
    objective, share = recorded.objective, error_ratio(recorded.objective)
    for seconds, series, expression in (
        (pair.short_seconds, recorded.error_ratio(pair.short_seconds), share),
        (pair.long_seconds, recorded.error_ratio(pair.long_seconds), share),
        (pair.long_seconds, recorded.failures(pair.long_seconds), objective.bad_increase()),
    ):
        length = seconds // timeline.step_seconds
        for steps in (length // 2, length + 1):
            step = timeline.start("failing") + steps
            number = value(expression, timeline.at(step), seconds)
            yield _near(step * timeline.step_seconds, series, number or 0.0)


def _near(seconds: int, series: Series, number: float) -> Check:
    return seconds, f"count(abs({series} - {plain(number)}) < {plain(abs(number) * NEAR)})", True


def _synthetic(series: Series) -> SyntheticSeries:
    return synthetic(series.metric, {match.label: match.value for match in series.matches})
