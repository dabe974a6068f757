"""Signals that pgbouncer_exporter measures.

Numbers are kept by `instance`, one PgBouncer each: the mean of a full one and an idle one looks well.
"""

from observability import MinimumTraffic, Prometheus, Signal, Unit
from observability.promql import Aggregation, Level, Match, Operator, Rate, Ratio, Series, Sum
from observability.records.exporters import PgBouncerNames
from observability.records.limits import over, under
from observability.records.names import Job

BY = ("instance", "database")
"""Labels of one pool."""
LEAST_QUERIES_PER_SECOND = 1
"""Queries in a second, below which one slow query is the mean."""
CONSOLE = "pgbouncer"
"""PgBouncer's own console, which it counts among the databases."""
SERVER_STATES = ("active", "idle", "used", "testing", "login")
"""States of a server connection in `SHOW POOLS`; together they are all that are open."""
_WAITING_RUNBOOK = (
    "Find what holds the connections: `SELECT pid, state, wait_event_type, now() - xact_start, query FROM "
    "pg_stat_activity ORDER BY xact_start`. One long transaction: end it. Many short ones: the pool is too "
    "small, or the database too slow."
)
_POOL_RUNBOOK = (
    "`SHOW POOLS` on each pooler: connections that are active for long point at slow statements, look at "
    "the database first. Raise `database.pooler.server_connections` only within the connection budget."
)
_CLIENTS_RUNBOOK = (
    "`SHOW CLIENTS` says who they are. A service that opens a connection for each request comes first; "
    "then lower `services.NAME.database_pool`, or raise `database.pooler.client_connections`."
)


def _process(metric: str) -> Series:
    return Series(metric, (Match("job", Job.PGBOUNCER),))


def _pool(metric: str) -> Series:
    return Series(metric, (Match("job", Job.PGBOUNCER), Match("database", CONSOLE, Operator.DIFFERENT)))


def signals(names: PgBouncerNames, client_connections: int) -> tuple[Signal, ...]:
    """Return the signals of poolers that accept `client_connections` clients together."""
    longest = Level(_pool("pgbouncer_pools_client_maxwait_seconds"), Aggregation.MAX, BY)
    # Source: S4-62
    queries = Rate(_pool(f"{names.totals}_queries_pooled_total"), BY)
    seconds = Rate(_pool(f"{names.totals}_queries_duration_seconds_total"), BY)
    return (
        *_saturation(client_connections),
        Signal(
            id="pooler-waiting",
            title="Clients waiting (cl_waiting)",
            description="Clients that wait for a server connection: the first sign of a saturated pool.",
            query=Prometheus(expression=Level(_pool("pgbouncer_pools_client_waiting_connections"), by=BY)),
            unit=Unit.NUMBER,
            thresholds=over(ticket=0),
            runbook=_WAITING_RUNBOOK,
        ),
        Signal(
            id="pooler-oldest-wait",
            title="Longest client wait (maxwait)",
            description="Age of the oldest waiting client; at `query_wait_timeout` it gets an error.",
            query=Prometheus(expression=longest),
            unit=Unit.SECONDS,
            thresholds=over(ticket=1, page=5),
            runbook=_WAITING_RUNBOOK,
        ),
        Signal(
            id="pooler-query-time",
            title="Mean query time (avg_query_time)",
            description=(
                "Time that PostgreSQL takes for a query, measured by PgBouncer: 50 ms is the target, 100 ms too "
                "long."
            ),
            query=Prometheus(expression=Ratio(seconds, queries)),
            unit=Unit.SECONDS,
            thresholds=over(info=0.05, ticket=0.1),
            minimum_traffic=MinimumTraffic(expression=queries, value=LEAST_QUERIES_PER_SECOND),
            runbook=(
                "Open the panel of slow statements, or Performance Insights by load; explain the first of them."
            ),
        ),
        Signal(
            id="pooler-queue",
            title="Average clients waiting (total_wait_time)",
            description="Seconds of waiting in each second: 1 means that one client waits all the time.",
            query=Prometheus(expression=Rate(_pool(f"{names.totals}_client_wait_seconds_total"), BY)),
            unit=Unit.NUMBER,
            thresholds=over(ticket=1),
            runbook=_WAITING_RUNBOOK,
        ),
        _stopped("paused", "RESUME"),
        _stopped("disabled", "ENABLE"),
    )


def _saturation(client_connections: int) -> tuple[Signal, ...]:
    by = ("instance",)
    server = tuple(Level(_pool(f"pgbouncer_pools_server_{state}_connections"), by=BY) for state in SERVER_STATES)
    clients = tuple(
        Level(_process(f"pgbouncer_pools_client_{state}_connections"), by=by) for state in ("active", "waiting")
    )
    maximum = Level(_process("pgbouncer_config_max_client_connections"), Aggregation.MAX, by)
    return (
        Signal(
            id="pooler-up",
            title="PgBouncer up (pgbouncer_up)",
            description=(
                "1 while the exporter reaches PgBouncer's admin console; at 0 clients cannot connect either."
            ),
            query=Prometheus(expression=Level(_process("pgbouncer_up"), Aggregation.MIN, by)),
            unit=Unit.NUMBER,
            thresholds=under(page=1),
            for_seconds=120,
            runbook=(
                "Read the newest stream `pgbouncer/pgbouncer` of the pooler's log group. ECS replaces a task "
                "whose exporter gets no answer; when the new one does not answer either, its configuration is "
                "refused."
            ),
        ),
        Signal(
            id="pooler-pool-use",
            title="PgBouncer pool utilisation",
            description="Server connections as a share of pool_size. At 100 % every further client waits.",
            query=Prometheus(expression=Ratio(Sum(server), Level(_pool("pgbouncer_databases_pool_size"), by=BY))),
            unit=Unit.SHARE,
            thresholds=over(ticket=0.8, page=0.95),
            for_seconds=600,
            runbook=_POOL_RUNBOOK,
        ),
        Signal(
            id="pooler-client-slots",
            title="max_client_conn utilisation",
            description=(
                f"Clients (cl_active and cl_waiting) as a share of max_client_conn, {client_connections} over all "
                "poolers. At 100 % PgBouncer refuses new clients."
            ),
            query=Prometheus(expression=Ratio(Sum(clients), maximum)),
            unit=Unit.SHARE,
            thresholds=over(ticket=0.8, page=0.95),
            for_seconds=600,
            runbook=_CLIENTS_RUNBOOK,
        ),
    )


def _stopped(state: str, command: str) -> Signal:
    series = Series(
        f"pgbouncer_databases_{state}", (Match("job", Job.PGBOUNCER), Match("name", CONSOLE, Operator.DIFFERENT))
    )
    return Signal(
        id=f"pooler-{state}",
        title=f"PgBouncer databases {state}",
        description=f"1 while somebody has {state} the database on PgBouncer's console.",
        query=Prometheus(expression=Level(series, Aggregation.MAX, ("instance", "name"))),
        unit=Unit.NUMBER,
        thresholds=over(page=0),
        for_seconds=300,
        runbook=f"On the console of the pooler: `{command}`. Ask first whether a maintenance is under way.",
    )
