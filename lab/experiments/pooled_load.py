"""S0-06 and S0-07: many clients and a steady load, on few connections to PostgreSQL."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from lab import load
from lab.load import Client, Outcome
from lab.pooler import Pooler
from lab.production import CLIENTS, REQUESTS_PER_SECOND
from lab.result import Finding, Result, above, at_most, exactly
from lab.stage import Stage
from lab.watch import Watch, watching

BURSTS = 3
"""How often all clients ask at the same moment."""

SHARE_OF_OFFERED = 0.98
"""Achieved rate below this share of the offered one means that the machine, not the pool, set the pace."""


@dataclass(frozen=True, kw_only=True)
class _Run:
    logins: Outcome
    steady: Outcome
    bursts: list[Outcome]
    watch: Watch


def run(stage: Stage, seconds: float = 20) -> Result:
    """Run 1,000 clients through the poolers: 200 requests a second for `seconds`, then all clients at once."""
    begin = stage.begin()
    with stage.poolers() as poolers:
        done = asyncio.run(_load(stage, poolers, seconds))
        peak = stage.postgres.peak(begin)
    return Result(
        title="1,000 clients through the poolers",
        explanation=(
            f"{CLIENTS:,} clients stay connected to {len(poolers)} PgBouncers. First they send "
            f"{REQUESTS_PER_SECOND} requests a second for {seconds:g} s, each at its time whether or not earlier "
            f"ones are answered. Then, {BURSTS} times, all of them ask at once for something that takes 100 ms."
        ),
        findings=[*_correct(stage, done, peak), *_paced(done)],
        curves=[stage.postgres.curve("through the poolers", begin)],
    )


async def _load(stage: Stage, poolers: Sequence[Pooler], seconds: float) -> _Run:
    clients = [Client(url=poolers[index % len(poolers)].url()) for index in range(CLIENTS)]
    try:
        async with watching(stage.postgres, poolers) as watch:
            return _Run(
                logins=await load.connect_all(clients),
                steady=await load.steady(clients, REQUESTS_PER_SECOND, seconds),
                bursts=[await load.burst(clients) for _ in range(BURSTS)],
                watch=watch,
            )
    finally:
        await load.disconnect_all(clients)


def _correct(stage: Stage, done: _Run, peak: int) -> list[Finding]:
    pool = stage.production.server_connections
    requests = [done.steady, *done.bursts]
    failures = sum(it.failed for it in (done.logins, *requests))
    return [
        exactly("clients connected at once", done.logins.answered, CLIENTS, "clients"),
        exactly(
            "requests answered",
            sum(it.answered for it in requests),
            sum(it.offered for it in requests),
            "requests",
        ),
        exactly("errors of any kind", failures, 0, "errors"),
        at_most("most connections, PostgreSQL's log", peak, pool, "connections"),
        at_most("most connections, pg_stat_activity", done.watch.backends, pool, "connections"),
        at_most("most connections, SHOW POOLS", done.watch.server_connections, pool, "connections"),
        # Without this a load that never touches the ceiling would prove nothing about it.
        exactly("pool in full use during the bursts", peak, pool, "connections"),
        above("clients that waited for a connection", done.watch.waiting_clients, 0, "clients"),
    ]


def _paced(done: _Run) -> list[Finding]:
    steady, slowest = done.steady, max(done.bursts, key=lambda it: it.seconds)
    return [
        Finding(
            what="rate achieved",
            expected=f"{SHARE_OF_OFFERED:.0%} or more of {REQUESTS_PER_SECOND} requests/s",
            observed=f"{steady.per_second:.1f} requests/s, p95 {steady.latency_ms(95):.0f} ms",
            holds=steady.per_second >= SHARE_OF_OFFERED * REQUESTS_PER_SECOND,
            depends_on_speed=True,
        ),
        Finding(
            what="slowest burst of all clients",
            expected="reported",
            observed=f"{slowest.seconds:.1f} s, p95 {slowest.latency_ms(95):.0f} ms",
            holds=True,
        ),
    ]
