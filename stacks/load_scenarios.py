"""The load tests of a stack: the documents' and its own, with the limits that its file promises."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from msgspec.structs import replace

from loadtest.measures import LAYERS, POPULATIONS
from loadtest.scenario import Call, Job, Kind, Limit, Scenario
from observability.files.artefacts import (
    AUTH_ATTEMPTS_PER_SECOND,
    FEED_REQUESTS_PER_SECOND,
    POSTS_PER_SECOND,
    PROFILES,
)
from stacks.config.growth import LoadTestConfig, current_phase
from stacks.config.load_generator import LoadGeneratorConfig
from stacks.config.stack import StackConfig
from stacks.config.targets import FAILED_STATUSES

THINK_SECONDS: Final = 1.0
"""Time between two requests of a virtual user where neither its test nor the phase says one, in seconds."""
FAILED_SHARE: Final = 0.02
"""Share of calls that may fail where the stack promises none. Source: S0-57."""
SCRAPED_HIT_SHARE: Final = 0.7
"""Least share that the edge answers of a feed that is scraped. Source: S0-54."""
READ_WEIGHT: Final = 4
"""Reads of the feed beside one request of another kind, where nobody says what is requested."""
FEED_USERS, FEED_SECONDS = 100, 60
"""Users and length of the feed's test. Source: S2-45."""
ABUSE_SECONDS: Final = 75
"""Longer than the minute in which limits count, so that it ends within the run."""
DRILL_SECONDS, DRILL_PER_SECOND = 120, 20.0
"""Length and rate of the drill without Redis."""
BASELINE_USERS: Final = 10
"""Users of the baseline. Source: S3-83."""
USERS_PER_RATE: Final = 0.5
"""Virtual users for each request a second: an answer may take half a second before they are late."""


def scenarios(config: StackConfig) -> dict[str, Scenario]:
    """Return the load tests that the stack offers, by name; an entry of `load_tests` wins over a document's."""
    found = {it.name: it for it in (*_profiles(config), *_documents(config), *_abuse(config))}
    return found | {it.name: _own(config, it) for it in config.load_tests}


def job(config: StackConfig, scenario: Scenario, url: str | None) -> Job:
    """Return what the generator is told: everything goes to `url`, or each kind to its own host of the stack."""
    base = (url or base_url(config) or "").rstrip("/")
    if url is None:
        calls = [replace(it, path=_elsewhere(config, it, base) + it.path) for it in scenario.calls]
        scenario = replace(scenario, calls=calls)
    errors = config.objectives.targets.errors
    return Job(
        scenario=scenario,
        url=base,
        failed_statuses=errors.failed_statuses if errors else FAILED_STATUSES,
        cache_header=_generator(config).cache_header,
    )


def base_url(config: StackConfig) -> str | None:
    """Return the address that is asked; None where the stack has none of its own."""
    if url := _generator(config).url:
        return url
    if config.edge:
        return f"https://{config.edge.api_hostname or config.edge.hostnames[0]}"
    web = config.web[config.main_web] if config.main_web else None
    return f"https://{web.fly.app_name}.fly.dev" if web and web.fly and web.fly.app_name else None


def is_live(config: StackConfig) -> bool:
    """Return whether people use the stack: what it says itself, else whether it protects something or may page."""
    if (said := _generator(config).live) is not None:
        return said
    balancer = config.load_balancer if config.balanced else None
    kept = next((it for it in (config.database, config.edge, balancer) if it), None)
    return bool(getattr(kept, "protect", False)) or config.alerts.may_page


def _generator(config: StackConfig) -> LoadGeneratorConfig:
    return config.load_generator or LoadGeneratorConfig()


def _elsewhere(config: StackConfig, call: Call, base: str) -> str:
    """Return the origin of a call that is not sent to `base`: files and pages lie at the first host name."""
    if config.edge is None or call.kind not in (Kind.STATIC, Kind.PAGE) or _generator(config).url:
        return ""
    host = config.edge.hostnames[0]
    return "" if host == urlsplit(base).hostname else f"https://{host}"


def _calls(config: StackConfig, *kinds: Kind) -> list[Call]:
    """Return the requests of some kinds: those of the file, else of each kind the usual one."""
    asked = [it.call for it in _generator(config).requests]
    found = [call for kind in kinds for call in ([it for it in asked if it.kind is kind] or _usual(config, kind))]
    at_start = [it for it in asked if it.at_start and it not in found]
    return [*at_start, *found] if found else []


