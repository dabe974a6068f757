"""What the application calls its own metrics: read by rules, panels, tests and the collector alike."""

from dataclasses import dataclass
from enum import StrEnum

from components._signals.promql import Match, Operator, Series

DEFAULT_EDGES = (
    *("0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5"),
    *("0.75", "1.0", "2.5", "5.0", "7.5", "10.0"),
)
"""Edges of a histogram of the Python client that names none, as it writes them in `le`.

https://github.com/prometheus/client_python/blob/master/prometheus_client/metrics.py
"""


class Job(StrEnum):
    """What a scraped number comes from: the label `job`."""

    SERVICE = "service"
    PGBOUNCER = "pgbouncer"
    POSTGRES = "postgres"
    REDIS = "redis"
    CLOUDFLARE = "cloudflare"
    COLLECTOR = "collector"


@dataclass(frozen=True, kw_only=True)
class MetricNames:
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

    def answers(self, *matches: Match) -> Series:
        """Answers of the service."""
        return Series(self.requests, (Match("job", Job.SERVICE), *matches))

    def with_status(self, pattern: str) -> Series:
        """Answers whose status matches the regular expression `pattern`."""
        return self.answers(Match(self.status_label, pattern, Operator.LIKE))
