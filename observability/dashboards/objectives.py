"""What is left of an objective's budget and how fast it goes, as PromQL."""

from dataclasses import dataclass

from observability.alerting.burn import failed_share
from observability.durations import DAY_SECONDS, window
from observability.promql import Match, Rate, Series
from observability.records.objective import PERIOD_DAYS, Objective, Window

PERIOD = window(PERIOD_DAYS * DAY_SECONDS)
"""What a budget covers, as the range of a query."""


@dataclass(frozen=True, kw_only=True)
class Measures:
    """One objective's numbers: from its counters, or from what Prometheus has recorded of them."""

    objective: Objective
    """The objective."""
    app: str
    """Label `service` of the recorded series."""
    environment: str
    """Label `environment` of the recorded series."""
    recorded: bool
    """Whether the recording rules of `footing observe` are loaded: cheaper, and empty where they are not."""

    def failed(self, pair: Window) -> str:
        """Share of events that failed over the long window of `pair`."""
        if self.recorded:
            return self._recorded(f"slo:sli_error:ratio_rate{pair.name}")
        return self._share(pair.name)

    def burn(self, pair: Window) -> str:
        """How many times faster than allowed the budget went over the long window of `pair`."""
        return f"({self.failed(pair)}) / {self.objective.budget:.10g}"

    def left(self) -> str:
        """Share of the budget that is left, weighted by requests; under 0 it is overdrawn."""
        if self.recorded:
            return self._recorded("slo:period_error_budget_remaining:ratio")
        return f"1 - ({self._share(PERIOD)}) / {self.objective.budget:.10g}"

    def good(self) -> str:
        """Share of events that were good."""
        if self.recorded:
            return f"1 - (1 - {self.left()}) * {self.objective.budget:.10g}"
        return f"1 - ({self._share(PERIOD)})"

    def _share(self, over: str) -> str:
        """Share of failures; 0 where there were events and never yet a failure, whose series is then not there."""
        events = Rate(self.objective.indicator.all).promql(over)
        return f"{failed_share(self.objective).promql(over)} or 0 * {events}"

    def _recorded(self, name: str) -> str:
        labels = {"slo": self.objective.id, "service": self.app, "environment": self.environment}
        return str(Series(name, tuple(Match(label, value) for label, value in labels.items())))