def _usual(config: StackConfig, kind: Kind) -> list[Call]:
    limits = config.edge.rate_limits if config.edge else None
    if kind is Kind.API and limits is None:
        web = config.web[config.main_web] if config.main_web else None
        return [Call(path=web.health_path)] if web else []
    if limits is None:
        return []
    api, auth = limits.api.paths[0], limits.auth.paths[0]
    login = '{"email": "load-test@example.com", "password": "wrong-{n}"}'
    usual = {
        Kind.API: Call(path=f"{_below(api, 'feed')}?page={{n}}", keys=20, weight=READ_WEIGHT),
        Kind.AUTH: Call(path=_below(auth, "login"), kind=Kind.AUTH, method="POST", body=login, keys=1000),
        Kind.WRITE: Call(
            path=_below(api, "posts"), kind=Kind.WRITE, method="POST", body='{"text": "load test"}', signed_in=True
        ),
    }
    return [usual[kind]] if kind in usual else []


def _below(path: str, name: str) -> str:
    """Return a path that the configured one means: below a prefix, or the exact path itself."""
    return f"{path}{name}" if path.endswith("/") else path


def _mixed(config: StackConfig) -> list[Call]:
    """Return what virtual users request: the reads and operations that the file names; else reads of the API."""
    kinds = dict.fromkeys(it.call.kind for it in _generator(config).requests)
    return _calls(config, *[it for it in kinds if it not in (Kind.AUTH, Kind.WRITE)]) or _calls(config, Kind.API)


def _think(config: StackConfig, phase: str | None = None) -> float:
    found = current_phase(config.phases, phase or config.phase)
    return (found and found.think_time_seconds) or THINK_SECONDS


def _profiles(config: StackConfig) -> Iterator[Scenario]:
    """Yield the tests before a launch. Source: S1-78 to S1-81."""
    calls = _mixed(config)
    for name, profile in PROFILES.items() if calls else ():
        yield Scenario(
            name=name,
            title=f"{profile['users']:,} users for {profile['minutes']} min",
            calls=calls,
            users=profile["users"],
            duration_seconds=60 * profile["minutes"],
            limits=_promised(config, calls),
        )


def _documents(config: StackConfig) -> Iterator[Scenario]:
    """Yield the feed's test, the steady load, the drill and the baseline."""
    reads, mixed = _calls(config, Kind.API), _mixed(config)
    if reads:
        yield Scenario(
            name="feed",
            title=f"the feed: {FEED_USERS} users for {FEED_SECONDS} s, cold and warm",
            calls=reads,
            users=FEED_USERS,
            duration_seconds=FEED_SECONDS,
            limits=_promised(config, reads),
        )
    if mixed:
        yield replace(
            _paced("steady", f"a steady load of {FEED_REQUESTS_PER_SECOND} requests a second", mixed, 200.0, 60),
            limits=_promised(config, mixed),
        )
    if config.redis and reads:
        # Of somebody who is signed in, so that the edge does not answer.
        personal = [replace(it, signed_in=True) for it in reads]
        drill = f"the store {next(iter(config.redis))}, or its answers, and bring it back before the end"
        yield replace(
            _paced("redis-away", "Redis is away: the database answers", personal, DRILL_PER_SECOND, DRILL_SECONDS),
            drill=drill,
            limits=(_failed(config), Limit(measure="passed", title="answers", key="S2-18", at_least=1)),
        )
    if operation := _calls(config, Kind.OPERATION) or mixed:
        yield Scenario(
            name="baseline",
            title=f"the baseline: {BASELINE_USERS} users for a minute",
            calls=operation,
            users=BASELINE_USERS,
            duration_seconds=60,
            limits=_promised(config, operation),
        )


