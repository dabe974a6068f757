"""A pool of connections as a queue: Little's law, and Erlang's C in closed form.

Arrivals are Poisson, and a query holds its connection for an exponential time: M/M/c, first come first served.
"""

import math

from msgspec import Struct

from capacity.traffic import FULL_PERCENT

STATED_ERROR = "3 points of the queries that wait; a tenth of the mean wait and 2 % of a query's time"
"""By how much a run of `capacity.simulation` may differ from Erlang's C up to 80 % utilisation: see `agrees`.

The nearer the utilisation is to 1, the longer a run would have to be.
"""
WAITING_ERROR = 0.03
WAIT_ERROR, QUERY_ERROR = 0.1, 0.02


class Queue(Struct, frozen=True, kw_only=True):
    """So many connections, and what is asked of them."""

    arrivals_per_second: float
    """Queries a second."""
    service_seconds: float
    """How long a query holds its connection, on average."""
    servers: int
    """Connections."""

    @property
    def busy(self) -> float:
        """Connections that are busy on average, however many there are: Little's law."""
        return self.arrivals_per_second * self.service_seconds

    @property
    def utilisation(self) -> float:
        """Share of the connections that is busy on average; from 1 on the queue grows without end."""
        return self.busy / self.servers

    @property
    def wait_probability(self) -> float:
        """Share of the queries that wait for a connection: Erlang's C, 1 where the queue grows without end."""
        if self.utilisation >= 1:
            return 1.0
        blocked = 1.0
        for servers in range(1, self.servers + 1):
            # Erlang's B, whose recursion neither overflows nor cancels.
            blocked = self.busy * blocked / (servers + self.busy * blocked)
        return blocked / (1 - self.utilisation * (1 - blocked))

    @property
    def mean_wait_seconds(self) -> float:
        """How long a query waits for its connection, on average; infinite where the queue grows without end."""
        if self.utilisation >= 1:
            return math.inf
        return self.wait_probability * self.service_seconds / (self.servers * (1 - self.utilisation))

    def wait_seconds(self, percentile: float) -> float:
        """Return the wait that so many percent of the queries stay under; infinite where there is no end."""
        if self.utilisation >= 1:
            return math.inf
        late = 1 - percentile / FULL_PERCENT
        if self.wait_probability <= late:
            return 0.0
        spare = self.servers * (1 - self.utilisation) / self.service_seconds
        return math.log(self.wait_probability / late) / spare


def servers_needed(busy: float, busy_percent: float) -> int:
    """Return the connections of which `busy` are at most that share; whole ones, one at the least."""
    # A rounding error is no further connection.
    return max(1, math.ceil(round(busy * FULL_PERCENT / busy_percent, 6)))


def agrees(queue: Queue, wait_probability: float, mean_wait_seconds: float) -> bool:
    """Tell whether a run of the same pool is within `STATED_ERROR` of Erlang's C."""
    off = abs(mean_wait_seconds - queue.mean_wait_seconds)
    most = WAIT_ERROR * queue.mean_wait_seconds + QUERY_ERROR * queue.service_seconds
    return abs(wait_probability - queue.wait_probability) <= WAITING_ERROR and off <= most
