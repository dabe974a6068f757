"""Every alert that follows from a component's records, before any evaluator's own syntax.

Prometheus, Grafana, CloudWatch and Datadog each write the same list; names, severities and
sentences are made here.
"""

from collections.abc import Iterable

from msgspec import Struct

from observability.promql import Operator, Series
from observability.records.objective import Objective, Slowness, Window
from observability.records.queries import Prometheus
from observability.records.record import Board, Severity, Signal, Signals, Threshold

MIB, GIB = 1024**2, 1024**3
ABSENT_SECONDS = 600
"""How long a series may be missing before a ticket is written, in seconds: a deployment is shorter."""


class ThresholdCondition(Struct, frozen=True, kw_only=True):
    """The number of a signal is beyond one of its thresholds."""

    signal: Signal
    """Signal that is measured."""
    threshold: Threshold
    """Threshold of that signal."""


class BurnRateCondition(Struct, frozen=True, kw_only=True):
    """The error budget of an objective burns too fast."""

    objective: Objective
    """Objective whose budget it is."""
    window: Window
    """Pair of windows, with the burn rate that both must exceed."""


class AbsenceCondition(Struct, frozen=True, kw_only=True):
    """Prometheus has no such series: without this alert, a dead scrape looks like a day without failures."""

    source: Series
    """Series that must exist."""
    of: Objective | Signal
    """Record that cannot be evaluated without it."""


Condition = ThresholdCondition | BurnRateCondition | AbsenceCondition
"""Every kind of condition."""


class Alert(Struct, frozen=True, kw_only=True):
    """One alert, without where it is sent: that follows from its severity."""

    name: str
    """Unique in a stack: the record's id, then severity, window or `absent`."""
    subject: str
    """Component that is watched, for grouping: `Database`."""
    anchor: str
    """Section of the runbook, and the panel: the record's id."""
    board: Board
    """Dashboard with the panel."""
    severity: Severity
    """How soon a person has to act."""
    condition: Condition
    """Condition under which it fires."""
    for_seconds: int
    """How long the condition must hold, in seconds."""
    summary: str
    """Fault as the beginning of a sentence without its end: `Database connections: over 80`."""
    description: str
    """Meaning of the fault, one or two sentences."""
    owner: str | None
    """Owner of the record; the owner of the stack when left out."""


def alerts(components: Iterable[Signals]) -> list[Alert]:
    """Return every alert of the components, in the order of their records."""
    found: list[Alert] = []
    for component in components:
        for signal in component.signals:
            board = signal.board or component.board
            found += [
                Alert(
                    name=f"{signal.id}-{threshold.severity.value}{'-below' if threshold.below else ''}",
                    subject=component.subject,
                    anchor=signal.id,
                    board=board,
                    severity=threshold.severity,
                    condition=ThresholdCondition(signal=signal, threshold=threshold),
                    for_seconds=signal.for_seconds if threshold.for_seconds is None else threshold.for_seconds,
                    summary=f"{signal.title}: {'under' if threshold.below else 'over'} "
                    f"{amount(threshold.value, signal.unit)}",
                    description=signal.description,
                    owner=signal.owner,
                )
                for threshold in signal.thresholds
            ]
            if signal.alert_on_absence and isinstance(signal.query, Prometheus):
                sources = dict.fromkeys(signal.query.expression.series())
                found += [_absence_alert(signal, component.subject, board, source) for source in sources]
        for objective in component.objectives:
            found += [
                Alert(
                    name=f"{objective.id}-burn-{window.name}",
                    subject=component.subject,
                    anchor=objective.id,
                    board=Board.OBJECTIVES,
                    severity=Severity.PAGE if window.pages else Severity.TICKET,
                    condition=BurnRateCondition(objective=objective, window=window),
                    for_seconds=window.for_seconds,
                    summary=f"{objective.title}: error budget burn rate over {window.factor:g} for {window.name}",
                    description=objective.description,
                    owner=objective.owner,
                )
                for window in objective.windows
            ]
            source = objective.indicator.all
            found.append(_absence_alert(objective, component.subject, Board.OBJECTIVES, source))
    return found


def _absence_alert(record: Objective | Signal, subject: str, board: Board, source: Series) -> Alert:
    # Without its exceptions: a service that nobody has asked yet has the series of its health checks alone.
    excepted = (Operator.DIFFERENT, Operator.UNLIKE)
    source = Series(source.metric, tuple(it for it in source.matches if it.operator not in excepted))
    return Alert(
        name=f"{record.id}-absent",
        subject=subject,
        anchor=record.id,
        board=board,
        severity=Severity.TICKET,
        condition=AbsenceCondition(source=source, of=record),
        for_seconds=ABSENT_SECONDS,
        summary=f"{record.title}: no data",
        description=f"Prometheus has no series `{source}`: the other alerts on it cannot fire.",
        owner=record.owner,
    )


def queried_series(components: Iterable[Signals]) -> list[Series]:
    """Return every series that a record queries in Prometheus, in order, each once."""
    found: dict[Series, None] = {}
    for component in components:
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
    """Return `value` as a message says it: `5 %`, `20 GiB`, `250 ms`."""
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
    """Return the labels that messages of `alert` are routed, grouped and inhibited by, on every evaluator."""
    return {
        "severity": alert.severity.value,
        "service": app,
        "environment": environment,
        "subject": alert.subject,
        "record": alert.anchor,
        "owner": alert.owner or owner,
    }
