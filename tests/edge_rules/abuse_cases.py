"""The cases that the requirements name, against the rules of one stack."""

from collections.abc import Iterator

from crowd import Crowd, Phases, run

from edge_rules.plans import MINUTE_SECONDS
from stacks.config.edge import EdgeConfig
from stacks.config.stack import StackConfig

MOST_PEOPLE = 500
"""Where the search for the largest office ends."""
OFFICE_REQUESTS_PER_MINUTE = 4.0
"""What one person at work asks of the API: a page with two calls every half minute. An assumption."""
OFFICE_PEOPLE = 50
"""The office of the requirements. Source: C-4."""


def cases(edge: EdgeConfig) -> Iterator[Crowd]:
    """Every case, with the first host name and the first paths of the configuration."""
    host = edge.hostnames[0]
    api, auth = edge.rate_limits.api.paths[0], edge.rate_limits.auth.paths[0]
    login, feed = below(auth, "login"), below(api, "feed")
    yield Crowd(title="100 good logins a second", method="POST", path=login, host=host, requests_per_second=100)
    yield Crowd(
        title="100 wrong passwords a second",
        method="POST",
        path=login,
        host=host,
        status=401,
        requests_per_second=100,
    )
    yield Crowd(title="200 feed requests a second from one address", path=feed, host=host, requests_per_second=200)
    yield Crowd(
        title="200 feed requests a second from 400 addresses",
        path=feed, host=host, requests_per_second=200, addresses=400, keys=20,
    )  # fmt: skip
    yield Crowd(title="50 posts a second", method="POST", path=feed, host=host, requests_per_second=50)
    yield office(edge, OFFICE_PEOPLE)
    yield Crowd(
        title=f"{OFFICE_PEOPLE} people of one office sign in within a minute",
        method="POST", path=login, host=host,
        requests_per_second=OFFICE_PEOPLE / MINUTE_SECONDS, seconds=MINUTE_SECONDS,
    )  # fmt: skip


def below(path: str, name: str) -> str:
    """A path that the configured `path` means: below a prefix, or the exact path itself."""
    return f"{path}{name}" if path.endswith("/") else path


def office(edge: EdgeConfig, people: int, *, signed_in: bool = True) -> Crowd:
    """People at work behind one address; the edge keeps no answer to those who are signed in."""
    session = [("cookie", f"{edge.cache.session_cookies[0]}=1")]
    return Crowd(
        title=f"{people} people of one office, {OFFICE_REQUESTS_PER_MINUTE:g} requests a minute each",
        path=below(edge.rate_limits.api.paths[0], "feed"),
        host=edge.hostnames[0],
        headers=session if signed_in else [],
        requests_per_second=people * OFFICE_REQUESTS_PER_MINUTE / MINUTE_SECONDS,
    )


def largest_office(phases: Phases, edge: EdgeConfig, *, signed_in: bool = True) -> int:
    """People behind one address of whom nobody is refused; `MOST_PEOPLE` where no limit is in the way."""
    fits, too_many = 0, MOST_PEOPLE + 1
    while too_many - fits > 1:
        people = (fits + too_many) // 2
        if run(phases, office(edge, people, signed_in=signed_in)).refused:
            too_many = people
        else:
            fits = people
    return fits


def counting_uncached(config: StackConfig) -> StackConfig:
    """The same stack, counting only what reaches the origin."""
    api = config.edge.rate_limits.api.model_copy(update={"count": "uncached"})
    limits = config.edge.rate_limits.model_copy(update={"api": api})
    return config.model_copy(update={"edge": config.edge.model_copy(update={"rate_limits": limits})})
