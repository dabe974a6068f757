"""Checks of a store: it answers, guards itself, and keeps or drops keys as its role wants."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from components.redis.roles import ENGINE_POLICIES, Role, policy_of
from observability import Check, Comparison, Group, RedisQuestion, Wanted
from stacks.config.redis import ElastiCacheConfig, RedisConfig
from stacks.config.redis_cloud import RedisCloudConfig
from stacks.naming import FIRST


class Line(Struct, frozen=True, kw_only=True):
    """One check of each store."""

    id: str
    """End of its id."""
    title: str
    """The fact."""
    command: tuple[str, ...]
    """What is sent."""
    wanted: Wanted
    """What the answer must be."""
    fix: str
    """Remedy; NAME is the store's."""
    path: str | None = None
    """Line of the answer."""
    signed_in: bool = True
    """Whether the password is given."""


LINES: Final = (
    Line(
        id="answers",
        title="Redis answers over TLS with its password",
        command=("PING",),
        wanted=Wanted(Comparison.IS, value=True),
        fix="Check that the URL begins with rediss://, and redis.NAME: who may connect, and its budget.",
    ),
    Line(
        id="wants-password",
        title="Redis refuses who gives no password",
        command=("PING",),
        wanted=Wanted(Comparison.CONTAINS, "refused"),
        fix="footing up sets redis.NAME.auth again; until then close the port.",
        signed_in=False,
    ),
    Line(
        id="set-get",
        title="A value is read as it was written",
        command=("SET",),
        wanted=Wanted(Comparison.IS, "the same"),
        fix="Read the log of redis.NAME: it has no memory left, or its user no right.",
    ),
    Line(
        id="setex",
        title="A key with SETEX 10 ends by itself",
        command=("SETEX",),
        wanted=Wanted(Comparison.AT_LEAST, 1),
        fix="Read the log of redis.NAME: it takes no writes, or keeps no time to live.",
    ),
    Line(
        id="pub-sub",
        title="What is published arrives",
        command=("PUBLISH",),
        wanted=Wanted(Comparison.IS, "the same"),
        fix="A proxy before redis.NAME, or its plan, lets no PUBLISH through.",
    ),
    Line(
        id="memory",
        title="INFO memory says what is used",
        command=("INFO", "memory"),
        wanted=Wanted(Comparison.AT_LEAST, 1),
        fix="The user of redis.NAME may not ask INFO: give it the right.",
        path="used_memory",
    ),
)
"""Checks of every store."""


def redis_checks(name: str, store: RedisConfig) -> Iterator[Check]:
    """Yield the checks of a store."""
    lines = list(LINES)
    if isinstance(store, ElastiCacheConfig | RedisCloudConfig):
        # ElastiCache answers no CONFIG: INFO says the same.
        by_name = isinstance(store, RedisCloudConfig)
        policy = Line(
            id="policy",
            title="Redis drops keys as its role wants",
            command=("CONFIG", "GET", "maxmemory-policy") if by_name else ("INFO", "memory"),
            wanted=Wanted(Comparison.IS, policy_of(Role(store.role), ENGINE_POLICIES, store.eviction_policy)),
            fix="Set redis.NAME.eviction_policy or its role, then footing up.",
            path="maxmemory-policy" if by_name else "maxmemory_policy",
        )
        lines.append(policy)
    begin = "redis" if name == FIRST["redis"] else f"redis-{name}"
    for it in lines:
        question = RedisQuestion(
            store=name, command=it.command, path=it.path, wanted=it.wanted, signed_in=it.signed_in
        )
        yield Check(
            id=f"{begin}-{it.id}",
            group=Group.REDIS,
            title=f"{it.title} (redis.{name})",
            question=question,
            fix=it.fix.replace("NAME", name),
        )
