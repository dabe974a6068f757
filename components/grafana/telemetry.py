"""Signals of the monitoring itself: scrapes, remote writes, rules, notifications."""

from observability import Board, ByHand, Check, Group, Prometheus, Severity, Signal, Signals, Threshold, Unit
from observability.promql import Aggregation, Increase, Level, Match, Rate, Series
from observability.records.scope import add_matchers

_UP = Series("up")
_CHECKS = (
    Check(
        id="alerts-arrive",
        group=Group.OBSERVABILITY,
        title="A test message of every contact point arrives",
        question=ByHand("Alerting, Contact points, Test"),
        fix="Make a new webhook or key and set it in the stack's secrets: Grafana shows none that it holds.",
    ),
)


def signals(environment: str) -> Signals:
    """Return the signals of the collector and of Prometheus, those of `environment` alone."""
    found = Signals(
        subject="Observability",
        board=Board.TELEMETRY,
        signals=(
            # All jobs on one panel; each that a record queries has an alert of its own, `scrape-JOB`.
            Signal(
                id="telemetry-up",
                title="Scrape targets up by job",
                description="1 while a target of the job answers the scrape. At 0 its alerts cannot fire.",
                query=Prometheus(expression=Level(_UP, Aggregation.MAX, by=("job",))),
                extra_queries={"min, {{job}}": Prometheus(expression=Level(_UP, Aggregation.MIN, by=("job",)))},
                unit=Unit.NUMBER,
            ),
            Signal(
                id="telemetry-scrape-time",
                title="Scrape duration by job",
                description="Slowest scrape of each job. One that takes longer than its timeout is lost.",
                query=Prometheus(
                    expression=Level(Series("scrape_duration_seconds"), Aggregation.MAX, by=("job",))
                ),
                unit=Unit.SECONDS,
            ),
            _remote_write(),
            _counted(
                "telemetry-rule-failures",
                "Rule evaluation failures",
                "Rule evaluations that ended in an error in five minutes: those alerts cannot fire.",
                "prometheus_rule_evaluation_failures_total",
                "Open Prometheus' page `/rules`: the error stands beside the rule.",
            ),
            _counted(
                "telemetry-rules-missed",
                "Rule group iterations missed",
                "Iterations of rule groups that Prometheus skipped in five minutes: alerts come late.",
                "prometheus_rule_group_iterations_missed_total",
                "Look for the slowest group at `/rules`; give Prometheus more processor time, or the group less.",
            ),
            _counted(
                "telemetry-messages-dropped",
                "Alertmanager notifications dropped",
                "Alerts that Prometheus could send to no Alertmanager in five minutes: nobody gets them.",
                "prometheus_notifications_dropped_total",
                "Ask Prometheus for its Alertmanagers: `/api/v1/alertmanagers`. None active means a wrong "
                "address or a closed port.",
            ),
        ),
        checks=_CHECKS,
    )
    return add_matchers(found, Match("environment", environment))


def _remote_write() -> Signal:
    return Signal(
        id="telemetry-remote-write",
        title="Remote write: failed samples per second",
        description="Samples that the remote store refused for good: they are in no panel and no alert.",
        query=Prometheus(expression=Rate(Series("prometheus_remote_storage_samples_failed_total"), by=("job",))),
        extra_queries={
            "retried, {{job}}": Prometheus(
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
