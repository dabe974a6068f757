"""Whether the connections of services, poolers and people fit the database, and their logins each other."""

from collections.abc import Iterator

from stacks import budget
from stacks.config.base import Problem
from stacks.config.database import (
    DatabaseConfig,
    ExistingPostgresConfig,
    PostgresServer,
    RdsConfig,
    ReplicaConfig,
    database_problems,
)
from stacks.config.neon import NeonConfig, NeonReplicaConfig
from stacks.config.service import logs_in_as_owner
from stacks.config.stack import StackConfig
from stacks.connection_thresholds import threshold_problems


def connection_problems(config: StackConfig) -> Iterator[Problem]:
    """Yield where connections find no place, or a login is in another's way: the key, and one sentence."""
    database, held, thresholds = config.database, config.connection_budget, config.connection_thresholds
    if database is None or held is None or thresholds is None:
        for name, service in config.services.items():
            given = {"database_pool": service.database_pool.maximum, "reader_pools": service.reader_pools}
            for key, connections in given.items():
                if key in service.model_fields_set and connections:
                    yield f"services.{name}.{key}", "given without the block database, allowed with it"
        return
    known = [name for name, it in config.redis.items() if it.provider != "existing"]
    yield from database_problems(database, config.region, known, config.own_addresses)
    if isinstance(database, PostgresServer):
        yield from _login_problems(config, database)
    yield from budget.problems(held)
    accepted = {it.purpose: _accepted(database, it) for it in database.replicas}
    for number, (purpose, connections) in enumerate(accepted.items()):
        yield from budget.replica_problems(
            held,
            purpose=purpose,
            key=f"database.replicas.{number}",
            max_connections=connections or database.max_connections,
            size="min_cu" if isinstance(database, NeonConfig) else "max_connections",
        )
    waiting = config.own_pooler.query_wait_timeout_seconds if config.own_pooler else 0
    yield from threshold_problems(held, thresholds, waiting + database.statement_timeout_seconds)


def _accepted(database: DatabaseConfig, replica: object) -> int | None:
    """Return the connections that a replica accepts; None for those of the primary."""
    if isinstance(database, NeonConfig) and isinstance(replica, NeonReplicaConfig):
        return database.replica_connections(replica)
    return replica.max_connections if isinstance(replica, ReplicaConfig) else None


def _login_problems(config: StackConfig, database: RdsConfig | ExistingPostgresConfig) -> Iterator[Problem]:
    """Yield where a login of the application and the owner's get into each other's way."""
    made = [f"{config.database_name}_{role}" for role in ("app", "reader")]
    if database.username in made:
        problem = (
            f"given {database.username}, allowed another owner: the poolers make {' and '.join(made)} for the "
            "application, and would give this one a new password"
        )
        yield "database.username", problem
    owners = {name: it.database_pool.maximum for name, it in config.services.items() if logs_in_as_owner(it)}
    for name, pool in owners.items():
        if database.provider == "existing":
            problem = (
                "given 'owner', allowed application with database.provider existing: its owner stays a secret"
            )
            yield f"services.{name}.database_login", problem
        elif sum(owners.values()) > database.direct_connections:
            problem = (
                f"given {pool}, all that log in as the owner {sum(owners.values())} together, allowed up to "
                f"database.direct_connections, {database.direct_connections}"
            )
            yield f"services.{name}.database_pool", problem
