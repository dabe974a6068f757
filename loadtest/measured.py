"""What a run measured: counts that can be added up, so that several processes report one result."""

from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from loadtest.scenario import Kind

FINE_MS = 1000
"""Up to here a latency is kept to the millisecond, above to ten."""
WINDOW_SECONDS = 60
"""Window in which limits count the requests of one address."""


class Count(Struct, kw_only=True):
    """Answers of one kind."""

    sent: int = 0
    """Requests."""
    failed: int = 0
    """Of those, without an answer, or with a status of a failure."""
    blocked: int = 0
    """Of those, answered with 429."""
    body_bytes: int = 0
    """Bytes of the answers that tell of a cache at the edge."""
    edge_told: int = 0
    """Passed answers that tell of a cache at the edge."""
    edge_hits: int = 0
    """Of those, answered by the edge."""
    edge_bytes: int = 0
    """Bytes that the edge answered by itself."""
    redis_told: int = 0
    """Passed answers of the application that tell of its cache."""
    redis_hits: int = 0
    """Of those, answered from it."""
    latencies: dict[int, int] = field(default_factory=dict)
    """Passed answers by the time they took, milliseconds."""

    @property
    def passed(self) -> int:
        """Requests that were answered as they should be."""
        return self.sent - self.failed - self.blocked

    def time(self, seconds: float) -> None:
        """Count an answer's time."""
        milliseconds = round(seconds * 1000)
        rounded = milliseconds if milliseconds <= FINE_MS else round(milliseconds, -1)
        self.latencies[rounded] = self.latencies.get(rounded, 0) + 1

    def add(self, other: "Count") -> None:
        """Add another count to this one."""
        for name in self.__struct_fields__:
            if name != "latencies":
                setattr(self, name, getattr(self, name) + getattr(other, name))
        for milliseconds, count in other.latencies.items():
            self.latencies[milliseconds] = self.latencies.get(milliseconds, 0) + count


class Second(Struct, kw_only=True):
    """Requests that began in one second of the run."""

    passed: int = 0
    """Answered as they should be."""
    blocked: int = 0
    """Answered with 429."""
    failed: int = 0
    """Failed."""
    edge_hits: int = 0
    """Of those that passed, answered by the edge."""
    milliseconds: int = 0
    """Time of all that passed, together."""

    def add(self, other: "Second") -> None:
        """Add another second to this one."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Measured(Struct, kw_only=True):
    """Result of a run, or of one process of it."""

    offered: float = 0
    """Requests that were due."""
    seconds: float = 0
    """Length of the run, in seconds."""
    cpu_percent: float = 0
    """Busiest generator, percent of one processor."""
    generators: int = 1
    """Processes that sent."""
    counts: dict[str, Count] = field(default_factory=dict)
    """By kind and, after a colon, `first` of an address or `later`."""
    statuses: dict[str, int] = field(default_factory=dict)
    """Answers by status; `0` for none at all."""
    errors: dict[str, int] = field(default_factory=dict)
    """What went wrong where there was no answer, by message."""
    by_second: dict[int, Second] = field(default_factory=dict)
    """Requests by the second of the run in which they began."""

    @property
    def total(self) -> Count:
        """All kinds together."""
        return self.of(Kind)

    def of(self, kinds: Iterable[Kind], when: str = "") -> Count:
        """Return the answers of some kinds together; `when` is `first` or `later`, both when empty."""
        total, wanted = Count(), set(kinds)
        for key, count in self.counts.items():
            kind, _, asked = key.partition(":")
            if kind in wanted and when in ("", asked):
                total.add(count)
        return total

    @property
    def achieved_share(self) -> float:
        """Share of the due requests that were sent."""
        return self.total.sent / self.offered if self.offered else 0.0

    @property
    def passed_in_fullest_minute(self) -> int:
        """Most requests that passed within sixty seconds."""
        last = max(self.by_second, default=-1)
        passed = [self.by_second[at].passed if at in self.by_second else 0 for at in range(last + 1)]
        starts = range(max(len(passed) - WINDOW_SECONDS, 0) + 1)
        return max((sum(passed[at : at + WINDOW_SECONDS]) for at in starts), default=0)

    def add(self, other: "Measured") -> None:
        """Add the result of another process of the same run."""
        self.offered += other.offered
        self.seconds = max(self.seconds, other.seconds)
        self.cpu_percent = max(self.cpu_percent, other.cpu_percent)
        for key, count in other.counts.items():
            self.counts.setdefault(key, Count()).add(count)
        for at, second in other.by_second.items():
            self.by_second.setdefault(at, Second()).add(second)
        for mine, theirs in ((self.statuses, other.statuses), (self.errors, other.errors)):
            for text, number in theirs.items():
                mine[text] = mine.get(text, 0) + number


def percentile(latencies: Mapping[int, int], percent: float) -> int | None:
    """Return the latency that `percent` of the answers did not exceed, milliseconds; None without any."""
    wanted, so_far = sum(latencies.values()) * percent / 100, 0
    for milliseconds, count in sorted(latencies.items()):
        so_far += count
        if so_far >= wanted:
            return milliseconds
    return None
