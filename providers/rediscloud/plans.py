"""What Redis Cloud's Essentials plans can do; facts without a resource, read on 2026-11-26.

Which of them replicate and persist depends on the plan's id too: `GET /fixed/plans` of one's own account tells
`supportReplication`, `supportDataPersistence` and `cidrAllowRules` of each. Ids and prices are not kept here.

https://redis.io/docs/latest/operate/rc/subscriptions/view-essentials-subscription/essentials-plan-details/
"""

from collections.abc import Mapping
from dataclasses import dataclass

PERSISTENCE = (
    "none",
    "aof-every-1-second",
    "snapshot-every-1-hour",
    "snapshot-every-6-hours",
    "snapshot-every-12-hours",
)
"""Of paid plans. Writing at every command is Pro's alone.

https://redis.io/docs/latest/operate/rc/databases/configuration/data-persistence/
"""
EVICTION_POLICIES = (
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
    "noeviction",
)
"""https://redis.io/docs/latest/operate/rc/databases/configuration/data-eviction-policies/"""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One size of Essentials plans."""

    size_mb: int
    """Data and its replica together."""
    connections: int
    """Clients of one database."""
    allowed_ranges: int
    """Ranges of addresses that every plan of this size can allow."""
    operations_per_second: int
    """Of 1 KiB each."""
    network_gb: int
    """Traffic of a month."""
    paid: bool = True
    """Whether it has replicas, persistence, backups and TLS at all; the free one has none of them.

    https://redis.io/docs/latest/operate/rc/security/database-security/tls-ssl/
    """


PLANS: Mapping[str, Plan] = {
    "30MB": Plan(
        size_mb=30, connections=30, allowed_ranges=1, operations_per_second=100, network_gb=5, paid=False
    ),
    "250MB": Plan(size_mb=250, connections=256, allowed_ranges=4, operations_per_second=1000, network_gb=100),
    "1GB": Plan(size_mb=1000, connections=1024, allowed_ranges=4, operations_per_second=2000, network_gb=200),
    "2.5GB": Plan(size_mb=2500, connections=2500, allowed_ranges=4, operations_per_second=4000, network_gb=400),
    "5GB": Plan(size_mb=5000, connections=5000, allowed_ranges=4, operations_per_second=8000, network_gb=800),
    "12GB": Plan(size_mb=12000, connections=10000, allowed_ranges=4, operations_per_second=16000, network_gb=2000),
}
"""Sizes as of December 2025, the smallest first, without Redis Flex."""
