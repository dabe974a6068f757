"""Configuration of the application's circuit breakers: when it stops asking something that does not answer."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from stacks.config.base import Model, Problem

BREAKERS_VARIABLE = "CIRCUIT_BREAKERS"
"""Variable in which a service finds its breakers as JSON."""

DATABASE = "database"
"""Name of the breaker around PostgreSQL."""

MS_PER_SECOND = 1000


class CircuitBreakerConfig(Model):
    """One breaker: what counts as a failure, and what the application does while it is open."""

    failures: Annotated[int, Field(ge=1, le=1000)] = Field(description="Failures in a row after which it opens.")
    timeout_ms: Annotated[int, Field(ge=10, le=600_000)] = Field(
        description="After how long a call counts as failed, in milliseconds."
    )
    slowest_call_ms: Annotated[int, Field(ge=1, le=600_000)] | None = Field(
        default=None, description="What a call takes that is as it should be, at the most: below timeout_ms."
    )
    fallback: Literal["none", "read_replica", "cached", "retry_queue", "multi_region"] = Field(
        default="none", description="What the application answers with while it is open."
    )


def breaker_problems(
    key: str,
    breakers: Mapping[str, CircuitBreakerConfig],
    *,
    statement_timeout: tuple[str, int] | None,
    max_request_seconds: int | None,
    replicas: bool,
) -> Iterator[Problem]:
    """Yield where a breaker gives up before what it guards, or after whoever waits for it. Source: C-22.

    Args:
        key: of the breakers in the stack file.
        breakers: themselves.
        statement_timeout: the key that bounds a statement, and its seconds; None without a database.
        max_request_seconds: of the service; None where nobody waits.
        replicas: whether there is a read replica to fall back to.

    """
    for name, breaker in breakers.items():
        statement, seconds = statement_timeout or ("", 0)
        least = seconds * MS_PER_SECOND
        if name == DATABASE and breaker.timeout_ms < least:
            problem = (
                f"given {breaker.timeout_ms}, allowed {least} or more with {statement} "
                f"{seconds}: a breaker that gives up first leaves the query running; raise it, "
                f"or lower that to {breaker.timeout_ms // MS_PER_SECOND}"
            )
            yield f"{key}.{name}.timeout_ms", problem
        if max_request_seconds is not None and breaker.timeout_ms > max_request_seconds * MS_PER_SECOND:
            problem = (
                f"given {breaker.timeout_ms}, allowed up to {max_request_seconds * MS_PER_SECOND} with "
                f"max_request_seconds {max_request_seconds}: then nobody waits for the answer any more"
            )
            yield f"{key}.{name}.timeout_ms", problem
        if breaker.slowest_call_ms is not None and breaker.slowest_call_ms >= breaker.timeout_ms:
            problem = (
                f"given {breaker.timeout_ms}, allowed more than slowest_call_ms, {breaker.slowest_call_ms}: calls "
                "that are as they should be would open it"
            )
            yield f"{key}.{name}.timeout_ms", problem
        if breaker.fallback == "read_replica" and not replicas:
            yield f"{key}.{name}.fallback", "given read_replica, allowed with an entry in database.replicas"
