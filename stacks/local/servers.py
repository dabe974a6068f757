"""PostgreSQL, PgBouncer and Redis of a stack as services of Compose, with the stack's own limits.

A password is never in the file: Compose takes it from `.env`.
"""

from collections.abc import Mapping
from typing import Any, Final

from components.postgres.pooler.pgbouncer import (
    LISTEN_PORT,
    RUN_DIRECTORY,
    START_SCRIPT,
    STATS_USER,
    PgBouncerSettings,
    render_ini,
)
from components.postgres.pooler.role import ROLE_SCRIPT
from components.redis.roles import DURABLE, ENGINE_POLICIES, NO_EVICTION, SERVERLESS_POLICIES, Role, policy_of
from policies.aws_offers import POSTGRES_VERSIONS
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.pooler import PSQL_IMAGE, PoolerConfig
from stacks.config.redis import ElastiCacheConfig, RedisConfig, ServerlessConfig
from stacks.config.stack import StackConfig

POSTGRES, POOLER, ROLE = "postgres", "pgbouncer", "database-role"
"""Services of Compose beside those of the application and the stores."""
POSTGRES_PORT, REDIS_PORT = 5432, 6379
PASSWORD, REDIS_PASSWORD = "POSTGRES_PASSWORD", "REDIS_PASSWORD"
"""Variables of `.env` that the servers themselves need."""
POSTGRES_DATA, POSTGRES_DATA_SINCE_18 = "/var/lib/postgresql/data", "/var/lib/postgresql"
"""Volume of the image. https://github.com/docker-library/postgres/pull/1259"""
LIBRARIES: Final = frozenset({"pg_stat_statements", "auto_explain", "pg_prewarm"})
"""Libraries that PostgreSQL's own image has."""
NODE_MAXMEMORY_BYTES: Final[Mapping[str, int]] = {
    **dict.fromkeys(("t3.micro", "t4g.micro"), 536_870_912),
    **dict.fromkeys(("t3.small", "t4g.small"), 1_471_026_299),
    **dict.fromkeys(("t3.medium", "t4g.medium"), 3_317_862_236),
    **dict.fromkeys(("m5.large", "m6g.large"), 6_854_542_746),
    **dict.fromkeys(("r5.large", "r6g.large"), 14_037_181_030),
    **dict.fromkeys(("r5.xlarge", "r6g.xlarge"), 28_261_849_702),
    **dict.fromkeys(("r5.2xlarge", "r6g.2xlarge"), 56_711_183_565),
}
"""`maxmemory` of node types of ElastiCache, in bytes; the sizes of a newer generation are taken from these.

https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/ParameterGroups.Engine.html
"""
MAXMEMORY_BYTES: Final = 1024**3
"""The same where the stack file does not decide it, in bytes."""


def required(variable: str) -> str:
    """Return a reference to a variable of `.env`, without which Compose starts nothing."""
    return f"${{{variable}:?set it in .env}}"


def literal(text: str) -> str:
    """Return a text of which Compose replaces nothing."""
    return text.replace("$", "$$")


def on_loopback(host_port: int, port: int) -> list[str]:
    """Return a port as Compose publishes it: to this machine alone."""
    return [f"127.0.0.1:{host_port}:{port}"]


def health(command: list[str]) -> dict[str, Any]:
    """Return a health check that lets others wait for seconds rather than for minutes."""
    return {"test": command, "interval": "2s", "timeout": "3s", "retries": 30}


def owner(config: StackConfig) -> str:
    """Return the role that owns the database."""
    given: str | None = getattr(config.database, "username", None)
    return given or config.database_name


def database_url(config: StackConfig, *, direct: bool, user: str | None = None) -> str:
    """Return a URL of the database: of the pooler, or of PostgreSQL itself."""
    place = f"{POSTGRES}:{POSTGRES_PORT}" if direct else f"{POOLER}:{LISTEN_PORT}"
    return f"postgresql://{user or owner(config)}:{required(PASSWORD)}@{place}/{config.database_name}"


def reader(config: StackConfig) -> str:
    """Return the role that reads from replicas; where a provider makes none, the owner."""
    return f"{config.database_name}_reader" if config.own_pooler else owner(config)


