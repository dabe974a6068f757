"""Locust itself, for some seconds, against an origin of this process that limits, fails and caches."""

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from loadtest.run import GeneratorError, play, result_in
from loadtest.scenario import Call, Job, Kind, Limit, Scenario
from loadtest.verdict import broken, verdicts

ROOT = Path(__file__).parents[2]
LOGINS = 7
"""Logins that pass; the next are refused."""
SECRET = "anon-key-of-nobody"


class Origin(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    asked: Counter[str]
    seen: set[str]

    def do_GET(self) -> None:
        self.asked[self.path] += 1
        self.seen.add(self.headers.get("apikey", ""))
        self.seen.add(self.headers.get("X-Forwarded-For", ""))
        if self.path == "/lost":
            return self.answer(404, {})
        if self.path == "/broken":
            return self.answer(500, {})
        hit = "HIT" if self.asked[self.path] > 1 else "MISS"
        return self.answer(200, {"CF-Cache-Status": hit, "X-Redis-Cache": "miss"})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.asked["login"] += 1
        self.answer(401 if self.asked["login"] <= LOGINS else 429, {})

    def answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": "100"}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(b"x" * 100)

    def log_message(self, *_: object) -> None:
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True
    block_on_close = False


@pytest.fixture
def origin() -> Iterator[tuple[str, type[Origin]]]:
    handler = type("Handler", (Origin,), {"asked": Counter(), "seen": set()})
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()


def test_run_sends_what_is_due_and_tells_cold_from_warm_and_blocked_from_failed(
    origin: tuple[str, type[Origin]], monkeypatch: pytest.MonkeyPatch
):
    url, handler = origin
    monkeypatch.setenv("SUPABASE_ANON_KEY", SECRET)
    calls = [
        Call(path="/rest/feed?page={n}", keys=5, weight=4),
        Call(path="/mine", signed_in=True),
        Call(path="/auth/login", kind=Kind.AUTH, method="POST", body='{"password": "{n}"}', weight=2),
        Call(path="/broken"),
        Call(path="/lost", kind=Kind.STATIC),
        Call(path="/sessions/{user}", kind=Kind.OPERATION, at_start=True),
    ]
    scenario = Scenario(
        name="x", title="x", calls=calls, users=20, duration_seconds=2, requests_per_second=60, visitors=50,
        limits=[Limit(measure="failed_share", title="failed", key="k", at_most=0.1)],
    )  # fmt: skip
    found = play(Job(scenario=scenario, url=url), quiet=True)
    at_start, due = 20, 120
    assert found.offered == due
    # A busy machine sends the last ones too late.
    assert 0.9 * due <= found.total.sent <= due + at_start
    reads, first = found.of([Kind.API]), found.of([Kind.API], "first")
    assert first.sent == 7
    assert reads.edge_told - reads.edge_hits == 6
    assert reads.redis_told == 6
    assert found.of([Kind.AUTH]).passed == LOGINS
    assert found.of([Kind.AUTH]).blocked == found.statuses["429"] == found.total.blocked > 5
    # A page that is not there is no answer to a load test.
    assert found.statuses["500"] + found.statuses["404"] == found.total.failed > 15
    assert reads.edge_bytes == 100 * reads.edge_hits
    assert [it.limit.measure for it in broken(verdicts(scenario, found))] == ["failed_share"]
    assert len([it for it in handler.asked if it.startswith("/sessions/")]) == at_start
    assert len([it for it in handler.seen if it.startswith("198.18.")]) == 50
    assert SECRET in handler.seen
    assert SECRET not in repr(found)


def test_nobody_there_is_a_failure_with_its_reason_and_no_exception():
    scenario = Scenario(
        name="x", title="x", calls=[Call(path="/")], users=2, duration_seconds=1, think_time_seconds=0.5
    )
    found = play(Job(scenario=scenario, url="http://127.0.0.1:9"), quiet=True)
    assert found.total.sent == found.total.failed > 0
    assert found.errors == {"ConnectionRefusedError": found.total.sent}


def test_generator_that_ends_without_a_result_is_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.executable", "false")
    with pytest.raises(GeneratorError, match="exit code 1"):
        play(Job(scenario=Scenario(name="", title="", calls=[], users=1, duration_seconds=1), url=""), quiet=True)


def test_workers_of_a_master_add_up(origin: tuple[str, type[Origin]]):
    """As the tasks at AWS run, told by their environment."""
    scenario = Scenario(
        name="x", title="x", calls=[Call(path="/")], users=4, duration_seconds=1, requests_per_second=40
    )
    text = msgspec.json.encode(Job(scenario=scenario, url=origin[0])).decode()
    roles = ({"FOOTING_LOAD_WORKERS": "1"}, {"FOOTING_LOAD_MASTER": "127.0.0.1"})
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "loadtest"],
            env={**os.environ, "FOOTING_LOAD_JOB": text, **role},
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        for role in roles
    ]  # fmt: skip
    logs = [process.communicate(timeout=60)[0] for process in started]
    assert [process.returncode for process in started] == [0, 0]
    found = result_in(logs[0])
    assert found
    assert (found.offered, found.generators) == (40, 1)
    assert 30 <= found.total.sent <= 40


def test_result_is_found_among_other_lines_of_a_log():
    assert result_in('a\nb measured: {"offered": 3}\nc').offered == 3  # type: ignore[union-attr]
    assert result_in("nothing") is None
