"""Whether what is scraped can be scraped at all: one record for each job that another record asks."""

from collections.abc import Iterable

from observability.alerting.alerts import asked
from observability.durations import MINUTE_SECONDS
from observability.promql import Aggregation, Level, Match, Operator, Series
from observability.records.names import Job
from observability.records.queries import Prometheus
from observability.records.record import Board, Severity, Signal, Signals, Threshold, Unit

UP = "up"
"""Series that Prometheus itself makes for every target: 1 while the last scrape worked, 0 otherwise.

https://prometheus.io/docs/concepts/jobs_instances/
"""
DOWN_SECONDS = 5 * MINUTE_SECONDS
"""How long a job may be down before somebody is told: a deployment of its only task is shorter."""
OUTSIDE = frozenset({Job.CLOUDFLARE})
"""Jobs that live on somebody else's API: nobody is woken when that is away, for the stack itself is not."""
ADVICE = (
    "Ask its `/metrics` by hand from the collector's network. No answer: the exporter, or the task, is down, "
    "or its security group refuses. An answer: look at the collector's own log. Until it is back, no alert on its "
    "numbers can fire."
)


def sources(told: Iterable[Signals]) -> Signals:
    """A record for each job that `told` asks for numbers, in the same environment."""
    jobs: dict[tuple[Match, ...], None] = {}
    for series in asked(told):
        where = tuple(match for match in series.matches if match.label in ("job", "environment"))
        if series.metric != UP and any(_names_a_job(match) for match in where):
            jobs[where] = None
    return Signals(subject="Telemetry", board=Board.TELEMETRY, signals=tuple(map(_source, jobs)))


def _names_a_job(match: Match) -> bool:
    return match.label == "job" and match.operator is Operator.EQUAL


def _source(where: tuple[Match, ...]) -> Signal:
    job = next(match.value for match in where if match.label == "job")
    severity = Severity.TICKET if job in OUTSIDE else Severity.PAGE
    return Signal(
        id=f"scrape-{job}",
        title=f"Scrape of {job}",
        description=f"1 while any target of the job {job} can be scraped; at 0 its alerts are blind.",
        query=Prometheus(expression=Level(Series(UP, where), Aggregation.MAX)),
        unit=Unit.NUMBER,
        thresholds=(Threshold(severity=severity, value=1, below=True),),
        for_seconds=DOWN_SECONDS,
        alert_on_absence=True,
        runbook=ADVICE,
    )
