"""Configuration of what the application calls outside of the stack: an AI model, a payment, a mail."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from stacks.config.base import Model, Problem
from stacks.config.breakers import MS_PER_SECOND, CircuitBreakerConfig

CALLS_VARIABLE = "EXTERNAL_CALLS"
"""Variable in which a service finds its calls as JSON."""


class ExternalCallConfig(Model):
    """One vendor that the application calls, and how long it waits for the answer."""

    kind: Literal["ai_model", "http", "identity", "mail", "payment", "search", "sms", "storage", "webhook"] = (
        Field(description="What is asked of it.")
    )
    timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        description="After how long the application gives up a call, in seconds."
    )
    slowest_call_seconds: Annotated[int, Field(ge=1, le=3600)] | None = Field(
        default=None, description="What a call takes that is as it should be, in seconds, at the most."
    )
    retries: Annotated[int, Field(ge=0, le=10)] = Field(
        default=0, description="How often a failed call is tried again while somebody waits."
    )
    in_transaction: bool = Field(
        default=False, description="Whether a transaction is open meanwhile: false, or the pool runs empty."
    )

    @property
    def longest_seconds(self) -> int:
        """Longest time that somebody waits, every try together."""
        return self.timeout_seconds * (1 + self.retries)


def external_call_problems(
    key: str,
    calls: Mapping[str, ExternalCallConfig],
    breakers: Mapping[str, CircuitBreakerConfig],
    *,
    longest: tuple[str, int] | None,
    way_out: bool,
) -> Iterator[Problem]:
    """Yield where a call holds a transaction, outlives whoever waits for it, or its breaker. Source: C-22.

    Args:
        key: of the service in the stack file.
        calls: its calls by name.
        breakers: its circuit breakers by name.
        longest: the key that bounds what the service does, and its seconds; None without a bound.
        way_out: whether its tasks reach the internet.

    """
    for name, call in calls.items():
        here = f"{key}.external_calls.{name}"
        if call.in_transaction:
            problem = (
                f"given true, allowed false: a call of up to {call.longest_seconds} seconds would keep one "
                "connection to PostgreSQL for as long; end the transaction first, and write the answer in another"
            )
            yield f"{here}.in_transaction", problem
        slowest = call.slowest_call_seconds
        if slowest is not None and slowest >= call.timeout_seconds:
            problem = (
                f"given {call.timeout_seconds}, allowed more than slowest_call_seconds, {slowest}: calls that are "
                "as they should be would be given up"
            )
            yield f"{here}.timeout_seconds", problem
        if longest and call.longest_seconds > longest[1]:
            tries = f", {1 + call.retries} times" if call.retries else ""
            problem = (
                f"given {call.timeout_seconds}{tries}, allowed up to {longest[1]} seconds in all with "
                f"{longest[0]} {longest[1]}: then nobody waits for the answer any more"
            )
            yield f"{here}.timeout_seconds", problem
        least = call.timeout_seconds * MS_PER_SECOND
        if name in breakers and breakers[name].timeout_ms < least:
            problem = (
                f"given {breakers[name].timeout_ms}, allowed {least} or more with external_calls.{name}."
                f"timeout_seconds {call.timeout_seconds}: a breaker that gives up first leaves the call running"
            )
            yield f"{key}.circuit_breakers.{name}.timeout_ms", problem
        if not way_out:
            yield (
                here,
                "given with network.nat: none, allowed with single or per_zone: no task reaches the internet",
            )
