"""What to watch on ElastiCache, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components.redis.metrics import HIT_SHARE, LOOKUPS_PER_SECOND, metrics
from components.redis.roles import Role
from observability import Board, Check, CloudWatch, CloudWatchMath, Severity, Signal, Signals, Threshold
from observability.durations import MINUTE_SECONDS
from observability.records.exporters import RedisNames
from observability.records.limits import over, under

NAMESPACE = "AWS/ElastiCache"

CLIENTS_MAX = 65_000
"""Clients a node accepts; smaller burstable nodes accept fewer.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
"""

SWAP_WARNING_BYTES = 50 * 1024**2
"""From here on AWS advises to act.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.WhichShouldIMonitor.html
"""

GB = 1000**3

HITS_PERIOD_SECONDS = 300
"""What one share of hits covers."""

CHECKS = (
    Check(
        id="redis-answers",
        title="Redis answers over TLS with its password",
        probe="PING",
        fix="Check the security group's rules and that the URL begins with rediss://.",
    ),
)


@dataclass(frozen=True, kw_only=True)
class _Node:
    """One node, named for people by its number: its physical name is known only once it is made."""

    number: int
    """From 1."""
    member: pulumi.Output[str]
    """Physical name, `CacheClusterId` in CloudWatch."""

    def signal(
        self, what: str, title: str, metric: str, *thresholds: Threshold, statistic: str = "Maximum", **told: Any
    ) -> Signal:
        """One number of this node."""
        query = CloudWatch(
            namespace=NAMESPACE, metric=metric, dimensions={"CacheClusterId": self.member}, statistic=statistic
        )
        return Signal(
            id=f"redis-{what}-{self.number}",
            title=f"Redis {title}: node {self.number}",
            query=query,
            thresholds=thresholds,
            **told,
        )


def of_nodes(
    members: Sequence[pulumi.Output[str]], role: Role, *, evicts: bool, exporter: RedisNames | None
) -> Signals:
    """Signals of a replication group; `evicts` tells whether full memory drops keys."""
    nodes = [_Node(number=number, member=member) for number, member in enumerate(members, 1)]
    told = []
    for node in nodes:
        told += [_cpu(node), _swap(node), _failed_logins(node)]
        # A node alone has nothing to lag behind; which node is the primary changes with a failover.
        told += [_lag(node)] if len(nodes) > 1 else []
        if exporter is None:
            told += [_memory(node, evicts=evicts), _evictions(node, role, evicts=evicts), _connections(node)]
            told += [_hits(node, role)]
    return Signals(
        subject="Redis",
        board=Board.CACHE,
        signals=(*told, *of_exporter(exporter, role, evicts=evicts)),
        checks=CHECKS,
    )


def of_exporter(exporter: RedisNames | None, role: Role, *, evicts: bool) -> tuple[Signal, ...]:
    """What redis_exporter tells; nothing where none is scraped."""
    return tuple(metrics(exporter, role, eviction_thresholds(role, evicts=evicts))) if exporter else ()


def _memory(node: _Node, *, evicts: bool) -> Signal:
    consequence = "keys go" if evicts else "writes are refused"
    return node.signal(
        "memory",
        "memory",
        "DatabaseMemoryUsagePercentage",
        *(over(ticket=90) if evicts else over(ticket=75, page=90)),
        description=f"Memory in use. At 100 %, {consequence}.",
        unit="percent",
        runbook="Look for keys without a TTL (`redis-cli --bigkeys`), then take a larger `redis.node_type`.",
    )


def _evictions(node: _Node, role: Role, *, evicts: bool) -> Signal:
    return node.signal(
        "evictions",
        "evictions",
        "Evictions",
        *eviction_thresholds(role, evicts=evicts),
        statistic="Sum",
        description="Keys dropped in a minute because memory was full.",
        unit="short",
        runbook=(
            "Take a larger `redis.node_type`. Where nothing may be dropped, read `maxmemory-policy` of the "
            "parameter group in use: somebody changed it beside the stack."
        ),
    )


def eviction_thresholds(role: Role, *, evicts: bool) -> tuple[Threshold, ...]:
    """A cache evicts by trade; a session that goes signs somebody out; of a queue nothing may go."""
    if not evicts:
        return over(page=0)
    if role is Role.CACHE:
        return (Threshold(severity=Severity.INFO, value=0, for_seconds=15 * MINUTE_SECONDS),)
    return over(ticket=0)


def _hits(node: _Node, role: Role) -> Signal:
    """Nothing at all while there are too few look-ups: one miss of two is no cold cache."""
    least = LOOKUPS_PER_SECOND * HITS_PERIOD_SECONDS
    return Signal(
        id=f"redis-hits-{node.number}",
        title=f"Redis look-ups answered: node {node.number}",
        description="Share of look-ups that found their key. When it falls, PostgreSQL carries the rest.",
        query=CloudWatchMath(
            expression=f"IF(hits + misses > {least}, hits / (hits + misses), 1)",
            metrics={
                name: CloudWatch(
                    namespace=NAMESPACE,
                    metric=metric,
                    dimensions={"CacheClusterId": node.member},
                    statistic="Sum",
                    period_seconds=HITS_PERIOD_SECONDS,
                )
                for name, metric in (("hits", "CacheHits"), ("misses", "CacheMisses"))
            },
        ),
        unit="percentunit",
        thresholds=under(ticket=HIT_SHARE) if role is Role.CACHE else (),
        for_seconds=1800,
        runbook=(
            "Was a version key raised, or the cache emptied? Else compare with the evictions: memory is short. A "
            "new part of a key, an address or a time, makes each look-up a miss."
        ),
    )


def _cpu(node: _Node) -> Signal:
    return node.signal(
        "cpu",
        "CPU",
        "EngineCPUUtilization",
        *over(ticket=70, page=90),
        description="Time of the one thread that runs commands; at 100 % every client waits.",
        unit="percent",
        runbook="Read `SLOWLOG GET 20`: commands over whole collections (KEYS, HGETALL, SMEMBERS) come first.",
    )


def _connections(node: _Node) -> Signal:
    return node.signal(
        "connections",
        "connections",
        "CurrConnections",
        *over(ticket=0.6 * CLIENTS_MAX, page=0.9 * CLIENTS_MAX),
        description=f"Open connections; a node accepts {CLIENTS_MAX}, a small burstable one fewer.",
        unit="short",
        runbook="Clients that open one for each request come first: `CLIENT LIST`, then share a pool a process.",
    )


def _swap(node: _Node) -> Signal:
    return node.signal(
        "swap",
        "swap",
        "SwapUsage",
        *over(ticket=SWAP_WARNING_BYTES),
        description="Memory on disk; commands that touch it wait.",
        unit="bytes",
        runbook="Memory for snapshots and replication is short: take a larger `redis.node_type`.",
    )


def _failed_logins(node: _Node) -> Signal:
    return node.signal(
        "failed-logins",
        "failed logins",
        "AuthenticationFailures",
        *over(ticket=0),
        statistic="Sum",
        description="Logins refused in a minute; after a rotation, clients that still have the old password.",
        unit="short",
        runbook=(
            "After the second step of a rotation, roll out the client that was forgotten: it needs the present "
            "`redis_url`. Otherwise somebody tries passwords: read the security group's rules."
        ),
    )


def _lag(node: _Node) -> Signal:
    return node.signal(
        "lag",
        "replication lag",
        "ReplicationLag",
        *over(ticket=10, page=60),
        description="How far a replica is behind, in seconds: what a failover would lose.",
        unit="s",
        runbook="Look for a burst of writes or a large key; a replica that never catches up needs a larger node.",
    )
