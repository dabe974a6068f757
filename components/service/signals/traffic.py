"""Request rate, HTTP 5xx ratio and latency, from the application's own metrics or else from its load balancer.

The ids are the same either way, so a panel, a link and a runbook outlive the change of the data source.
"""

from typing import Any

from msgspec.structs import replace

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
"""Requests in five minutes under which neither ratio nor percentile alerts."""
TICKET_SECONDS = 10 * MINUTE_SECONDS
"""How long the ratio must be over its threshold for a ticket, in seconds; a page waits half as long."""
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


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
            title="Request rate",
            description="HTTP requests per second at the origin; the edge answers the others from its cache.",
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
        # A minute without an error has no datum at all, not a zero. Health checks of the load balancer are in none
        # of its counts: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
        people = f"(requests - {telemetry.probe_requests})" if telemetry.probe_requests else "requests"
        least = LEAST_REQUESTS + telemetry.probe_requests
        query = CloudWatchMath(
            expression=f"IF(FILL(requests, 0) > {least}, FILL(errors, 0) / {people}, 0)",
            metrics={
                "errors": count(balancer, "HTTPCode_Target_5XX_Count"),
                "requests": count(balancer, "RequestCount"),
            },
        )
    return Signal(
        id="service-error-share",
        title="HTTP 5xx ratio",
        description="Share of responses with a 5xx status. HTTP 429 is no error: a rate limit at work.",
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
    quantile = QUANTILES[name]
    query: Query = (
        Prometheus(expression=names.duration_quantile(quantile))
        if names
        else CloudWatch(
            namespace=BALANCER_NAMESPACE, metric="TargetResponseTime", dimensions=balancer, statistic=name
        )
    )
    return Signal(
        id=f"service-latency-{name}",
        title=f"{name} request latency",
        description=f"{100 * quantile:g} % of the requests to all routes together are answered faster.",
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
