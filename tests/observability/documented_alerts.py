"""Alerts and panels that the requirements name, row by row, in numbers copied from them and from nowhere else.

Times are seconds, shares are fractions, as our records have them; `None` for how long: none is asked for.
"""

from dataclasses import dataclass

GIB = 1024**3


@dataclass(frozen=True)
class Row:
    """One threshold that must have an alert."""

    source: str
    record: str
    severity: str
    value: float
    below: bool = False
    for_seconds: int | None = None


DOCUMENTED = (
    Row("S0-42", "database-connections", "ticket", 80),
    Row("S0-43", "database-statements", "ticket", 0.1),
    Row("S0-44", "database-statements", "page", 0.5),
    Row("S0-45", "cache-pattern-hits", "ticket", 0.7, below=True),
    Row("S1-67", "service-latency-p95", "ticket", 1),
    Row("S1-67", "service-latency-p95", "page", 2),
    Row("S1-68", "service-error-share", "ticket", 0.02),
    Row("S1-68", "service-error-share", "page", 0.05),
    Row("S1-69", "service-cpu", "ticket", 70),
    Row("S1-69", "service-cpu", "page", 90),
    Row("S1-69", "database-cpu", "ticket", 70),
    Row("S1-69", "database-cpu", "page", 90),
    Row("S1-69", "pooler-cpu", "ticket", 70),
    Row("S1-69", "pooler-cpu", "page", 90),
    Row("S1-69", "redis-cpu-1", "ticket", 70),
    Row("S1-69", "redis-cpu-1", "page", 90),
    Row("S1-70", "database-connections", "ticket", 80),
    Row("S1-70", "database-connections", "page", 95),
    Row("S1-71", "service-memory", "ticket", 75),
    Row("S1-71", "service-memory", "page", 90),
    Row("S1-71", "redis-memory", "ticket", 0.75),
    Row("S1-71", "redis-memory", "page", 0.9),
    # Of an r6g.large, 16 GiB: 75 and 90 % in use.
    Row("S1-71", "database-freeable-memory", "ticket", 4 * GIB, below=True),
    Row("S1-71", "database-freeable-memory", "page", 1.6 * GIB, below=True),
    # Of 100 GiB: 80 and 95 % in use.
    Row("S1-72", "database-free-storage", "ticket", 20 * GIB, below=True),
    Row("S1-72", "database-free-storage", "page", 5 * GIB, below=True),
    Row("S3-61", "operation-switch-cycle", "ticket", 0.05, for_seconds=300),
    Row("S3-62", "service-error-share", "info", 0.01, for_seconds=300),
    Row("S3-63", "service-write-queue", "ticket", 1000, for_seconds=600),
    Row("S4-59", "service-latency-p50", "ticket", 0.2),
    Row("S4-60", "service-latency-p95", "info", 0.5),
    Row("S4-61", "service-latency-p99", "ticket", 1),
    Row("S4-62", "pooler-query-time", "info", 0.05),
    Row("S4-62", "pooler-query-time", "ticket", 0.1),
    Row("S4-63", "redis-command-time", "info", 0.005),
    Row("S4-63", "redis-command-time", "ticket", 0.01),
)
"""Required alerts on metrics."""

