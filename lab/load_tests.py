"""The load tests of the production stack here: its poolers, PostgreSQL, Redis, and nginx for its edge."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from msgspec.structs import replace

from components.redis.roles import Role
from lab import edge_proxy, process, redis_server, reference_origin
from lab.edge_proxy import EdgeProxy
from lab.reference_origin import Origin
from lab.result import Finding, Result, above, at_most
from lab.stage import Stage
from loadtest.html import Curve, Run
from loadtest.measured import Measured
from loadtest.run import play
from loadtest.scenario import Call, Job, Kind, Scenario
from loadtest.verdict import State, bottleneck, verdicts
from stacks.edge import edge_settings
from stacks.load_scenarios import scenarios

VISITORS = 2000
"""Addresses of the visitors whom the generator plays: 200 requests a second are 6 a minute of each."""
SIGNED_IN = {"ACCESS_TOKEN": "of-the-lab"}
"""Variables of the generator: with them it sends what somebody who is signed in sends."""
SETTLE_SECONDS = 0.5


@dataclass(kw_only=True)
class World:
    """Everything that a load test meets."""

    stage: Stage
    proxy: EdgeProxy
    origin: Origin
    redis: "RedisSwitch"


@dataclass(kw_only=True)
class RedisSwitch:
    """A Redis that can be taken away and brought back at the same port."""

    stage: Stage
    port: int
    _running: ExitStack = field(default_factory=ExitStack, repr=False)

    def bring(self) -> None:
        """Start it, empty."""
        self._running.enter_context(redis_server.running(self.stage.room("redis"), Role.CACHE, self.port))

    def take(self) -> None:
        """Stop it."""
        self._running.close()


@dataclass(frozen=True, kw_only=True)
class Played:
    """A scenario that was played."""

    run: Run
    result: Result


@contextmanager
def opened(stage: Stage) -> Iterator[World]:
    """Yield the production stack's edge, application, Redis and poolers on this machine."""
    edge = stage.production.config.edge
    assert edge is not None  # noqa: S101  production has one
    switch = RedisSwitch(stage=stage, port=process.free_port())
    with ExitStack() as stack:
        stack.callback(switch.take)
        switch.bring()
        poolers = stack.enter_context(stage.poolers())
        origin = stack.enter_context(reference_origin.running([it.url() for it in poolers], switch.port))
        settings = edge_settings(stage.production.config, edge)
        proxy = stack.enter_context(edge_proxy.running(stage.room("edge"), settings, origin.port))
        yield World(stage=stage, proxy=proxy, origin=origin, redis=switch)


def brute_force(world: World, seconds: int = 65) -> Played:
    """Send 100 logins a second from one address. Source: S0-53."""
    return _play(world, _scenario(world, "auth-brute-force", seconds), logins_shown)


def feed_scrape(world: World, seconds: int = 20) -> Played:
    """Read the feed 200 times a second from many addresses. Source: S0-54."""
    return _play(world, _scenario(world, "feed-scrape", seconds, visitors=VISITORS), reads_shown)


def action_spam(world: World, seconds: int = 30) -> Played:
    """Send 50 posts a second from one address. Source: S0-55."""
    return _play(world, _scenario(world, "action-spam", seconds), posts_shown)


def steady(world: World, seconds: int = 20) -> Played:
    """Send 200 requests a second: reads, some of them signed in, files, and some posts. Source: S0-06."""
    known = _scenario(world, "steady", seconds, visitors=VISITORS)
    [read] = [it for it in known.calls if it.kind is Kind.API]
    calls = [
        replace(read, weight=10),
        replace(read, weight=4, signed_in=True),
        Call(path="/assets/app-{n}.js", kind=Kind.STATIC, keys=5, weight=5),
        Call(path="/rest/posts", kind=Kind.WRITE, method="POST", body='{"text": "steady"}', signed_in=True),
    ]
    return _play(world, replace(known, calls=calls), steady_shown)


def redis_away(world: World, seconds: int = 24) -> Played:
    """Take Redis away for the middle third of a run of somebody who is signed in. Source: S2-18."""
    known = replace(_scenario(world, "redis-away", seconds, visitors=VISITORS), requests_per_second=60.0, users=30)
    due = round(seconds * (known.requests_per_second or 0))
    first, over = world.origin.reads, threading.Event()

    def switch() -> None:
        for share, act in ((1, world.redis.take), (2, world.redis.bring)):
            while world.origin.reads - first < due * share / 3 and not over.wait(0.05):
                pass
            act()

    switching = threading.Thread(target=switch)
    switching.start()
    try:
        return _play(world, known, drill_shown)
    finally:
        over.set()
        switching.join()


RUNS: Mapping[str, Callable[[World], Played]] = {
    "auth-brute-force": brute_force,
    "feed-scrape": feed_scrape,
    "action-spam": action_spam,
    "steady": steady,
    "redis-away": redis_away,
}
"""What `make load` plays, in the order of the page."""


