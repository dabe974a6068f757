"""Whether the application's contract fits itself: pools, timeouts, limits, breakers and calls of each service."""

from collections.abc import Iterator

from stacks.config.base import Problem
from stacks.config.breakers import breaker_problems
from stacks.config.external_calls import external_call_problems
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.neon import NeonConfig
from stacks.config.pool import forgotten_connections, pool_problems
from stacks.config.request_limits import counting_problems, resource_limit_problems, tier_rates
from stacks.config.service import JobConfig, ServiceConfig, WebConfig, logs_in_as_owner
from stacks.config.stack import StackConfig
from stacks.config.timeouts import statement_timeout_seconds, timeout_problems
from stacks.config.variables import CONTRACT_KEYS, given_variables, stores_of
from stacks.contract import contract_variables


def contract_problems(config: StackConfig, name: str, service: ServiceConfig) -> Iterator[Problem]:
    """Yield where the numbers of the service called `name` contradict each other, or what is around it."""
    key, web = f"services.{name}", service if isinstance(service, WebConfig) else None
    yield from pool_problems(f"{key}.database_pool", service.database_pool, own_pooler=bool(config.own_pooler))
    yield from _minimum_problems(config, name, service)
    yield from timeout_problems(config, name, service)
    yield from breaker_problems(
        f"{key}.circuit_breakers",
        service.circuit_breakers,
        statement_timeout=_statement_timeout(config, name, service),
        max_request_seconds=web.max_request_seconds if web else None,
        replicas=bool(config.database and config.database.replicas),
    )
    longest = ("max_request_seconds", web.max_request_seconds) if web else None
    if isinstance(service, JobConfig):
        longest = ("timeout_seconds", service.timeout_seconds)
    yield from external_call_problems(
        key,
        service.external_calls,
        service.circuit_breakers,
        longest=longest,
        way_out=bool(config.network.existing) or config.network.nat != "none",
    )
    yield from _variable_problems(config, name, service)
    if web:
        yield from resource_limit_problems(key, web.resource_limits, tier_rates(key, web.rate_limit_tiers))
        stores = stores_of(web, config.redis)
        yield from counting_problems(f"{key}.resource_limits", web.resource_limits, store=bool(stores))


def _variable_problems(config: StackConfig, name: str, service: ServiceConfig) -> Iterator[Problem]:
    """Yield each variable that says otherwise than the contract, which the application reads as well."""
    known = given_variables(service, config.redis, database=config.database is not None)
    for variable, value in contract_variables(config, name).items():
        given = service.environment.get(variable, value)
        if given != value and variable not in known:
            allowed = "left out" if value.startswith("{") else f"left out, or {value!r}"
            problem = f"given {given!r}, allowed {allowed}: {CONTRACT_KEYS[variable]} decides it"
            yield f"services.{name}.environment.{variable}", problem


def quiet_connections(config: StackConfig) -> Iterator[str]:
    """Yield a sentence for each pool that keeps quiet connections longer than the way to its database does."""
    over_gateways = not config.network.existing and config.network.nat != "none"
    if isinstance(config.database, SupabaseConfig | NeonConfig) and over_gateways:
        for name, service in config.on_fargate.items():
            yield from forgotten_connections(f"services.{name}.database_pool", service.database_pool)


def _statement_timeout(config: StackConfig, name: str, service: ServiceConfig) -> tuple[str, int] | None:
    """Return the key that bounds a statement of the service, and its seconds; None without a database."""
    running = statement_timeout_seconds(config, service)
    if running is None:
        return None
    whose = f"services.{name}" if service.statement_timeout_seconds else "database"
    return f"{whose}.statement_timeout_seconds", running


def _minimum_problems(config: StackConfig, name: str, service: ServiceConfig) -> Iterator[Problem]:
    """Yield where the connections that a service keeps open alone are more than the poolers take. Source: C-1."""
    held, least = config.connection_budget, min(service.database_pool.minimum, service.database_pool.maximum)
    client = next((it for it in held.clients if it.name == name), None) if held else None
    if held is None or client is None or not least or logs_in_as_owner(service):
        return
    supply = held.client_side_supply
    if client.connected * least > supply:
        problem = (
            f"given {least}, which {client.connected} tasks at the worst moment make {client.connected * least} "
            f"connections, all open while nobody asks, allowed {supply}: lower it to {supply // client.connected}"
        )
        yield f"services.{name}.database_pool.minimum", problem
