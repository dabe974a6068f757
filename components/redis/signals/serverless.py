"""What to watch on ElastiCache Serverless, as plain data."""

from typing import Any

from components.redis.roles import Role
from components.redis.signals import (
    CHECKS,
    GB,
    NAMESPACE,
    eviction_thresholds,
    of_exporter,
)
from observability import Board, CloudWatch, Signal, Signals, Threshold
from observability.durations import MINUTE_SECONDS
from observability.records.exporters import RedisNames
from observability.records.limits import over


def of_serverless(
    cache_name: str, role: Role, *, storage_gb: int, ecpu_per_second: int, exporter: RedisNames | None
) -> Signals:
    """Signals of a serverless cache with its two limits, GB and processing units a second."""
    ecpu_per_minute = ecpu_per_second * MINUTE_SECONDS
    return Signals(
        subject="Redis",
        board=Board.CACHE,
        signals=(
            _of_cache(
                cache_name,
                ("storage", "storage", "BytesUsedForCache", "Maximum"),
                *over(ticket=0.75 * storage_gb * GB),
                description=f"Data kept. At {storage_gb} GB, keys with a TTL go, then writes are refused.",
                unit="bytes",
                runbook="Look for keys without a TTL (`redis-cli --bigkeys`), then raise `redis.storage_max_gb`.",
            ),
            _of_cache(
                cache_name,
                ("ecpu", "processing units", "ElastiCacheProcessingUnits", "Sum"),
                *over(ticket=0.75 * ecpu_per_minute),
                description=f"Processing units in a minute. Over {ecpu_per_second} a second, commands wait.",
                unit="short",
                runbook="Compare with the traffic, then raise `redis.ecpu_max_per_second`: it is billed by use.",
            ),
            _of_cache(
                cache_name,
                ("throttled", "throttled commands", "ThrottledCmds", "Sum"),
                *over(page=0),
                description="Commands refused in a minute because a limit was met or growth was too fast.",
                unit="short",
                runbook="Raise `redis.ecpu_max_per_second`; clients should retry with a growing pause.",
            ),
            *((_evictions(cache_name, role),) if exporter is None else of_exporter(exporter, role, evicts=True)),
        ),
        checks=CHECKS,
    )


def _evictions(cache_name: str, role: Role) -> Signal:
    return _of_cache(
        cache_name,
        ("evictions", "evictions", "Evictions", "Sum"),
        *eviction_thresholds(role, evicts=True),
        description="Keys dropped in a minute because the storage limit was met.",
        unit="short",
        runbook="Raise `redis.storage_max_gb`, or shorten the TTLs of the largest keys.",
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
