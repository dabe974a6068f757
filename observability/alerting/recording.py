"""Recording rules of objectives: burn rate alerts, panels and messages read them instead of computing them again.

Names follow `level:metric:operations`, https://prometheus.io/docs/practices/rules/.
"""

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from observability.alerting.burn import error_ratio_limit
from observability.durations import MINUTE_SECONDS, window
from observability.promql import Increase, Match, Rate, Series
from observability.records.objective import Objective, Window

STEP_SECONDS = 5 * MINUTE_SECONDS
"""Time that one of the numbers covers that the period is summed from, in seconds."""
EVENTS, BAD = "slo:events:increase", "slo:bad:increase"
"""Events and failures in a window; the name of the window follows."""
ERROR_RATIO = "slo:sli_error:ratio_rate"
"""Share of events that failed in a window; the name of the window follows."""
TARGET = "slo:objective:ratio"
BUDGET = "slo:error_budget:ratio"
BURN_RATE = "slo:current_burn_rate:ratio"
"""Error budget burn rate over the last five minutes: 1 uses exactly the budget in its period."""
BUDGET_REMAINING = "slo:period_error_budget_remaining:ratio"
"""Share of the error budget that remains, counted by event; negative when it is overspent."""
SECONDS_LEFT = "slo:error_budget_left:seconds"
"""Seconds until the error budget is exhausted at the burn rate of the window `long`; absent without failures."""


class RecordedObjective(Struct, frozen=True, kw_only=True):
    """The recorded series of one objective in one stack."""

    objective: Objective
    """The objective."""
    app: str
    """Label `service`."""
    environment: str
    """Label `environment`."""

    @property
    def labels(self) -> dict[str, str]:
        """Labels of every series of the objective."""
        return {"slo": self.objective.id, "service": self.app, "environment": self.environment}

    def series(self, name: str, **further: str) -> Series:
        """Return the recorded series called `name`."""
        return Series(name, tuple(Match(label, value) for label, value in (self.labels | further).items()))

    def error_ratio(self, seconds: int) -> Series:
        """Return the share of events that failed in `seconds`."""
        return self.series(f"{ERROR_RATIO}{window(seconds)}")

    def failures(self, seconds: int) -> Series:
        """Return the failures in `seconds`."""
        return self.series(f"{BAD}{window(seconds)}")

    def seconds_left(self, pair: Window) -> Series:
        """Return seconds until the error budget is exhausted, at the burn rate of the long window."""
        return self.series(SECONDS_LEFT, long=pair.name)

    def condition(self, pair: Window) -> str:
        """Return what is true while both windows burn too fast, and enough events have failed to say so."""
        bound = f"{error_ratio_limit(self.objective, pair):.10g}"
        long, short = self.error_ratio(pair.long_seconds), self.error_ratio(pair.short_seconds)
        return (
            f"{long} > {bound} and {short} > {bound} "
            f"and {self.failures(pair.long_seconds)} >= {self.objective.minimum_failures}"
        )

    def rules(self) -> list[dict[str, Any]]:
        """Return every recording rule as a file of rules has it, each after those that it reads."""
        return [
            {"record": it.metric, "expr": promql, "labels": {match.label: match.value for match in it.matches}}
            for it, promql in (*self._windows(), *self._period())
        ]

    def _windows(self) -> Iterator[tuple[Series, str]]:
        pairs, all_events = self.objective.windows, self.objective.indicator.all
        long, short = ({it.long_seconds for it in pairs}, {it.short_seconds for it in pairs})
        step = window(STEP_SECONDS)
        events = self.series(f"{EVENTS}{step}")
        yield events, Increase(all_events).promql(step)
        # The first failure makes its series: before it there is none, and none of many is still a share.
        none = f"0 * sum({all_events})"
        for seconds in sorted({STEP_SECONDS, *long, *short}):
            over = window(seconds)
            failed, whole = self.objective.bad_rate().promql(over), Rate(all_events).promql(over)
            yield self.error_ratio(seconds), f"({failed} or {none}) / ({whole} > 0)"
        for seconds in sorted({STEP_SECONDS, *long}):
            yield self.failures(seconds), f"{self.objective.bad_increase().promql(window(seconds))} or {none}"

    def _period(self) -> Iterator[tuple[Series, str]]:
        period, step = window(self.objective.period_seconds), window(STEP_SECONDS)
        over = self.error_ratio(self.objective.period_seconds)
        budget, left = self.series(BUDGET), self.series(BUDGET_REMAINING)
        bad, events = self.failures(STEP_SECONDS), self.series(f"{EVENTS}{step}")
        # By request, not by minute: a mean of ratios would let a quiet night outweigh a busy hour.
        yield over, f"sum_over_time({bad}[{period}]) / (sum_over_time({events}[{period}]) > 0)"
        yield self.series(TARGET), f"vector({self.objective.target:.10g})"
        yield budget, f"vector({self.objective.budget:.10g})"
        yield self.series(BURN_RATE), f"{self.error_ratio(STEP_SECONDS)} / {budget}"
        yield left, f"1 - {over} / {budget}"
        for pair in self.objective.windows:
            rate = f"({self.error_ratio(pair.long_seconds)} > 0)"
            seconds = f"{self.objective.period_seconds} * {left} * {budget} / {rate}"
            yield self.seconds_left(pair), f"clamp_min({seconds}, 0)"
