"""What pgbouncer_exporter tells of PgBouncer, as plain data.

Numbers are kept by `instance`, one PgBouncer each: the mean of a full one and an idle one looks well.
"""

from collections.abc import Iterator

from observability import MinimumTraffic, Prometheus, Severity, Signal, Threshold, Unit
from observability.promql import Aggregation, Expression, Level, Match, Operator, Rate, Ratio, Series, Sum
from observability.records.exporters import PgBouncerNames
from observability.records.limits import over, under
from observability.records.names import Job

BY = ("instance", "database")
"""One pool."""

LEAST_QUERIES_PER_SECOND = 1
"""Under this, one slow query is the mean."""

_MINE = (Match("job", Job.PGBOUNCER), Match("database", "pgbouncer", Operator.DIFFERENT))
"""Every pool but that of PgBouncer's own console."""


def metrics(names: PgBouncerNames, clients_max: int) -> Iterator[Signal]:
    """Records of poolers that accept `clients_max` clients together."""
    yield _up()
    yield _pool_use()
    yield _client_slots(clients_max)
    yield _waiting()
    yield _oldest_wait()
    yield _query_time(names)
    yield _queue(names)
    yield from _stopped()


def _pooler(metric: str) -> Series:
    return Series(metric, (Match("job", Job.PGBOUNCER),))


def _pool(metric: str) -> Series:
    return Series(metric, _MINE)


def _level(metric: str, by: tuple[str, ...] = BY) -> Expression:
    return Level(_pool(metric), by=by)


def _up() -> Signal:
    return Signal(
        id="pooler-up",
        title="Poolers that answer their exporter",
        description=(
            "1 while the exporter reaches PgBouncer's console; 0 means that clients cannot reach it either."
        ),
        query=Prometheus(expression=Level(_pooler("pgbouncer_up"), Aggregation.MIN, ("instance",))),
        unit=Unit.NUMBER,
        thresholds=under(page=1),
        for_seconds=120,
        runbook=(
            "Read the newest stream `pgbouncer/pgbouncer` of the pooler's log group. ECS replaces a task whose "
            "exporter gets no answer; when the new one does not answer either, its configuration is refused."
        ),
    )


def _pool_use() -> Signal:
    kinds = ("active", "idle", "used", "testing", "login")
    used = Sum(tuple(_level(f"pgbouncer_pools_server_{kind}_connections") for kind in kinds))
    size = _level("pgbouncer_databases_pool_size")
    return Signal(
        id="pooler-pool-use",
        title="Pool in use",
        description="Open connections to PostgreSQL as a share of the pool. At 100 % every further client waits.",
        query=Prometheus(expression=Ratio(used, size)),
        unit=Unit.SHARE,
        thresholds=over(ticket=0.8, page=0.95),
        for_seconds=600,
        runbook=(
            "`SHOW POOLS` on each pooler: connections that are active for long point at slow statements, look at "
            "the database first. Raise `database.pooler.server_connections` only within the connection budget."
        ),
    )


def _client_slots(clients_max: int) -> Signal:
    clients = Sum(
        (
            Level(_pooler("pgbouncer_pools_client_active_connections"), by=("instance",)),
            Level(_pooler("pgbouncer_pools_client_waiting_connections"), by=("instance",)),
        )
    )
    slots = Level(_pooler("pgbouncer_config_max_client_connections"), Aggregation.MAX, ("instance",))
    return Signal(
        id="pooler-client-slots",
        title="Client slots in use",
        description=f"Connected clients as a share of those accepted, {clients_max} over all poolers.",
        query=Prometheus(expression=Ratio(clients, slots)),
        unit=Unit.SHARE,
        thresholds=over(ticket=0.8, page=0.95),
        for_seconds=600,
        runbook=(
            "`SHOW CLIENTS` says who they are. A service that opens a connection for each request comes first; "
            "then lower `service.database_pool`, or raise `database.pooler.client_connections`."
        ),
    )


def _waiting() -> Signal:
    return Signal(
        id="pooler-waiting",
        title="Clients that wait for a connection",
        description="Clients without a connection to PostgreSQL. Behind a pooler this tells of saturation first.",
        query=Prometheus(expression=_level("pgbouncer_pools_client_waiting_connections")),
        unit=Unit.NUMBER,
        thresholds=over(ticket=0),
        runbook=_WAITING_RUNBOOK,
    )


_WAITING_RUNBOOK = (
    "Find what holds the connections: `SELECT pid, state, wait_event_type, now() - xact_start, query FROM "
    "pg_stat_activity ORDER BY xact_start`. One long transaction: end it. Many short ones: the pool is too "
    "small, or the database too slow."
)


def _oldest_wait() -> Signal:
    expression = Level(_pool("pgbouncer_pools_client_maxwait_seconds"), Aggregation.MAX, BY)
    return Signal(
        id="pooler-oldest-wait",
        title="Longest wait for a connection",
        description="How long the client waits that has waited longest; at `query_wait_timeout` it gets an error.",
        query=Prometheus(expression=expression),
        unit=Unit.SECONDS,
        thresholds=over(ticket=1, page=5),
        runbook=_WAITING_RUNBOOK,
    )


def _query_time(names: PgBouncerNames) -> Signal:
    """Source: S4-62."""
    queries = Rate(_pool(f"{names.totals}_queries_pooled_total"), BY)
    seconds = Rate(_pool(f"{names.totals}_queries_duration_seconds_total"), BY)
    return Signal(
        id="pooler-query-time",
        title="Mean time of a query",
        description=(
            "What PostgreSQL takes for one query, seen from the pooler: 50 ms is the aim, 100 ms too long."
        ),
        query=Prometheus(expression=Ratio(seconds, queries)),
        unit=Unit.SECONDS,
        thresholds=over(info=0.05, ticket=0.1),
        minimum_traffic=MinimumTraffic(expression=queries, value=LEAST_QUERIES_PER_SECOND),
        runbook="Open the panel of slow statements, or Performance Insights by load; explain the first of them.",
    )


def _queue(names: PgBouncerNames) -> Signal:
    return Signal(
        id="pooler-queue",
        title="Clients that wait, on average",
        description="Seconds of waiting in each second: 1 means that one client waits all the time.",
        query=Prometheus(expression=Rate(_pool(f"{names.totals}_client_wait_seconds_total"), BY)),
        unit=Unit.NUMBER,
        thresholds=over(ticket=1),
        runbook=_WAITING_RUNBOOK,
    )


def _stopped() -> Iterator[Signal]:
    for state, command in (("paused", "RESUME"), ("disabled", "ENABLE")):
        series = Series(
            f"pgbouncer_databases_{state}",
            (Match("job", Job.PGBOUNCER), Match("name", "pgbouncer", Operator.DIFFERENT)),
        )
        yield Signal(
            id=f"pooler-{state}",
            title=f"Databases that are {state}",
            description=f"1 while somebody has {state} the database on PgBouncer's console.",
            query=Prometheus(expression=Level(series, Aggregation.MAX, ("instance", "name"))),
            unit=Unit.NUMBER,
            thresholds=(Threshold(severity=Severity.PAGE, value=0),),
            for_seconds=300,
            runbook=f"On the console of the pooler: `{command}`. Ask first whether a maintenance is under way.",
        )
