"""Signals of the application's own metrics: by route, status, key pattern and user type."""

from observability import Board, MinimumTraffic, Prometheus, Signal, Unit
from observability.durations import MINUTE_SECONDS
from observability.promql import Increase, Level, Match, Operator, Rate, Ratio, Scaled
from observability.records.limits import over, under
from observability.records.names import MetricNames, OperationNames, of_service, quantile_seconds

LIMITED_SHARE = 0.2
"""HTTP 429 ratio of a route over which an info is sent."""
SIGN_IN_FAILURES_PER_MINUTE = 100
"""Failed sign-ins in a minute over which somebody is paged: a brute-force attack."""
PATTERN_HIT_SHARE = 0.7
"""Hit ratio of a key pattern under which a ticket is written. Source: S0-45."""
LOOKUPS_PER_SECOND = 10
"""Lookups per second under which the hit ratio does not alert."""
LEAST_REQUESTS = 50
"""Requests in five minutes under which a ratio does not alert."""
QUEUED_WRITES = 1000
"""Length of the write queue over which a ticket is written. Source: S3-63."""
QUEUED_FOR_SECONDS = 10 * MINUTE_SECONDS
"""How long it must be longer, in seconds."""


def application_signals(names: MetricNames) -> tuple[Signal, ...]:
    """Return the signals of an application with these metrics; what it does not have is left out."""
    gauges = (
        (
            "active-users",
            "Active users",
            "Users the application counts as active.",
            names.active_users,
            Board.BUSINESS,
        ),
        ("sessions", "Active sessions", "Sessions that are open.", names.sessions, Board.BUSINESS),
        ("websockets", "Open WebSocket connections", "Over all tasks.", names.websockets, Board.TRAFFIC),
    )
    return (
        Signal(
            id="service-route-latency",
            title="p95 request latency by route",
            description="95 % of the requests to a route are answered faster.",
            query=Prometheus(expression=names.duration_quantile(0.95, (names.route_label,))),
            unit=Unit.SECONDS,
            board=Board.LATENCY,
        ),
        Signal(
            id="service-routes",
            title="Request rate by route",
            description="HTTP requests per second, by method and route.",
            query=Prometheus(expression=Rate(names.answers(), (names.method_label, names.route_label))),
            unit=Unit.REQUESTS_PER_SECOND,
            board=Board.TRAFFIC,
        ),
        Signal(
            id="service-statuses",
            title="HTTP 4xx and 5xx rate by status",
            description="Responses per second with a status of 400 or more.",
            query=Prometheus(expression=Rate(names.with_status("[45].."), (names.status_label,))),
            unit=Unit.REQUESTS_PER_SECOND,
            board=Board.ERRORS,
        ),
        *_rejections(names),
        *(_cache(names, names.cache_requests) if names.cache_requests else ()),
        *(_operation(operation) for operation in names.operations),
        *(_write_queue(names.write_queue) if names.write_queue else ()),
        *(
            Signal(
                id=id_,
                title=title,
                description=description,
                query=Prometheus(expression=Level(of_service(gauge))),
                unit=Unit.NUMBER,
                board=board,
            )
            for id_, title, description, gauge, board in gauges
            if gauge
        ),
        *_counters(names),
    )


def _rejections(names: MetricNames) -> tuple[Signal, ...]:
    refused = names.with_status("401|403|429").where(Match(names.route_label, names.sign_in_routes, Operator.LIKE))
    by_route = (names.route_label,)
    return (
        Signal(
            id="service-limited",
            title="HTTP 429 ratio by route",
            description="Share of requests that the application's rate limit rejected; the edge counts its own.",
            query=Prometheus(
                expression=Ratio(Rate(names.with_status("429"), by_route), Rate(names.answers(), by_route))
            ),
            unit=Unit.SHARE,
            thresholds=over(info=LIMITED_SHARE),
            for_seconds=10 * MINUTE_SECONDS,
            minimum_traffic=MinimumTraffic(expression=Increase(names.answers(), by_route), value=LEAST_REQUESTS),
            board=Board.EDGE,
            runbook=(
                "One user: a script, or a client that retries without a pause. All users: a release that asks too "
                "often."
            ),
        ),
        Signal(
            id="service-sign-in-failures",
            title="Failed sign-ins per minute",
            description="Sign-in requests answered with HTTP 401, 403 or 429.",
            query=Prometheus(expression=Scaled(Rate(refused), MINUTE_SECONDS)),
            unit=Unit.PER_MINUTE,
            thresholds=over(page=SIGN_IN_FAILURES_PER_MINUTE),
            board=Board.EDGE,
            runbook=(
                "Cloudflare, Security, Events: one address is challenged automatically. Many addresses: lower "
                "`edge.rate_limits.auth.requests_per_minute` while it lasts, and look for accounts that were "
                "compromised. After a release: the sign-in itself is broken."
            ),
        ),
    )


