"""Open connections to PostgreSQL above which people are told, and whether normal full use passes them."""

from collections.abc import Iterator

from msgspec import Struct

from observability.records.record import HOLD_SECONDS
from stacks.budget import Budget


class ConnectionThresholds(Struct, frozen=True, kw_only=True):
    """Open connections to PostgreSQL above which people are told."""

    warning: int
    """More make a ticket."""
    critical: int
    """More page somebody."""


def connection_thresholds(budget: Budget, *, warning: int | None, critical: int | None) -> ConnectionThresholds:
    """Return the thresholds in force: one that is not given lies where normal full use ends."""
    return ConnectionThresholds(
        warning=budget.server_connections if warning is None else warning,
        critical=budget.server_side_demand if critical is None else critical,
    )


def threshold_problems(
    budget: Budget, thresholds: ConnectionThresholds, drain_seconds: int
) -> Iterator[tuple[str, str]]:
    """Yield the key and one sentence for each threshold that normal full use passes, or that nothing reaches."""
    if budget.server_side_demand > budget.server_side_supply:
        return  # The budget itself has to be mended first: `problems` says how.
    key, warning, critical = "alerts.database_connections", thresholds.warning, thresholds.critical
    if not warning < critical < budget.max_connections:
        problem = (
            f"given warning {warning} and critical {critical}, allowed warning below critical, "
            f"and critical below database.max_connections, {budget.max_connections}"
        )
        yield key, problem
        return
    if warning < budget.server_connections:
        problem = (
            f"given {warning}, which a full pool passes, allowed {budget.server_connections} or more with "
            f"database.pooler.server_connections {budget.server_connections}: raise it, or leave it out"
        )
        yield f"{key}.warning", problem
    # A deployment passes the threshold for as long as a pooler drains; an alert that waits longer stays silent.
    waits = drain_seconds < HOLD_SECONDS
    least = budget.demand_at_rest if waits else budget.server_side_demand
    if critical < least:
        surge = "" if waits else f", of which a deployment makes {budget.peak_pool} for {drain_seconds} seconds"
        problem = (
            f"given {critical}, which normal full use passes, allowed {least} or more with "
            f"database.pooler.server_connections {budget.server_connections}{surge}, and "
            f"{budget.direct_connections} direct (database.direct_connections and exporters): raise it, or leave "
            "it out"
        )
        yield f"{key}.critical", problem
