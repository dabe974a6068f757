"""Signals that redis_exporter measures of any Redis; every number by `instance`, one server each."""

from components.redis.roles import Role
from observability import MinimumTraffic, Prometheus, Severity, Signal, Threshold, Unit
from observability.durations import MINUTE_SECONDS
from observability.promql import Aggregation, Increase, Level, Match, Rate, Ratio, Scaled, Series, Sum, numbered
from observability.records.exporters import RedisNames
from observability.records.limits import over, under
from observability.records.names import Job

HIT_SHARE = 0.7
"""Share of look-ups that a cache answers. Source: S0-45, S0-59."""
LOOKUPS_PER_SECOND = 10
"""Look-ups in a second, below which the hit ratio says nothing."""
COMMANDS_PER_SECOND = 10
"""Calls of a command in a second, below which the mean of its time says nothing."""
SECONDS_IN_MICROSECOND = 1e-6
BY = ("instance",)
"""Labels of one server."""


def eviction_thresholds(role: Role, *, evicts: bool) -> tuple[Threshold, ...]:
    """Return who hears of an eviction, by what it loses.

    A cache evicts by design; a session that goes signs somebody out; of a queue nothing may go.
    """
    if not evicts:
        return over(page=0)
    if role is Role.CACHE:
        return (Threshold(severity=Severity.INFO, value=0, for_seconds=15 * MINUTE_SECONDS),)
    return over(ticket=0)


def signals(names: RedisNames, role: Role, *, evicts: bool, replicas: int = 0) -> tuple[Signal, ...]:
    """Return the signals of a primary that keeps data of `role` and has so many `replicas`.

    `evicts` says whether full memory drops keys.
    """
    return (
        _UP,
        *_hits(role),
        *_memory(eviction_thresholds(role, evicts=evicts)),
        *_commands(),
        _clients(names),
        *((_replicas(replicas),) if replicas else ()),
    )


def _redis(metric: str, *matches: Match) -> Series:
    return Series(metric, (Match("job", Job.REDIS), *matches))


_UP = Signal(
    id="redis-up",
    title="redis_exporter up (redis_up)",
    description="1 while the exporter can log in and query INFO.",
    query=Prometheus(expression=Level(_redis("redis_up"), Aggregation.MIN, BY)),
    unit=Unit.NUMBER,
    thresholds=under(page=1),
    runbook="Ask it yourself: `redis-cli -u $REDIS_URL PING`. Then the exporter's log: a password that changed?",
)


def _hits(role: Role) -> tuple[Signal, ...]:
    hits, misses = (Rate(_redis(f"redis_keyspace_{kind}_total"), BY) for kind in ("hits", "misses"))
    lookups, cache = Sum((hits, misses)), role is Role.CACHE
    return (
        Signal(
            id="redis-hits",
            title="Redis hit ratio",
            description="Share of look-ups that found their key. When it falls, PostgreSQL serves the rest.",
            query=Prometheus(expression=Ratio(hits, lookups), window_seconds=30 * MINUTE_SECONDS),
            unit=Unit.SHARE,
            # A miss in a queue or among sessions is an answer like any other: nobody has to act on it.
            thresholds=under(ticket=HIT_SHARE) if cache else (),
            for_seconds=900,
            minimum_traffic=MinimumTraffic(expression=lookups, value=LOOKUPS_PER_SECOND) if cache else None,
            runbook=(
                "Was a version key raised, or the cache emptied? Else compare with the evictions: memory is "
                "short. A new part of a key, an address or a time, makes each look-up a miss."
            ),
        ),
        Signal(
            id="redis-misses",
            title="Redis keyspace misses",
            description="Misses in a second: work that PostgreSQL does instead.",
            query=Prometheus(expression=misses),
            unit=Unit.OPERATIONS_PER_SECOND,
        ),
    )


