"""Variables that the stack gives to what runs the application, by name: no values here."""

import re
from collections.abc import Mapping

from stacks.config.redis import RedisConfig, url_variable
from stacks.config.service import JobConfig, ServiceConfig, WebConfig

DATABASE_VARIABLE, POOL_VARIABLE = "DATABASE_URL", "DATABASE_POOL_MAX"
"""Where a task finds the URL of its pooler, a secret, and how many connections it may open to it."""

PORT_VARIABLE = "PORT"
"""Where a web service finds the port to listen on."""


SCHEDULED_VARIABLE = "SCHEDULED_TIME"
"""Where a job finds the time for which it was started."""

OWN_VARIABLES = re.compile(
    rf"{DATABASE_VARIABLE}|{POOL_VARIABLE}|{PORT_VARIABLE}|{SCHEDULED_VARIABLE}|CACHE_CONTRACT|RATE_LIMIT_TIERS|CIRCUIT_BREAKERS"
    r"|(READER_URL|READER_POOL_MAX|STORAGE|SENTRY)_\w+|DD_(SERVICE|ENV)"
)
"""What the stack itself gives to services, beside the URLs of stores."""


def reader_variables(purpose: str) -> tuple[str, str]:
    """Return where a task finds the URL of a read replica, a secret, and the most connections to it."""
    name = purpose.upper().replace("-", "_")
    return f"READER_URL_{name}", f"READER_POOL_MAX_{name}"


def stores_of(service: ServiceConfig, stores: Mapping[str, RedisConfig]) -> dict[str, RedisConfig]:
    """Return the stores that a service reaches, by name."""
    return {name: it for name, it in stores.items() if service.redis is None or name in service.redis}


def pool_variables(service: ServiceConfig) -> dict[str, str]:
    """Return the plain variables that tell one task how many connections it may open, with their values."""
    pool = {POOL_VARIABLE: str(service.database_pool)} if service.database_pool else {}
    return {**pool, **{reader_variables(purpose)[1]: str(it) for purpose, it in service.reader_pools.items()}}


def given_variables(
    service: ServiceConfig, stores: Mapping[str, RedisConfig], *, database: bool
) -> dict[str, str]:
    """Return the key of the stack file from which each variable comes that the stack itself gives to a service."""
    given = {url_variable(name, it): f"redis.{name}" for name, it in stores_of(service, stores).items()}
    if isinstance(service, WebConfig):
        given[PORT_VARIABLE] = "port"
    if isinstance(service, JobConfig):
        given[SCHEDULED_VARIABLE] = "schedule"
    if database:
        if service.database_pool:
            given |= dict.fromkeys((DATABASE_VARIABLE, POOL_VARIABLE), "database_pool")
        for purpose in service.reader_pools:
            given |= dict.fromkeys(reader_variables(purpose), f"reader_pools.{purpose}")
    return given
