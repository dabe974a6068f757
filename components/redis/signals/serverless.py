"""Signals that CloudWatch measures of ElastiCache Serverless, with the exporter's where one is scraped."""

from components.redis.procedures import redis_procedures
from components.redis.roles import Role
from components.redis.signals import prometheus
from components.redis.signals.cloudwatch import NAMESPACE
from observability import Board, CloudWatch, Signal, Signals
from observability.durations import MINUTE_SECONDS
from observability.records.exporters import RedisNames
from observability.records.limits import over

GB = 1000**3


def of_serverless(
    cache_name: str, role: Role, *, storage_gb: int, ecpu_per_second: int, exporter_names: RedisNames | None
) -> Signals:
    """Return the signals of a serverless cache with its two limits, GB and processing units a second."""

    def metric(name: str, statistic: str) -> CloudWatch:
        # Serverless metrics have this dimension and no other spelling of it.
        dimensions = {"clusterId": cache_name}
        return CloudWatch(namespace=NAMESPACE, metric=name, dimensions=dimensions, statistic=statistic)

    evictions = Signal(
        id="redis-evictions",
        title="Redis evictions",
        description="Keys evicted in a minute because the storage limit was reached.",
        query=metric("Evictions", "Sum"),
        unit="short",
        thresholds=prometheus.eviction_thresholds(role, evicts=True),
        runbook="Raise `redis.cache.storage_max_gb`, or shorten the TTLs of the largest keys.",
    )
    limits = (
        Signal(
            id="redis-storage",
            title="Redis data stored",
            description=f"Data stored. At {storage_gb} GB, keys with a TTL are evicted, then writes refused.",
            query=metric("BytesUsedForCache", "Maximum"),
            unit="bytes",
            thresholds=over(ticket=0.75 * storage_gb * GB),
            runbook="Find keys without a TTL (`redis-cli --bigkeys`), then raise `redis.cache.storage_max_gb`.",
        ),
        Signal(
            id="redis-ecpu",
            title="Redis ECPUs",
            description=f"Processing units in a minute. Over {ecpu_per_second} a second, commands wait.",
            query=metric("ElastiCacheProcessingUnits", "Sum"),
            unit="short",
            thresholds=over(ticket=0.75 * ecpu_per_second * MINUTE_SECONDS),
            runbook="Compare with the traffic, then raise `redis.cache.ecpu_max_per_second`: it is billed by use.",
        ),
        Signal(
            id="redis-throttled",
            title="Redis throttled commands",
            description="Commands refused in a minute because a limit was reached or growth was too fast.",
            query=metric("ThrottledCmds", "Sum"),
            unit="short",
            thresholds=over(page=0),
            runbook="Raise `redis.cache.ecpu_max_per_second`; clients should retry with a growing pause.",
        ),
    )
    measured = (evictions,) if exporter_names is None else prometheus.signals(exporter_names, role, evicts=True)
    return Signals(
        subject="Redis",
        board=Board.CACHE,
        signals=(*limits, *measured),
        procedures=redis_procedures(evicts=True),
    )
