"""Thresholds of a record, and those of a service that its stack chooses."""

from msgspec import Struct
from msgspec.structs import replace

from observability.records.record import Severity, Threshold


def over(
    *, info: float | None = None, ticket: float | None = None, page: float | None = None
) -> tuple[Threshold, ...]:
    """Return thresholds that fire over these numbers; a severity that is left out has none."""
    levels = ((Severity.INFO, info), (Severity.TICKET, ticket), (Severity.PAGE, page))
    return tuple(Threshold(severity=severity, value=value) for severity, value in levels if value is not None)


def under(
    *, info: float | None = None, ticket: float | None = None, page: float | None = None
) -> tuple[Threshold, ...]:
    """Return thresholds that fire under these numbers."""
    return tuple(replace(it, below=True) for it in over(info=info, ticket=ticket, page=page))


class Levels(Struct, frozen=True, kw_only=True):
    """One number at three severities; None for no alert of that severity."""

    info: float | None = None
    """Threshold for information."""
    ticket: float | None = None
    """Threshold for a ticket."""
    page: float | None = None
    """Threshold for a page."""
    ticket_seconds: int | None = None
    """How long the threshold for a ticket must be crossed, in seconds; the record's own time when left out."""

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Thresholds as a record has them."""
        return over(info=self.info, ticket=self.ticket, page=self.page)


SLOW_SECONDS = 2
"""95th percentile of the response time that pages and rolls a deployment back, in seconds."""


class LatencyLimits(Struct, frozen=True, kw_only=True):
    """Response time, in seconds. Requirements disagree on the 95th percentile: it has all severities."""

    p50: Levels = Levels(ticket=0.2)
    """Median. Source: S4-59."""
    p95: Levels = Levels(info=0.5, ticket=1, page=SLOW_SECONDS)
    """95th percentile. Source: S4-60 (0.5), S1-67 (1 and 2)."""
    p99: Levels = Levels(ticket=1)
    """99th percentile. Source: S4-61."""


ERROR_SHARES = Levels(info=0.01, ticket=0.02, page=0.05)
"""Share of responses with a 5xx. Source: S3-62 (0.01), S1-68 (0.02 and 0.05)."""