def _abuse(config: StackConfig) -> Iterator[Scenario]:
    """Yield what the edge has to hold off; nothing without one."""
    if config.edge is None:
        return
    limits = config.edge.rate_limits
    guessed, reads, posts = (_calls(config, it) for it in (Kind.AUTH, Kind.API, Kind.WRITE))
    brute = _paced(
        "auth-brute-force",
        "100 logins a second from one address",
        guessed,
        AUTH_ATTEMPTS_PER_SECOND,
        ABUSE_SECONDS,
    )
    key = "edge.rate_limits.auth.requests_per_minute"
    refused = Limit(measure="blocked", title="requests refused with 429", key=key, at_least=1)
    passing = _per_minute(key, limits.auth.requests_per_minute)
    yield replace(brute, abuse=True, limits=(passing, refused, _failed(config)))
    # Whoever scrapes is nobody: what is signed in passes the edge.
    anonymous = [it for it in reads if not it.signed_in] or reads
    scrape = _paced("feed-scrape", "200 reads of the feed a second", anonymous, FEED_REQUESTS_PER_SECOND, 60)
    hits = Limit(
        measure="hit_share:edge_api", title="reads that the edge answers", key="S0-54", at_least=SCRAPED_HIT_SHARE
    )
    yield replace(scrape, abuse=True, limits=(hits, *_saved(config, required=True), _failed(config)))
    spam = _paced("action-spam", "50 posts a second from one address", posts, POSTS_PER_SECOND, ABUSE_SECONDS)
    key, api = "edge.rate_limits.api.requests_per_minute", limits.api.requests_per_minute
    # A fixed window lets twice as many pass around its edge.
    yield replace(spam, abuse=True, limits=(_per_minute(key, 2 * api), replace(refused, key=key), _failed(config)))


def _paced(name: str, title: str, calls: Sequence[Call], per_second: float, seconds: int) -> Scenario:
    return Scenario(
        name=name,
        title=title,
        calls=calls,
        users=max(10, round(per_second * USERS_PER_RATE)),
        duration_seconds=seconds,
        requests_per_second=float(per_second),
    )


def _own(config: StackConfig, test: LoadTestConfig) -> Scenario:
    """Return a test of the file."""
    calls = [it.call for it in test.requests] or _mixed(config)
    stood_for = f", who stand for {test.represents_users:,} people" if test.represents_users else ""
    return Scenario(
        name=test.name,
        title=f"{test.virtual_users:,} users for {test.duration_seconds} s{stood_for}",
        calls=calls,
        users=test.virtual_users,
        duration_seconds=test.duration_seconds,
        requests_per_second=test.requests_per_second,
        think_time_seconds=test.think_time_seconds or _think(config, test.phase),
        represents_users=test.represents_users or test.virtual_users,
        limits=_promised(config, calls),
    )


def _promised(config: StackConfig, calls: Sequence[Call]) -> tuple[Limit, ...]:
    """Return what the stack promises of such requests."""
    targets, kinds = config.objectives.targets, {it.kind for it in calls}
    found = [
        Limit(
            measure=f"latency:{it.population}:{it.percentile}",
            title=f"{it.name}: {it.percentile} % of answers within",
            key=f"objectives.latency {it.name}",
            at_most=it.target_ms,
            # A short run asks for nothing twice.
            required=it.population != "feed_warm",
        )
        for it in targets.latency
        if it.population == "page" or kinds & set(POPULATIONS[it.population][0])
    ]
    for hit in targets.hits:
        if kinds & set(LAYERS[hit.layer]):
            share = "hit_share" if hit.unit == "requests" else "byte_share"
            title = f"{hit.unit} that {hit.layer} answers"
            key = f"objectives.hits {hit.layer}"
            limit = Limit(measure=f"{share}:{hit.layer}", title=title, key=key, at_least=hit.share, required=False)
            found.append(limit)
    failed = _failed(config)
    blocked = Limit(
        measure="blocked_share",
        title="requests refused with 429, which measures the limits of the edge and not the stack",
        key="edge.rate_limits",
        at_most=failed.at_most,
    )
    return (*found, *_saved(config, required=False), failed, blocked)


def _saved(config: StackConfig, *, required: bool) -> Iterator[Limit]:
    if (share := _generator(config).reads_saved) is not None:
        title = "reads of the feed that no database answers"
        key = "load_generator.reads_saved"
        yield Limit(measure="reads_saved", title=title, key=key, at_least=share, required=required)


def _failed(config: StackConfig) -> Limit:
    errors = config.objectives.targets.errors
    key = "objectives.errors.share" if errors else "objectives.errors.share, 2 % when left out"
    return Limit(
        measure="failed_share", title="calls that fail", key=key, at_most=errors.share if errors else FAILED_SHARE
    )


def _per_minute(key: str, most: int) -> Limit:
    return Limit(measure="passed_per_minute", title="requests that pass in a minute", key=key, at_most=most)


def limits_by_measure(scenario: Scenario) -> Mapping[str, float]:
    """Return the bound of each limit of a scenario, by what it measures."""
    return {it.measure: bound for it in scenario.limits if (bound := it.at_most or it.at_least) is not None}
