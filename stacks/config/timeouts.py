"""Whether a request outlives what it waits for: a connection, a statement, a vendor. Source: C-22."""

from collections.abc import Iterator

from providers.neon.plans import QUERY_WAIT_TIMEOUT_SECONDS
from stacks.config.base import Problem
from stacks.config.neon import NeonConfig
from stacks.config.service import ServiceConfig, WebConfig
from stacks.config.stack import StackConfig

KEEP_ALIVE_MARGIN_SECONDS = 5
"""By how much the application keeps a quiet connection longer than the load balancer, left out."""


def statement_timeout_seconds(config: StackConfig, service: ServiceConfig) -> int | None:
    """Return after how long a statement of the service is cancelled; None where it has no database."""
    if config.database is None or not (service.database_pool.maximum or service.reader_pools):
        return None
    return service.statement_timeout_seconds or config.database.statement_timeout_seconds


def query_wait_timeout_seconds(config: StackConfig) -> int | None:
    """Return how long a query waits for a connection of the pooler; None where nobody says."""
    if isinstance(config.database, NeonConfig):
        return QUERY_WAIT_TIMEOUT_SECONDS
    return config.own_pooler.query_wait_timeout_seconds if config.own_pooler else None


def balancer_idle_seconds(config: StackConfig, service: WebConfig) -> int:
    """Return how long the load balancer keeps a quiet connection to the service; its own, of one that exists."""
    if config.load_balancer.existing_listener_arn is not None:
        return service.max_request_seconds
    return max(it.max_request_seconds for it in config.web.values())


def keep_alive_seconds(config: StackConfig, service: WebConfig) -> int:
    """Return how long the service keeps a quiet connection of the load balancer open."""
    return service.keep_alive_seconds or balancer_idle_seconds(config, service) + KEEP_ALIVE_MARGIN_SECONDS


def timeout_problems(config: StackConfig, name: str, service: ServiceConfig) -> Iterator[Problem]:
    """Yield where something of the service called `name` waits longer than whoever waits for it."""
    key, own = f"services.{name}", service.statement_timeout_seconds
    if own and config.database and own > config.database.statement_timeout_seconds:
        problem = (
            f"given {own}, allowed up to database.statement_timeout_seconds, "
            f"{config.database.statement_timeout_seconds}: the poolers and their alerts count with that"
        )
        yield f"{key}.statement_timeout_seconds", problem
    if not isinstance(service, WebConfig):
        return
    idle = balancer_idle_seconds(config, service)
    if service.keep_alive_seconds is not None and service.keep_alive_seconds <= idle:
        problem = (
            f"given {service.keep_alive_seconds}, allowed more than {idle}, for which the load balancer keeps a "
            "quiet connection: it would send a request on one that the application is just closing, and answer 502"
        )
        yield f"{key}.keep_alive_seconds", problem
    yield from _database_problems(config, name, service)


def _database_problems(config: StackConfig, name: str, service: WebConfig) -> Iterator[Problem]:
    running = statement_timeout_seconds(config, service)
    if running is None:
        return
    key, longest = f"services.{name}", service.max_request_seconds
    pooled = service.database_pool.maximum and config.own_pooler
    waiting = pooled.query_wait_timeout_seconds if pooled else 0
    if waiting > longest:
        problem = (
            f"given {waiting}, allowed up to {key}.max_request_seconds, {longest}: whoever waits longer for a "
            "connection has nobody left to answer"
        )
        yield "database.pooler.query_wait_timeout_seconds", problem
    if service.statement_timeout_seconds and running > longest:
        problem = (
            f"given {running}, allowed up to max_request_seconds, {longest}: the load balancer answers 504 while "
            "the statement still runs"
        )
        yield f"{key}.statement_timeout_seconds", problem
    acquire = service.database_pool.acquire_timeout_seconds
    if acquire is not None and running <= longest < acquire + running:
        problem = (
            f"given {acquire}, allowed up to {longest - running} with max_request_seconds {longest} and "
            f"statements of up to {running} seconds: a request waits for its connection, then for its statement"
        )
        yield f"{key}.database_pool.acquire_timeout_seconds", problem


PROXIES = {"fargate": "load balancer", "fly": "proxy"}
"""What waits for the answer, by the provider of the service."""


def late_answers(config: StackConfig) -> Iterator[str]:
    """Yield a sentence where the database may still answer when nobody waits any more."""
    wait = query_wait_timeout_seconds(config) or 0
    lower = "the second, for Neon fixes the first" if isinstance(config.database, NeonConfig) else "either"
    for name, service in config.web.items():
        running = statement_timeout_seconds(config, service)
        acquire = service.database_pool.acquire_timeout_seconds or 0
        pooled = wait if service.database_pool.maximum else 0
        if running is not None and service.max_request_seconds < acquire + pooled + running:
            own = f"services.{name}.database_pool.acquire_timeout_seconds {acquire}, " if acquire else ""
            where = f"services.{name}" if service.statement_timeout_seconds else "database"
            yield (
                f"services.{name}.max_request_seconds: {service.max_request_seconds}, and one statement may take "
                f"{acquire + pooled + running} ({own}database.pooler.query_wait_timeout_seconds {pooled}, "
                f"{where}.statement_timeout_seconds {running}): the {PROXIES[service.provider]} then gives up "
                f"while it still runs. Lower {lower}, or let the application set a shorter statement_timeout for "
                f"requests, services.{name}.statement_timeout_seconds"
            )
