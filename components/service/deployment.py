"""Deployment strategy of a service, as plain data."""

import math
from enum import StrEnum

from msgspec import Struct

FULL_PERCENT, DOUBLE_PERCENT = 100, 200


class Strategy(StrEnum):
    """ECS's own strategies, by its own names.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service-options.html
    """

    ROLLING = "ROLLING"
    """A few tasks at a time, within bounds."""
    BLUE_GREEN = "BLUE_GREEN"
    """A second fleet, then all traffic at once."""
    CANARY = "CANARY"
    """A second fleet; a share of the traffic first, the rest after a pause."""
    LINEAR = "LINEAR"
    """A second fleet; the traffic in equal shares."""


class RolloutArgs(Struct, frozen=True, kw_only=True):
    """Strategy of a deployment, and its shares and pauses."""

    strategy: Strategy = Strategy.ROLLING
    """One of ECS's strategies; all but `ROLLING` run two fleets at once."""
    minimum_percent: int = FULL_PERCENT
    """Share of tasks that must keep running, 0 to 100; for `ROLLING` alone."""
    maximum_percent: int = DOUBLE_PERCENT
    """Share of tasks that may run at once, 100 to 200; for `ROLLING` alone."""
    bake_minutes: int = 0
    """Bake time: how long the old fleet still runs after the shift, in minutes, 0 to 1440; not for `ROLLING`."""
    shift_percent: int = 0
    """Share of traffic that shifts first (`CANARY`) or at each step (`LINEAR`), in percent."""
    shift_minutes: int = 0
    """Pause before the rest (`CANARY`) or the next step (`LINEAR`), in minutes, 0 to 1440."""

    @property
    def two_fleets(self) -> bool:
        """Return whether all old and all new tasks run at once."""
        return self.strategy is not Strategy.ROLLING

    @property
    def running_percents(self) -> tuple[int, int]:
        """Return minimum and maximum share of running tasks during a deployment, in percent."""
        if self.two_fleets:
            return FULL_PERCENT, DOUBLE_PERCENT
        return self.minimum_percent, self.maximum_percent

    @property
    def shifting_minutes(self) -> int:
        """Return how long the shift of traffic and the bake time take together, in minutes."""
        shares = {Strategy.CANARY: 1, Strategy.LINEAR: math.ceil(FULL_PERCENT / max(1, self.shift_percent))}
        return self.bake_minutes + shares.get(self.strategy, 0) * self.shift_minutes

    def __post_init__(self) -> None:
        """Refuse a shift of no traffic.

        Raises:
            ValueError: `shift_percent` is not 1 to 100 where the strategy needs it.

        """
        shares = self.strategy in (Strategy.CANARY, Strategy.LINEAR)
        if shares and not 0 < self.shift_percent <= FULL_PERCENT:
            raise ValueError(f"given shift_percent {self.shift_percent}, allowed 1 to 100 with {self.strategy}")
