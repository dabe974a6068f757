"""docs/alerts.md: every alert of this repository's stacks, from the records of their components."""

from footing.markdown import table
from observability import CloudWatch, Prometheus
from observability.alerting.alerts import AbsenceCondition, BurnRateCondition, alerts
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
            condition, facts, over = alert.condition, [alert.summary], ""
            if isinstance(condition, BurnRateCondition):
                share = error_ratio_limit(condition.objective, condition.window)
                minimum = condition.objective.minimum_failures
                facts.append(f"{share * 100:.4g} % of events fail, {minimum} at least")
                over = f"{window(condition.window.long_seconds)} and {window(condition.window.short_seconds)}"
            elif not isinstance(condition, AbsenceCondition):
                query, least = condition.signal.query, condition.signal.minimum_traffic
                if least:
                    facts.append(f"more than {least.value:g} {least.counted}")
                if isinstance(query, Prometheus):
                    over = window(query.window_seconds)
                elif isinstance(query, CloudWatch):
                    over = f"{query.statistic} of {window(query.period_seconds)}"
            row = (
                *(f"`{alert.name}`", alert.severity.value, "; ".join(facts), duration(alert.for_seconds), over),
                *(alert.board.value, alert.owner or found.owner),
            )
            stacks.setdefault(row, []).append(stack)
    return INTRODUCTION + table(HEADERS, [(*row, ", ".join(names)) for row, names in stacks.items()])
