"""What a signal's alert does: beyond its threshold, just inside, without traffic, without data."""

from collections.abc import Iterator

from observability import MinimumTraffic, Prometheus
from observability.alerting.alerts import Alert, ThresholdCondition
from tests.observability.scenarios.inverse_solver import InverseSolver, solver
from tests.observability.scenarios.scenario import Comparison, Scenario, alert_scenario, steps_held
from tests.observability.scenarios.synthetic_series import SyntheticSeries
from tests.observability.scenarios.timeline import MINUTELY, Phase, SteadyState, Timeline, no_events
from tests.observability.scenarios.value import value

MARGIN, INSIDE = 0.0931, 0.0717
"""How far beyond and inside a limit a made value lies, as a share of it; odd, so that no ramp ends on a limit."""
BUSY = (6, 2)
"""Traffic while all is well, as a multiple of what the floor asks for."""
SPARE = 3
"""Steps that a phase lasts longer than it must."""
STEEPER, STEEPS, BARELY = 1.07, 20, 1e-3
"""Factor between the values that are tried for a steep rise, how many, and how near the limit a step may lie."""
SECANTS, NEAR = 20, 1e-6
"""Steps in which the traffic is found, and how near it has to be, as a share of it."""


def threshold_scenario(alert: Alert, condition: ThresholdCondition) -> Scenario:
    """The scenario of one threshold.

    Raises:
        ValueError: no series were found that show it.

    """
    levels_of = _ThresholdLevels(alert, condition)
    window, hold = levels_of.window_steps, steps_held(alert.for_seconds, MINUTELY)
    beyond, inside = levels_of.levels(levels_of.beyond()), levels_of.levels(levels_of.inside(), just=True)
    fired = Phase(name="beyond", levels=beyond, steps=window + hold + SPARE)
    phases = [
        # Another traffic while all is well: else nobody sees over which window a share's whole is counted.
        *(
            phase
            for traffic in BUSY
            for phase in (
                Phase(
                    name="busy", levels=levels_of.levels(levels_of.fine(), traffic=traffic), steps=window + SPARE
                ),
                fired,
            )
        ),
        Phase(name="fine", levels=levels_of.levels(levels_of.fine()), steps=window + SPARE),
        Phase(name="just inside", levels=inside, steps=window + hold + SPARE),
        fired,
        Phase(name="no data", levels=None, steps=window + SPARE),
    ]
    if floor := condition.signal.minimum_traffic:
        low = levels_of.levels(levels_of.beyond(), traffic=1 - INSIDE)
        phases += [
            Phase(name="nothing happens", levels=no_events(levels_of.solver.series), steps=window + SPARE),
            Phase(name="little traffic", levels=low, steps=window + hold + SPARE),
            fired,
        ]
        if len(set(floor.expression.series())) > 1:
            phases += _of_each(levels_of, hold)
    timeline = Timeline(phases=phases, gauges=levels_of.solver.gauges, step_seconds=MINUTELY)
    return alert_scenario(alert, list(levels_of.comparisons()), timeline, {"beyond"})


def _of_each(levels_of: "_ThresholdLevels", hold: int) -> list[Phase]:
    """Phases that show the window of each counter of a whole, whatever its part of the usual traffic is."""
    window = levels_of.window_steps
    nothing = Phase(name="nothing happens", levels=no_events(levels_of.solver.series), steps=window + SPARE)
    fine = Phase(name="fine", levels=levels_of.levels(levels_of.fine()), steps=window + SPARE)
    far = Phase(name="beyond", levels=levels_of.levels(levels_of.far()), steps=window + hold + SPARE)
    steep = [Phase(name="beyond", levels=it, steps=window + hold + SPARE) for it in levels_of.steep(fine)]
    return [nothing, far, *(phase for it in steep for phase in (fine, it))]


