"""Request rate, HTTP 5xx ratio and latency, from the application's own metrics or else from its target groups.

The ids are the same either way, so a panel, a link and a runbook outlive the change of the data source.
"""

from collections.abc import Sequence
from typing import Any

from msgspec.structs import replace

from components.aws.load_balancers import COUNT_SECONDS, count, metric
from components.service.args import TelemetryArgs
from components.service.dimensions import highest, total
from components.service.signals.cloudwatch import of_fleets
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


TargetGroups = Sequence[dict[str, Any]]
"""Dimensions of each target group of the service."""


def traffic(telemetry: TelemetryArgs, target_groups: TargetGroups) -> tuple[Signal, ...]:
    """Return the signals of all requests to the service together."""
    names, limits = telemetry.metric_names, telemetry.latency_limits
    requests: Query = (
        Prometheus(expression=Rate(names.answers()))
        if names
        else CloudWatchMath(
            expression=f"{total('requests', len(target_groups))} / {COUNT_SECONDS}",
            metrics=_counts("requests", "RequestCount", target_groups),
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
        _error_ratio(telemetry, target_groups),
        *(
            _latency(name, levels.thresholds, names, target_groups)
            for name, levels in (("p50", limits.p50), ("p95", limits.p95), ("p99", limits.p99))
        ),
    )


def _minimum_traffic(names: MetricNames | None) -> MinimumTraffic | None:
    return MinimumTraffic(expression=Increase(names.answers()), value=LEAST_REQUESTS) if names else None


def _counts(id_: str, name: str, target_groups: TargetGroups) -> dict[str, CloudWatch]:
    return {f"{id_}{number}": count(it, name) for number, it in enumerate(target_groups)}


def _error_ratio(telemetry: TelemetryArgs, target_groups: TargetGroups) -> Signal:
    names, shares = telemetry.metric_names, telemetry.error_shares
    query: Query
    if names:
        query = Prometheus(expression=Ratio(Rate(names.with_status("5..")), Rate(names.answers())))
    else:
        # A minute without an error has no datum at all, not a zero. Health checks of the load balancer are in none
        # of its counts: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
        errors, requests = (total(it, len(target_groups)) for it in ("errors", "requests"))
        people = f"({requests} - {telemetry.probe_requests})" if telemetry.probe_requests else requests
        least = LEAST_REQUESTS + telemetry.probe_requests
        query = CloudWatchMath(
            expression=f"IF({requests} > {least}, {errors} / {people}, 0)",
            metrics={
                **_counts("errors", "HTTPCode_Target_5XX_Count", target_groups),
                **_counts("requests", "RequestCount", target_groups),
            },
        )
    return Signal(
        id="service-error-share",
        title="HTTP 5xx ratio",
        description="Share of responses with a 5xx status. HTTP 429 is no error: a rate limit at work.",
        query=query,
        unit=Unit.SHARE,
        thresholds=tuple(
            replace(threshold, for_seconds=shares.ticket_seconds or TICKET_SECONDS)
            if threshold.severity is Severity.TICKET
            else threshold
            for threshold in shares.thresholds
        ),
        minimum_traffic=_minimum_traffic(names),
        board=Board.ERRORS,
        runbook=(
            "Read the newest issue in Sentry. If a deployment came before it, roll that back. Errors of calls to "
            "a vendor: read its status page, and see that its circuit breaker is open and falls back. Tasks that "
            "are busy as well: raise `services.api.scaling.minimum_tasks`."
        ),
    )


def _latency(
    name: str, thresholds: tuple[Threshold, ...], names: MetricNames | None, target_groups: TargetGroups
) -> Signal:
    quantile = QUANTILES[name]
    query: Query = (
        Prometheus(expression=names.duration_quantile(quantile))
        if names
        else of_fleets("response", [metric(it, "TargetResponseTime", name) for it in target_groups], highest)
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
            "Compare with the database's CPU and connections, then look at the slowest route and, in "
            "`pg_stat_statements`, at its statements. All tasks busy: scale out. Fewer cache hits than before: "
            "raise no version key, and let the cache fill again. A busy CPU, and before anything is made faster: "
            "the tasks have no shell, so run the image elsewhere under the same requests with `py-spy record`, "
            "once with `--gil`. Look for who holds the GIL, for JSON that is made again and again, and for "
            "functions that are called too often."
        ),
    )