def postgres_parameters(config: StackConfig) -> dict[str, str]:
    """Return the stack's parameters of PostgreSQL, in PostgreSQL's units."""
    database, budget = config.database, config.connection_budget
    assert database is not None and budget is not None  # noqa: S101, PT018  the caller has looked
    seconds = {
        "statement_timeout": database.statement_timeout_seconds,
        "idle_in_transaction_session_timeout": getattr(database, "idle_in_transaction_timeout_seconds", None),
    }
    slow = getattr(database, "slow_statement_ms", None)
    loaded = [it for it in getattr(database, "preload_libraries", ()) if it in LIBRARIES]
    return {
        "max_connections": str(budget.max_connections),
        **{name: f"{it}s" for name, it in seconds.items() if it},
        **({"log_min_duration_statement": f"{slow}ms"} if slow is not None else {}),
        **({"shared_preload_libraries": ",".join(loaded)} if loaded else {}),
    }


def pooler_ini(config: StackConfig) -> str:
    """Return pgbouncer.ini of one process that stands for all of the stack's poolers, without TLS."""
    budget, pooler = config.connection_budget, config.own_pooler or PoolerConfig()
    assert budget is not None  # noqa: S101  there is a database
    settings = PgBouncerSettings(
        server_connections=budget.server_connections,
        client_connections=budget.client_connections,
        query_wait_timeout_seconds=pooler.query_wait_timeout_seconds,
        server_idle_timeout_seconds=pooler.server_idle_timeout_seconds,
        ignored_parameters=pooler.ignore_startup_parameters,
    )
    lines = [it.rstrip() for it in render_ini(settings).splitlines() if not it.startswith("server_tls_")]
    if isinstance(config.database, SupabaseConfig):
        # There a pair of user and database has its part of the pool.
        size = f"default_pool_size = {config.database.pooler.pool_size}"
        lines = [size if it.startswith("default_pool_size ") else it for it in lines]
    return "\n".join([*lines, ""])


def database_services(config: StackConfig) -> dict[str, Any]:
    """Return PostgreSQL and PgBouncer, with the application's role in between as production makes it."""
    name, user, database = config.database_name, owner(config), config.database
    assert database is not None  # noqa: S101  the caller has looked
    version = getattr(database, "postgres_version", "17")
    image = version if "." in version else POSTGRES_VERSIONS[version][-1]
    major = int(version.partition(".")[0])
    options = [part for key, it in postgres_parameters(config).items() for part in ("-c", f"{key}={it}")]
    services: dict[str, Any] = {
        POSTGRES: {
            "image": f"public.ecr.aws/docker/library/postgres:{image}-alpine",
            "command": ["postgres", *options],
            "environment": {"POSTGRES_DB": name, "POSTGRES_USER": user, PASSWORD: required(PASSWORD)},
            "ports": on_loopback(POSTGRES_PORT, POSTGRES_PORT),
            "volumes": [f"{POSTGRES}:{POSTGRES_DATA if major < 18 else POSTGRES_DATA_SINCE_18}"],
            "healthcheck": health(["CMD", "pg_isready", "--username", user, "--dbname", name]),
        }
    }
    waits = {POSTGRES: {"condition": "service_healthy"}}
    if config.own_pooler:
        services[ROLE] = {
            "image": PSQL_IMAGE,
            "entrypoint": ["sh", "-c"],
            "command": [literal(ROLE_SCRIPT)],
            "environment": {
                "APPLICATION_ROLE": f"{name}_app",
                "APPLICATION_PASSWORD": required(PASSWORD),
                **(
                    {"READER_ROLE": reader(config), "READER_PASSWORD": required(PASSWORD)}
                    if database.replicas
                    else {}
                ),
                "PGHOST": POSTGRES,
                "PGUSER": user,
                "PGDATABASE": name,
                "PGPASSWORD": required(PASSWORD),
            },
            "depends_on": waits,
        }
        waits = {ROLE: {"condition": "service_completed_successfully"}}
    services[POOLER] = _pooler_service(config, waits)
    return services