class _ThresholdLevels:
    """Levels of the synthetic series for one threshold."""

    solver: InverseSolver

    def __init__(self, alert: Alert, condition: ThresholdCondition) -> None:
        query = condition.signal.query
        if not isinstance(query, Prometheus):
            raise ValueError(f"{alert.name} does not ask Prometheus")
        self._name, self._query = alert.name, query
        self._limit, self._below = condition.threshold.value, condition.threshold.below
        self._floor = condition.signal.minimum_traffic
        floors = [self._floor.expression] if self._floor else []
        self.solver = solver([query.expression, *floors], around=self._limit)
        self.window_steps = query.window_seconds // MINUTELY

    def comparisons(self) -> Iterator[Comparison]:
        """The alert's condition."""
        seconds = self._query.window_seconds
        yield Comparison(expression=self._query.expression, seconds=seconds, limit=self._limit, below=self._below)
        if self._floor:
            yield Comparison(expression=self._floor.expression, seconds=seconds, limit=self._floor.value)

    def fine(self) -> list[float]:
        """Values that are well, the best first."""
        limit = self._limit
        return [limit * 1.5, (limit + 1) / 2] if self._below else [limit / 4, limit * 0.7]

    def beyond(self) -> list[float]:
        """Values just beyond the limit."""
        limit = self._limit
        if self._below:
            return [limit * (1 - MARGIN)]
        return [limit * (1 + MARGIN), (limit + 1) / 2] if limit else [MARGIN]

    def far(self) -> list[float]:
        """Values well beyond it."""
        limit = self._limit
        return [limit / 2] if self._below else [limit * 3, (limit + 1) / 2]

    def steep(self, fine: Phase) -> list[dict[SyntheticSeries, float]]:
        """Levels beyond the limit; on the way there from `fine` one value lies barely inside, or barely beyond."""
        near: dict[bool, tuple[float, dict[SyntheticSeries, float]]] = {}
        for power in range(1, STEEPS):
            goal = self._limit * STEEPER ** (-power if self._below else power)
            levels = self._with_traffic(goal, BUSY[1], under=self._below)
            if levels is None:
                break
            ramp = Phase(name="beyond", levels=levels, steps=self.window_steps)
            timeline = Timeline(phases=[fine, ramp], gauges=self.solver.gauges, step_seconds=MINUTELY)
            for step in range(fine.steps, timeline.steps - 1):
                found = value(self._query.expression, timeline.at(step), self._query.window_seconds)
                off = (found or 0.0) / self._limit - 1
                if BARELY < abs(off) < near.get(off > 0, (1.0, {}))[0]:
                    near[off > 0] = abs(off), levels
        return [levels for _, levels in near.values()]

    def inside(self) -> list[float]:
        """Values just inside it."""
        limit = self._limit
        return [limit * (1 + INSIDE), (limit + 1) / 2] if self._below else [limit * (1 - INSIDE)]

    def levels(
        self, goals: list[float], *, traffic: float = 1 + MARGIN, just: bool = False
    ) -> dict[SyntheticSeries, float]:
        """Levels for the first of `goals` that can be had, with `traffic` times what the floor asks for."""
        under = just is not self._below
        for goal in goals:
            found = self._with_traffic(goal, traffic, under=under)
            if found is not None:
                return found
        raise ValueError(f"{self._name}: no series were found under which its value is {goals[0]:g}")

    def _with_traffic(self, goal: float, traffic: float, *, under: bool) -> dict[SyntheticSeries, float] | None:
        if self._floor is None:
            return self._reached(goal, traffic, under=under)
        return self._busy_enough(self._floor, goal, traffic * self._floor.value, under=under)

    def _busy_enough(
        self, floor: MinimumTraffic, goal: float, wanted: float, *, under: bool
    ) -> dict[SyntheticSeries, float] | None:
        """Levels under which the floor counts `wanted`, by secants: it grows evenly with the traffic."""
        before, scale = (0.0, 0.0), 1.0
        for _ in range(SECANTS):
            found = self._reached(goal, scale, under=under)
            counted = value(floor.expression, SteadyState(found), self._query.window_seconds) if found else None
            if counted is None or counted == before[1]:
                return None
            if abs(counted - wanted) <= NEAR * wanted:
                return found
            slope = (counted - before[1]) / (scale - before[0])
            before, scale = (scale, counted), scale + (wanted - counted) / slope
        return None

    def _reached(self, goal: float, scale: float, *, under: bool) -> dict[SyntheticSeries, float] | None:
        seconds, expression = self._query.window_seconds, self._query.expression
        return self.solver.reach(expression, seconds, goal, scale=scale, under=under)
