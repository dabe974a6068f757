"""What to change in the stack file where a limit breaks: the key, what it says, and what it would have to."""

import ipaddress
import math

from msgspec import Struct

from capacity.stores import primary_sizes, store_sizes
from capacity.traffic import FULL_PERCENT
from policies.limits import POOL_SERVER_CONNECTIONS
from stacks.budget import Fleet, largest_pool
from stacks.config.capacity import AssumptionsConfig
from stacks.config.managed_postgres import SupabaseConfig
from stacks.config.operations import found_at
from stacks.config.scaling import FixedConfig
from stacks.config.stack import StackConfig


class Change(Struct, frozen=True, kw_only=True):
    """One key of the stack file and its next value."""

    key: str
    """The key."""
    now: str
    """What it says; empty where it is left out, or is no single value."""
    to: str
    """What it would have to say; empty where no value helps, and the note says what does."""
    note: str = ""
    """What else has to change with it."""

    def __str__(self) -> str:
        """Return it as one line for people."""
        step = f"{self.key}: {self.now or 'left out'} -> {self.to}" if self.to else self.key
        return f"{step} ({self.note})" if self.note else step


def change_of(config: StackConfig, limit: str, demand: float, assumed: AssumptionsConfig) -> Change:
    """Return what to change where the limit called `limit` has less than the `demand`."""
    whole = math.ceil(demand)
    if limit == "tasks":
        return _more_tasks(config, whole)
    if limit in ("pool", "pool-cold"):
        return _larger_pool(config, whole)
    if limit == "clients":
        return _fewer_clients(config, whole)
    if limit == "primary":
        key, sizes = primary_sizes(config.database)
        wanted = demand * FULL_PERCENT / assumed.pool_busy_percent
        fitting = next((name for name, vcpus in sizes.items() if vcpus >= wanted), "")
        note = "" if fitting else f"{wanted:.0f} vCPU are more than one primary has here: docs/capacity.md#sweep"
        return Change(key=key, now=_now(config, key), to=fitting, note=note)
    kind, _, name = limit.partition("-")
    if kind != "redis":
        return _raised_quota(config, name, whole)
    key, sizes = store_sizes(config.redis[name])
    fitting = next((size for size, most in sizes.items() if most >= demand), "")
    if key == "ecpu_max_per_second":
        fitting = str(whole)
    note = "" if fitting else "more than one store does: one for each role, or cluster mode"
    path = f"redis.{name}.{key}"
    return Change(key=path, now=_now(config, path), to=fitting, note=note)


def _now(config: StackConfig, key: str) -> str:
    value = found_at(config, key)[1]
    return "" if value is None else str(value)


def _more_tasks(config: StackConfig, needed: int) -> Change:
    name = config.main_web or ""
    service = config.web[name]
    if service.provider == "fly":
        key, note = f"services.{name}.fly.machines", "in each region"
        needed = math.ceil(needed / max(1, len(service.fly.regions or (config.fly.regions if config.fly else []))))
    else:
        fixed = isinstance(service.scaling, FixedConfig)
        key, note = f"services.{name}.scaling.{'tasks' if fixed else 'maximum_tasks'}", ""
    fitting = _fitting_pool(config, name, needed)
    if fitting is not None and fitting < service.database_pool.maximum:
        pool = f"services.{name}.database_pool.maximum: {service.database_pool.maximum} -> {fitting}"
        note = f"and {pool}, or their clients find no place at the poolers during a deployment"
    return Change(key=key, now=_now(config, key), to=str(needed), note=note)


def _fitting_pool(config: StackConfig, name: str, tasks: int) -> int | None:
    """Return the largest pool of each task with which so many fit the budget; None without a database."""
    held = config.connection_budget
    own = next((it for it in held.clients if it.name == name), None) if held else None
    if held is None or own is None or own.fleet is None or not own.pool:
        return None
    fleet = Fleet(
        tasks=tasks, minimum_percent=own.fleet.minimum_percent, maximum_percent=own.fleet.maximum_percent
    )
    return max(0, (held.client_side_supply - held.client_side_demand + own.connections) // fleet.connected)


def _larger_pool(config: StackConfig, needed: int) -> Change:
    database, held = config.database, config.connection_budget
    key = "database.pooler.server_connections"
    if isinstance(database, SupabaseConfig) and database.pooler.user_database_pairs > 1:
        total, pairs = database.pooler.server_connections, database.pooler.user_database_pairs
        if fewer := total // needed:
            note = f"each pair then has {total // fewer} of the {total} connections"
            return Change(key="database.pooler.user_database_pairs", now=str(pairs), to=str(fewer), note=note)
    most = largest_pool(held) if held else 0
    notes = []
    if held and not getattr(held.poolers, "settable", True):
        key = getattr(held.poolers, "size_key", key)
        return Change(key=key, now=_now(config, key), to="", note=f"a size whose pool has {needed} connections")
    if needed > POOL_SERVER_CONNECTIONS.maximum:
        notes.append(f"over the documented {POOL_SERVER_CONNECTIONS.range}: limit_exceptions")
    if needed > most:
        notes.append(
            f"PostgreSQL has place for {most}: shorter or fewer queries, a cache, or replicas for reading"
        )
    to = "" if needed > most else str(needed)
    return Change(key=key, now=_now(config, key), to=to, note="; ".join(notes))


def _fewer_clients(config: StackConfig, demand: int) -> Change:
    held = config.connection_budget
    if held is None:
        return Change(key="database", now="", to="")
    largest = max(held.clients, key=lambda it: it.connections)
    others = held.client_side_demand - largest.connections
    connected = max(1, (demand - others) // max(1, largest.pool))
    return Change(
        key=f"services.{largest.name}.database_pool.maximum",
        now=str(largest.pool),
        to=str(max(0, (held.client_side_supply - others) // connected)),
        note=f"for {connected} tasks of {largest.name} during a deployment",
    )


def _raised_quota(config: StackConfig, name: str, demand: int) -> Change:
    if name == "subnet_addresses":
        prefix = ipaddress.ip_network(config.network.cidr).prefixlen
        wider = f"a /{prefix - 1}" if prefix > 16 else ""
        note = "" if wider else "a /16 is the widest: another stack in another VPC"
        return Change(key="network.cidr", now=config.network.cidr, to=wider, note=note)
    if name == "nat_connections":
        note = "smaller pools of the services, or a database inside the VPC"
        return Change(key="services.NAME.database_pool", now="", to="", note=note)
    key = f"capacity.quotas.{name}"
    note = "first ask AWS for it: Service Quotas, of the region"
    return Change(key=key, now=_now(config, key), to=str(demand), note=note)
