"""Panels of Upstash, from the statistics of its developer API; nothing of them is alerted on.

Its Prometheus endpoint exists on the Pro and Enterprise plans only, and its names are documented nowhere.
"""

from typing import Any

from msgspec import Struct

from components.redis.procedures import redis_procedures
from observability import Board, Signal, Signals, Unit, UpstashStatistic


class Number(Struct, frozen=True, kw_only=True):
    """One panel."""

    id: str
    """Id of the record."""
    title: str
    """Title of the panel."""
    description: str
    """Meaning of the number."""
    unit: Unit
    """Unit of the number."""
    statistics: tuple[tuple[str, str], ...]
    """Legend and name of each line; the first is the record's own."""


NUMBERS = (
    Number(
        id="redis-connections",
        title="Redis connections",
        description="Open connections. The plan caps them; calls over REST do not count.",
        unit=Unit.NUMBER,
        statistics=(("Connections", "connection_count"),),
    ),
    Number(
        id="redis-keys",
        title="Redis keys",
        description="Keys in the store. Steady growth means keys without a TTL.",
        unit=Unit.NUMBER,
        statistics=(("Keys", "keyspace"),),
    ),
    Number(
        id="redis-commands",
        title="Redis commands per second",
        description="Commands in a second: what Upstash bills, and what the month's budget ends.",
        unit=Unit.OPERATIONS_PER_SECOND,
        statistics=(("Commands", "throughput"),),
    ),
    Number(
        id="redis-hits",
        title="Redis hits and misses",
        description="Look-ups that found a key, and those that did not.",
        unit=Unit.NUMBER,
        statistics=(("Hits", "hits"), ("Misses", "misses")),
    ),
    Number(
        id="redis-command-time",
        title="Redis command latency, 99th percentile",
        description="99 of 100 reads and writes are faster, measured at Upstash.",
        unit=Unit.MILLISECONDS,
        statistics=(("Reads", "read_latency_99"), ("Writes", "write_latency_99")),
    ),
    Number(
        id="redis-storage",
        title="Redis storage",
        description="Bytes kept on disk.",
        unit=Unit.BYTES,
        statistics=(("Bytes", "diskusage"),),
    ),
)
"""Every panel; names as in https://upstash.com/docs/devops/developer-api/redis/get_database_stats."""


def signals(address: Any, *, has_datasource: bool) -> Signals:
    """Return the signals of the store whose statistics are at `address`; checks alone without a data source."""
    found = []
    for number in NUMBERS if has_datasource else ():
        own, *others = ((it, UpstashStatistic(address=address, statistic=name)) for it, name in number.statistics)
        signal = Signal(
            id=number.id,
            title=number.title,
            description=number.description,
            unit=number.unit,
            query=own[1],
            extra_queries=dict(others),
        )
        found.append(signal)
    return Signals(
        subject="Redis",
        board=Board.CACHE,
        signals=tuple(found),
        procedures=redis_procedures(evicts=True),
    )
