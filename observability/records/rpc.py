"""Remote calls that the application writes down in PostgreSQL, one row each: the panels, and leave to read.

The table is the application's own; its columns are the contract (S0-45 to S0-47, S0-49 to S0-52, S2-40).
"""

from observability.records.queries import Shape, Sql
from observability.records.record import Board, Signal, Unit

TABLE = "rpc_observations"
"""Columns `created_at timestamptz`, `rpc_name text`, `duration_ms`, `status text`, `meta jsonb`."""
COLUMNS = (
    "created_at timestamptz NOT NULL DEFAULT now()",
    "rpc_name text NOT NULL",
    "duration_ms double precision NOT NULL",
    "status text NOT NULL",
    "meta jsonb NOT NULL DEFAULT '{}'",
)
"""In `meta`, `cache_result` is `hit`, `miss`, `stale` or `stampede`, `cache_pattern` the pattern of the key.

`caller` is a salted hash of the address, `refused` whether a rate limit refused the call.
"""
READER = "grafana_reader"
"""The role of Grafana's data source."""
STATEMENT_TIMEOUT_SECONDS = 5
"""After which a panel's statement is given up: a dashboard must never be the load."""
CONNECTIONS = 5
"""Connections that Grafana may hold; they are among `database.direct_connections`."""
INDEX = f"{TABLE}_created_at"
SLOW_MS = 500
"""From here on a call is listed as slow, S0-44."""
ROWS = 50
"""Rows of a table at the most."""
POINTS = 5000
"""Points of a curve at the most; more than a panel is wide."""
_TIME = f"FROM {TABLE} WHERE $__timeFilter(created_at)"
_SHARE_OF_HITS = "count(*) FILTER (WHERE meta->>'cache_result' IN ('hit', 'stale'))::double precision / count(*)"


def signals() -> tuple[Signal, ...]:
    """Return panels over the recorded calls; all end with a LIMIT and read the dashboard's time range alone."""
    by_cache = f"{_TIME} AND meta->>'cache_result' IS NOT NULL GROUP BY 1 ORDER BY calls DESC LIMIT {ROWS}"
    return (
        _panel(
            "rpc-calls",
            "RPC calls, latency and errors by procedure",
            "Calls, latency and errors; the slowest procedures by 95th percentile first.",
            "SELECT rpc_name, count(*) AS calls, avg(duration_ms) AS avg_ms, "
            "percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms) AS p95_ms, "
            "count(*) FILTER (WHERE status = 'error') AS errors "
            f"{_TIME} GROUP BY rpc_name ORDER BY p95_ms DESC LIMIT {ROWS}",
        ),
        _panel(
            "rpc-offenders",
            "Total RPC time by procedure",
            "Procedures by total time, with their share of it and their error ratio: what to make faster first.",
            "SELECT rpc_name, sum(duration_ms) / 1000 AS total_s, "
            "sum(duration_ms) / sum(sum(duration_ms)) OVER () AS time_share, "
            "count(*) FILTER (WHERE status = 'error')::double precision / count(*) AS error_share "
            f"{_TIME} GROUP BY rpc_name ORDER BY total_s DESC LIMIT {ROWS}",
        ),
        _panel(
            "rpc-slow",
            f"RPC calls slower than {SLOW_MS} ms",
            f"The latest calls that took longer than {SLOW_MS} ms.",
            f"SELECT created_at, rpc_name, duration_ms, status {_TIME} AND duration_ms > {SLOW_MS} "
            f"ORDER BY created_at DESC LIMIT {ROWS}",
        ),
        _panel(
            "rpc-cache-results",
            "RPC calls by cache result",
            "Calls and mean latency by cache result; a stampede computed what another call was computing.",
            "SELECT meta->>'cache_result' AS cache_result, count(*) AS calls, avg(duration_ms) AS avg_ms "
            f"{by_cache}",
        ),
        _panel(
            "rpc-cache-hits",
            "Cache hit ratio by key pattern",
            "Share of calls that the cache answered, by pattern of the key; under 0.7 it is not worth much.",
            "SELECT coalesce(meta->>'cache_pattern', rpc_name) AS pattern, count(*) AS calls, "
            f"{_SHARE_OF_HITS} AS hit_share "
            f"{by_cache}",
        ),
        _panel(
            "rpc-callers",
            "RPC callers by refused and failed calls",
            "Callers whose calls are refused and fail most: salted hashes of addresses, never an address.",
            "SELECT meta->>'caller' AS caller, count(*) AS calls, "
            "count(*) FILTER (WHERE status = 'error') AS errors, "
            "count(*) FILTER (WHERE meta->>'refused' = 'true') AS refused "
            f"{_TIME} AND meta->>'caller' IS NOT NULL GROUP BY 1 ORDER BY refused DESC, errors DESC LIMIT {ROWS}",
        ),
        *_curves(),
    )


