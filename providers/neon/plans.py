"""What Neon's computes, pools, regions and plans can do; facts without a resource, read on 2026-11-26.

https://neon.com/docs/introduction/plans (of 2026-11-12)
https://neon.com/docs/connect/connection-pooling (of 2026-11-14)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

COMPUTE_UNITS = (0.25, 0.5, *range(1, 17), *range(18, 57, 2))
"""Sizes of a compute; one unit has about 4 GB of RAM. https://neon.com/docs/manage/computes"""
LARGEST_AUTOSCALING_CU = 16
"""Computes above it have a fixed size, and are never suspended."""
WIDEST_AUTOSCALING_CU = 8
"""Most that the largest size is above the smallest one."""
RESERVED_CONNECTIONS = 7
"""Of `max_connections`, those that Neon keeps for itself."""
CLIENT_CONNECTIONS = 10_000
"""Clients that the pool of a compute accepts, whatever its size."""
POOL_FRACTION = 0.9
"""`default_pool_size`, for each pair of user and database, as a part of `max_connections`."""
QUERY_WAIT_TIMEOUT_SECONDS = 120
"""Longest wait of a client for a connection of the pool."""
SHORTEST_SUSPEND_TIMEOUT_SECONDS = 60
NEVER_SUSPENDED = -1
"""`suspend_timeout_seconds` of a compute that stays up."""

REGIONS = (
    "aws-us-east-1",
    "aws-us-east-2",
    "aws-us-west-2",
    "aws-eu-central-1",
    "aws-eu-west-2",
    "aws-ap-southeast-1",
    "aws-ap-southeast-2",
    "aws-sa-east-1",
    "azure-eastus2",
    "azure-westus3",
    "azure-gwc",
)
"""Regions of projects. https://neon.com/docs/introduction/regions (of 2025-08-15)"""


def max_connections(min_cu: float, max_cu: float) -> int:
    """Return PostgreSQL's `max_connections` of a compute that scales between two sizes.

    Of 9 units Neon's formula has 3,776, and its table 4,000: the lesser is returned.
    https://neon.com/docs/reference/compatibility#parameter-settings-that-differ-by-compute-size
    """
    return max(100, min(4000, floor(min(max_cu, 8 * min_cu) * 419.66)))


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Bounds of one plan."""

    autoscaling_cu: int
    """Largest compute that scales."""
    fixed_cu: int
    """Largest compute of a fixed size."""
    can_stay_up: bool
    """Whether a compute may be kept from being suspended."""
    suspend_timeout_seconds: tuple[int, int]
    """Shortest and longest time without a query until a compute is suspended, where it is suspended at all."""
    storage_gb: float | None
    """Data of a project; None where it is paid for by its size."""
    history_retention_seconds: int
    """Longest time back that data can be restored from."""
    projects: int
    branches: int
    """Branches of a project that the plan's price includes."""
    protected_branches: bool
    allowed_ips: bool
    """Whether it can be said who may connect."""


_DAY_SECONDS = 86_400
_DEFAULT_SUSPEND_SECONDS = 300
PLANS: Mapping[str, Plan] = {
    "free": Plan(
        autoscaling_cu=2,
        fixed_cu=2,
        can_stay_up=False,
        suspend_timeout_seconds=(_DEFAULT_SUSPEND_SECONDS, _DEFAULT_SUSPEND_SECONDS),
        storage_gb=0.5,
        history_retention_seconds=6 * 3600,
        projects=100,
        branches=10,
        protected_branches=False,
        allowed_ips=False,
    ),
    "launch": Plan(
        autoscaling_cu=16,
        fixed_cu=16,
        can_stay_up=True,
        suspend_timeout_seconds=(_DEFAULT_SUSPEND_SECONDS, _DEFAULT_SUSPEND_SECONDS),
        storage_gb=None,
        history_retention_seconds=7 * _DAY_SECONDS,
        projects=100,
        branches=10,
        protected_branches=True,
        allowed_ips=False,
    ),
    "scale": Plan(
        autoscaling_cu=16,
        fixed_cu=56,
        can_stay_up=True,
        suspend_timeout_seconds=(SHORTEST_SUSPEND_TIMEOUT_SECONDS, 7 * _DAY_SECONDS),
        storage_gb=None,
        history_retention_seconds=30 * _DAY_SECONDS,
        projects=1000,
        branches=25,
        protected_branches=True,
        allowed_ips=True,
    ),
}
"""Plans, the smallest first."""
