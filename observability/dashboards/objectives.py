"""Error budget and burn rate of an objective, as PromQL."""

from msgspec import Struct

from observability.alerting.burn import error_ratio
from observability.alerting.recording import BUDGET_REMAINING, RecordedObjective
from observability.durations import window
from observability.promql import Rate
from observability.records.objective import Objective, Window


class ObjectiveQueries(Struct, frozen=True, kw_only=True):
    """Queries of one objective: over its counters, or over what Prometheus has recorded of them."""

    objective: Objective
    """Objective that is shown."""
    recorded: RecordedObjective | None
    """Its recorded series, which are cheaper; None where the rules of `footing observe` are not loaded."""

    def error_ratio(self, pair: Window) -> str:
        """Return the share of events that failed over the long window of `pair`."""
        return str(self.recorded.error_ratio(pair.long_seconds)) if self.recorded else self._error_ratio(pair.name)

    def burn_rate(self, pair: Window) -> str:
        """Return the error budget burn rate over the long window of `pair`: 1 uses the budget in its period."""
        return f"({self.error_ratio(pair)}) / {self.objective.budget:.10g}"

    def budget_remaining(self) -> str:
        """Return the share of the error budget that remains, weighted by requests; under 0 it is overspent."""
        if self.recorded:
            return str(self.recorded.series(BUDGET_REMAINING))
        return f"1 - ({self._error_ratio(self._period)}) / {self.objective.budget:.10g}"

    def good_ratio(self) -> str:
        """Return the share of events that were good: the service level indicator of the period."""
        if self.recorded:
            return f"1 - (1 - {self.budget_remaining()}) * {self.objective.budget:.10g}"
        return f"1 - ({self._error_ratio(self._period)})"

    @property
    def _period(self) -> str:
        """Return the period of the error budget, as the range of a query."""
        return window(self.objective.period_seconds)

    def _error_ratio(self, over: str) -> str:
        """Return the error ratio; 0 where there were events and never a failure, whose series does not exist."""
        events = Rate(self.objective.indicator.all).promql(over)
        return f"{error_ratio(self.objective).promql(over)} or 0 * {events}"
