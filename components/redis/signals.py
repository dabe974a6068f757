"""What to watch on ElastiCache, as plain data."""

from components._signals import Check, CloudWatch, Severity, Signal, Signals, Threshold

NAMESPACE = "AWS/ElastiCache"


def signals(replication_group_id: str, nodes: int, *, evicts: bool) -> Signals:
    """Signals of a replication group of `nodes` nodes; `evicts` tells whether full memory drops keys."""
    members = [f"{replication_group_id}-{index:03d}" for index in range(1, nodes + 1)]
    return Signals(
        subject="Redis",
        signals=tuple(signal for member in members for signal in (_memory(member, evicts=evicts), _cpu(member))),
        checks=(
            Check(
                id="redis-answers",
                title="Redis answers over TLS with its password",
                probe="PING",
                fix="Check the security group's rules and that the URL begins with rediss://.",
            ),
        ),
    )


def _metric(member: str, metric: str) -> CloudWatch:
    return CloudWatch(
        namespace=NAMESPACE, metric=metric, dimensions={"CacheClusterId": member}, statistic="Maximum"
    )


def _memory(member: str, *, evicts: bool) -> Signal:
    consequence = "the oldest keys go" if evicts else "writes are refused"
    page = Threshold(severity=Severity.PAGE, value=90)
    ticket = Threshold(severity=Severity.TICKET, value=90 if evicts else 75)
    return Signal(
        id=f"redis-memory-{member}",
        title=f"Redis memory: {member}",
        description=f"Memory in use. At 100 %, {consequence}.",
        query=_metric(member, "DatabaseMemoryUsagePercentage"),
        unit="percent",
        thresholds=(ticket,) if evicts else (ticket, page),
        runbook="Look for keys without a TTL (`redis-cli --bigkeys`), then take a larger `redis.node_type`.",
    )


def _cpu(member: str) -> Signal:
    return Signal(
        id=f"redis-cpu-{member}",
        title=f"Redis CPU: {member}",
        description="Time of the one thread that runs commands; at 100 % every client waits.",
        query=_metric(member, "EngineCPUUtilization"),
        unit="percent",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=70),
            Threshold(severity=Severity.PAGE, value=90),
        ),
        runbook="Read `SLOWLOG GET 20`: commands over whole collections (KEYS, HGETALL, SMEMBERS) come first.",
    )
