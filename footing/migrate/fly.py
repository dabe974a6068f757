"""A one-off Machine of Fly.io: started once, its log followed, removed at its end.

https://fly.io/docs/machines/api/machines-resource/
"""

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from footing.migrate.chosen import MigrationError

TOKEN_VARIABLE = "FLY_MACHINES_APIKEY"  # noqa: S105  a name, the one that the Pulumi provider reads
MACHINES, LOGS = "https://api.machines.dev", "https://api.fly.io"
MACHINES_VARIABLE, LOGS_VARIABLE = "FLY_FLAPS_BASE_URL", "FLY_API_BASE_URL"
"""Addresses of the two APIs, and flyctl's own variables that name others."""
POLL_SECONDS = 2.0
"""Time between two questions about a Machine that runs, in seconds."""
ANSWER_SECONDS = 30
"""How long an answer may take, in seconds."""
ENDED = frozenset({"stopped", "destroyed", "failed"})
"""States of a Machine that does nothing any more."""
NOT_FOUND = 404


def run_machine(
    run: Mapping[str, Any],
    *,
    limit_seconds: float,
    show: Callable[[str], None],
    poll_seconds: float = POLL_SECONDS,
) -> int:
    """Run the Machine of an output `run_requests` once, and return the exit code of its program.

    Args:
        run: the value of the output.
        limit_seconds: after how long it is stopped, in seconds.
        show: takes each line of its log.
        poll_seconds: time between two questions, in seconds.

    Raises:
        MigrationError: one is running already, it did not start, or it was stopped.

    """
    app = _App(run["app"])
    if running := app.running():
        raise MigrationError(f"A migration is running already, so none was started: Machine {running[0]['id']}")
    # It is read once it has ended, and removed then.
    config = {**run["request"]["config"], "auto_destroy": False}
    machine = str(app.ask("POST", "machines", {**run["request"], "config": config})["id"])
    show(f"started Machine {machine} of {run['app']}")
    first = min(app.running(), key=lambda it: (it.get("created_at", ""), it["id"]), default=None)
    if first is not None and first["id"] != machine:
        app.remove(machine)
        raise MigrationError(
            f"Another migration was started at the same moment and goes on: Machine {first['id']}"
        )
    try:
        ended = _follow(app, machine, limit_seconds, poll_seconds, show)
    except KeyboardInterrupt:
        show(f"interrupted; the Machine goes on: `fly machine stop {machine} --app {run['app']}` stops it")
        raise
    app.remove(machine)
    return _exit_code(ended)


class _App:
    """The app of a task, as the two APIs know it."""

    def __init__(self, name: str) -> None:
        token = os.environ.get(TOKEN_VARIABLE, "").strip()
        if not token:
            raise MigrationError(
                f"{TOKEN_VARIABLE} is not set: a token of the organization, `fly tokens create org`"
            )
        scheme = "" if token.startswith("FlyV1 ") else "Bearer "
        self._headers, self._name, self._next = {"Authorization": f"{scheme}{token}"}, name, ""

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Return an answer about the app's Machines; None of one that is gone."""
        base = os.environ.get(MACHINES_VARIABLE) or MACHINES
        return self._ask(method, f"{base}/v1/apps/{self._name}/{path}", body)

    def running(self) -> list[dict[str, Any]]:
        """Return the Machines that do something, or begin to."""
        return [it for it in self.ask("GET", "machines") or () if it.get("state") not in ENDED]

    def remove(self, machine: str) -> None:
        """Destroy a Machine, whatever it does."""
        self.ask("DELETE", f"machines/{machine}?force=true")

    def log(self, machine: str) -> list[str]:
        """Return the lines of a Machine since the last question."""
        base = os.environ.get(LOGS_VARIABLE) or LOGS
        place = f"{base}/api/v1/apps/{self._name}/logs?instance={machine}&next_token={self._next}"
        answer = self._ask("GET", place) or {}
        self._next = answer.get("meta", {}).get("next_token") or self._next
        return [str(it["attributes"]["message"]) for it in answer.get("data", ())]

    def _ask(self, method: str, address: str, body: Any = None) -> Any:
        import requests

        try:
            answer = requests.request(
                method, address, json=body, headers=self._headers, timeout=ANSWER_SECONDS, allow_redirects=False
            )
        except requests.RequestException as error:
            raise MigrationError(f"Fly.io does not answer: {type(error).__name__}") from None
        if answer.status_code == NOT_FOUND and method != "POST":
            return None
        if not answer.ok:
            said = " ".join(answer.text.split())[:200]
            raise MigrationError(f"Fly.io answers {answer.status_code} to {method} for {self._name}: {said}")
        return answer.json() if answer.content else None


def _follow(
    app: _App, machine: str, limit_seconds: float, poll_seconds: float, show: Callable[[str], None]
) -> Mapping[str, Any]:
    begin = time.monotonic()
    while True:
        known = app.ask("GET", f"machines/{machine}")
        for line in app.log(machine):
            show(line)
        if known is None or known.get("state") in ENDED:
            break
        if time.monotonic() - begin > limit_seconds:
            app.remove(machine)
            raise MigrationError(
                f"The migration ran longer than {limit_seconds:g} seconds and was stopped: {machine}"
            )
        time.sleep(poll_seconds)
    time.sleep(poll_seconds)
    for line in app.log(machine):
        show(line)
    return known or {}


def _exit_code(machine: Mapping[str, Any]) -> int:
    exits = [it["request"]["exit_event"] for it in machine.get("events", ()) if it.get("type") == "exit"]
    if not exits:
        raise MigrationError(
            "The migration did not run: its image cannot be pulled, or its program not be started"
        )
    if exits[0].get("oom_killed"):
        raise MigrationError(
            "The migration was killed for want of memory: raise fly.guest.memory_mib of the service"
        )
    return int(exits[0].get("exit_code", 1))
