"""Redis when memory is full: what each role's policy does."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import redis

from components.redis.roles import ENGINE_POLICIES, NO_EVICTION, Role, policy_of
from lab import redis_server
from lab.redis_server import MEMORY_MIB
from lab.result import Finding, Result, above, exactly
from lab.stage import Stage

VALUE = b"x" * 4096
EARLY = 2000
"""Keys written first; they fit."""
RECENT = range(EARLY - 300, EARLY)
"""Those of them that are read again before memory is full."""
LATE = 2000
"""Keys written afterwards; together with the others they do not fit."""
LRU_CLOCK_SECONDS = 1.1
"""Redis tells ages apart by the second."""
TTL_SECONDS = 3600


@dataclass(frozen=True, kw_only=True)
class _Pressed:
    """A full Redis."""

    refused: int
    """Writes that Redis refused with OOM."""
    recent: int
    """Early keys still there that were read again."""
    old: int
    """Other early keys still there."""
    lasting: int
    """Keys without an end still there, of as many as `RECENT` has."""
    evicted: int
    works_again: bool
    """Whether a write succeeds once something was taken out."""


def run(stage: Stage) -> Result:
    """Fill each role's Redis beyond its memory."""
    pressed = {role: _press(stage, role, ttl=TTL_SECONDS if role is Role.SESSION else None) for role in Role}
    endless = _press(stage, Role.SESSION, ttl=None)
    return Result(
        title="Redis with full memory",
        explanation=(
            f"Each role's Redis has {MEMORY_MIB} MiB. It gets {EARLY:,} keys of 4 KiB; {len(RECENT)} of them are "
            f"read again; then {LATE:,} more keys are written, which is more than fits."
        ),
        findings=[finding for role in Role for finding in _findings(role, pressed[role])]
        + [
            above("session, when no key has an end: writes refused", endless.refused, 0, "writes"),
            exactly("session, when no key has an end: keys lost", endless.evicted, 0, "keys"),
        ],
    )


def _findings(role: Role, seen: _Pressed) -> list[Finding]:
    name = f"{role.value} (`{policy_of(role, ENGINE_POLICIES, None)}`)"
    if not _evicts(role):
        return [
            above(f"{name}: writes refused", seen.refused, 0, "writes"),
            exactly(f"{name}: keys lost", EARLY - seen.recent - seen.old + seen.evicted, 0, "keys"),
            exactly(f"{name}: writes that work after a read took one out", int(seen.works_again), 1, "writes"),
        ]
    ages = Finding(
        what=f"{name}: what stays of the early keys",
        expected="a larger share of those read again",
        observed=f"{seen.recent} of {len(RECENT)} read again, {seen.old} of {EARLY - len(RECENT)} others",
        holds=seen.recent / len(RECENT) > seen.old / (EARLY - len(RECENT)),
    )
    evicting = [
        exactly(f"{name}: writes refused", seen.refused, 0, "writes"),
        above(f"{name}: keys evicted", seen.evicted, 0, "keys"),
        ages,
    ]
    if role is Role.SESSION:
        evicting.append(exactly(f"{name}: keys without an end that stay", seen.lasting, len(RECENT), "keys"))
    return evicting


def _press(stage: Stage, role: Role, ttl: int | None) -> _Pressed:
    with redis_server.running(stage.room(role.value), role) as server, server.client() as client:
        lasting = [f"lasting:{key}" for key in RECENT] if ttl else []
        _write(client, dict.fromkeys(lasting), ttl=None)
        early = {key: f"early:{key}" for key in range(EARLY)}
        refused = _write(client, early.values(), ttl)
        _age(client, [early[key] for key in RECENT], role)
        refused += _write(client, (f"late:{key}" for key in range(LATE)), ttl)
        there = {key for key, name in early.items() if client.exists(name)}
        info: Mapping[str, int] = client.info("stats")
        return _Pressed(
            refused=refused,
            recent=len(there & set(RECENT)),
            old=len(there - set(RECENT)),
            lasting=sum(bool(client.exists(name)) for name in lasting),
            evicted=info["evicted_keys"],
            works_again=_take_one_out_and_write(client),
        )


def _write(client: redis.Redis, names: Iterable[str], ttl: int | None) -> int:
    """Write `VALUE` to every name; how many writes Redis refused for want of memory."""
    pipeline = client.pipeline(transaction=False)
    for name in names:
        pipeline.set(name, VALUE, ex=ttl)
    answers = pipeline.execute(raise_on_error=False)
    errors = [answer for answer in answers if isinstance(answer, Exception)]
    for error in errors:
        if not isinstance(error, redis.exceptions.OutOfMemoryError):
            raise error
    return len(errors)


def _age(client: redis.Redis, names: Iterable[str], role: Role) -> None:
    """Read `names` so that they are younger than the keys before, and older than those that follow."""
    waits = LRU_CLOCK_SECONDS if _evicts(role) else 0
    time.sleep(waits)
    pipeline = client.pipeline(transaction=False)
    for name in names:
        pipeline.get(name)
    pipeline.execute()
    time.sleep(waits)


def _take_one_out_and_write(client: redis.Redis) -> bool:
    """As a queue does: what was read is gone, and there is room again."""
    for key in range(20):
        client.getdel(f"early:{key}")
    try:
        return bool(client.set("after", VALUE))
    except redis.exceptions.OutOfMemoryError:
        return False


def _evicts(role: Role) -> bool:
    return policy_of(role, ENGINE_POLICIES, None) != NO_EVICTION
