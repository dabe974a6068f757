"""Recording rules of objectives: what burn alerts, panels and messages read instead of computing it again.

Names follow `level:metric:operations`, https://prometheus.io/docs/practices/rules/.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from observability.alerting.burn import limit
from observability.durations import DAY_SECONDS, MINUTE_SECONDS, window
from observability.promql import Increase, Match, Rate, Series
from observability.records.objective import PERIOD_DAYS, Objective, Window

STEP_SECONDS = 5 * MINUTE_SECONDS
"""What one number of the 30 days covers, in seconds."""
EVENTS, BAD = "slo:events:increase", "slo:bad:increase"
"""Events and failures in a window, whose name follows."""
SHARE = "slo:sli_error:ratio_rate"
"""Share of events that failed in a window, whose name follows."""
TARGET = "slo:objective:ratio"
BUDGET = "slo:error_budget:ratio"
BURN_RATE = "slo:current_burn_rate:ratio"
"""How many times faster than allowed the budget goes, over the last five minutes."""
LEFT = "slo:period_error_budget_remaining:ratio"
"""Share of the budget that is left, counted by event; negative when more is gone than there was."""
SECONDS_LEFT = "slo:error_budget_left:seconds"
"""When the budget is gone if it goes on as over the window in the label `long`; nothing while nothing fails."""


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One recorded series."""

    name: str
    """Name of the series."""
    expression: str
    """What it is, as PromQL."""
    labels: Mapping[str, str]
    """What it is found by."""


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """The recorded series of one objective in one stack."""

    objective: Objective
    """The objective."""
    app: str
    """Label `service`."""
    environment: str
    """Label `environment`."""

    @property
    def labels(self) -> dict[str, str]:
        """What every series of the objective is found by."""
        return {"slo": self.objective.id, "service": self.app, "environment": self.environment}

    def series(self, name: str, **further: str) -> Series:
        """The recorded series called `name`."""
        return Series(name, tuple(Match(label, value) for label, value in (self.labels | further).items()))

    def share(self, seconds: int) -> Series:
        """Share of events that failed in `seconds`."""
        return self.series(f"{SHARE}{window(seconds)}")

    def bad(self, seconds: int) -> Series:
        """Failures in `seconds`."""
        return self.series(f"{BAD}{window(seconds)}")

    def seconds_left(self, pair: Window) -> Series:
        """When the budget is gone, at the rate of the long window."""
        return self.series(SECONDS_LEFT, long=pair.name)

    def condition(self, pair: Window) -> str:
        """True while the budget goes too fast over both windows, and enough events have failed to say so."""
        bound = f"{limit(self.objective, pair):.10g}"
        return (
            f"{self.share(pair.long_seconds)} > {bound} and {self.share(pair.short_seconds)} > {bound} "
            f"and {self.bad(pair.long_seconds)} >= {self.objective.minimum_failures}"
        )

    def rules(self) -> list[Recording]:
        """Every recording rule, each after those that it reads."""
        return [
            Recording(name=series.metric, expression=expression, labels=_labels(series))
            for series, expression in (*self._windows(), *self._period())
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
            yield self.share(seconds), f"({failed} or {none}) / ({whole} > 0)"
        for seconds in sorted({STEP_SECONDS, *long}):
            yield self.bad(seconds), f"{self.objective.bad_increase().promql(window(seconds))} or {none}"

    def _period(self) -> Iterator[tuple[Series, str]]:
        period, step = window(PERIOD_DAYS * DAY_SECONDS), window(STEP_SECONDS)
        over = self.share(PERIOD_DAYS * DAY_SECONDS)
        budget, left = self.series(BUDGET), self.series(LEFT)
        bad, events = self.bad(STEP_SECONDS), self.series(f"{EVENTS}{step}")
        # By request, not by minute: a mean of ratios would let a quiet night outweigh a busy hour.
        yield over, f"sum_over_time({bad}[{period}]) / (sum_over_time({events}[{period}]) > 0)"
        yield self.series(TARGET), f"vector({self.objective.target:.10g})"
        yield budget, f"vector({self.objective.budget:.10g})"
        yield self.series(BURN_RATE), f"{self.share(STEP_SECONDS)} / {budget}"
        yield left, f"1 - {over} / {budget}"
        for pair in self.objective.windows:
            rate = f"({self.share(pair.long_seconds)} > 0)"
            seconds = f"{PERIOD_DAYS * DAY_SECONDS} * {left} * {budget} / {rate}"
            yield self.seconds_left(pair), f"clamp_min({seconds}, 0)"


def _labels(series: Series) -> dict[str, str]:
    return {match.label: match.value for match in series.matches}
