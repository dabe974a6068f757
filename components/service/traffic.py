"""Rate, errors and time of the service's answers: told by the application itself, or else by its load balancer.

The ids are the same either way, so a panel, a link and a runbook outlive the change of the data source.
"""

from collections.abc import Iterator
from typing import Any

from components.service.alarms import BALANCER_NAMESPACE
from components.service.args import ServiceArgs
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

PERIOD_SECONDS = 5 * MINUTE_SECONDS
"""What one count of the load balancer covers."""

LEAST_REQUESTS = 50
"""Requests in five minutes, under which neither a share nor a percentile means anything."""

WARNING_SECONDS = 10 * MINUTE_SECONDS
"""How long errors must be many before a ticket is written; a page waits half as long."""

SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


def traffic(args: ServiceArgs, balancer: dict[str, Any]) -> Iterator[Signal]:
    """Records of all answers together; `balancer` has the load balancer's dimensions."""
    yield Signal(
        id="service-requests",
        title="Requests",
        description="Requests in a second that reached the origin; the edge answers the others.",
        query=_requests(args.metrics, balancer),
        unit=Unit.REQUESTS_PER_SECOND,
        board=Board.TRAFFIC,
    )
    yield _error_share(args, balancer)
    limits = args.latency_limits
    for name, levels in (("p50", limits.p50), ("p95", limits.p95), ("p99", limits.p99)):
        yield _latency(name, levels.thresholds, args.metrics, balancer)


def count(balancer: dict[str, Any], metric: str) -> CloudWatch:
    """How often something happened at the load balancer in five minutes."""
    return CloudWatch(
        namespace=BALANCER_NAMESPACE,
        metric=metric,
        dimensions=balancer,
        statistic="Sum",
        period_seconds=PERIOD_SECONDS,
    )


def _requests(names: MetricNames | None, balancer: dict[str, Any]) -> Query:
    if names:
        return Prometheus(expression=Rate(names.answers()))
    return CloudWatchMath(
        expression=f"requests / {PERIOD_SECONDS}", metrics={"requests": count(balancer, "RequestCount")}
    )


def _minimum_traffic(names: MetricNames | None) -> MinimumTraffic | None:
    return MinimumTraffic(expression=Increase(names.answers()), value=LEAST_REQUESTS) if names else None


def _error_share(args: ServiceArgs, balancer: dict[str, Any]) -> Signal:
    names = args.metrics
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
        thresholds=tuple(_patient(threshold) for threshold in args.error_shares.thresholds),
        minimum_traffic=_minimum_traffic(names),
        board=Board.ERRORS,
        runbook="Read the newest issue in Sentry. If a deployment came before it, roll that back.",
    )


def _patient(threshold: Threshold) -> Threshold:
    if threshold.severity is not Severity.TICKET:
        return threshold
    return Threshold(severity=threshold.severity, value=threshold.value, for_seconds=WARNING_SECONDS)


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
