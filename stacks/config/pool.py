"""Configuration of the application's own pool of connections to PostgreSQL, one in each task."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from components.postgres.pooler.pgbouncer import IDLE_TIMEOUT_SECONDS
from stacks.config.base import Model, Problem
from stacks.config.shorthand import Shorthand

DEFAULT_POOL = 10
"""Connections of one task to the pooler where the stack's file does not say."""

NAT_IDLE_SECONDS = 350
"""How long a NAT gateway of AWS remembers a quiet connection, in seconds.

https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-troubleshooting.html
"""


class DatabasePoolConfig(Model):
    """The pool of each task: how many connections, and how long it waits for one and keeps one."""

    maximum: Annotated[int, Field(ge=0, le=1000)] = Field(
        default=DEFAULT_POOL, description="Most connections to the pooler, in DATABASE_POOL_MAX. 0: no database."
    )
    minimum: Annotated[int, Field(ge=0, le=1000)] = Field(
        default=0, description="Connections kept open while nobody asks, in DATABASE_POOL_MIN."
    )
    acquire_timeout_seconds: Annotated[int, Field(ge=1, le=600)] | None = Field(
        default=None,
        description="How long a request waits for a connection of a full pool, in seconds, in "
        "DATABASE_POOL_ACQUIRE_TIMEOUT_SECONDS; the driver's own when left out.",
    )
    idle_timeout_seconds: Annotated[int, Field(ge=1, le=86400)] | None = Field(
        default=None,
        description="After how long an unused connection above minimum is closed, in seconds, in "
        "DATABASE_POOL_IDLE_TIMEOUT_SECONDS; the driver's own when left out.",
    )
    lifetime_seconds: Annotated[int, Field(ge=1, le=86400)] | None = Field(
        default=None,
        description="Age at which a connection is closed, in seconds, in DATABASE_POOL_LIFETIME_SECONDS; the "
        "driver's own when left out.",
    )
    keepalive_seconds: Annotated[int, Field(ge=1, le=3600)] | None = Field(
        default=None,
        description="After how long the driver probes a quiet connection, in seconds, in "
        "DATABASE_POOL_KEEPALIVE_SECONDS; the system's own, two hours, when left out.",
    )


DatabasePool = Annotated[DatabasePoolConfig, Shorthand("maximum")]
"""The pool, or its maximum alone."""


def pool_problems(key: str, pool: DatabasePoolConfig, *, own_pooler: bool) -> Iterator[Problem]:
    """Yield where the numbers of the pool at `key` contradict each other, or what is before the poolers."""
    if pool.minimum > pool.maximum:
        yield f"{key}.minimum", f"given {pool.minimum}, allowed up to maximum, {pool.maximum}"
    given = sorted(pool.model_fields_set - {"maximum", "minimum"})
    if not pool.maximum and given:
        yield f"{key}.{given[0]}", "given with maximum 0, which is no database at all, allowed left out"
    idle, lifetime = pool.idle_timeout_seconds, pool.lifetime_seconds
    if idle and lifetime and lifetime < idle:
        problem = (
            f"given {lifetime}, allowed idle_timeout_seconds, {idle}, or more: a connection closed at that age is "
            "never unused for so long"
        )
        yield f"{key}.lifetime_seconds", problem
    if own_pooler and idle and idle >= IDLE_TIMEOUT_SECONDS:
        problem = (
            f"given {idle}, allowed below {IDLE_TIMEOUT_SECONDS}: the load balancer before the poolers forgets a "
            "quiet connection then, and the next query on it fails"
        )
        yield f"{key}.idle_timeout_seconds", problem


def forgotten_connections(key: str, pool: DatabasePoolConfig) -> Iterator[str]:
    """Yield a sentence where the pool at `key` keeps quiet connections longer than the NAT gateway does."""
    idle, probed = pool.idle_timeout_seconds, pool.keepalive_seconds
    if idle and idle >= NAT_IDLE_SECONDS and not (probed and probed < NAT_IDLE_SECONDS):
        yield (
            f"{key}.idle_timeout_seconds: {idle}, and the NAT gateway on the way to the database forgets a quiet "
            f"connection after {NAT_IDLE_SECONDS}: the next query on it fails. Lower it to "
            f"{NAT_IDLE_SECONDS - 1}, or set keepalive_seconds to {NAT_IDLE_SECONDS - 1} or less"
        )