def _memory(eviction: tuple[Threshold, ...]) -> tuple[Signal, ...]:
    # A server without a limit states 0, and a share of nothing is nothing.
    used, maximum = (Level(_redis(f"redis_memory_{kind}_bytes"), by=BY) for kind in ("used", "max"))
    return (
        Signal(
            id="redis-memory",
            title="Redis memory utilisation",
            description="Memory in use as a share of `maxmemory`. At 100 % keys are evicted, or writes refused.",
            query=Prometheus(expression=Ratio(used, maximum)),
            unit=Unit.SHARE,
            thresholds=over(ticket=0.75, page=0.9),
            runbook="Look for keys without a TTL (`redis-cli --bigkeys`), then take a larger store.",
        ),
        Signal(
            id="redis-evictions",
            title="Redis evicted keys",
            description="Keys evicted in a second because memory reached `maxmemory`.",
            query=Prometheus(expression=Rate(_redis("redis_evicted_keys_total"), BY)),
            unit=Unit.OPERATIONS_PER_SECOND,
            thresholds=eviction,
            for_seconds=900,
            runbook=(
                "Take a larger store, or shorten the TTLs of the largest keys; then read `maxmemory-policy`."
            ),
        ),
        Signal(
            id="redis-rejections",
            title="Redis rejected connections",
            description="Connections refused in five minutes because `maxclients` was reached.",
            query=Prometheus(expression=Increase(_redis("redis_rejected_connections_total"), BY)),
            unit=Unit.NUMBER,
            thresholds=over(page=0),
            for_seconds=60,
            runbook=(
                "`CLIENT LIST` says who holds them: a client that opens one for each request. Share a pool a "
                "process."
            ),
        ),
    )


def _commands() -> tuple[Signal, ...]:
    by = ("instance", "cmd")
    seconds, calls = (Rate(_redis(f"redis_commands_{kind}total"), by) for kind in ("duration_seconds_", ""))
    slowest = Level(
        _redis("redis_latency_percentiles_usec", numbered("quantile", "99")), Aggregation.MAX, ("cmd",)
    )
    return (
        Signal(
            id="redis-command-time",
            title="Redis mean command time",
            description="Time inside Redis by command, without the network: 5 ms is the aim, 10 ms too long.",
            query=Prometheus(expression=Ratio(seconds, calls)),
            unit=Unit.SECONDS,
            thresholds=over(info=0.005, ticket=0.01),
            minimum_traffic=MinimumTraffic(expression=calls, value=COMMANDS_PER_SECOND),
            runbook="Read `SLOWLOG GET 20`: commands over whole collections (KEYS, HGETALL, SMEMBERS) come first.",
        ),
        Signal(
            id="redis-command-p99",
            title="Redis command latency, 99th percentile",
            description=(
                "By command, since the start of the server; Redis 7 and Valkey report it, older ones do not."
            ),
            query=Prometheus(expression=Scaled(slowest, SECONDS_IN_MICROSECOND)),
            unit=Unit.SECONDS,
        ),
    )


def _replicas(count: int) -> Signal:
    return Signal(
        id="redis-replicas",
        title="Redis connected replicas",
        description=f"Replicas that get the primary's writes, of {count}. Without one a failover loses them.",
        query=Prometheus(expression=Level(_redis("redis_connected_slaves"), Aggregation.MIN, BY)),
        unit=Unit.NUMBER,
        thresholds=under(ticket=count),
        for_seconds=15 * MINUTE_SECONDS,
        runbook=(
            "Read the events of the replication group: a failed node is replaced by itself. A replica that begins "
            "anew each time needs a larger node, for its buffer of writes overflows."
        ),
    )


def _clients(names: RedisNames) -> Signal:
    connected, maximum = (
        Level(_redis(metric), by=BY) for metric in ("redis_connected_clients", names.clients_max)
    )
    return Signal(
        id="redis-clients",
        title="Redis maxclients utilisation",
        description="Connected clients as a share of `maxclients`.",
        query=Prometheus(expression=Ratio(connected, maximum)),
        unit=Unit.SHARE,
        thresholds=over(ticket=0.8, page=0.95),
        runbook="Clients that open one for each request come first: `CLIENT LIST`, then share a pool a process.",
    )
