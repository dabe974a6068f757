"""Configuration of what a restore of the database has to keep to, and whether each provider can."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from providers.neon.plans import PLANS as NEON_PLANS
from stacks.config.base import Model, Problem

DAY_MINUTES = 24 * 60

CONTINUOUS = {"rds": 5, "existing": 5, "supabase": 2, "neon": 1}
"""What is lost at the most where the provider restores to the second, in minutes, by provider.

RDS uploads its log every 5 minutes, Supabase every 2; Neon keeps every change.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIT.html
https://supabase.com/docs/guides/platform/backups#point-in-time-recovery
"""

TESTED = "rds"
"""Provider whose restores AWS Backup tests."""


class RecoveryConfig(Model):
    """What may be lost and how long it may take when the database is restored."""

    rpo_minutes: Annotated[int, Field(ge=1, le=10_080)] = Field(
        description="Recovery point objective: what may be lost at the most, in minutes; what the provider can "
        "hold: 5 at RDS, 1440 where there is a backup a day."
    )
    rto_minutes: Annotated[int, Field(ge=1, le=10_080)] = Field(
        description="Recovery time objective: how long a restore may take, in minutes, people aside."
    )
    restore_test: Literal["none", "weekly"] = Field(
        default="none",
        description="weekly: AWS Backup restores the server beside itself every week and deletes it again; with "
        "provider rds, and cloudwatch_alarms to tell of a failure. docs/migrations.md#restores has the costs.",
    )


def recovery_problems(
    recovery: RecoveryConfig | None,
    *,
    provider: str,
    continuous: bool,
    backed_up: bool,
    tells: bool,
) -> Iterator[Problem]:
    """Yield what the provider cannot hold.

    Args:
        recovery: the block.
        provider: whose server it is.
        continuous: whether it restores to the second, a day back at the least.
        backed_up: whether it makes backups at all.
        tells: whether the stack has alarms that tell of a failed test.

    """
    if recovery is None:
        return
    least = CONTINUOUS[provider] if continuous else DAY_MINUTES
    if not backed_up:
        yield (
            "database.recovery",
            f"given, allowed with a plan of {provider} that has backups: {_way_out(provider)}",
        )
    elif recovery.rpo_minutes < least:
        more = "" if continuous else f": it has one backup a day; {_way_out(provider)} restores to the second"
        problem = f"given {recovery.rpo_minutes}, allowed {least} or more with provider {provider}{more}"
        yield "database.recovery.rpo_minutes", problem
    if recovery.restore_test == "weekly" and provider != TESTED:
        problem = f"given weekly with provider {provider}, allowed none: AWS Backup restores servers of RDS alone"
        yield "database.recovery.restore_test", problem
    elif recovery.restore_test == "weekly" and not tells:
        problem = "given weekly, allowed with the block cloudwatch_alarms: a failed test would reach nobody"
        yield "database.recovery.restore_test", problem


def _way_out(provider: str) -> str:
    if provider == "neon":
        longer = [name for name, it in NEON_PLANS.items() if it.history_retention_seconds >= DAY_MINUTES * 60]
        return f"plan {longer[0]}, whose history is a day and longer,"
    return {"supabase": "pitr_days: 7, with plan pro or larger,"}.get(provider, "another provider")
