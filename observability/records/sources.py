"""Scrape targets: one record for each job that another record queries."""

from collections.abc import Iterable

from observability.alerting.alerts import queried_series
from observability.durations import MINUTE_SECONDS
from observability.promql import Aggregation, Level, Match, Operator, Series
from observability.records.names import Job
from observability.records.queries import Prometheus
from observability.records.record import Board, Severity, Signal, Signals, Threshold, Unit

UP = "up"
"""Series of Prometheus itself for every target: 1 while the last scrape worked, 0 otherwise.

https://prometheus.io/docs/concepts/jobs_instances/
"""
DOWN_SECONDS = 5 * MINUTE_SECONDS
"""How long a job may be down before its alert fires: a deployment of its only task is shorter."""
OUTSIDE = frozenset({Job.CLOUDFLARE, Job.FLY})
"""Jobs that read somebody else's API: their absence is a ticket, for the stack itself is up."""
ADVICE = (
    "Run `curl` on its `/metrics` from the collector's network. No answer: the exporter or the task is down, or "
    "its security group refuses. An answer: read the collector's own log. Until the scrape works again, no "
    "alert on its metrics can fire."
)


def scrape_signals(signals: Iterable[Signals]) -> Signals:
    """Return a record for each job that `signals` query, in the same environment."""
    jobs: dict[tuple[Match, ...], None] = {}
    for series in queried_series(signals):
        where = tuple(match for match in series.matches if match.label in ("job", "environment"))
        if series.metric != UP and any(it.label == "job" and it.operator is Operator.EQUAL for it in where):
            jobs[where] = None
    return Signals(subject="Telemetry", board=Board.TELEMETRY, signals=tuple(map(_source, jobs)))


def _source(where: tuple[Match, ...]) -> Signal:
    job = next(match.value for match in where if match.label == "job")
    severity = Severity.TICKET if job in OUTSIDE else Severity.PAGE
    return Signal(
        id=f"scrape-{job}",
        title=f"Scrape target up: {job}",
        description=f"1 while any target of the job {job} answers the scrape; at 0 its alerts are blind.",
        query=Prometheus(expression=Level(Series(UP, where), Aggregation.MAX)),
        unit=Unit.NUMBER,
        thresholds=(Threshold(severity=severity, value=1, below=True),),
        for_seconds=DOWN_SECONDS,
        alert_on_absence=True,
        runbook=ADVICE,
    )