ADVISED = (
    Row("pool use", "pooler-pool-use", "ticket", 0.8, for_seconds=600),
    Row("pool use", "pooler-pool-use", "page", 0.95, for_seconds=600),
    Row("client slots", "pooler-client-slots", "ticket", 0.8),
    Row("client slots", "pooler-client-slots", "page", 0.95),
    Row("waiting", "pooler-waiting", "ticket", 0, for_seconds=300),
    Row("oldest wait", "pooler-oldest-wait", "ticket", 1, for_seconds=300),
    Row("oldest wait", "pooler-oldest-wait", "page", 5, for_seconds=300),
    Row("queue", "pooler-queue", "ticket", 1),
    Row("paused", "pooler-paused", "page", 0),
    Row("disabled", "pooler-disabled", "page", 0),
    Row("up", "pooler-up", "page", 1, below=True),
    Row("headroom", "database-connections-share", "ticket", 0.8),
    Row("headroom", "database-connections-share", "page", 0.9),
    Row("longest transaction", "database-transaction-age", "ticket", 30),
    Row("longest transaction", "database-transaction-age", "page", 300),
    Row("buffer hit", "database-buffer-hits", "ticket", 0.98, below=True),
    Row("buffer hit", "database-buffer-hits", "page", 0.9, below=True),
    Row("rollbacks", "database-rollbacks", "ticket", 0.1),
    Row("deadlocks", "database-deadlocks", "ticket", 5),
    Row("redis hit", "redis-hits", "ticket", 0.7, below=True),
    Row("evictions", "redis-evictions", "info", 0, for_seconds=900),
    Row("rejections", "redis-rejections", "page", 0),
    Row("redis clients", "redis-clients", "ticket", 0.8),
    Row("redis clients", "redis-clients", "page", 0.95),
    Row("blocked", "service-limited", "info", 0.2, for_seconds=600),
    Row("sign-in failures", "service-sign-in-failures", "page", 100),
    Row("balancer", "service-balancer-errors", "ticket", 5),
    Row("balancer", "service-unhealthy-tasks", "ticket", 0),
    # Half of two is 0.5, and an alert fires over its value.
    Row("balancer", "service-unhealthy-share", "page", 0.49),
    Row("tasks at the maximum", "service-at-maximum", "ticket", 49, for_seconds=900),
    Row("RDS", "database-read-latency", "ticket", 0.02),
    Row("RDS", "database-write-latency", "ticket", 0.1),
    Row("RDS", "database-disk-queue", "ticket", 10),
    Row("RDS", "database-disk-burst", "ticket", 75, below=True),
    Row("RDS", "database-transaction-ids", "page", 1e9),
    Row("RDS", "database-replica-lag-browse", "ticket", 30),
    Row("RDS", "database-replica-lag-browse", "page", 300),
    # Of 100 GiB: a tenth, and three.
    Row("slots", "database-slot-lag", "ticket", 10 * GIB, for_seconds=900),
    Row("slots", "database-slot-lag", "page", 30 * GIB, for_seconds=900),
    Row("slots", "database-slots-inactive", "ticket", 1, below=True, for_seconds=1800),
    Row("slots", "database-transaction-logs", "ticket", 40 * GIB),
    Row("vacuum", "database-dead-rows", "ticket", 0.3, for_seconds=3600),
    Row("vacuum", "database-stale-statistics", "ticket", 0.5, for_seconds=3600),
    Row("locks", "database-exclusive-locks", "ticket", 0),
    Row("locks", "database-blocked-sessions", "ticket", 5),
    Row("locks", "database-blocked-sessions", "page", 20),
    Row("restart", "database-restarts", "ticket", 0),
    Row("replication", "redis-replicas", "ticket", 1, below=True, for_seconds=900),
    Row("certificate", "certificate-expiry", "ticket", 30, below=True),
    Row("certificate", "certificate-expiry", "page", 7, below=True),
    Row("outside", "probe-status", "page", 1, below=True),
    Row("edge", "edge-errors", "ticket", 0.02),
    Row("edge", "edge-errors", "page", 0.05),
    Row("edge", "edge-cache-hits", "info", 0.3, below=True),
)
"""Alerts that practice adds, with the numbers of those who run such systems."""

PANELS = {
    "S0-46": "redis-misses",
    "S0-47": "cache-stampedes",
    "S0-48": "service-limited",
    "S0-50": "service-sign-in-failures",
    "S1-61": "active-users",
    "S1-62": "service-latency-p50",
    "S1-63": "service-error-share",
    "S1-64": "pooler-query-time",
    "S1-65": "service-cpu",
    "S1-66": "redis-hits",
    "S3-52": "operation-switch-cycle",
    "S3-53": "service-route-latency",
    "S3-54": "sessions",
    "S3-55": "service-requests",
    "S3-56": "websockets",
    "S3-57": "service-write-queue",
    "S3-58": "service-statuses",
    "S3-59": "service-error-share",
    "S3-60": "failed-writes",
    "S4-46": "service-routes",
    "S4-47": "service-route-latency",
    "S4-48": "active-users",
    "S4-49": "tasks-created",
}
"""Required panels, by row."""
