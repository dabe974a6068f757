"""Signals that CloudWatch measures of ElastiCache's nodes, with the exporter's where one is scraped."""

from collections.abc import Sequence

import pulumi

from components.redis.roles import Role
from components.redis.signals import prometheus
from components.redis.signals.prometheus import HIT_SHARE, LOOKUPS_PER_SECOND, eviction_thresholds
from observability import Board, CloudWatch, CloudWatchMath, Signal, Signals
from observability.records.exporters import RedisNames
from observability.records.limits import over, under

NAMESPACE = "AWS/ElastiCache"

CLIENTS_MAX = 65_000
"""Clients a node accepts; smaller burstable nodes accept fewer.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
"""

SWAP_WARNING_BYTES = 50 * 1024**2
"""Swap from which on AWS advises to act.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html
"""

HITS_PERIOD_SECONDS = 300
"""Time over which the hit ratio is taken."""


def of_nodes(
    members: Sequence[pulumi.Output[str]], role: Role, *, evicts: bool, exporter_names: RedisNames | None
) -> Signals:
    """Return the signals of a replication group; `evicts` says whether full memory drops keys.

    Nodes are numbered from 1, for their physical names are known only once they are made.
    """
    signals: list[Signal] = []
    for number, member in enumerate(members, 1):
        signals += _processor_and_logins(number, member)
        if len(members) > 1:
            # A node alone has nothing to lag behind; which node is the primary changes with a failover.
            signals.append(_replication_lag(number, member))
        if exporter_names is None:
            signals += [*_memory(number, member, role, evicts=evicts), *_clients(number, member, role)]
    if exporter_names is not None:
        signals += prometheus.signals(exporter_names, role, evicts=evicts, replicas=len(members) - 1)
    return Signals(subject="Redis", board=Board.CACHE, signals=tuple(signals))


def _metric(member: pulumi.Output[str], metric: str, statistic: str = "Maximum") -> CloudWatch:
    return CloudWatch(
        namespace=NAMESPACE, metric=metric, dimensions={"CacheClusterId": member}, statistic=statistic
    )


def _processor_and_logins(number: int, member: pulumi.Output[str]) -> tuple[Signal, ...]:
    return (
        Signal(
            id=f"redis-cpu-{number}",
            title=f"Redis engine CPU utilisation: node {number}",
            description="Time of the one thread that runs commands; at 100 % every client waits.",
            query=_metric(member, "EngineCPUUtilization"),
            unit="percent",
            thresholds=over(ticket=70, page=90),
            runbook="Read `SLOWLOG GET 20`: commands over whole collections (KEYS, HGETALL, SMEMBERS) come first.",
        ),
        Signal(
            id=f"redis-swap-{number}",
            title=f"Redis swap usage: node {number}",
            description="Memory swapped to disk; commands that touch it wait.",
            query=_metric(member, "SwapUsage"),
            unit="bytes",
            thresholds=over(ticket=SWAP_WARNING_BYTES),
            runbook="Memory for snapshots and replication is short: take a larger `redis.cache.node_type`.",
        ),
        Signal(
            id=f"redis-failed-logins-{number}",
            title=f"Redis authentication failures: node {number}",
            description="Logins refused in a minute; after a rotation, clients that still have the old password.",
            query=_metric(member, "AuthenticationFailures", "Sum"),
            unit="short",
            thresholds=over(ticket=0),
            runbook=(
                "After the second step of a rotation, roll out the client that was forgotten: it needs the "
                "present `redis_url`. Otherwise somebody tries passwords: read the security group's rules."
            ),
        ),
    )


def _replication_lag(number: int, member: pulumi.Output[str]) -> Signal:
    return Signal(
        id=f"redis-lag-{number}",
        title=f"Redis replication lag: node {number}",
        description="How far a replica is behind, in seconds: what a failover would lose.",
        query=_metric(member, "ReplicationLag"),
        unit="s",
        thresholds=over(ticket=10, page=60),
        runbook="Look for a burst of writes or a large key; a replica that never catches up needs a larger node.",
    )


def _memory(number: int, member: pulumi.Output[str], role: Role, *, evicts: bool) -> tuple[Signal, ...]:
    consequence = "keys are evicted" if evicts else "writes are refused"
    return (
        Signal(
            id=f"redis-memory-{number}",
            title=f"Redis memory utilisation: node {number}",
            description=f"Memory in use. At 100 %, {consequence}.",
            query=_metric(member, "DatabaseMemoryUsagePercentage"),
            unit="percent",
            thresholds=over(ticket=90) if evicts else over(ticket=75, page=90),
            runbook="Look for keys without a TTL (`redis-cli --bigkeys`), then raise `redis.cache.node_type`.",
        ),
        Signal(
            id=f"redis-evictions-{number}",
            title=f"Redis evictions: node {number}",
            description="Keys evicted in a minute because memory reached `maxmemory`.",
            query=_metric(member, "Evictions", "Sum"),
            unit="short",
            thresholds=eviction_thresholds(role, evicts=evicts),
            runbook=(
                "Take a larger `redis.cache.node_type`. Where nothing may be dropped, read `maxmemory-policy` of "
                "the parameter group in use: somebody changed it beside the stack."
            ),
        ),
    )


def _clients(number: int, member: pulumi.Output[str], role: Role) -> tuple[Signal, ...]:
    # No value at all below this many look-ups: one miss of two is no cold cache.
    least = LOOKUPS_PER_SECOND * HITS_PERIOD_SECONDS
    counts = {
        name: CloudWatch(
            namespace=NAMESPACE,
            metric=metric,
            dimensions={"CacheClusterId": member},
            statistic="Sum",
            period_seconds=HITS_PERIOD_SECONDS,
        )
        for name, metric in (("hits", "CacheHits"), ("misses", "CacheMisses"))
    }
    return (
        Signal(
            id=f"redis-connections-{number}",
            title=f"Redis connections: node {number}",
            description=f"Open connections; a node accepts {CLIENTS_MAX}, a small burstable one fewer.",
            query=_metric(member, "CurrConnections"),
            unit="short",
            thresholds=over(ticket=0.6 * CLIENTS_MAX, page=0.9 * CLIENTS_MAX),
            runbook=(
                "Clients that open one for each request come first: `CLIENT LIST`, then share a pool a process."
            ),
        ),
        Signal(
            id=f"redis-hits-{number}",
            title=f"Redis hit ratio: node {number}",
            description="Share of look-ups that found their key. When it falls, PostgreSQL serves the rest.",
            query=CloudWatchMath(
                expression=f"IF(hits + misses > {least}, hits / (hits + misses), 1)", metrics=counts
            ),
            unit="percentunit",
            thresholds=under(ticket=HIT_SHARE) if role is Role.CACHE else (),
            for_seconds=1800,
            runbook=(
                "Was a version key raised, or the cache emptied? Else compare with the evictions: memory is "
                "short. A new part of a key, an address or a time, makes each look-up a miss."
            ),
        ),
    )
