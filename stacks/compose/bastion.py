"""The bastion: the way in for people to what lies inside the network."""

from collections.abc import Iterator
from typing import Any

import pulumi

from components.bastion.bastion import Bastion, BastionArgs, TargetArgs
from components.postgres.rds.store import RdsPostgres
from components.postgres.store import PostgresStore
from components.redis.store import USER, RedisStore
from stacks.compose.stack import Stack, task
from stacks.compose.surroundings import Surroundings
from stacks.naming import component_name


def make_bastion(stack: Stack, around: Surroundings) -> dict[str, pulumi.Input[Any]]:
    """Make the bastion where the stack asks for it, and return the outputs about it."""
    config, network = stack.config.bastion, around.network
    if config is None or network is None:
        return {}
    targets = dict(_postgres_targets(around.postgres) if around.postgres else ())
    for name, store in around.stores.items():
        targets |= _redis_target(name, store)
    bastion = Bastion(
        "bastion",
        BastionArgs(
            bastion_name=stack.names.of("bastion"),
            region=stack.config.region,
            placement=network.placement,
            task=task(stack, config.task),
            image=config.image,
            minutes=config.minutes,
            read_only=config.read_only,
            targets=targets,
            upstreams=network.upstreams,
            protect=config.protect,
        ),
        stack.opts,
    )
    return {"bastion": bastion.door}


def _postgres_targets(postgres: PostgresStore) -> Iterator[tuple[str, TargetArgs]]:
    """Yield the primary, the pooler and each replica by the name that a person types."""
    server = postgres.endpoint
    if server is None:
        return
    login = {"user": server.user, "database": server.database_name}
    owner = {"secret_arn": server.secret_arn}
    yield "database", TargetArgs(upstream=server.upstream, host=server.host, facts={**login, **owner})
    [pooler] = postgres.upstreams_for(pool=True, readers=[])
    yield "pooler", TargetArgs(upstream=pooler, host=postgres.host, facts={**login, "url_output": "pooled_url"})
    for purpose, replica in postgres.database.replicas.items() if isinstance(postgres, RdsPostgres) else ():
        facts = {"user": f"{server.database_name}_reader", "database": server.database_name}
        yield (
            f"reader-{purpose}",
            TargetArgs(
                upstream=replica.upstream, host=replica.address, facts={**facts, "url_output": "reader_urls"}
            ),
        )


def _redis_target(name: str, store: RedisStore) -> dict[str, TargetArgs]:
    inside = [it for it in store.upstreams if it.security_group_id is not None]
    if not inside or store.host is None:
        return {}
    component = component_name("redis", name)
    facts = {"user": USER, "url_output": f"{component.replace('-', '_')}_url"}
    return {component: TargetArgs(upstream=inside[0], host=store.host, facts=facts)}
