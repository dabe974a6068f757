"""The registers of a stack as one JSON document, which readiness, capacity and costs are judged by."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from observability import Signals
from observability.alerting.alerts import alerts
from policies.nearest import nearest_name
from stacks.config.growth import current_phase, next_phase
from stacks.config.operations import DeferredConfig, found_at
from stacks.config.stack import StackConfig

SCHEMA = "footing/registers/1"
"""Name and version of the document's form; the number rises when a reader would have to change."""


def registers_document(config: StackConfig) -> str | None:
    """Return the registers as canonical JSON; None of a stack that has none."""
    current = current_phase(config.phases, config.phase)
    document = {
        "database": _database(config),
        "phases": [it.model_dump() for it in config.phases],
        "phase": current.name if current else None,
        "load_tests": [it.model_dump() for it in config.load_tests],
        "deferred": [_deferred(it) for it in config.deferred],
        "budget": config.budget.model_dump() if config.budget else None,
        "oncall": config.oncall.model_dump() if config.oncall else None,
    }
    if not any(document.values()):
        return None
    return json.dumps({"schema": SCHEMA, **document}, separators=(",", ":"), sort_keys=True)


def phase_notes(config: StackConfig) -> list[str]:
    """Return one line about the next phase, from when on, and what scales to what; none without one."""
    phase = next_phase(config.phases, config.phase)
    if phase is None:
        return []
    counts = {
        "users": phase.users,
        "at the same moment": phase.concurrent_users,
        "requests a second": phase.requests_per_second,
    }
    parts = [f"{count:,} {what}" for what, count in counts.items() if count]
    parts += [f"{key} {found_at(config, key)[1]} -> {value}" for key, value in phase.scale.items()]
    return [f"Next phase: {phase.name}, from month {phase.first_month}{': ' if parts else ''}{', '.join(parts)}."]


def unknown_triggers(deferred: Sequence[DeferredConfig], signals: Sequence[Signals]) -> Iterator[str]:
    """Yield a sentence for each deferred item that waits for an alert or a panel which the stack does not have."""
    known = {alert.name for alert in alerts(signals)}
    for component in signals:
        known |= {it.id for it in component.signals} | {it.id for it in component.objectives}
    for number, item in enumerate(deferred):
        metric = item.trigger.metric
        if metric is not None and metric not in known:
            nearest = nearest_name(metric, sorted(known))
            meant = f"; did you mean {nearest}?" if nearest else ": docs/alerts.md, docs/dashboards.md"
            given = f"given {metric}, allowed an alert or a panel of the stack{meant}"
            yield f"deferred.{number}.trigger.metric: {given}"


def _database(config: StackConfig) -> dict[str, Any] | None:
    database = config.database
    if database is None:
        return None
    found = {
        "migrations": database.migrations.model_dump() if database.migrations else None,
        "required_migrations": [it.model_dump() for it in database.required_migrations],
        "required_indexes": [it.model_dump() for it in database.required_indexes],
        "required_rls": database.required_rls,
        "required_tables": database.required_tables,
        "required_functions": [it.model_dump() for it in database.required_functions],
        "required_extensions": database.required_extensions,
        "retention": [it.model_dump() for it in database.retention],
    }
    if not any(found.values()):
        return None
    return {**found, **({"recovery": database.recovery.model_dump()} if database.recovery else {})}


def _deferred(item: DeferredConfig) -> dict[str, Any]:
    return {
        "name": item.name,
        "owner": item.owner,
        "reason": item.reason,
        "key": item.key,
        "trigger": item.trigger.model_dump(),
    }