def _scenario(world: World, name: str, seconds: int, visitors: int = 0) -> Scenario:
    return replace(scenarios(world.stage.production.config)[name], duration_seconds=seconds, visitors=visitors)


def _play(
    world: World, scenario: Scenario, more: Callable[[World, Measured, int, Mapping[str, int]], Sequence[Finding]]
) -> Played:
    """Return a scenario played against the proxy, its limits and what else was looked at."""
    before, begin = dict(world.origin.counts), time.time()
    measured = play(Job(scenario=scenario, url=world.proxy.url), quiet=True, variables=SIGNED_IN)
    time.sleep(SETTLE_SECONDS)
    peak = world.stage.postgres.peak(begin)
    asked = {name: count - before.get(name, 0) for name, count in world.origin.counts.items()}
    curve = world.stage.postgres.curve("connections to PostgreSQL", begin)
    points = [it for it in curve.points if it[0] <= scenario.duration_seconds] or [(0.0, 0)]
    # Steps: the last count holds until the end.
    points = [*points, (float(scenario.duration_seconds), points[-1][1])]
    findings = [*_limits(scenario, measured), *more(world, measured, peak, asked)]
    whom = f"{scenario.visitors:,} addresses" if scenario.visitors else "one address"
    found = Result(
        title=f"{scenario.name}: {scenario.title}",
        explanation=(
            f"{scenario.requests_per_second or 0:g} requests a second from {whom} for "
            f"{scenario.duration_seconds} s, by {scenario.users} virtual users."
        ),
        findings=findings,
    )
    shown = Curve(name=curve.name, points=points)
    remarks = [f"{it.what}: {it.observed} ({it.expected})" for it in findings[len(_limits(scenario, measured)) :]]
    plots = [("connections to PostgreSQL", [shown])]
    return Played(run=Run(scenario=scenario, measured=measured, remarks=remarks, curves=plots), result=found)


def _limits(scenario: Scenario, measured: Measured) -> list[Finding]:
    """Return the verdicts as findings; times depend on the machine, counts and shares do not."""
    found = [
        Finding(
            what=it.limit.title,
            expected=f"{it.allowed} (`{it.limit.key}`)",
            observed=it.measured,
            holds=it.state is not State.BROKEN,
            depends_on_speed=it.limit.measure.startswith(("latency", "achieved", "cpu")),
        )
        for it in verdicts(scenario, measured)
    ]
    if late := bottleneck(scenario, measured):
        found.append(Finding(what=late, expected="no", observed="yes", holds=False, depends_on_speed=True))
    return found


def logins_shown(world: World, measured: Measured, peak: int, asked: Mapping[str, int]) -> list[Finding]:
    """Return what a flood of logins has to show."""
    least = 20 * measured.seconds / 60 - 2
    return [
        above("logins that pass", measured.total.passed, max(0, int(least) - 1), "logins"),
        at_most("logins that reach the database", asked.get("login", 0), measured.total.passed, "statements"),
        *_flat(world, peak),
    ]


def reads_shown(world: World, measured: Measured, peak: int, asked: Mapping[str, int]) -> list[Finding]:
    """Return what a flood of reads has to show."""
    statements = asked.get("feed", 0)
    return [
        Finding(
            what="statements of the database, of the reads",
            expected="at most 30 % (S2-53, S0-38)",
            observed=f"{statements} of {measured.total.passed:,}",
            holds=statements <= 0.3 * measured.total.passed,
        ),
        *_flat(world, peak),
    ]


def posts_shown(world: World, measured: Measured, peak: int, asked: Mapping[str, int]) -> list[Finding]:
    """Return what a flood of posts has to show."""
    return [
        at_most("posts in the database", asked.get("post", 0), measured.total.passed, "statements"),
        *_flat(world, peak),
    ]


def steady_shown(world: World, measured: Measured, peak: int, asked: Mapping[str, int]) -> list[Finding]:
    """Return what a steady load has to show."""
    del measured
    return [above("statements of the database", sum(asked.values()), 0, "statements"), *_flat(world, peak)]


def drill_shown(world: World, measured: Measured, peak: int, asked: Mapping[str, int]) -> list[Finding]:
    """Return what a run without Redis has to show."""
    # A third of the run is without Redis, two thirds are with it.
    least = round(measured.offered / 5)
    missed = measured.total.redis_told - measured.total.redis_hits
    return [
        above("reads that the database answered", asked.get("feed", 0), least, "statements"),
        above("answers from Redis before and after", measured.total.redis_hits, least, "answers"),
        at_most("reads without an answer", measured.total.failed, 0, f"of {missed + measured.total.redis_hits}"),
        *_flat(world, peak),
    ]


def _flat(world: World, peak: int) -> list[Finding]:
    return [
        at_most(
            "most connections, PostgreSQL's log", peak, world.stage.production.server_connections, "connections"
        )
    ]
