"""The load tests on the real nginx, PgBouncer, PostgreSQL and Redis, shorter than `make load` has them."""

import datetime as dt
import http.client
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_rules.evaluation.outcome import cache_lifetime
from edge_rules.evaluation.traffic import Exchange, Response, request
from lab import edge_proxy, load_tests, programs
from lab.load_report import pages
from lab.load_tests import Played, World
from lab.stage import Stage
from stacks.config import from_file
from stacks.edge import edge_rules, edge_settings

pytestmark = pytest.mark.lab
ROOT = Path(__file__).parents[2]
FILES = sorted([*ROOT.glob("Pulumi.*.yaml"), *ROOT.glob("systems/*/Pulumi.*.yaml")])


@pytest.fixture(scope="module")
def world(stage: Stage) -> Iterator[World]:
    with load_tests.opened(stage) as opened:
        yield opened


def broken(played: Played) -> list[str]:
    return [
        f"{it.what}: {it.observed}, expected {it.expected}"
        for it in played.result.findings
        if not it.holds and not it.depends_on_speed
    ]


def ask(world: World, method: str, path: str, headers: dict[str, str]) -> tuple[int, str | None]:
    """The status of an answer, and what the proxy's cache says."""
    connection = http.client.HTTPConnection(world.proxy.url.removeprefix("http://"), timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers.get(edge_proxy.CACHE_STATUS)


def test_guessing_is_stopped_by_the_edges_own_limit_and_reaches_no_database(world: World):
    played = load_tests.brute_force(world, seconds=3)
    assert broken(played) == []
    assert played.run.measured.total.passed <= 3
    assert played.run.measured.total.blocked > 250


def test_feed_of_many_is_answered_by_the_edge_and_the_page_shows_it(world: World):
    before = world.origin.counts["feed"]
    played = load_tests.feed_scrape(world, seconds=3)
    assert broken(played) == []
    assert world.origin.counts["feed"] - before <= 20
    texts = pages([played], dt.date(2026, 1, 2))
    assert "| reads that the edge answers | at least 70 %" in texts["load.md"]
    assert "simulation" in texts["load.md"]
    assert len(texts["load.html"].encode()) < 200_000


def test_without_redis_the_database_answers_and_nobody_notices(world: World):
    played = load_tests.redis_away(world, seconds=4)
    assert broken(played) == []
    assert played.run.measured.total.failed == 0


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [
        ("GET", "/rest/feed?page=900", {}),
        ("GET", "/rest/feed?page=901", {"Authorization": "Bearer x"}),
        ("GET", "/rest/feed?page=902", {"apikey": "x"}),
        ("GET", "/rest/feed?page=903", {"Cookie": "session=1"}),
        ("GET", "/rest/feed?page=904", {"Cookie": "theme=dark"}),
        ("POST", "/rest/posts", {}),
        ("GET", "/assets/app-900.js", {}),
        # A visitor's cookie goes along with every file of the build, which is the same for all.
        ("GET", "/assets/app-901.js", {"Cookie": "session=1"}),
        ("GET", "/assets/app-902.js", {"Authorization": "Bearer x"}),
        ("POST", "/auth/login", {}),
        ("GET", "/somewhere", {}),
    ],
)
def test_proxy_keeps_what_the_edges_rules_keep(world: World, method: str, path: str, headers: dict[str, str]):
    config = world.stage.production.config
    assert config.edge
    asked = request(method, path, host=config.edge.hostnames[0], headers=list(headers.items()))
    kind = {"content-type": "application/json", "cache-control": "public, max-age=30"}
    exchange = Exchange(request=asked, response=Response(status=200, headers=kind if "/rest" in path else {}))
    kept = cache_lifetime(edge_rules(config), exchange).edge_seconds > 0
    address = {"X-Forwarded-For": f"198.19.0.{hash(path) % 250}"}
    answers = [ask(world, method, path, {**headers, **address}) for _ in range(2)]
    assert (answers[1][1] == "HIT") is kept, answers


def test_limit_counts_each_address_by_itself(world: World):
    def statuses(address: str, path: str, times: int) -> list[int]:
        return [ask(world, "POST", path, {"X-Forwarded-For": address})[0] for _ in range(times)]

    assert statuses("198.19.1.1", "/auth/login", 3) == [200, 429, 429]
    assert statuses("198.19.1.2", "/auth/login", 1) == [200]
    assert statuses("198.19.1.3", "/rest/posts", 40).count(429) >= 9
    assert 429 not in statuses("198.19.1.3", "/elsewhere", 5)


@pytest.mark.parametrize("file", FILES, ids=lambda it: str(it.relative_to(ROOT)))
def test_nginx_accepts_the_configuration_of_every_edge(file: Path, tmp_path: Path):
    config = from_file(file, secrets_stood_in=True).config
    if config.edge is None:
        return
    settings = edge_settings(config, config.edge)
    text = edge_proxy.configuration(settings, directory=tmp_path, port=20001, origin_port=20002)
    (tmp_path / "nginx.conf").write_text(text)
    command = [programs.find("nginx"), "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rates = {ref: it.per_minute for ref, it in settings.rates.items() if ref not in edge_proxy.NOT_SIMULATED}
    for ref, per_minute in rates.items():
        assert f"zone={ref.replace('-', '_')}:10m rate={per_minute:.0f}r/m;" in text
