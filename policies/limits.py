"""The documented limits: each number once, with its unit and its source.

Configuration, policy rules, alerts, panels, load tests and the docs all read this module. It imports only the
standard library, so that a rule can be judged without the Pulumi SDK.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, kw_only=True)
class Limit:
    """A documented range for one number, both bounds included."""

    key: str
    """The configuration key a person changes, for example `database.max_connections`."""
    minimum: int
    """Smallest allowed value."""
    maximum: int
    """Largest allowed value."""
    unit: str
    """What is counted, in the plural."""
    why: str
    """What goes wrong outside the range, one clause."""
    source: str
    """Requirement rows and contradictions that state the number."""
    accepts_exceptions: bool = False
    """Whether a stack's `limit_exceptions` may allow another number; none for what protects people's data."""

    def allows(self, value: float) -> bool:
        """Tell whether `value` lies within the range, bounds included."""
        return self.minimum <= value <= self.maximum

    @property
    def range(self) -> str:
        """The range in words, with its unit: `50 to 100 connections`."""
        if self.minimum == self.maximum:
            return f"{self.minimum} {self.unit}"
        return f"{self.minimum} to {self.maximum} {self.unit}"

    @property
    def range_or_exception(self) -> str:
        """The range in words, and the way out of it where there is one."""
        return f"{self.range}, or what limit_exceptions allow" if self.accepts_exceptions else self.range


POOL_SERVER_CONNECTIONS = Limit(
    key="database.pooler.server_connections",
    minimum=50,
    maximum=100,
    unit="connections",
    why="fewer starve the application, more exhaust PostgreSQL while poolers are replaced",
    source="S0-02, S4-23, C-1",
    accepts_exceptions=True,
)
"""Connections all poolers together open to PostgreSQL at rest."""

POSTGRES_MAX_CONNECTIONS = Limit(
    key="database.max_connections",
    minimum=200,
    maximum=200,
    unit="connections",
    why="the pool, the reserve and the direct clients are sized for this server",
    source="S0-03, C-2",
    accepts_exceptions=True,
)
"""`max_connections` of the PostgreSQL server."""

API_REQUESTS_PER_MINUTE = Limit(
    key="edge.rate_limits.api.requests_per_minute",
    minimum=1,
    maximum=100,
    unit="requests a minute per address",
    why="one client could take the capacity of all",
    source="S0-19, C-4",
    accepts_exceptions=True,
)
"""Requests one address may send to the API paths."""

API_BURST_REQUESTS = Limit(
    key="edge.rate_limits.api.burst_requests",
    minimum=1,
    maximum=30,
    unit="requests in one burst window per address",
    why="a minute's allowance in one second is a spike the origin sees",
    source="S0-20",
    accepts_exceptions=True,
)
"""Requests one address may send to the API paths within `API_BURST_WINDOW_SECONDS`."""

AUTH_REQUESTS_PER_MINUTE = Limit(
    key="edge.rate_limits.auth.requests_per_minute",
    minimum=1,
    maximum=20,
    unit="requests a minute per address",
    why="passwords could be guessed at speed",
    source="S0-21",
)
"""Requests one address may send to the sign-in paths."""

FAILED_LOGINS = Limit(
    key="edge.rate_limits.auth.failed_logins",
    minimum=2,
    maximum=5,
    unit="failed logins per address",
    why="passwords could be guessed without ever meeting a challenge",
    source="S0-22",
)
"""Failed logins of one address after which the next attempt is challenged."""

LOG_RETENTION_DAYS = Limit(
    key="logs.retention_days",
    minimum=30,
    maximum=3653,
    unit="days",
    why="an incident is often looked into weeks later; what is never deleted is paid for ever",
    source="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
)
"""How long a log group keeps its records; the maximum is the longest that CloudWatch offers."""

ADVISED_LOG_RETENTION_DAYS = 365
"""How long production is advised to keep its logs, in days: an intrusion is often found after months.

https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html#cloudwatch-16
"""

API_BURST_WINDOW_SECONDS = 10
"""Window of the burst limit, in seconds: the shortest period every Cloudflare plan offers. Source: S0-20."""

SUPERUSER_RESERVED_CONNECTIONS = 3
"""PostgreSQL's `superuser_reserved_connections`, its default. Source: requirements, feasibility rule."""

RDS_RESERVED_CONNECTIONS = 2
"""PostgreSQL's `rds.rds_superuser_reserved_connections`, its default on RDS. Source: F-D."""

LEAST_PGBOUNCER_VERSION = (1, 26, 1)
"""PgBouncer's first version without a known hole in what the stack configures.

1.25.1 and earlier crash on a malformed SCRAM packet (CVE-2026-6664, 6665); 1.26.0 and earlier let one user of the
password file log in as another (CVE-2026-107350), and stop serving after a client's empty startup option
(CVE-2026-107349). https://www.pgbouncer.org/changelog.html
"""

CLIENT_CONNECTION_HEADROOM = 0.9
"""Share of the poolers' client slots that applications may plan to use. Source: requirements, feasibility rule."""

DOCUMENTED: tuple[Limit, ...] = (
    POOL_SERVER_CONNECTIONS,
    POSTGRES_MAX_CONNECTIONS,
    API_REQUESTS_PER_MINUTE,
    API_BURST_REQUESTS,
    AUTH_REQUESTS_PER_MINUTE,
    FAILED_LOGINS,
    LOG_RETENTION_DAYS,
)
"""Every limit that has a row in docs/limits.md."""

EXCEPTABLE: Final = {limit.key: limit for limit in DOCUMENTED if limit.accepts_exceptions}
"""Those that a stack's `limit_exceptions` may name, by key."""
