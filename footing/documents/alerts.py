"""docs/alerts.md: every alert of this repository's stacks, from the records of their components."""

from collections.abc import Iterator

from footing.markdown import table
from observability import CloudWatch, Prometheus
from observability.alerting.alerts import AbsenceCondition, Alert, BurnRateCondition, alerts
from observability.alerting.burn import error_ratio_limit
from observability.durations import duration, window

STACKS = ("production", "staging")

INTRODUCTION = """\
# Alerts

Generated from the records of the components by `footing docs`: do not edit. A page rings, a ticket is for this
working day, information is for nobody in particular. What each means and what to do about it stands in the runbook
that `footing observe STACK` writes. Limits of an objective follow from its target: [objectives](objectives.md).

"""
HEADERS = ("alert", "severity", "fires when", "for", "over", "board", "owner", "stacks")


def alerts_page() -> str:
    """Return the whole page."""
    from footing.project import observed, stack_file

    stacks: dict[tuple[str, ...], list[str]] = {}
    for stack in STACKS:
        found = observed(stack, stack_file(stack, None))
        for alert in alerts(found.signals):
            row = (
                *(f"`{alert.name}`", alert.severity.value, "; ".join(_conditions(alert))),
                *(duration(alert.for_seconds), _over(alert), alert.board.value, alert.owner or found.owner),
            )
            stacks.setdefault(row, []).append(stack)
    return INTRODUCTION + table(HEADERS, [(*row, ", ".join(names)) for row, names in stacks.items()])


def _conditions(alert: Alert) -> Iterator[str]:
    """What has to be so; a number that changes makes the page stale."""
    condition = alert.condition
    yield alert.summary
    if isinstance(condition, BurnRateCondition):
        objective, share = condition.objective, error_ratio_limit(condition.objective, condition.window)
        yield f"{share * 100:.4g} % of events fail, {objective.minimum_failures} at least"
    elif not isinstance(condition, AbsenceCondition) and condition.signal.minimum_traffic:
        yield f"more than {condition.signal.minimum_traffic.value:g} {condition.signal.minimum_traffic.counted}"


def _over(alert: Alert) -> str:
    condition = alert.condition
    if isinstance(condition, BurnRateCondition):
        return f"{window(condition.window.long_seconds)} and {window(condition.window.short_seconds)}"
    if isinstance(condition, AbsenceCondition):
        return ""
    query = condition.signal.query
    if isinstance(query, Prometheus):
        return window(query.window_seconds)
    return f"{query.statistic} of {window(query.period_seconds)}" if isinstance(query, CloudWatch) else ""
