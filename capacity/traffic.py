"""From users to requests, queries and commands: what a phase asks of each part of the stack at its peak."""

from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from stacks.config.capacity import AssumptionsConfig
from stacks.config.growth import PhaseConfig
from stacks.config.stack import StackConfig

FULL_PERCENT = 100
MS = 1000
DAY_SECONDS = 86_400
NOW = "now"
"""Name of the only phase of a stack that has none."""


class Crowd(Struct, frozen=True, kw_only=True):
    """The people of one phase, and how often each of them asks."""

    phase: str
    """Name of the phase."""
    users: float
    """Users in all."""
    daily_users: int | None
    """Users who come on a day; None where the phase does not say."""
    concurrent_users: float
    """Users at the same moment, at the peak."""
    seconds_between_requests: float
    """Time between two requests of one user: think time and answer."""
    daily_writes: Mapping[str, float] = {}
    """What they make on a day, by name; as much for each user as in the phase before where one does not say."""

    @property
    def requests_per_second(self) -> float:
        """Requests at the edge, at the peak."""
        return self.concurrent_users / self.seconds_between_requests

    def grown(self, users: float) -> "Crowd":
        """Return the same people `users` in all, as many of them at the same moment as before, by share."""
        factor = users / self.users
        daily = None if self.daily_users is None else round(self.daily_users * factor)
        return replace(
            self,
            users=users,
            daily_users=daily,
            concurrent_users=self.concurrent_users * factor,
            daily_writes={name: number * factor for name, number in self.daily_writes.items()},
        )

    def writes_per_second(self, mean_percent: float) -> float:
        """Return the writes at the peak, of which the mean of a day is so many percent."""
        return sum(self.daily_writes.values()) / DAY_SECONDS * FULL_PERCENT / mean_percent


class Traffic(Struct, frozen=True, kw_only=True):
    """What is asked a second at one moment."""

    edge_requests: float
    """Requests that come to the edge, or to the load balancer where there is none."""
    origin_requests: float
    """Requests that reach the services."""
    queries: float
    """Queries that reach PostgreSQL, each a transaction of its own."""
    redis_commands: float
    """Commands of the services to their cache; 0 without a store."""

    def times(self, factor: float) -> "Traffic":
        """Return `factor` times as much."""
        return Traffic(
            edge_requests=self.edge_requests * factor,
            origin_requests=self.origin_requests * factor,
            queries=self.queries * factor,
            redis_commands=self.redis_commands * factor,
        )


def crowds(config: StackConfig, assumed: AssumptionsConfig) -> tuple[Crowd, ...]:
    """Return the people of each phase; what a phase leaves out is as in the one before, then as `assumed`."""
    found, pause = list[Crowd](), assumed.think_time_seconds
    for phase in config.phases or [PhaseConfig(name=NOW, first_month=0)]:
        people = _crowd(phase, assumed, phase.think_time_seconds or pause)
        if found and not people.daily_writes:
            people = replace(people, daily_writes=found[-1].grown(people.users).daily_writes)
        found.append(people)
        pause = found[-1].seconds_between_requests
    return tuple(found)


def crowd(config: StackConfig, assumed: AssumptionsConfig, phase: str | None = None) -> Crowd:
    """Return the people of the phase called `phase`, or of the one in force."""
    known = crowds(config, assumed)
    return next((it for it in known if it.phase == (phase or config.phase)), known[0])


def traffic(config: StackConfig, assumed: AssumptionsConfig, people: Crowd, *, cold: bool = False) -> Traffic:
    """Return what `people` ask at the peak; `cold`: while neither the edge nor Redis has kept anything."""
    warm = 0 if cold else 1
    edge_hits = warm * assumed.edge_hit_percent / FULL_PERCENT if config.edge else 0
    cached = any(it.role == "cache" for it in config.redis.values())
    redis_hits = warm * assumed.redis_hit_percent / FULL_PERCENT if cached else 0
    origin = people.requests_per_second * (1 - edge_hits)
    return Traffic(
        edge_requests=people.requests_per_second,
        origin_requests=origin,
        queries=origin * assumed.queries_per_request * (1 - redis_hits) if config.database else 0,
        redis_commands=origin * assumed.redis_commands_per_request if config.redis else 0,
    )


def _crowd(phase: PhaseConfig, assumed: AssumptionsConfig, pause: float) -> Crowd:
    share = assumed.concurrent_percent / FULL_PERCENT
    concurrent: float = phase.concurrent_users or assumed.concurrent_users
    if not phase.concurrent_users and phase.requests_per_second:
        concurrent = phase.requests_per_second * pause
    elif not phase.concurrent_users and phase.users:
        concurrent = phase.users * share
    asked = phase.requests_per_second or concurrent / pause
    return Crowd(
        phase=phase.name,
        users=phase.users or concurrent / share,
        daily_users=phase.daily_users,
        concurrent_users=concurrent,
        seconds_between_requests=concurrent / asked,
        daily_writes={name: float(number) for name, number in phase.daily_writes.items()},
    )
