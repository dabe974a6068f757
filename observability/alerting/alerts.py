"""Every alert that follows from a component's record, before any evaluator's own spelling.

Prometheus, Grafana, CloudWatch and Datadog each write the same list; names, severities and
sentences are made here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from observability.promql import Series
from observability.records.objective import Objective, Slowness, Window
from observability.records.queries import Prometheus
from observability.records.record import Board, Severity, Signal, Signals, Threshold

MIB, GIB = 1024**2, 1024**3
ABSENT_SECONDS = 600
"""How long a source may be silent before somebody is told, in seconds: a deployment is shorter."""


@dataclass(frozen=True, kw_only=True)
class Crossed:
    """A signal is beyond one of its thresholds."""

    signal: Signal
    """The signal."""
    threshold: Threshold
    """The threshold."""


@dataclass(frozen=True, kw_only=True)
class Burning:
    """The budget of an objective is used up too fast."""

    objective: Objective
    """The objective."""
    window: Window
    """The pair of windows."""


@dataclass(frozen=True, kw_only=True)
class Absent:
    """Nothing is measured any more: a dead scrape looks like a day without failures."""

    source: Series
    """What ought to be there."""
    of: Objective | Signal
    """What cannot be told without it."""


Condition = Crossed | Burning | Absent
"""What makes an alert fire."""


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert, without where it is sent: that follows from its severity."""

    name: str
    """Unique in a stack: the record's id, then what was crossed."""
    subject: str
    """What is watched, for grouping: `Database`."""
    anchor: str
    """Section of the runbook, and the panel: the record's id."""
    board: Board
    """Dashboard with the panel."""
    severity: Severity
    """How soon a person has to act."""
    condition: Condition
    """What makes it fire."""
    for_seconds: int
    """How long the condition must hold, in seconds."""
    wrong: str
    """What is wrong, as the beginning of a sentence without its end: `Database connections: over 80`."""
    meaning: str
    """What it means, one or two sentences."""
    owner: str | None
    """Who answers for it; the owner of the stack when left out."""


def alerts(told: Iterable[Signals]) -> list[Alert]:
    """Every alert of the components, in the order of their records."""
    found: list[Alert] = []
    for component in told:
        for signal in component.signals:
            found += _of_signal(signal, component.subject, signal.board or component.board)
        for objective in component.objectives:
            found += _of_objective(objective, component.subject)
    return found


def _of_signal(signal: Signal, subject: str, board: Board) -> Iterator[Alert]:
    for threshold in signal.thresholds:
        side = "under" if threshold.below else "over"
        yield Alert(
            name=f"{signal.id}-{threshold.severity.value}{'-below' if threshold.below else ''}",
            subject=subject,
            anchor=signal.id,
            board=board,
            severity=threshold.severity,
            condition=Crossed(signal=signal, threshold=threshold),
            for_seconds=signal.for_seconds if threshold.for_seconds is None else threshold.for_seconds,
            wrong=f"{signal.title}: {side} {amount(threshold.value, signal.unit)}",
            meaning=signal.description,
            owner=signal.owner,
        )
    if signal.alert_on_absence and isinstance(signal.query, Prometheus):
        for source in dict.fromkeys(signal.query.expression.series()):
            yield Alert(
                name=f"{signal.id}-absent",
                subject=subject,
                anchor=signal.id,
                board=board,
                severity=Severity.TICKET,
                condition=Absent(source=source, of=signal),
                for_seconds=ABSENT_SECONDS,
                wrong=f"{signal.title}: nothing is measured",
                meaning=f"No series `{source}`: what it would tell is not known.",
                owner=signal.owner,
            )


def _of_objective(objective: Objective, subject: str) -> Iterator[Alert]:
    for window in objective.windows:
        yield Alert(
            name=f"{objective.id}-burn-{window.name}",
            subject=subject,
            anchor=objective.id,
            board=Board.OBJECTIVES,
            severity=Severity.PAGE if window.pages else Severity.TICKET,
            condition=Burning(objective=objective, window=window),
            for_seconds=window.for_seconds,
            wrong=f"{objective.title}: for {window.name}, the budget goes {window.factor:g} times too fast",
            meaning=objective.description,
            owner=objective.owner,
        )
    source = objective.indicator.all
    yield Alert(
        name=f"{objective.id}-absent",
        subject=subject,
        anchor=objective.id,
        board=Board.OBJECTIVES,
        severity=Severity.TICKET,
        condition=Absent(source=source, of=objective),
        for_seconds=ABSENT_SECONDS,
        wrong=f"{objective.title}: nothing is measured",
        meaning=f"No series `{source}`: a dead scrape looks like a time without failures.",
        owner=objective.owner,
    )


def asked(told: Iterable[Signals]) -> list[Series]:
    """Every series that a record asks Prometheus for, in order, each once."""
    found: dict[Series, None] = {}
    for component in told:
        for signal in component.signals:
            for query in (signal.query, *signal.extra_queries.values()):
                if isinstance(query, Prometheus):
                    found |= dict.fromkeys(query.expression.series())
            if signal.minimum_traffic:
                found |= dict.fromkeys(signal.minimum_traffic.expression.series())
        for objective in component.objectives:
            indicator = objective.indicator
            bad = indicator.fast if isinstance(indicator, Slowness) else indicator.bad
            found |= dict.fromkeys((bad, indicator.all))
    return list(found)


def amount(value: float, unit: str) -> str:
    """`value` as a message says it: `5 %`, `20 GiB`, `250 ms`."""
    if unit == "percentunit":
        return f"{value * 100:g} %"
    if unit == "percent":
        return f"{value:g} %"
    if unit == "bytes" and value >= GIB:
        return f"{value / GIB:g} GiB"
    if unit == "bytes" and value >= MIB:
        return f"{value / MIB:g} MiB"
    return f"{value:,.10g}" if unit == "short" else f"{value:,.10g} {unit}"


def labels(alert: Alert, *, app: str, environment: str, owner: str) -> dict[str, str]:
    """What messages of `alert` are routed, grouped, inhibited and found by, the same on every evaluator."""
    return {
        "severity": alert.severity.value,
        "service": app,
        "environment": environment,
        "subject": alert.subject,
        "record": alert.anchor,
        "owner": alert.owner or owner,
    }
