"""The application's contract as one JSON document, and the same as variables of each container."""

import json
from collections.abc import Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from stacks.config.breakers import BREAKERS_VARIABLE, CircuitBreakerConfig
from stacks.config.cache import SEPARATOR, VERSION, CacheConfig
from stacks.config.external_calls import CALLS_VARIABLE, ExternalCallConfig
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.redis import url_variable
from stacks.config.request_limits import RESOURCES_VARIABLE, ResourceLimitConfig, counted, counted_by
from stacks.config.service import ServiceConfig, WebConfig, logs_in_as_owner
from stacks.config.stack import StackConfig
from stacks.config.timeouts import keep_alive_seconds, query_wait_timeout_seconds, statement_timeout_seconds
from stacks.config.variables import (
    CACHE_VARIABLE,
    CONTRACT_VARIABLE,
    HEALTH_VARIABLE,
    KEEP_ALIVE_VARIABLE,
    MAX_REQUEST_VARIABLE,
    POOL_VARIABLES,
    QUERY_WAIT_VARIABLE,
    READY_VARIABLE,
    STATEMENT_VARIABLE,
    TIERS_VARIABLE,
    reader_variables,
    stores_of,
)


class Document(BaseModel):
    """A part of the document: no key is missing, and none is unknown."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", defer_build=True, json_schema_serialization_defaults_required=True
    )


class CacheKey(Document):
    """One family of keys in Redis."""

    pattern: str = Field(description="The key, each variable part as a placeholder.")
    prefix: str = Field(description="Its literal beginning, which no other family has.")
    placeholders: list[str] = Field(description="Names of the variable parts, in order.")
    ttl_seconds: int = Field(description="How long a value is kept, in seconds.")
    version_key: str | None = Field(description="Key whose number {version} stands for.")
    invalidated_on: list[str] = Field(description="Writes after which the application deletes the key.")


class VersionKey(Document):
    """A counter: one more makes every key that holds it stale at once."""

    name: str = Field(description="Its name under cache.version_keys.")
    key: str = Field(description="The key in Redis.")


class CacheContract(Document):
    """What is kept in Redis: also by itself in CACHE_CONTRACT."""

    form: Literal["footing/cache-contract/1"] = Field(
        default="footing/cache-contract/1", alias="schema", description="Its form."
    )
    separator: str = Field(description="Between the parts of a key.")
    keys: list[CacheKey] = Field(description="Families of keys.")
    version_keys: list[VersionKey] = Field(description="Counters.")


class Pool(Document):
    """The application's own pool of connections to PostgreSQL, in each task."""

    minimum: int = Field(description="Connections kept open.")
    maximum: int = Field(description="Most connections.")
    acquire_timeout_seconds: int | None = Field(
        description="How long a request waits for one; null: the driver's own."
    )
    idle_timeout_seconds: int | None = Field(description="After how long an unused one is closed.")
    lifetime_seconds: int | None = Field(description="Age at which one is closed.")
    keepalive_seconds: int | None = Field(description="After how long a quiet one is probed.")


class Database(Document):
    """How the application uses PostgreSQL."""

    pool: Pool
    login: Literal["application", "owner"] = Field(description="Who it is there.")
    statement_timeout_seconds: int = Field(description="After how long a statement has to be cancelled.")
    query_wait_timeout_seconds: int | None = Field(
        description="How long a query waits for a connection of the pooler; null where its provider does not say."
    )
    reader_pools: dict[str, int] = Field(description="Most connections to each read replica, by its purpose.")


class Health(Document):
    """Paths that say how a task is."""

    live: str = Field(description="Whether it can serve: the load balancer asks.")
    ready: str = Field(description="Whether what it needs answers too.")


class Http(Document):
    """What the application promises to whoever sends it requests."""

    port: int = Field(description="Port it listens on.")
    max_request_seconds: int = Field(description="Longest request; then nobody waits any more.")
    keep_alive_seconds: int = Field(
        description="How long it keeps a quiet connection: longer than the load balancer."
    )
    health: Health


class Tier(Document):
    """Requests a minute that one of a tier may send."""

    requests_per_minute: int
    counted_by: Literal["address", "user"]
    who: str | None = Field(description="Who is in it, in words.")


class Store(Document):
    """A store of Redis that the service reaches."""

    role: str = Field(description="What it is there for.")
    variable: str = Field(description="Variable that holds its URL.")


class ServiceContract(Document):
    """What one service of the application keeps to."""

    kind: Literal["web", "worker", "job", "task"]
    http: Http | None = Field(description="Of a web service; null of any other.")
    database: Database | None = Field(description="Null without one.")
    stores: dict[str, Store]
    rate_limit_tiers: dict[str, Tier] = Field(description="By tier; also in RATE_LIMIT_TIERS.")
    resource_limits: dict[str, ResourceLimitConfig] = Field(description="By resource; also in RESOURCE_LIMITS.")
    circuit_breakers: dict[str, CircuitBreakerConfig] = Field(description="Also in CIRCUIT_BREAKERS.")
    external_calls: dict[str, ExternalCallConfig] = Field(description="Also in EXTERNAL_CALLS.")


class FunctionsContract(Document):
    """What the edge functions of the database's provider keep to."""

    resource_limits: dict[str, ResourceLimitConfig] = Field(description="By resource; in their RESOURCE_LIMITS.")


class AppContract(Document):
    """The contract between a stack and its application; APP_CONTRACT of a container has its own service alone."""

    form: Literal["footing/app-contract/1"] = Field(
        default="footing/app-contract/1",
        alias="schema",
        description="Its form; the number rises when a reader would have to change.",
    )
    app: str
    environment: str
    api_url: str | None = Field(description="Where browsers call the API, through the edge; null without one.")
    cache: CacheContract
    services: dict[str, ServiceContract] = Field(description="By name.")
    functions: FunctionsContract | None = Field(description="Null where they have no limits.")