def _pooler_service(config: StackConfig, waits: dict[str, dict[str, str]]) -> dict[str, Any]:
    name, user = config.database_name, owner(config)
    return {
        "image": (config.own_pooler or PoolerConfig()).image,
        "entrypoint": ["sh", "-c"],
        "command": [literal(START_SCRIPT)],
        "environment": {
            "RUN_DIRECTORY": RUN_DIRECTORY,
            "PGBOUNCER_INI": literal(pooler_ini(config)),
            "DATABASE_HOST": POSTGRES,
            "DATABASE_PORT": str(POSTGRES_PORT),
            "DATABASE_NAME": name,
            "DATABASE_USER": f"{name}_app" if config.own_pooler else user,
            "CLIENT_USER": user,
            "STATS_USER": STATS_USER,
            **dict.fromkeys(("DATABASE_PASSWORD", "CLIENT_PASSWORD", "STATS_PASSWORD"), required(PASSWORD)),
        },
        "user": "10001:10001",
        "tmpfs": [f"{RUN_DIRECTORY}:uid=10001,gid=10001,mode=0700"],
        "ports": on_loopback(LISTEN_PORT, LISTEN_PORT),
        "depends_on": waits,
        # The image has a shell and no client: the kernel's list of listening sockets says the same.
        "healthcheck": health(["CMD-SHELL", f"grep -q ':{LISTEN_PORT:04X} .* 0A ' /proc/net/tcp"]),
    }


def redis_service(name: str, store: RedisConfig, host_port: int) -> dict[str, Any]:
    """Return a store with the memory and the eviction policy of the stack's."""
    valkey = isinstance(store, ElastiCacheConfig | ServerlessConfig) and store.engine == "valkey"
    program = "valkey" if valkey else "redis"
    version = getattr(store, "engine_version", None) or getattr(store, "major_version", None)
    # 7.1 is a Redis of AWS alone.
    tag = str(version) if valkey else "7.2"
    role = Role(store.role)
    durable = ["--appendonly", "yes"] if role in DURABLE else ["--save", "", "--appendonly", "no"]
    limits = ["--maxmemory", str(maxmemory_bytes(store)), "--maxmemory-policy", policy(store)]
    prefix = "docker.io/valkey" if valkey else "public.ecr.aws/docker/library"
    return {
        "image": f"{prefix}/{program}:{tag}-alpine",
        "command": [f"{program}-server", *limits, *durable, "--requirepass", required(REDIS_PASSWORD)],
        "environment": {"REDISCLI_AUTH": required(REDIS_PASSWORD)},
        "ports": on_loopback(host_port, REDIS_PORT),
        **({"volumes": [f"{name}:/data"]} if role in DURABLE else {}),
        "healthcheck": health(["CMD", f"{program}-cli", "ping"]),
    }


def policy(store: RedisConfig) -> str:
    """Return `maxmemory-policy`, in the words of the engine."""
    given, role = getattr(store, "eviction_policy", None), Role(store.role)
    offered = SERVERLESS_POLICIES if isinstance(store, ServerlessConfig) else ENGINE_POLICIES
    if given is None or given == NO_EVICTION or given in ENGINE_POLICIES:
        return policy_of(role, offered, given)
    # Upstash's optimistic-volatile: what has a TTL goes first.
    return "volatile-lru" if role is not Role.CACHE else "allkeys-lru"


def maxmemory_bytes(store: RedisConfig) -> int:
    """Return `maxmemory` in bytes: the node type's, or the limit of what has no nodes."""
    if isinstance(store, ElastiCacheConfig):
        family, _, size = store.node_type.removeprefix("cache.").partition(".")
        older = {"r7g": "r6g", "r8g": "r6g", "m7g": "m6g", "m8g": "m6g"}.get(family, family)
        return NODE_MAXMEMORY_BYTES.get(f"{older}.{size}", MAXMEMORY_BYTES)
    if isinstance(store, ServerlessConfig):
        return store.storage_max_gb * 1000**3
    expected: int | None = getattr(store, "expected_size_mb", None)
    return expected * 1000**2 if expected else MAXMEMORY_BYTES
