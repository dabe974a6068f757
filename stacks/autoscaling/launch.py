"""The load of a launch day, and what a task makes of it: every assumption of the simulation."""

import datetime as dt

from msgspec import Struct

SLOWEST_SECONDS = 5.0
"""Response time of a task that has more to do than it can, in seconds: clients give up about then."""


class Load(Struct, frozen=True, kw_only=True):
    """Users over time. Times are minutes from the launch, negative before it."""

    opens_at: dt.datetime
    """The launch, in UTC."""
    users_before: int
    """Concurrent users before the launch."""
    users_after: int
    """Concurrent users from `ramp_minutes` after the launch on."""
    ramp_minutes: int
    """How long the users take to come."""
    seconds_between_requests: float
    """Pause of one user between two requests."""
    edge_percent: int
    """Share of the requests that the edge answers."""
    request_cpu_ms: float
    """CPU time of one request at the origin, in milliseconds of one vCPU."""
    idle_response_seconds: float
    """Response time of a task that has nothing else to do."""
    start_up_seconds: int
    """From the decision to the first request of a new task: machine, image, start, two health checks."""
    metric_delay_seconds: int
    """From the end of a minute until its metric can be seen."""

    def requests_per_second(self, minute: float) -> float:
        """Return the requests that reach the origin."""
        share = min(max(minute / self.ramp_minutes, 0.0), 1.0)
        users = self.users_before + share * (self.users_after - self.users_before)
        return users / self.seconds_between_requests * (100 - self.edge_percent) / 100

    def requests_of_one_task(self, cpu: int) -> float:
        """Return the requests a second with which a task of that size, in units of 1/1024 vCPU, is fully busy."""
        return 1000 / self.request_cpu_ms * cpu / 1024

    def response_seconds(self, busy: float) -> float:
        """Return the 95th percentile response time of tasks that are `busy`, 1 being fully: one queue a task."""
        if busy >= 1:
            return SLOWEST_SECONDS
        return min(self.idle_response_seconds / (1 - busy), SLOWEST_SECONDS)


LAUNCH_DAY = Load(
    opens_at=dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC),
    users_before=1000,
    users_after=20_000,
    ramp_minutes=10,
    seconds_between_requests=8,
    edge_percent=70,
    request_cpu_ms=50,
    idle_response_seconds=0.12,
    start_up_seconds=75,
    metric_delay_seconds=60,
)
"""400,000 users, 160,000 of them a day, 20,000 at once: S1-01 to S1-03. The edge answers 70 %: S0-54.
The other numbers are ours.
"""
