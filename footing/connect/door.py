"""Which door leads to what a person wants to reach: the stack's bastion, or the provider's own."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from stacks.config import ConfigError
from stacks.config.redis import OUTSIDE
from stacks.config.stack import StackConfig
from stacks.naming import component_name

LOCAL_PORTS = {5432: 15432, 6432: 16432}
"""Port of this machine by that of the server: its own is often taken by a server of the developer's."""
LOCAL_REDIS_PORT = 16379
"""The same of every store of Redis."""


class Wish(Struct, frozen=True, kw_only=True):
    """What somebody wants to reach."""

    server: str
    """`database`, `pooler` or `redis`."""
    reader: str | None = None
    """Purpose of a read replica, of the database."""
    store: str | None = None
    """Name of a store, of Redis."""


def outside(config: StackConfig, wish: Wish, stack: str) -> str | None:
    """Return how to reach a server outside of the network; None for one inside.

    Raises:
        ConfigError: the stack has no such server.

    """
    if wish.server == "redis":
        name = _store(config, wish, stack)
        store = config.redis[name]
        if store.provider not in OUTSIDE:
            return None
        output = f"{component_name('redis', name).replace('-', '_')}_url"
        return _public(f"redis.{name} is at {store.provider}", output, stack)
    database = config.database
    if database is None:
        raise ConfigError(f"stack {stack}", ["database: missing; there is no PostgreSQL to connect to"])
    readers = [it.purpose for it in database.replicas]
    if wish.reader is not None and wish.reader not in readers:
        allowed = ", ".join(readers) or "none: database.replicas is empty"
        raise ConfigError(f"stack {stack}", [f"--reader: given {wish.reader}, allowed {allowed}"])
    if database.provider == "fly":
        return (
            "PostgreSQL is in the private network of Fly.io: `fly mpg connect` opens psql there, "
            "`fly mpg proxy` a port of this machine."
        )
    if config.own_pooler:
        return None
    output = {"database": "direct_url", "pooler": "pooled_url"}[wish.server]
    return _public(
        f"PostgreSQL is at {database.provider}", f"reader_urls.{wish.reader}" if wish.reader else output, stack
    )


def _public(what: str, output: str, stack: str) -> str:
    name, _, part = output.partition(".")
    of_map = f", entry {part}" if part else ""
    return (
        f"{what}, which has a public door with TLS: no tunnel is needed. The URL, with its password{of_map}: "
        f"`pulumi stack output {name} --show-secrets --stack {stack}`"
    )


def _store(config: StackConfig, wish: Wish, stack: str) -> str:
    if not config.redis:
        raise ConfigError(f"stack {stack}", ["redis: missing; there is no store to connect to"])
    name = wish.store or next(iter(config.redis))
    if name not in config.redis or (wish.store is None and len(config.redis) > 1):
        given = f"given {wish.store}" if wish.store else "missing with several stores"
        raise ConfigError(f"stack {stack}", [f"--store: {given}, allowed {', '.join(config.redis)}"])
    return name


def target_name(config: StackConfig, wish: Wish, stack: str) -> str:
    """Return the name of the server among the bastion's targets.

    Raises:
        ConfigError: the stack has no bastion, or no such server.

    """
    if config.bastion is None:
        problem = "bastion: missing; add `footing:bastion: {}` to the stack file and deploy, or nobody gets in"
        raise ConfigError(f"stack {stack}", [problem])
    if wish.server == "redis":
        name = _store(config, wish, stack)
        if config.redis[name].provider == "existing":
            problem = f"redis.{name}: given 'existing', whose host is in its own secret alone: no tunnel is made"
            raise ConfigError(f"stack {stack}", [problem])
        return component_name("redis", name)
    return f"reader-{wish.reader}" if wish.reader else wish.server


def local_port(target: str, port: int) -> int:
    """Return the port of this machine that is used unless another is given."""
    return LOCAL_REDIS_PORT if target.startswith("redis") else LOCAL_PORTS.get(port, port + 10_000)


def how_to_use(name: str, target: Mapping[str, Any], port: int, *, stack: str, region: str) -> list[str]:
    """Return the lines that say how to use an open tunnel: the address without the password, and where that is."""
    user, host = target["user"], target["host"]
    if name.startswith("redis"):
        client = f"redis-cli --tls --sni {host} -h 127.0.0.1 -p {port} --user {user} --askpass"
    elif name == "pooler":
        client = f"psql postgresql://{user}@127.0.0.1:{port}/{target['database']}?sslmode=disable"
    else:
        # The certificate is of the server's own name, which libpq verifies beside another address.
        client = (
            f'psql "host={host} hostaddr=127.0.0.1 port={port} dbname={target["database"]} user={user} '
            'sslmode=verify-full sslrootcert=global-bundle.pem"'
        )
    if arn := target.get("secret_arn"):
        password = f"aws secretsmanager get-secret-value --region {region} --secret-id {arn} --query SecretString"
    else:
        password = f"pulumi stack output {target['url_output']} --show-secrets --stack {stack}"
    return [f"use:      {client}", f"password: {password}"]