def _cache(names: MetricNames, counter: str) -> tuple[Signal, ...]:
    by = (names.cache_pattern_label,)
    lookups, hits, stampedes = (
        Rate(of_service(counter, *matches), by)
        for matches in (
            (),
            (Match(names.cache_result_label, "hit"),),
            (Match(names.cache_result_label, "stampede"),),
        )
    )
    return (
        Signal(
            id="cache-pattern-hits",
            title="Cache hit ratio by key pattern",
            description="Share of cache lookups that were hits. Redis itself cannot tell key patterns apart.",
            query=Prometheus(expression=Ratio(hits, lookups), window_seconds=30 * MINUTE_SECONDS),
            unit=Unit.SHARE,
            thresholds=under(ticket=PATTERN_HIT_SHARE),
            for_seconds=15 * MINUTE_SECONDS,
            minimum_traffic=MinimumTraffic(expression=lookups, value=LOOKUPS_PER_SECOND),
            board=Board.CACHE,
            runbook=(
                "Was its version key raised? Is its TTL shorter than the time between two reads of the same key?"
            ),
        ),
        Signal(
            id="cache-stampedes",
            title="Cache stampedes by key pattern",
            description="Lookups per second that missed while another request computed the same key.",
            query=Prometheus(expression=stampedes),
            unit=Unit.OPERATIONS_PER_SECOND,
            board=Board.CACHE,
        ),
    )


def _operation(operation: OperationNames) -> Signal:
    p50, p95, p99 = (
        Prometheus(expression=quantile_seconds(share, operation.duration, operation.duration_unit))
        for share in (0.5, 0.95, 0.99)
    )
    return Signal(
        id=f"operation-{operation.id}",
        title=f"{operation.title}: p95 latency",
        description="95 % are faster. Beside it p50 and p99.",
        query=p95,
        extra_queries={"p50": p50, "p99": p99},
        unit=Unit.SECONDS,
        thresholds=over(ticket=operation.p95_seconds),
        minimum_traffic=MinimumTraffic(
            expression=Increase(of_service(f"{operation.duration}_count")), value=LEAST_REQUESTS
        ),
        board=Board.LATENCY,
        runbook="Compare with the latency of the database and of Redis: what rose with it is the cause.",
    )


def _write_queue(gauge: str) -> tuple[Signal, ...]:
    return (
        Signal(
            id="service-write-queue",
            title="Write queue length",
            description="Writes the application has accepted and not yet committed; a restart may lose them.",
            query=Prometheus(expression=Level(of_service(gauge))),
            unit=Unit.NUMBER,
            thresholds=over(ticket=QUEUED_WRITES),
            for_seconds=QUEUED_FOR_SECONDS,
            board=Board.ERRORS,
            runbook=(
                "Compare with the database's connections, locks and disk queue depth, then with the rate of write "
                "requests."
            ),
        ),
    )


def _counters(names: MetricNames) -> tuple[Signal, ...]:
    by_user = (names.user_type_label,)
    counters = (
        (
            "tasks-created",
            "Tasks created per second",
            "New tasks of the application, by user type.",
            names.tasks_created,
            by_user,
            Board.BUSINESS,
        ),
        (
            "failed-writes",
            "Failed database writes per second",
            "Writes that the database rejected.",
            names.failed_writes,
            (),
            Board.ERRORS,
        ),
    )
    return tuple(
        Signal(
            id=id_,
            title=title,
            description=description,
            query=Prometheus(expression=Rate(of_service(counter), by)),
            unit=Unit.OPERATIONS_PER_SECOND,
            board=board,
        )
        for id_, title, description, counter, by, board in counters
        if counter
    )
