"""What to watch on the watcher itself: scrapes, remote writes, rules, messages."""

from observability import Board, Check, Prometheus, Severity, Signal, Signals, Threshold, Unit
from observability.promql import Aggregation, Increase, Level, Match, Rate, Series
from observability.records.scope import scoped

_CHECKS = (
    Check(
        id="alerts-arrive",
        title="A test message of every contact arrives",
        probe="Alerting, Contact points, Test",
        fix="Make a new webhook or key and set it in the stack's secrets: Grafana shows none that it holds.",
    ),
)


def signals(environment: str) -> Signals:
    """Signals of the collector and of Prometheus, those of `environment` alone."""
    found = Signals(
        subject="Observability",
        board=Board.TELEMETRY,
        signals=(_up(), _scrape_seconds(), _unsent(), *_rules(), _undelivered()),
        checks=_CHECKS,
    )
    return scoped(found, Match("environment", environment))


def _up() -> Signal:
    """All jobs on one panel; each that a record asks has an alert of its own, `scrape-JOB`."""
    up = Series("up")
    return Signal(
        id="telemetry-up",
        title="Jobs that answer",
        description="1 while a target of the job answers the scrape. At 0 all its alerts and panels are blind.",
        query=Prometheus(expression=Level(up, Aggregation.MAX, by=("job",))),
        extra_queries={"least, {{job}}": Prometheus(expression=Level(up, Aggregation.MIN, by=("job",)))},
        unit=Unit.NUMBER,
    )


def _scrape_seconds() -> Signal:
    return Signal(
        id="telemetry-scrape-time",
        title="Time of a scrape",
        description="Slowest scrape of each job. A scrape that takes as long as its interval is lost.",
        query=Prometheus(expression=Level(Series("scrape_duration_seconds"), Aggregation.MAX, by=("job",))),
        unit=Unit.SECONDS,
    )


def _unsent() -> Signal:
    return Signal(
        id="telemetry-remote-write",
        title="Samples that were not stored",
        description="Samples a second that the remote store refused for good: they are in no panel and no alert.",
        query=Prometheus(expression=Rate(Series("prometheus_remote_storage_samples_failed_total"), by=("job",))),
        extra_queries={
            "waiting, {{job}}": Prometheus(
                expression=Rate(Series("prometheus_remote_storage_samples_retried_total"), by=("job",))
            )
        },
        unit=Unit.OPERATIONS_PER_SECOND,
        thresholds=(Threshold(severity=Severity.TICKET, value=0),),
        for_seconds=900,
        runbook=(
            "Read the collector's log for `non-recoverable error`: 400 names a label or a sample out of order, "
            "401 or 403 a token or a role, 429 a limit of the store on series or samples."
        ),
    )


def _rules() -> tuple[Signal, ...]:
    return (
        _counted(
            "telemetry-rule-failures",
            "Rules that failed",
            "Evaluations of rules that ended in an error in five minutes: those alerts cannot fire.",
            "prometheus_rule_evaluation_failures_total",
            "Open Prometheus' page `/rules`: the error stands beside the rule.",
        ),
        _counted(
            "telemetry-rules-missed",
            "Rules that were skipped",
            "Evaluations of groups that Prometheus had no time for in five minutes: alerts come late.",
            "prometheus_rule_group_iterations_missed_total",
            "Look for the slowest group at `/rules`; give Prometheus more processor time, or the group less.",
        ),
    )


def _undelivered() -> Signal:
    return _counted(
        "telemetry-messages-dropped",
        "Messages that were dropped",
        "Alerts that Prometheus could hand to no Alertmanager in five minutes: nobody hears of them.",
        "prometheus_notifications_dropped_total",
        "Ask Prometheus for its Alertmanagers: `/api/v1/alertmanagers`. None active means a wrong address or a "
        "closed port.",
    )


def _counted(id_: str, title: str, description: str, metric: str, runbook: str) -> Signal:
    return Signal(
        id=id_,
        title=title,
        description=description,
        query=Prometheus(expression=Increase(Series(metric))),
        unit=Unit.NUMBER,
        thresholds=(Threshold(severity=Severity.TICKET, value=0),),
        for_seconds=600,
        runbook=runbook,
    )
