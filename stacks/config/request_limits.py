"""Configuration of the application's own limits: requests a minute by tier, and by what is done."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from stacks.config.base import Model, Problem
from stacks.config.shorthand import Shorthand

RESOURCES_VARIABLE = "RESOURCE_LIMITS"
"""Variable in which a service finds its limits by resource as JSON."""

ANONYMOUS = "anonymous"
"""Tier of whoever is not signed in, whom the application knows by address alone."""

MINUTE_SECONDS = 60


class RateLimitTierConfig(Model):
    """Requests a minute that the application lets one of a tier send."""

    requests_per_minute: Annotated[int, Field(ge=1, le=100000)] = Field(description="Requests a minute.")
    counted_by: Literal["address", "user"] | None = Field(
        default=None, description="Whose requests are counted; of the tier anonymous an address's, else a user's."
    )
    who: Annotated[str, Field(min_length=1, max_length=200)] | None = Field(
        default=None, description="Who is in it: paying customers."
    )


RateLimitTier = Annotated[RateLimitTierConfig, Shorthand("requests_per_minute")]
"""A tier, or its requests a minute alone."""


class ResourceLimitConfig(Model):
    """How often one may do one thing: upload, search, bid."""

    requests: Annotated[int, Field(ge=1, le=1_000_000)] = Field(description="How often within the window.")
    window_seconds: Annotated[int, Field(ge=1, le=2_592_000)] = Field(
        description="Length of the window, in seconds."
    )
    per: Literal["address", "service", "user"] = Field(
        default="user", description="Whose requests are counted; service: those of all together."
    )
    counted_in: Literal["memory", "redis"] | None = Field(
        default=None,
        description="Where they are counted: memory, by each instance alone, for bursts; redis, by all together. "
        "redis when left out, where a store is in reach.",
    )


Rate = tuple[str, int, int]
"""Key of a limit that counts first, its requests, and its seconds."""


def counted_by(name: str, tier: RateLimitTierConfig) -> Literal["address", "user"]:
    """Return whose requests the tier called `name` counts."""
    return tier.counted_by or ("address" if name == ANONYMOUS else "user")


def most_requests(rate: Rate, window_seconds: int) -> int:
    """Return the most requests that pass a limit within a window: its own windows that fit, each used up."""
    return rate[1] * math.ceil(window_seconds / rate[2])


def tier_rates(key: str, tiers: Mapping[str, RateLimitTierConfig]) -> list[Rate]:
    """Return the highest of the tiers of the service at `key`: nobody sends more; none without tiers."""
    name = max(tiers, key=lambda name: tiers[name].requests_per_minute, default="")
    return [(f"{key}.rate_limit_tiers.{name}", tiers[name].requests_per_minute, MINUTE_SECONDS)] if tiers else []


def counted(limits: Mapping[str, ResourceLimitConfig], *, store: bool) -> dict[str, ResourceLimitConfig]:
    """Return the limits with the place where each is counted; `store` is whether one of Redis is in reach."""
    place = "redis" if store else "memory"
    return {
        name: it if it.counted_in else it.model_copy(update={"counted_in": place}) for name, it in limits.items()
    }


def counting_problems(key: str, limits: Mapping[str, ResourceLimitConfig], *, store: bool) -> Iterator[Problem]:
    """Yield each of the limits at `key` that cannot be counted where it says."""
    for name, it in limits.items():
        if it.counted_in == "redis" and not store:
            yield f"{key}.{name}.counted_in", "given redis, allowed memory: no store of redis is in reach"
        elif it.counted_in == "memory" and it.window_seconds > MINUTE_SECONDS:
            problem = (
                f"given memory with window_seconds {it.window_seconds}, allowed up to {MINUTE_SECONDS}: each "
                "instance counts alone, and a new one begins with nothing"
            )
            yield f"{key}.{name}.counted_in", problem


def limits_text(limits: Mapping[str, ResourceLimitConfig], *, store: bool) -> str:
    """Return limits by resource as the text of their variable."""
    found = {name: it.model_dump() for name, it in counted(limits, store=store).items()}
    return json.dumps(found, separators=(",", ":"), sort_keys=True)


def resource_limit_problems(
    key: str, limits: Mapping[str, ResourceLimitConfig], before: Sequence[Rate]
) -> Iterator[Problem]:
    """Yield each limit of the service at `key` that nobody reaches: one of those `before` refuses first. C-4."""
    for name, limit in limits.items():
        rates = [] if limit.per == "service" else before
        found = next((it for it in rates if limit.requests > most_requests(it, limit.window_seconds)), None)
        if found:
            problem = (
                f"given {limit.requests} in {limit.window_seconds} seconds, allowed up to "
                f"{most_requests(found, limit.window_seconds)}: {found[0]} lets one send {found[1]} in {found[2]} "
                "seconds, and refuses first"
            )
            yield f"{key}.resource_limits.{name}.requests", problem
