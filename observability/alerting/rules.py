"""Every recording and alerting rule that Prometheus, or a store that speaks its language, evaluates."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

from observability import Prometheus
from observability.alerting.alerts import Absent, Alert, Burning, Crossed, alerts, labels
from observability.alerting.recording import LEFT, Recorded
from observability.durations import duration, window
from observability.records.objective import PERIOD_DAYS
from observability.records.record import Signals

Rule = dict[str, Any]
"""One rule as the file has it."""


@dataclass(frozen=True, kw_only=True)
class AlertIdentity:
    """Whose rules they are."""

    app: str
    """Name of the application: the label `service`."""
    environment: str
    """Name of the environment."""
    owner: str
    """Who answers where a record names nobody."""
    runbook_url: str
    """Page with a section for each record, its id the anchor."""


def written(found: Iterable[dict[str, Any]]) -> str:
    """`found` as a file, for `rule_files` of Prometheus or the ruler of a managed store."""
    return yaml.safe_dump({"groups": list(found)}, sort_keys=False, width=120)


def recordings_alone(told: Iterable[Signals], identity: AlertIdentity) -> Iterator[dict[str, Any]]:
    """The groups without their alerts, for a store whose alerts Grafana evaluates."""
    for group in groups(told, identity):
        recorded = [rule for rule in group["rules"] if "record" in rule]
        if recorded:
            yield {**group, "rules": recorded}


def groups(told: Iterable[Signals], identity: AlertIdentity) -> Iterator[dict[str, Any]]:
    """One group for the signals of each component, and one for each objective."""
    for component in told:
        found = [alert for alert in alerts([component]) if asks_prometheus(alert)]
        recorded = [_recorded(objective, identity) for objective in component.objectives]
        ids = {it.objective.id for it in recorded}
        plain = [rule(alert, identity) for alert in found if alert.anchor not in ids]
        if plain:
            yield {"name": component.subject, "rules": plain}
        for objective in recorded:
            own = [rule(alert, identity) for alert in found if alert.anchor == objective.objective.id]
            # One group: its rules run one after the other, so that an alert reads what was recorded just now.
            yield {"name": f"objective {objective.objective.id}", "rules": [*_recordings(objective), *own]}


def asks_prometheus(alert: Alert) -> bool:
    """Whether the alert is evaluated over Prometheus' series; CloudWatch evaluates its own."""
    return not isinstance(alert.condition, Crossed) or isinstance(alert.condition.signal.query, Prometheus)


def rule(alert: Alert, identity: AlertIdentity) -> Rule:
    """One alerting rule."""
    return {
        "alert": alert.name,
        "expr": expression(alert, identity),
        "for": duration(alert.for_seconds),
        "labels": labels(alert, app=identity.app, environment=identity.environment, owner=identity.owner),
        "annotations": {
            "summary": f"{alert.wrong} in {identity.environment}",
            "description": _description(alert, identity),
            "runbook_url": f"{identity.runbook_url}#{alert.anchor}",
            "dashboard_uid": f"{identity.app}-{identity.environment}-{alert.board.value}",
        },
    }


def expression(alert: Alert, identity: AlertIdentity) -> str:
    """What is true while the alert's condition holds, as PromQL.

    Raises:
        ValueError: the alert does not ask Prometheus.

    """
    condition = alert.condition
    if isinstance(condition, Absent):
        return f"absent({condition.source})"
    if isinstance(condition, Burning):
        return _recorded(condition.objective, identity).condition(condition.window)
    return _crossed(condition)


def _crossed(condition: Crossed) -> str:
    signal, threshold = condition.signal, condition.threshold
    if not isinstance(signal.query, Prometheus):
        raise ValueError(f"signal {signal.id} does not ask Prometheus")
    side = "<" if threshold.below else ">"
    crossed = f"({signal.query.promql}) {side} {threshold.value:.10g}"
    if signal.minimum_traffic is None:
        return crossed
    floor = signal.minimum_traffic.expression.promql(window(signal.query.window_seconds))
    return f"{crossed} and ({floor}) > {signal.minimum_traffic.value:.10g}"


def _description(alert: Alert, identity: AlertIdentity) -> str:
    condition = alert.condition
    if isinstance(condition, Absent):
        return alert.meaning
    if isinstance(condition, Crossed):
        return f"{alert.meaning} Now: {_now(condition.signal.unit)}."
    recorded = _recorded(condition.objective, identity)
    seconds, left = recorded.seconds_left(condition.window), recorded.series(LEFT)
    return (
        f"{alert.meaning} In the last {condition.window.name}, {{{{ $value | humanizePercentage }}}} failed; "
        f"{condition.objective.budget * 100:.4g}% may. "
        f"{{{{ with query `{left}` }}}}{{{{ if gt (. | first | value) 0.0 }}}}"
        f"Of the budget of {PERIOD_DAYS} days, {{{{ . | first | value | humanizePercentage }}}} is left"
        f"{{{{ with query `{seconds}` }}}}: at this rate it is gone in "
        f"{{{{ . | first | value | humanizeDuration }}}}{{{{ end }}}}."
        f"{{{{ else }}}}The budget of {PERIOD_DAYS} days is gone.{{{{ end }}}}{{{{ end }}}}"
    )


def _now(unit: str) -> str:
    spelled = {"percentunit": "humanizePercentage", "s": "humanizeDuration", "bytes": "humanize1024"}
    value = f"{{{{ $value | {spelled.get(unit, 'humanize')} }}}}"
    plain = {"percentunit", "s", "short"}
    return value if unit in plain else f"{value} {unit}"


def _recorded(objective: Any, identity: AlertIdentity) -> Recorded:
    return Recorded(objective=objective, app=identity.app, environment=identity.environment)


def _recordings(recorded: Recorded) -> Iterator[Rule]:
    for it in recorded.rules():
        yield {"record": it.name, "expr": it.expression, "labels": dict(it.labels)}
