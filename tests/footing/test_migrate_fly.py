"""A one-off Machine of Fly.io, against an API of this machine: exit code, log, and never two at once."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from footing.migrate.chosen import MigrationError
from footing.migrate.fly import run_machine

REQUEST = {"region": "fra", "config": {"image": "example/api:1"}}
RUN = {"provider": "fly", "app": "shop-migrate", "request": REQUEST}


class Machines:
    """What the API answers."""

    def __init__(self) -> None:
        self.made: list[dict[str, Any]] = []
        self.others: list[dict[str, Any]] = []
        self.removed: list[str] = []
        self.ended: dict[str, Any] = {
            "state": "stopped",
            "events": [{"type": "exit", "request": {"exit_event": {"exit_code": 0, "oom_killed": False}}}],
        }
        self.tokens: set[str] = set()

    def answer(self, method: str, path: str, body: Any) -> tuple[int, Any]:
        path, _, query = path.partition("?")
        if path == "/api/v1/apps/shop-migrate/logs":
            seen = "next_token=end" in query
            lines = [] if seen else [{"attributes": {"message": "upgrade 1 -> 2"}}]
            return 200, {"data": lines, "meta": {"next_token": "end"}}
        if path == "/v1/apps/shop-migrate/machines" and method == "POST":
            self.made.append(body)
            return 200, {"id": "own", "state": "created", "created_at": "2026-01-01T00:00:01Z"}
        if path == "/v1/apps/shop-migrate/machines":
            own = {"id": "own", "state": "created", "created_at": "2026-01-01T00:00:01Z"}
            return 200, [*self.others, *([own] if self.made else [])]
        if method == "DELETE":
            self.removed.append(path.rpartition("/")[2])
            return 200, {"ok": True}
        return 200, {"id": "own", **self.ended}


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[Machines]:
    machines = Machines()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            machines.tokens.add(self.headers["Authorization"])
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, answer = machines.answer(self.command, self.path, body)
            self.send_response(status)
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        do_GET = do_POST = do_DELETE = _answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv("FLY_FLAPS_BASE_URL", address)
    monkeypatch.setenv("FLY_API_BASE_URL", address)
    monkeypatch.setenv("FLY_MACHINES_APIKEY", "hidden")
    yield machines
    server.shutdown()
    server.server_close()


def migrated(limit_seconds: float = 5) -> tuple[int, list[str]]:
    lines: list[str] = []
    return run_machine(RUN, limit_seconds=limit_seconds, show=lines.append, poll_seconds=0.01), lines


@pytest.mark.parametrize("exit_code", [0, 3])
def test_machine_runs_once_and_is_removed(api: Machines, exit_code: int):
    api.ended["events"][0]["request"]["exit_event"]["exit_code"] = exit_code
    assert migrated() == (exit_code, ["started Machine own of shop-migrate", "upgrade 1 -> 2"])
    assert api.made == [{"region": "fra", "config": {"image": "example/api:1", "auto_destroy": False}}]
    assert api.removed == ["own"]
    assert api.tokens == {"Bearer hidden"}


@pytest.mark.parametrize(
    ("ended", "sentence"),
    [
        ({"state": "stopped", "events": []}, "did not run: its image cannot be pulled"),
        (
            {"state": "stopped", "events": [{"type": "exit", "request": {"exit_event": {"oom_killed": True}}}]},
            "want of memory: raise fly.guest.memory_mib",
        ),
    ],
)
def test_why_it_did_not_run_is_told(api: Machines, ended: dict[str, Any], sentence: str):
    api.ended = ended
    with pytest.raises(MigrationError, match=sentence):
        migrated()


def test_too_long_a_migration_is_removed(api: Machines):
    api.ended = {"state": "started"}
    with pytest.raises(MigrationError, match=r"ran longer than 0\.05 seconds"):
        migrated(0.05)
    assert api.removed == ["own"]


def test_while_one_runs_none_is_started(api: Machines):
    api.others = [{"id": "other", "state": "started", "created_at": "2026-01-01T00:00:00Z"}]
    with pytest.raises(MigrationError, match="running already, so none was started: Machine other"):
        migrated()
    assert api.made == []


def test_machine_that_was_started_first_goes_on(api: Machines, monkeypatch: pytest.MonkeyPatch):
    asked: list[str] = []
    answer = api.answer

    def later(method: str, path: str, body: Any) -> tuple[int, Any]:
        asked.append(method)
        api.others = [{"id": "other", "state": "created", "created_at": "2026-01-01T00:00:00Z"}][: len(asked) - 1]
        return answer(method, path, body)

    monkeypatch.setattr(api, "answer", later)
    with pytest.raises(MigrationError, match="at the same moment and goes on: Machine other"):
        migrated()
    assert api.removed == ["own"]


def test_without_a_token_nothing_is_asked(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("FLY_MACHINES_APIKEY", raising=False)
    with pytest.raises(MigrationError, match="FLY_MACHINES_APIKEY is not set"):
        migrated()
