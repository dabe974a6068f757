"""Open connections to PostgreSQL above which people are told, and whether normal full use passes them."""

import math
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from observability.records.record import HOLD_SECONDS
from stacks.budget import Budget

ThresholdUnit = Literal["connections", "percent_of_pool", "percent_of_max_connections"]
"""What a threshold is given in. Source: C-3."""


class ConnectionThresholds(Struct, frozen=True, kw_only=True):
    """Open connections to PostgreSQL above which people are told."""

    warning: int
    """More make a ticket."""
    critical: int
    """More page somebody."""
    whole: int | None = None
    """Connections of which the stack file gives a share; None where it gives counts."""
    unit: ThresholdUnit = "connections"
    """Unit of the stack file."""

    given: tuple[int | None, int | None] = (None, None)
    """The two as the stack file gives them."""

    def words(self, connections: int, given: int | None = None) -> str:
        """Return a count as the stack file gives it, or would: the least share that is as many."""
        if self.whole is None:
            return str(connections)
        share = math.ceil(connections * 100 / self.whole) if given is None else given
        return f"{share} {self.unit} ({connections} connections)"


def connection_thresholds(
    budget: Budget, *, warning: int | None, critical: int | None, unit: ThresholdUnit = "connections"
) -> ConnectionThresholds:
    """Return the thresholds in force: one that is not given lies where normal full use ends."""
    wholes = {"percent_of_pool": budget.server_connections, "percent_of_max_connections": budget.max_connections}
    whole = wholes.get(unit)

    def count(given: int) -> int:
        return given if whole is None else given * whole // 100

    return ConnectionThresholds(
        warning=budget.server_connections if warning is None else count(warning),
        critical=budget.server_side_demand if critical is None else count(critical),
        whole=whole,
        unit=unit,
        given=(warning, critical),
    )


def threshold_problems(
    budget: Budget, thresholds: ConnectionThresholds, drain_seconds: int
) -> Iterator[tuple[str, str]]:
    """Yield the key and one sentence for each threshold that normal full use passes, or that nothing reaches."""
    if budget.server_side_demand > budget.server_side_supply:
        return  # The budget itself has to be mended first: `problems` says how.
    key, words = "alerts.database_connections", thresholds.words
    warning, critical = thresholds.warning, thresholds.critical
    given = [words(*it) for it in zip((warning, critical), thresholds.given, strict=True)]
    if not warning < critical < budget.max_connections:
        problem = (
            f"given warning {given[0]} and critical {given[1]}, allowed warning below critical, "
            f"and critical below database.max_connections, {budget.max_connections}"
        )
        yield key, problem
        return
    if warning < budget.server_connections:
        problem = (
            f"given {given[0]}, which a full pool passes, allowed {words(budget.server_connections)} or more with "
            f"database.pooler.server_connections {budget.server_connections}: raise it, or leave it out"
        )
        yield f"{key}.warning", problem
    # A deployment passes the threshold for as long as a pooler drains; an alert that waits longer stays silent.
    waits = drain_seconds < HOLD_SECONDS
    least = budget.demand_at_rest if waits else budget.server_side_demand
    if critical < least:
        surge = "" if waits else f", of which a deployment makes {budget.peak_pool} for {drain_seconds} seconds"
        problem = (
            f"given {given[1]}, which normal full use passes, allowed {words(least)} or more with "
            f"database.pooler.server_connections {budget.server_connections}{surge}, and "
            f"{budget.direct_connections} direct (database.direct_connections and exporters): raise it, or leave "
            "it out"
        )
        yield f"{key}.critical", problem
