"""What to watch on ElastiCache, as plain data."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pulumi

from components._redis_roles import Role
from components._signals import Board, Check, CloudWatch, Severity, Signal, Signals, Threshold

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
MINUTE_SECONDS = 60

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


def of_nodes(members: Sequence[pulumi.Output[str]], role: Role, *, evicts: bool) -> Signals:
    """Signals of a replication group; `evicts` tells whether full memory drops keys."""
    nodes = [_Node(number=number, member=member) for number, member in enumerate(members, 1)]
    told = []
    for node in nodes:
        told += [_memory(node, evicts=evicts), _evictions(node, role, evicts=evicts), _cpu(node)]
        told += [_connections(node), _swap(node), _failed_logins(node)]
        # A node alone has nothing to lag behind; which node is the primary changes with a failover.
        told += [_lag(node)] if len(nodes) > 1 else []
    return Signals(subject="Redis", board=Board.CACHE, signals=tuple(told), checks=CHECKS)


def _over(severity: Severity, value: float) -> Threshold:
    return Threshold(severity=severity, value=value)


def _memory(node: _Node, *, evicts: bool) -> Signal:
    consequence = "keys go" if evicts else "writes are refused"
    refused = (_over(Severity.TICKET, 75), _over(Severity.PAGE, 90))
    return node.signal(
        "memory",
        "memory",
        "DatabaseMemoryUsagePercentage",
        *((_over(Severity.TICKET, 90),) if evicts else refused),
        description=f"Memory in use. At 100 %, {consequence}.",
        unit="percent",
        runbook="Look for keys without a TTL (`redis-cli --bigkeys`), then take a larger `redis.node_type`.",
    )


def _evictions(node: _Node, role: Role, *, evicts: bool) -> Signal:
    return node.signal(
        "evictions",
        "evictions",
        "Evictions",
        *_eviction_thresholds(role, evicts=evicts),
        statistic="Sum",
        description="Keys dropped in a minute because memory was full.",
        unit="short",
        runbook=(
            "Take a larger `redis.node_type`. Where nothing may be dropped, read `maxmemory-policy` of the "
            "parameter group in use: somebody changed it beside the stack."
        ),
    )


def _eviction_thresholds(role: Role, *, evicts: bool) -> tuple[Threshold, ...]:
    """A cache evicts by trade; a session that goes signs somebody out; of a queue nothing may go."""
    if not evicts:
        return (_over(Severity.PAGE, 0),)
    return () if role is Role.CACHE else (_over(Severity.TICKET, 0),)


def _cpu(node: _Node) -> Signal:
    return node.signal(
        "cpu",
        "CPU",
        "EngineCPUUtilization",
        _over(Severity.TICKET, 70),
        _over(Severity.PAGE, 90),
        description="Time of the one thread that runs commands; at 100 % every client waits.",
        unit="percent",
        runbook="Read `SLOWLOG GET 20`: commands over whole collections (KEYS, HGETALL, SMEMBERS) come first.",
    )


def _connections(node: _Node) -> Signal:
    return node.signal(
        "connections",
        "connections",
        "CurrConnections",
        _over(Severity.TICKET, 0.6 * CLIENTS_MAX),
        _over(Severity.PAGE, 0.9 * CLIENTS_MAX),
        description=f"Open connections; a node accepts {CLIENTS_MAX}, a small burstable one fewer.",
        unit="short",
        runbook="Clients that open one for each request come first: `CLIENT LIST`, then share a pool a process.",
    )


def _swap(node: _Node) -> Signal:
    return node.signal(
        "swap",
        "swap",
        "SwapUsage",
        _over(Severity.TICKET, SWAP_WARNING_BYTES),
        description="Memory on disk; commands that touch it wait.",
        unit="bytes",
        runbook="Memory for snapshots and replication is short: take a larger `redis.node_type`.",
    )


def _failed_logins(node: _Node) -> Signal:
    return node.signal(
        "failed-logins",
        "failed logins",
        "AuthenticationFailures",
        _over(Severity.TICKET, 0),
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
        _over(Severity.TICKET, 10),
        _over(Severity.PAGE, 60),
        description="How far a replica is behind, in seconds: what a failover would lose.",
        unit="s",
        runbook="Look for a burst of writes or a large key; a replica that never catches up needs a larger node.",
    )


def of_serverless(cache_name: str, role: Role, *, storage_gb: int, ecpu_per_second: int) -> Signals:
    """Signals of a serverless cache with its two limits, GB and processing units a second."""
    ecpu_per_minute = ecpu_per_second * MINUTE_SECONDS
    return Signals(
        subject="Redis",
        board=Board.CACHE,
        signals=(
            _of_cache(
                cache_name,
                ("storage", "storage", "BytesUsedForCache", "Maximum"),
                _over(Severity.TICKET, 0.75 * storage_gb * GB),
                description=f"Data kept. At {storage_gb} GB, keys with a TTL go, then writes are refused.",
                unit="bytes",
                runbook="Look for keys without a TTL (`redis-cli --bigkeys`), then raise `redis.storage_max_gb`.",
            ),
            _of_cache(
                cache_name,
                ("ecpu", "processing units", "ElastiCacheProcessingUnits", "Sum"),
                _over(Severity.TICKET, 0.75 * ecpu_per_minute),
                description=f"Processing units in a minute. Over {ecpu_per_second} a second, commands wait.",
                unit="short",
                runbook="Compare with the traffic, then raise `redis.ecpu_max_per_second`: it is billed by use.",
            ),
            _of_cache(
                cache_name,
                ("throttled", "throttled commands", "ThrottledCmds", "Sum"),
                _over(Severity.PAGE, 0),
                description="Commands refused in a minute because a limit was met or growth was too fast.",
                unit="short",
                runbook="Raise `redis.ecpu_max_per_second`; clients should retry with a growing pause.",
            ),
            _of_cache(
                cache_name,
                ("evictions", "evictions", "Evictions", "Sum"),
                *_eviction_thresholds(role, evicts=True),
                description="Keys dropped in a minute because the storage limit was met.",
                unit="short",
                runbook="Raise `redis.storage_max_gb`, or shorten the TTLs of the largest keys.",
            ),
        ),
        checks=CHECKS,
    )


def _of_cache(cache_name: str, named: tuple[str, str, str, str], *thresholds: Threshold, **told: Any) -> Signal:
    """One number of a serverless cache; `named` is the id's word, the title, the metric and its statistic."""
    what, title, metric, statistic = named
    query = CloudWatch(
        # Serverless metrics have this dimension and no other spelling of it.
        namespace=NAMESPACE,
        metric=metric,
        dimensions={"clusterId": cache_name},
        statistic=statistic,
    )
    return Signal(id=f"redis-{what}", title=f"Redis {title}", query=query, thresholds=thresholds, **told)
