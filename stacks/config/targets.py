"""What a stack promises: how often it answers, how soon, and from which cache."""

from typing import Annotated, Literal

from pydantic import Field

from stacks.config.base import Model

OpenShare = Annotated[float, Field(gt=0, lt=1)]
"""Share between 0 and 1, both left out: nothing is promised for ever."""
Milliseconds = Annotated[int, Field(ge=1, le=60_000)]
Status = Annotated[str, Field(pattern=r"^[1-5][0-9.]{2}$")]
"""A status, or a regular expression of several: `5..`."""
FAILED_STATUSES = ["5..", "400", "408", "409", "422"]
"""Statuses of a failed call. 401, 403 and 404 are right answers to wrong questions; 429 is a limiter at work."""
TargetName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,29}$")]
"""Kebab case."""
Percentile = Literal[50, 90, 95, 99]

OF_THE_SERVICE = ("api", "operation")
"""Populations that the service's own histogram measures; the others only whoever asks from outside."""


class LatencyTarget(Model):
    """How soon answers come, for one population of them."""

    name: TargetName = Field(description="Part of the record's id.")
    population: Literal["api", "operation", "feed_warm", "feed_cold", "edge", "page"] = Field(
        description=(
            "Which answers: every one of the service, one operation of it (`routes`), the feed from a warm or a "
            "cold cache, any answer at a visitor, or a whole page. Load tests measure all; alerts the first two."
        )
    )
    percentile: Percentile = Field(default=95, description="Share of answers that must be in time, in percent.")
    target_ms: Milliseconds = Field(
        description="Time to the answer, in milliseconds; for api and operation an edge of the histogram."
    )
    warning_ms: Milliseconds | None = Field(
        default=None, description="Percentile over which a ticket is written, in milliseconds."
    )
    critical_ms: Milliseconds | None = Field(
        default=None, description="Percentile over which somebody is paged, in milliseconds."
    )
    routes: str = Field(default="", description="Regular expression of the routes; every one when left out.")

    @property
    def share(self) -> float:
        """The percentile as a share."""
        return self.percentile / 100


class ErrorTarget(Model):
    """How many calls may fail."""

    share: OpenShare = Field(description="Share of calls that may fail.")
    failed_statuses: Annotated[list[Status], Field(min_length=1)] = Field(
        default=FAILED_STATUSES, description="Statuses of a failed call, as regular expressions; 429 never counts."
    )
    warning: OpenShare | None = Field(default=None, description="Share over which a ticket is written.")
    warning_seconds: Annotated[int, Field(ge=60, le=3600, multiple_of=60)] | None = Field(
        default=None, description="How long it must be over that, in seconds; 600 when left out."
    )
    critical: OpenShare | None = Field(default=None, description="Share over which somebody is paged.")


class HitTarget(Model):
    """What share of requests, or of their bytes, a cache answers."""

    layer: Literal["edge", "edge_static", "edge_api", "redis_feed"] = Field(
        description="The whole zone, files or answers of the API at the edge, or the feed in Redis."
    )
    unit: Literal["requests", "bytes"] = Field(
        default="requests",
        description="What is counted: 0.9 of the bytes is not 0.9 of the requests. Load tests measure bytes.",
    )
    share: OpenShare = Field(description="Least share of hits.")
    least_per_second: float = Field(
        default=10, gt=0, description="Look-ups in a second under which the share means nothing."
    )


class Targets(Model):
    """All that is promised."""

    availability: OpenShare | None = Field(description="Share of requests without a server's fault.")
    errors: ErrorTarget | None = Field(description="How many calls may fail.")
    latency: list[LatencyTarget] = Field(description="How soon answers come.")
    hits: list[HitTarget] = Field(description="What the caches answer.")
