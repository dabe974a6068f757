"""Variables that the stack gives to what runs the application, by name: no values here."""

import re
from collections.abc import Mapping

from stacks.config.breakers import BREAKERS_VARIABLE
from stacks.config.external_calls import CALLS_VARIABLE
from stacks.config.redis import RedisConfig, url_variable
from stacks.config.request_limits import RESOURCES_VARIABLE
from stacks.config.service import JobConfig, ServiceConfig, WebConfig

DATABASE_VARIABLE = "DATABASE_URL"
"""Where a task finds the URL of its pooler, a secret."""

POOL_VARIABLES = {
    "maximum": "DATABASE_POOL_MAX",
    "minimum": "DATABASE_POOL_MIN",
    "acquire_timeout_seconds": "DATABASE_POOL_ACQUIRE_TIMEOUT_SECONDS",
    "idle_timeout_seconds": "DATABASE_POOL_IDLE_TIMEOUT_SECONDS",
    "lifetime_seconds": "DATABASE_POOL_LIFETIME_SECONDS",
    "keepalive_seconds": "DATABASE_POOL_KEEPALIVE_SECONDS",
}
"""Where a task finds each number of its own pool, by its key in `database_pool`."""

STATEMENT_VARIABLE, QUERY_WAIT_VARIABLE = (
    "DATABASE_STATEMENT_TIMEOUT_SECONDS",
    "DATABASE_QUERY_WAIT_TIMEOUT_SECONDS",
)
"""Where it finds what a statement may take, and how long a query waits for a connection of the pooler."""

PORT_VARIABLE, MAX_REQUEST_VARIABLE, KEEP_ALIVE_VARIABLE = "PORT", "MAX_REQUEST_SECONDS", "KEEP_ALIVE_SECONDS"
"""Where a web service finds its port, its longest request, and how long it keeps a quiet connection open."""

HEALTH_VARIABLE, READY_VARIABLE = "HEALTH_PATH", "READY_PATH"
"""Where it finds the paths that say how it is."""

SCHEDULED_VARIABLE = "SCHEDULED_TIME"
"""Where a job finds the time for which it was started."""

CONTRACT_VARIABLE, CACHE_VARIABLE, TIERS_VARIABLE = "APP_CONTRACT", "CACHE_CONTRACT", "RATE_LIMIT_TIERS"
"""Where a service finds its contract, the key contract, and its limits by tier, as JSON."""

CONTRACT_KEYS = {
    **{variable: f"database_pool.{key}" for key, variable in POOL_VARIABLES.items()},
    STATEMENT_VARIABLE: "statement_timeout_seconds",
    QUERY_WAIT_VARIABLE: "the pooler",
    MAX_REQUEST_VARIABLE: "max_request_seconds",
    KEEP_ALIVE_VARIABLE: "keep_alive_seconds",
    HEALTH_VARIABLE: "health_path",
    READY_VARIABLE: "ready_path",
    TIERS_VARIABLE: "rate_limit_tiers",
    RESOURCES_VARIABLE: "resource_limits",
    BREAKERS_VARIABLE: "circuit_breakers",
    CALLS_VARIABLE: "external_calls",
    CACHE_VARIABLE: "cache",
    CONTRACT_VARIABLE: "the whole contract",
}
"""What decides the value of each variable of the contract."""

OWN_VARIABLES = re.compile(
    "|".join((DATABASE_VARIABLE, PORT_VARIABLE, SCHEDULED_VARIABLE, *CONTRACT_KEYS))
    + r"|(READER_URL|READER_POOL_MAX|STORAGE|SENTRY)_\w+|DD_(SERVICE|ENV|VERSION|TAGS|AGENT_HOST|TRACE_\w+)"
)
"""What the stack itself gives to services, beside the URLs of stores."""


def reader_variables(purpose: str) -> tuple[str, str]:
    """Return where a task finds the URL of a read replica, a secret, and the most connections to it."""
    name = purpose.upper().replace("-", "_")
    return f"READER_URL_{name}", f"READER_POOL_MAX_{name}"


def stores_of(service: ServiceConfig, stores: Mapping[str, RedisConfig]) -> dict[str, RedisConfig]:
    """Return the stores that a service reaches, by name."""
    return {name: it for name, it in stores.items() if service.redis is None or name in service.redis}


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
        if service.database_pool.maximum:
            given |= dict.fromkeys((DATABASE_VARIABLE, POOL_VARIABLES["maximum"]), "database_pool")
        for purpose in service.reader_pools:
            given |= dict.fromkeys(reader_variables(purpose), f"reader_pools.{purpose}")
    return given
