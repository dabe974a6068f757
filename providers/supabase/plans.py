"""What Supabase's sizes and plans can do; facts without a resource, read on 2026-11-22.

https://supabase.com/docs/guides/platform/compute-and-disk
https://supabase.com/pricing
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Compute:
    """Connections of one size of server."""

    max_connections: int
    """`max_connections` that Supabase sets."""
    client_connections: int
    """Clients that its pooler accepts: fixed by the size."""


COMPUTE: Mapping[str, Compute] = {
    "nano": Compute(60, 200),
    "micro": Compute(60, 200),
    "small": Compute(90, 400),
    "medium": Compute(120, 600),
    "large": Compute(160, 800),
    "xlarge": Compute(240, 1000),
    "2xlarge": Compute(380, 1500),
    "4xlarge": Compute(480, 3000),
    "8xlarge": Compute(490, 6000),
    "12xlarge": Compute(500, 9000),
    "16xlarge": Compute(500, 12000),
}
"""Sizes, the smallest first."""

WITHOUT_RECOVERY = ("nano", "micro")
"""Sizes that cannot restore to a moment. https://supabase.com/docs/guides/platform/backups"""


@dataclass(frozen=True)
class Plan:
    """One plan of an organization."""

    backup_days: int
    """Days for which a daily backup is kept; 0 where none is taken."""
    pauses: bool
    """Whether a project that nobody uses for a week is stopped."""
    addons: bool
    """Whether anything can be bought for it: a size, recovery to a moment, replicas, an IPv4 address."""


PLANS: Mapping[str, Plan] = {
    "free": Plan(backup_days=0, pauses=True, addons=False),
    "pro": Plan(backup_days=7, pauses=False, addons=True),
    "team": Plan(backup_days=14, pauses=False, addons=True),
    "enterprise": Plan(backup_days=30, pauses=False, addons=True),
}
"""Plans, the smallest first."""

REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ap-east-1", "ap-southeast-1", "ap-northeast-1"),
    *("ap-northeast-2", "ap-southeast-2", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "eu-central-1"),
    *("eu-central-2", "ca-central-1", "ap-south-1", "sa-east-1"),
)
"""Regions of new projects, all of them AWS's. https://supabase.com/docs/guides/platform/regions"""

POOLER_PORT = 6543
"""TCP port of the pool in transaction mode. https://supabase.com/docs/guides/database/connecting-to-postgres"""

RESERVED_CONNECTIONS = 3
"""PostgreSQL's `superuser_reserved_connections`, its default."""