def _curves() -> tuple[Signal, ...]:
    grouped = f"GROUP BY 1 ORDER BY 1 LIMIT {POINTS}"
    by_time = "SELECT $__timeGroupAlias(created_at, $__interval)"
    return (
        _panel(
            "rpc-time",
            "RPC latency, p50 and p95",
            "Median and 95th percentile of the time of a call.",
            f"{by_time}, percentile_cont(0.5) WITHIN GROUP (ORDER BY duration_ms) AS p50, "
            f"percentile_cont(0.95) WITHIN GROUP (ORDER BY duration_ms) AS p95 {_TIME} {grouped}",
            Unit.MILLISECONDS,
        ),
        _panel(
            "rpc-error-share",
            "RPC error ratio",
            "Share of calls that ended in an error.",
            f"{by_time}, count(*) FILTER (WHERE status = 'error')::double precision / count(*) AS failed "
            f"{_TIME} {grouped}",
            Unit.SHARE,
        ),
        _panel(
            "rpc-cache-hit-share",
            "RPC cache hit ratio",
            "Share of the cache look-ups that were hits; a stale answer counts as one.",
            f"{by_time}, {_SHARE_OF_HITS} AS answered {_TIME} AND meta->>'cache_result' IS NOT NULL {grouped}",
            Unit.SHARE,
        ),
        _panel(
            "rpc-stampedes",
            "Cache stampedes",
            "Calls that computed what another was computing: the cache's lock is too short, or is not used.",
            f"{by_time}, count(*) AS stampedes {_TIME} AND meta->>'cache_result' = 'stampede' {grouped}",
            Unit.NUMBER,
        ),
        _panel(
            "rpc-sign-in-failures",
            "Failed sign-ins per minute",
            "Calls of procedures whose name begins with `auth` that ended in an error.",
            "SELECT $__timeGroupAlias(created_at, '1m'), count(*) AS failed "
            f"{_TIME} AND rpc_name LIKE 'auth%' AND status = 'error' {grouped}",
            Unit.NUMBER,
        ),
        _panel(
            "rpc-errors-by-hour",
            "RPC errors per hour",
            "Calls that ended in an error, by hour: what comes back every night shows here.",
            "SELECT $__timeGroupAlias(created_at, '1h'), count(*) AS errors "
            f"{_TIME} AND status = 'error' {grouped}",
            Unit.NUMBER,
        ),
    )


def _panel(id_: str, title: str, description: str, text: str, curve_unit: Unit | None = None) -> Signal:
    """Return a table; a curve where `curve_unit` is given."""
    return Signal(
        id=id_,
        title=title,
        description=description,
        query=Sql(text=text, shape=Shape.TIME_SERIES if curve_unit else Shape.TABLE),
        unit=curve_unit or Unit.NUMBER,
        board=Board.RPC,
    )


def grants(database: str) -> str:
    """Return what an owner of `database` runs once: the panels' index, and a role that may only read."""
    return f"""-- Once, as the owner of the table {TABLE}, in the database {database}.
-- Rows are written in the order of their time, so a small block range index finds them.
CREATE INDEX IF NOT EXISTS {INDEX} ON {TABLE} USING brin (created_at)
    WITH (pages_per_range = 32, autosummarize = on);

-- The role of Grafana's data source. Give it a password afterwards: \\password {READER}
CREATE ROLE {READER} LOGIN CONNECTION LIMIT {CONNECTIONS};
ALTER ROLE {READER} SET default_transaction_read_only = on;
ALTER ROLE {READER} SET statement_timeout = '{STATEMENT_TIMEOUT_SECONDS}s';
GRANT CONNECT ON DATABASE {database} TO {READER};
GRANT USAGE ON SCHEMA public TO {READER};
GRANT SELECT ON {TABLE} TO {READER};
"""
