"""Many requests in a row against the rules of one zone. A simulation of Cloudflare, not Cloudflare."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from counting import RateLimits

from edge_rules.evaluation.outcome import CacheLifetime, cache_lifetime
from edge_rules.evaluation.traffic import Exchange, Response, request
from edge_rules.plans import MINUTE_SECONDS
from edge_rules.rule import Phase, Rule

Phases = Mapping[Phase, Sequence[Rule]]


@dataclass(frozen=True, kw_only=True)
class Crowd:
    """Requests at an even pace."""

    title: str
    """What they are, for the table."""
    method: str = "GET"
    """HTTP method."""
    path: str
    """Path of each request."""
    host: str
    """Host name of each request."""
    headers: Sequence[tuple[str, str]] = ()
    """Headers of each request."""
    status: int = 200
    """What the origin answers."""
    requests_per_second: float
    """All of them together."""
    seconds: int = 180
    """How long it goes on."""
    addresses: int = 1
    """Addresses that take turns."""
    keys: int = 1
    """Different things that are asked for, in turns: each is kept by itself."""

    def exchanges(self) -> Iterator[tuple[float, Exchange]]:
        """Yield each request with its time in seconds."""
        addresses = [f"2001:db8:{number:x}::1" for number in range(self.addresses)]
        asked = [
            request(self.method, self.path, host=self.host, headers=self.headers, address=it) for it in addresses
        ]
        shape = [Exchange(request=it, response=Response(status=self.status)) for it in asked]
        for number in range(round(self.seconds * self.requests_per_second)):
            yield number / self.requests_per_second, shape[number % self.addresses]


@dataclass(kw_only=True)
class CrowdResult:
    """Result of a crowd's requests."""

    sent: int = 0
    """Requests in all."""
    refused: Counter[str] = field(default_factory=Counter)
    """Requests refused or challenged, by the rule that did it."""
    passed_at_seconds: list[float] = field(default_factory=list)
    """When each of the others passed."""
    origin_requests: int = 0
    """Requests that the origin saw."""

    @property
    def passed(self) -> int:
        """Requests that were answered."""
        return len(self.passed_at_seconds)

    @property
    def passed_in_fullest_minute(self) -> int:
        """Requests that passed within the fullest sixty seconds."""
        times = self.passed_at_seconds
        fullest = first = 0
        for last, time in enumerate(times):
            while time - times[first] >= MINUTE_SECONDS:
                first += 1
            fullest = max(fullest, last - first + 1)
        return fullest

    @property
    def hit_ratio(self) -> float:
        """Share of the passed requests that the edge answered by itself."""
        return 1 - self.origin_requests / self.passed if self.passed else 0.0


def run(phases: Phases, crowd: Crowd) -> CrowdResult:
    """Return what the zone with these rules does with `crowd`."""
    limits = RateLimits(phases.get(Phase.RATE_LIMIT, ()))
    outcome, cache = CrowdResult(), _Cache(crowd.keys)
    lifetime: CacheLifetime | None = None
    for number, (time, exchange) in enumerate(crowd.exchanges()):
        lifetime = lifetime or cache_lifetime(phases, exchange)
        kept = cache.holds(number, time, lifetime)
        outcome.sent += 1
        if refusing := limits.refusing(exchange, at_seconds=time, cached=kept):
            outcome.refused[refusing.ref] += 1
            continue
        outcome.passed_at_seconds.append(time)
        if not kept or cache.is_stale(number, time, lifetime):
            outcome.origin_requests += 1
            cache.store(number, time)
    return outcome


class _Cache:
    """When each thing was last fetched from the origin."""

    def __init__(self, keys: int) -> None:
        self._keys = keys
        self._fetched: dict[int, float] = {}

    def holds(self, number: int, time: float, lifetime: CacheLifetime) -> bool:
        """Return whether the edge can answer by itself, maybe with a stale answer while it revalidates."""
        return self._age(number, time) < lifetime.edge_seconds + lifetime.stale_seconds

    def is_stale(self, number: int, time: float, lifetime: CacheLifetime) -> bool:
        """Return whether what the edge holds is past its time."""
        return self._age(number, time) >= lifetime.edge_seconds

    def store(self, number: int, time: float) -> None:
        """Keep what the origin answered."""
        self._fetched[number % self._keys] = time

    def _age(self, number: int, time: float) -> float:
        return time - self._fetched.get(number % self._keys, float("-inf"))