def app_contract(config: StackConfig, only: str | None = None) -> str:
    """Return the contract as canonical JSON, of every service or of the one called `only`."""
    chosen = {only: config.services[only]} if only else config.services
    document = AppContract(
        app=config.app,
        environment=config.environment,
        api_url=f"https://{edge.api_hostname or edge.hostnames[0]}" if (edge := config.edge) else None,
        cache=_cache(config.cache),
        services={name: service_contract(config, it) for name, it in chosen.items()},
        functions=None if only else _functions(config),
    )
    return _canonical(document)


def cache_contract(cache: CacheConfig) -> str:
    """Return the key contract as canonical JSON: the same configuration gives the same text."""
    return _canonical(_cache(cache))


def contract_schema() -> str:
    """Return the JSON Schema of the document, as it is kept in docs/app-contract.schema.json."""
    schema = AppContract.model_json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "Contract of an application"}
    return json.dumps({**schema, **head}, indent=2, sort_keys=True) + "\n"


def contract_variables(config: StackConfig, name: str) -> dict[str, str]:
    """Return the contract of the service called `name` as its plain variables, the whole in APP_CONTRACT."""
    service = config.services[name]
    contract = service_contract(config, service)
    found: dict[str, Any] = {CONTRACT_VARIABLE: app_contract(config, name)}
    if contract.http:
        found |= {
            MAX_REQUEST_VARIABLE: contract.http.max_request_seconds,
            KEEP_ALIVE_VARIABLE: contract.http.keep_alive_seconds,
            HEALTH_VARIABLE: contract.http.health.live,
            READY_VARIABLE: contract.http.health.ready,
        }
    if contract.database:
        numbers = contract.database.pool.model_dump()
        found |= {variable: numbers[key] for key, variable in POOL_VARIABLES.items() if numbers["maximum"]}
        found |= {reader_variables(purpose)[1]: it for purpose, it in contract.database.reader_pools.items()}
        found[STATEMENT_VARIABLE] = contract.database.statement_timeout_seconds
        found[QUERY_WAIT_VARIABLE] = contract.database.query_wait_timeout_seconds
    tiers = {it: tier.requests_per_minute for it, tier in contract.rate_limit_tiers.items()}
    blocks: dict[str, Mapping[str, Any]] = {
        TIERS_VARIABLE: tiers,
        RESOURCES_VARIABLE: {it: limit.model_dump() for it, limit in contract.resource_limits.items()},
        BREAKERS_VARIABLE: {it: one.model_dump(exclude_none=True) for it, one in service.circuit_breakers.items()},
        CALLS_VARIABLE: {it: call.model_dump(exclude_none=True) for it, call in service.external_calls.items()},
    }
    found |= {variable: _text(block) for variable, block in blocks.items() if block}
    if contract.stores:
        found[CACHE_VARIABLE] = cache_contract(config.cache)
    return {variable: str(value) for variable, value in found.items() if value is not None}


def service_contract(config: StackConfig, service: ServiceConfig) -> ServiceContract:
    """Return what a service keeps to."""
    web = service if isinstance(service, WebConfig) else None
    stores = stores_of(service, config.redis)
    return ServiceContract(
        kind=service.kind,
        http=Http(
            port=web.port,
            max_request_seconds=web.max_request_seconds,
            keep_alive_seconds=keep_alive_seconds(config, web),
            health=Health(live=web.health_path, ready=web.ready_path or web.health_path),
        )
        if web
        else None,
        database=_database(config, service),
        stores={it: Store(role=store.role, variable=url_variable(it, store)) for it, store in stores.items()},
        rate_limit_tiers={
            tier: Tier(requests_per_minute=it.requests_per_minute, counted_by=counted_by(tier, it), who=it.who)
            for tier, it in (web.rate_limit_tiers if web else {}).items()
        },
        resource_limits=counted(web.resource_limits, store=bool(stores)) if web else {},
        circuit_breakers=service.circuit_breakers,
        external_calls=service.external_calls,
    )


def _functions(config: StackConfig) -> FunctionsContract | None:
    database = config.database
    if not isinstance(database, SupabaseConfig) or not database.function_limits:
        return None
    limits = counted(database.function_limits, store=database.functions_reach_redis)
    return FunctionsContract(resource_limits=limits)


def _database(config: StackConfig, service: ServiceConfig) -> Database | None:
    running = statement_timeout_seconds(config, service)
    if running is None:
        return None
    owner = logs_in_as_owner(service)
    return Database(
        pool=Pool(**service.database_pool.model_dump()),
        login="owner" if owner else "application",
        statement_timeout_seconds=running,
        query_wait_timeout_seconds=None if owner else query_wait_timeout_seconds(config),
        reader_pools=service.reader_pools,
    )


def _cache(cache: CacheConfig) -> CacheContract:
    return CacheContract(
        separator=SEPARATOR,
        keys=[
            CacheKey(
                pattern=key.pattern,
                prefix=SEPARATOR.join(key.prefix),
                placeholders=key.placeholders,
                ttl_seconds=key.ttl_seconds,
                version_key=_version_key(key.version_key) if key.version_key else None,
                invalidated_on=key.invalidated_on,
            )
            for key in cache.keys
        ],
        version_keys=[VersionKey(name=name, key=_version_key(name)) for name in cache.version_keys],
    )


def _version_key(name: str) -> str:
    return f"{VERSION}{SEPARATOR}{name}"


def _canonical(document: BaseModel) -> str:
    return _text(document.model_dump(by_alias=True))


def _text(block: Mapping[str, Any]) -> str:
    return json.dumps(block, separators=(",", ":"), sort_keys=True)
