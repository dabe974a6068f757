"""Rate, errors and time of the service's answers: told by the application itself, or else by its load balancer.

The ids are the same either way, so a panel, a link and a runbook outlive the change of the data source.
"""

from dataclasses import replace
from typing import Any

from components.service.args import TelemetryArgs
from components.service.dimensions import BALANCER_NAMESPACE
from components.service.signals.cloudwatch import COUNT_SECONDS, count
from observability import (
    Board,
    CloudWatch,
    CloudWatchMath,
    MinimumTraffic,
    Prometheus,
    Query,
    Signal,
    Threshold,
    Unit,
)
from observability.durations import MINUTE_SECONDS
from observability.promql import Increase, Rate, Ratio
from observability.records.names import MetricNames
from observability.records.record import Severity

LEAST_REQUESTS = 50
"""Requests in five minutes, under which neither a share nor a percentile means anything."""

TICKET_SECONDS = 10 * MINUTE_SECONDS
"""How long errors must be many before a ticket is written; a page waits half as long."""

SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def traffic(telemetry: TelemetryArgs, balancer: dict[str, Any]) -> tuple[Signal, ...]:
    """Return the signals of all requests together; `balancer` are the load balancer's dimensions."""
    names, limits = telemetry.metric_names, telemetry.latency_limits
    requests: Query = (
        Prometheus(expression=Rate(names.answers()))
        if names
        else CloudWatchMath(
            expression=f"requests / {COUNT_SECONDS}", metrics={"requests": count(balancer, "RequestCount")}
        )
    )
    return (
        Signal(
            id="service-requests",
            title="Requests",
            description="Requests in a second that reached the origin; the edge answers the others.",
            query=requests,
            unit=Unit.REQUESTS_PER_SECOND,
            board=Board.TRAFFIC,
        ),
        _error_ratio(telemetry, balancer),
        *(
            _latency(name, levels.thresholds, names, balancer)
            for name, levels in (("p50", limits.p50), ("p95", limits.p95), ("p99", limits.p99))
        ),
    )


def _minimum_traffic(names: MetricNames | None) -> MinimumTraffic | None:
    return MinimumTraffic(expression=Increase(names.answers()), value=LEAST_REQUESTS) if names else None


def _error_ratio(telemetry: TelemetryArgs, balancer: dict[str, Any]) -> Signal:
    names = telemetry.metric_names
    query: Query
    if names:
        query = Prometheus(expression=Ratio(Rate(names.with_status("5..")), Rate(names.answers())))
    else:
        # A minute without an error has no datum at all, not a zero.
        query = CloudWatchMath(
            expression=f"IF(FILL(requests, 0) > {LEAST_REQUESTS}, FILL(errors, 0) / requests, 0)",
            metrics={
                "errors": count(balancer, "HTTPCode_Target_5XX_Count"),
                "requests": count(balancer, "RequestCount"),
            },
        )
    return Signal(
        id="service-error-share",
        title="Share of server errors",
        description="Share of answers with a 5xx status. A 429 is none: a limiter at work is no fault.",
        query=query,
        unit=Unit.SHARE,
        thresholds=tuple(
            replace(threshold, for_seconds=TICKET_SECONDS) if threshold.severity is Severity.TICKET else threshold
            for threshold in telemetry.error_shares.thresholds
        ),
        minimum_traffic=_minimum_traffic(names),
        board=Board.ERRORS,
        runbook="Read the newest issue in Sentry. If a deployment came before it, roll that back.",
    )


def _latency(
    name: str, thresholds: tuple[Threshold, ...], names: MetricNames | None, balancer: dict[str, Any]
) -> Signal:
    share = SHARES[name]
    query: Query = (
        Prometheus(expression=names.duration_quantile(share))
        if names
        else CloudWatch(
            namespace=BALANCER_NAMESPACE, metric="TargetResponseTime", dimensions=balancer, statistic=name
        )
    )
    return Signal(
        id=f"service-latency-{name}",
        title=f"Response time, {100 * share:g}th percentile",
        description=f"{100 * share:g} of 100 requests are answered faster, those for all routes together.",
        query=query,
        unit=Unit.SECONDS,
        thresholds=thresholds,
        minimum_traffic=_minimum_traffic(names) if thresholds else None,
        board=Board.LATENCY,
        runbook=(
            "Compare with the database's CPU and connections, then look at the slowest route. A busy CPU: the "
            "tasks have no shell, so run the image elsewhere under the same requests with `py-spy record`."
        ),
    )
