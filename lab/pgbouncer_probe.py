"""PgBouncer's numbers under the names of pgbouncer_exporter 0.12, which cannot be installed where the lab runs.

Debian's own exporter ends at once with PgBouncer 1.8 and later. A test compares every name, type and label here
with those of the real one, and 0.11.0 and 0.12.1, built from source, answered the same on 2026-11-23: https://github.com/prometheus-community/pgbouncer_exporter/blob/v0.12.1/collector.go
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lab.pooler import Pooler

MICROSECONDS = 1e-6


@dataclass(frozen=True, kw_only=True)
class Table:
    """One SHOW command whose rows are things, and whose columns are numbers."""

    prefix: str
    """What its metrics begin with."""
    kind: str
    """`gauge` or `counter`."""
    labels: tuple[str, ...]
    """Columns that tell the rows apart."""
    columns: Mapping[str, tuple[str, float]]
    """Metric and factor by column."""


_COUNTERS = {
    "query_count": ("queries_pooled_total", 1),
    "query_time": ("queries_duration_seconds_total", MICROSECONDS),
    "wait_time": ("client_wait_seconds_total", MICROSECONDS),
    "xact_count": ("sql_transactions_pooled_total", 1),
    "xact_time": ("server_in_transaction_seconds_total", MICROSECONDS),
    "bytes_received": ("received_bytes_total", 1),
    "bytes_sent": ("sent_bytes_total", 1),
}
_POOL = {
    "cl_active": "client_active_connections",
    "cl_waiting": "client_waiting_connections",
    "sv_active": "server_active_connections",
    "sv_idle": "server_idle_connections",
    "sv_used": "server_used_connections",
    "sv_tested": "server_testing_connections",
    "sv_login": "server_login_connections",
    "maxwait": "client_maxwait_seconds",
}
_OF_DATABASE = ("pool_size", "reserve_pool", "max_connections", "current_connections", "paused", "disabled")

TABLES: Mapping[str, Table] = {
    "STATS_TOTALS": Table(
        prefix="pgbouncer_stats_totals", kind="counter", labels=("database",), columns=_COUNTERS
    ),
    "POOLS": Table(
        prefix="pgbouncer_pools",
        kind="gauge",
        labels=("database", "user"),
        columns={column: (metric, 1) for column, metric in _POOL.items()},
    ),
    "DATABASES": Table(
        prefix="pgbouncer_databases",
        kind="gauge",
        labels=("name", "host", "port", "database", "force_user", "pool_mode"),
        # The column's name since PgBouncer 1.24; the exporter's metric keeps the old one.
        columns={column: (column, 1) for column in _OF_DATABASE} | {"reserve_pool_size": ("reserve_pool", 1)},
    ),
}
"""By SHOW command."""

LISTS = ("databases", "users", "pools", "free_clients", "used_clients", "login_clients", "free_servers")
"""Items of SHOW LISTS that keep their name."""

CONFIG = {"max_client_conn": "max_client_connections", "max_user_connections": "max_user_connections"}
"""Metric by setting of SHOW CONFIG."""


def exposition(pooler: Pooler) -> str:
    """Return every number of `pooler`, in the text format of Prometheus."""
    return "\n".join(["# TYPE pgbouncer_up gauge", "pgbouncer_up 1", *_lines(pooler), ""])


def _lines(pooler: Pooler) -> Iterator[str]:
    for command, table in TABLES.items():
        rows = pooler.show(command)
        present = {column: it for column, it in table.columns.items() if not rows or column in rows[0]}
        for column, (metric, factor) in present.items():
            name = f"{table.prefix}_{metric}"
            yield f"# TYPE {name} {table.kind}"
            for row in rows:
                # A label without a value is no label to Prometheus.
                labels = ",".join(f'{label}="{row[label] or ""}"' for label in table.labels)
                yield f"{name}{{{labels}}} {float(row[column] or 0) * factor}"
    items = {row["list"]: row["items"] for row in pooler.show("LISTS")}
    settings = {row["key"]: row["value"] for row in pooler.show("CONFIG")}
    single = {name: items[name] for name in LISTS}
    single |= {f"config_{metric}": settings[setting] for setting, metric in CONFIG.items()}
    for name, value in single.items():
        yield from (f"# TYPE pgbouncer_{name} gauge", f"pgbouncer_{name} {value}")
