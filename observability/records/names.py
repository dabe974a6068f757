"""What the application calls its own metrics: read by rules, panels, tests and the collector alike."""

from enum import StrEnum

from msgspec import Struct

from observability.promql import Expression, Match, Operator, Quantile, Scaled, Series

DEFAULT_EDGES = (
    *("0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5"),
    *("0.75", "1.0", "2.5", "5.0", "7.5", "10.0"),
)
"""Edges of a histogram of the Python client that names none, as it writes them in `le`.

https://github.com/prometheus/client_python/blob/master/prometheus_client/metrics.py
"""

SECONDS_IN = {"s": 1.0, "ms": 0.001}
"""What one of each unit of a histogram is, in seconds. Source: C-28."""


class Job(StrEnum):
    """What a scraped number comes from: the label `job`."""

    SERVICE = "service"
    WORKER = "worker"
    PGBOUNCER = "pgbouncer"
    POSTGRES = "postgres"
    REDIS = "redis"
    CLOUDFLARE = "cloudflare"
    FLY = "fly"
    COLLECTOR = "collector"


class OperationNames(Struct, frozen=True, kw_only=True):
    """One operation of the application whose time is measured by itself: S3's `switchCycle`."""

    id: str
    """Kebab case, part of the record's id: `switch-cycle`."""
    title: str
    """For people: `Switch of a cycle`."""
    duration: str
    """Classic histogram, without `_bucket`."""
    duration_unit: str = "s"
    """`s` or `ms`."""
    p95_seconds: float
    """95th percentile over which a ticket is written, in seconds."""


class MetricNames(Struct, frozen=True, kw_only=True):
    """Names of the application's metrics and labels; a part that it does not have is None."""

    requests: str = "http_requests_total"
    """Counter of answers, with the labels below."""
    duration: str = "http_request_duration_seconds"
    """Classic histogram of the time to an answer, without `_bucket`."""
    duration_unit: str = "s"
    """`s` or `ms`: what the histogram counts in."""
    duration_edges: tuple[str, ...] = DEFAULT_EDGES
    """Edges of the histogram, as it writes them in `le`."""
    status_label: str = "status"
    """Label of the HTTP status."""
    route_label: str = "endpoint"
    """Label of the route, never of the path: a path has ids."""
    method_label: str = "method"
    """Label of the HTTP method."""
    probe_paths: tuple[str, ...] = ()
    """Paths that balancers and collectors call: what they are answered is no traffic, and counts in nothing."""
    sign_in_routes: str = "/auth.*"
    """Regular expression of the routes that sign somebody in."""
    cache_requests: str | None = None
    """Counter of look-ups in the cache. No exporter of Redis can tell one kind of key from another."""
    cache_pattern_label: str = "pattern"
    """Label of the kind of key."""
    cache_result_label: str = "result"
    """Label whose value is `hit`, `miss`, `stale` or `stampede`."""
    active_users: str | None = None
    """Gauge of users who are active. Source: S4-48, S1-61."""
    tasks_created: str | None = None
    """Counter of tasks. Source: S4-49."""
    user_type_label: str = "user_type"
    """Label of the kind of user who created a task."""
    sessions: str | None = None
    """Gauge of sessions that are going on. Source: S3-54."""
    websockets: str | None = None
    """Gauge of open WebSockets. Source: S3-56."""
    write_queue: str | None = None
    """Gauge of writes that wait for the database. Source: S3-57."""
    failed_writes: str | None = None
    """Counter of writes that the database refused. Source: S3-60."""
    operations: tuple[OperationNames, ...] = ()
    """Operations whose time is measured by themselves."""

    def answers(self, *matches: Match) -> Series:
        """Return the series of the service's answers to people's requests."""
        return of_service(self.requests, *self.of_people, *matches)

    def with_status(self, pattern: str) -> Series:
        """Return the series of answers whose status matches the regular expression `pattern`."""
        return self.answers(Match(self.status_label, pattern, Operator.LIKE))

    def duration_quantile(self, share: float, by: tuple[str, ...] = ()) -> Expression:
        """Return a quantile of the time to an answer to people's requests, in seconds."""
        return quantile_seconds(share, self.duration, self.duration_unit, by, self.of_people)

    @property
    def of_people(self) -> tuple[Match, ...]:
        """Conditions that leave out `probe_paths`; they hold as well where a metric has no label of the route.

        https://sre.google/workbook/implementing-slos/ counts what users ask for. A route may be written with a
        slash at its end, and never with a query. Datadog compares tags with values alone: no regular expression.
        """
        paths = sorted({path.partition("?")[0].rstrip("/") for path in self.probe_paths})
        # The root is a slash alone: an empty text would be every metric without the label.
        routes = (route for path in paths for route in ((path, f"{path}/") if path else ("/",)))
        return tuple(Match(self.route_label, route, Operator.DIFFERENT) for route in routes)


def of_service(metric: str, *matches: Match) -> Series:
    """Return a metric of the application itself."""
    return Series(metric, (Match("job", Job.SERVICE), *matches))


def quantile_seconds(
    share: float, histogram: str, unit: str, by: tuple[str, ...] = (), matches: tuple[Match, ...] = ()
) -> Expression:
    """Return a quantile of one of the application's histograms, in seconds whatever `unit` it counts in."""
    quantile = Quantile(share, of_service(f"{histogram}_bucket", *matches), by)
    return quantile if SECONDS_IN[unit] == 1 else Scaled(quantile, SECONDS_IN[unit])
