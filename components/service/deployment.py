"""How new tasks of a service take the place of old ones, as plain data."""

import math
from dataclasses import dataclass
from enum import StrEnum

FULL_PERCENT, DOUBLE_PERCENT = 100, 200


class Strategy(StrEnum):
    """ECS's own strategies, by its own names.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs_service-options.html
    """

    ROLLING = "ROLLING"
    """A few at a time, within bounds."""
    BLUE_GREEN = "BLUE_GREEN"
    """A whole second fleet, then all requests at once."""
    CANARY = "CANARY"
    """A whole second fleet; a share of the requests first, the rest after a while."""
    LINEAR = "LINEAR"
    """A whole second fleet; the requests in equal shares."""


@dataclass(frozen=True, kw_only=True)
class RolloutArgs:
    """How a deployment goes on, and when it is taken back."""

    strategy: Strategy = Strategy.ROLLING
    """Which way; all but `ROLLING` run two whole fleets meanwhile."""
    minimum_percent: int = FULL_PERCENT
    """Share of tasks that must keep running, 0 to 100; for `ROLLING` alone."""
    maximum_percent: int = DOUBLE_PERCENT
    """Share of tasks that may run at once, 100 to 200; for `ROLLING` alone."""
    bake_minutes: int = 0
    """How long the old fleet is kept once all requests go to the new one, 0 to 1440; not for `ROLLING`."""
    shift_percent: int = 0
    """Share of requests that goes over first (`CANARY`) or each time (`LINEAR`), in percent."""
    shift_minutes: int = 0
    """Pause before the rest (`CANARY`) or the next share (`LINEAR`) goes over, 0 to 1440."""

    @property
    def two_fleets(self) -> bool:
        """Whether all old and all new tasks run at once."""
        return self.strategy is not Strategy.ROLLING

    @property
    def running_percents(self) -> tuple[int, int]:
        """Fewest and most tasks during a deployment, as shares; the connection budget counts the second."""
        if self.two_fleets:
            return FULL_PERCENT, DOUBLE_PERCENT
        return self.minimum_percent, self.maximum_percent

    @property
    def shifting_minutes(self) -> int:
        """How long requests are on their way to the new fleet, and the old one is kept."""
        shares = {Strategy.CANARY: 1, Strategy.LINEAR: math.ceil(FULL_PERCENT / max(1, self.shift_percent))}
        return self.bake_minutes + shares.get(self.strategy, 0) * self.shift_minutes

    def __post_init__(self) -> None:
        """Refuse a shift that is none.

        Raises:
            ValueError: requests are to go over in shares of nothing.

        """
        shares = self.strategy in (Strategy.CANARY, Strategy.LINEAR)
        if shares and not 0 < self.shift_percent <= FULL_PERCENT:
            raise ValueError(f"given shift_percent {self.shift_percent}, allowed 1 to 100 with {self.strategy}")
