"""What Grafana Cloud's plans hold and cost; facts without a resource.

https://grafana.com/pricing/, as transcribed on 2026-05-25, its logs on 2026-08-27; read on 2026-11-26. Prices of
logs, traces and profiles are those of writing and keeping a GB, without volume discounts.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One plan: what its price includes, and what more costs, in US dollars a month."""

    usd: float
    """Price before any use."""
    series: int
    """Active series that are included."""
    further_series_usd: float | None
    """A thousand more; None where more is refused."""
    retention_days: int
    """How long series are kept."""
    logs_gb: int
    """Logs, and traces, and profiles, of a month that are included, GB each."""
    further_gb_usd: float | None
    """A GB more of any of them; None where more is refused."""
    logs_retention_days: int
    """How long logs, traces and profiles are kept."""
    users: int
    """Active users that are included."""
    further_user_usd: float | None
    """One more; None where more is refused."""


PLANS: Mapping[str, Plan] = {
    "free": Plan(
        usd=0,
        series=10_000,
        further_series_usd=None,
        retention_days=14,
        logs_gb=50,
        further_gb_usd=None,
        logs_retention_days=14,
        users=3,
        further_user_usd=None,
    ),
    "paid": Plan(
        usd=19,
        series=10_000,
        further_series_usd=6.50,
        # Thirteen months.
        retention_days=395,
        logs_gb=50,
        further_gb_usd=0.50,
        logs_retention_days=30,
        users=3,
        further_user_usd=8,
    ),
}
"""The free plan, and Pro. Source of the first: S3-48."""
