"""Every recording and alerting rule that Prometheus, or a store that speaks its language, evaluates."""

from collections.abc import Iterable, Iterator
from typing import Any

import yaml
from msgspec import Struct

from observability import Prometheus
from observability.alerting.alerts import (
    AbsenceCondition,
    Alert,
    BurnRateCondition,
    ThresholdCondition,
    alerts,
    labels,
)
from observability.alerting.recording import BUDGET_REMAINING, RecordedObjective
from observability.durations import duration, window
from observability.records.objective import Objective
from observability.records.record import Signals

Rule = dict[str, Any]
"""One rule as the file has it."""

RULES_PER_GROUP = 20
"""Most rules in one group, a quota of each workspace; AMP refuses the whole namespace over it.

https://docs.aws.amazon.com/prometheus/latest/userguide/AMP_quotas.html
"""


class AlertIdentity(Struct, frozen=True, kw_only=True):
    """Application, environment, owner and runbook that all rules of one stack have in common."""

    app: str
    """Name of the application: the label `service`."""
    environment: str
    """Name of the environment."""
    owner: str
    """Owner of every record that names none."""
    runbook_url: str
    """Page with a section for each record, its id the anchor; no link where it is empty."""


def to_yaml(rule_groups: Iterable[dict[str, Any]]) -> str:
    """Return `rule_groups` as a file, for `rule_files` of Prometheus or the ruler of a managed store."""
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    return yaml.dump({"groups": list(rule_groups)}, Dumper=dumper, sort_keys=False, width=120)


def recordings_alone(components: Iterable[Signals], identity: AlertIdentity) -> Iterator[dict[str, Any]]:
    """Yield the groups without their alerts, for a store whose alerts Grafana evaluates."""
    for group in groups(components, identity):
        recordings = [rule for rule in group["rules"] if "record" in rule]
        if recordings:
            yield {**group, "rules": recordings}


def split(rule_groups: Iterable[dict[str, Any]], most: int) -> Iterator[dict[str, Any]]:
    """Yield the groups cut into such of at most `most` rules; a later part has its number at the end of its name.

    A rule reads what rules of an earlier part recorded one evaluation ago: groups run side by side.
    """
    for group in rule_groups:
        for start in range(0, len(group["rules"]), most):
            part = f" {start // most + 1}" if start else ""
            yield {**group, "name": f"{group['name']}{part}", "rules": group["rules"][start : start + most]}


def groups(components: Iterable[Signals], identity: AlertIdentity) -> Iterator[dict[str, Any]]:
    """Yield one group for the signals of each component, and one for each objective."""
    for component in components:
        rules: dict[str, list[Rule]] = {}
        for alert in alerts([component]):
            if queries_prometheus(alert):
                rules.setdefault(alert.anchor, []).append(rule(alert, identity))
        objectives = {it.id: rules.pop(it.id, []) for it in component.objectives}
        if rules:
            yield {"name": component.subject, "rules": [it for of_record in rules.values() for it in of_record]}
        for objective in component.objectives:
            recordings = _recorded(objective, identity).rules()
            # One group: its rules run one after the other, so that an alert reads what was recorded just now.
            yield {"name": f"objective {objective.id}", "rules": [*recordings, *objectives[objective.id]]}


def queries_prometheus(alert: Alert) -> bool:
    """Return whether the alert is evaluated over Prometheus' series; CloudWatch evaluates its own."""
    condition = alert.condition
    return not isinstance(condition, ThresholdCondition) or isinstance(condition.signal.query, Prometheus)


def rule(alert: Alert, identity: AlertIdentity) -> Rule:
    """Return one alerting rule."""
    return {
        "alert": alert.name,
        "expr": expression(alert, identity),
        "for": duration(alert.for_seconds),
        "labels": labels(alert, app=identity.app, environment=identity.environment, owner=identity.owner),
        "annotations": {
            "summary": f"{alert.summary} in {identity.environment}",
            "description": _description(alert, identity),
            **({"runbook_url": f"{identity.runbook_url}#{alert.anchor}"} if identity.runbook_url else {}),
            "dashboard_uid": f"{identity.app}-{identity.environment}-{alert.board.value}",
        },
    }


def expression(alert: Alert, identity: AlertIdentity) -> str:
    """Return what is true while the alert's condition holds, as PromQL.

    Raises:
        ValueError: the alert is not evaluated over Prometheus' series.

    """
    condition = alert.condition
    if isinstance(condition, AbsenceCondition):
        return f"absent({condition.source})"
    if isinstance(condition, BurnRateCondition):
        return _recorded(condition.objective, identity).condition(condition.window)
    signal, threshold = condition.signal, condition.threshold
    if not isinstance(signal.query, Prometheus):
        raise ValueError(f"signal {signal.id} does not query Prometheus")
    side = "<" if threshold.below else ">"
    comparison = f"({signal.query.promql}) {side} {threshold.value:.10g}"
    if signal.minimum_traffic is None:
        return comparison
    traffic = signal.minimum_traffic.expression.promql(window(signal.query.window_seconds))
    return f"{comparison} and ({traffic}) > {signal.minimum_traffic.value:.10g}"


def _description(alert: Alert, identity: AlertIdentity) -> str:
    condition = alert.condition
    if isinstance(condition, AbsenceCondition):
        return alert.description
    if isinstance(condition, ThresholdCondition):
        unit = condition.signal.unit
        humanize = {"percentunit": "humanizePercentage", "s": "humanizeDuration", "bytes": "humanize1024"}
        value = f"{{{{ $value | {humanize.get(unit, 'humanize')} }}}}"
        return f"{alert.description} Now: {value if unit in ('percentunit', 's', 'short') else f'{value} {unit}'}."
    objective = condition.objective
    recorded = _recorded(objective, identity)
    seconds, remaining = recorded.seconds_left(condition.window), recorded.series(BUDGET_REMAINING)
    return (
        f"{alert.description} Error ratio over {condition.window.name}: {{{{ $value | humanizePercentage }}}}; "
        f"the SLO allows {objective.budget * 100:.4g}%. "
        f"{{{{ with query `{remaining}` }}}}{{{{ if gt (. | first | value) 0.0 }}}}"
        f"Error budget remaining of {objective.period_days} days: {{{{ . | first | value | humanizePercentage }}}}"
        f"{{{{ with query `{seconds}` }}}}, exhausted in "
        f"{{{{ . | first | value | humanizeDuration }}}} at this burn rate{{{{ end }}}}."
        f"{{{{ else }}}}The error budget of {objective.period_days} days is exhausted.{{{{ end }}}}{{{{ end }}}}"
    )


def _recorded(objective: Objective, identity: AlertIdentity) -> RecordedObjective:
    return RecordedObjective(objective=objective, app=identity.app, environment=identity.environment)
