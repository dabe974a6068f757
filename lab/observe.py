"""A fault that is noticed, on the real servers: `python -m lab observe DIRECTORY`.

DIRECTORY holds what `footing observe` wrote. The rules are the stack's own, with their own windows and waits; only
the scrapes and evaluations come every five seconds instead of every minute.
"""

import signal
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
import yaml

from components.redis.roles import Role
from lab import alertmanager, application, exporters, pgbouncer_probe, prometheus, redis_server, stage
from lab.application import Application
from lab.listeners import CHAT, PAGER, Listeners, Message, listening
from lab.pooler import Pooler
from lab.process import ServerError
from lab.prometheus import Prometheus
from observability.records.names import Job
from observability.routing.alertmanager import TEMPLATES_FILE, GroupTiming, configuration

RULES_FILE = "rules.yml"
REQUESTS_PER_SECOND = 20
USERS = 4

Say = Callable[[str], None]


@dataclass(frozen=True, kw_only=True)
class Timing:
    """How long things take, in seconds."""

    interval_seconds: int = 5
    """Between scrapes, and between evaluations."""
    healthy_seconds: int = 20
    """How long all is well before the fault: four scrapes."""
    limit_seconds: int = 180
    """How long after the fault somebody has to be told at the latest."""
    group_timing: GroupTiming = field(default_factory=GroupTiming)
    """How long Alertmanager waits."""


PLAIN = Timing()
"""As it is in production, but for the interval."""


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything that runs."""

    application: Application
    pooler: Pooler
    prometheus: Prometheus
    listeners: Listeners
    rules: Sequence[Mapping[str, Any]]
    """The alerts of the stack."""

    def first_message(self, place: str) -> Message | None:
        """Return the first message at `place` of such an alert."""
        summaries = [rule["annotations"]["summary"] for rule in self.rules if rule["alert"] in burning(self.rules)]
        return next((it for it in self.listeners.at(place) if any(text in it.text for text in summaries)), None)


def run(directory: Path, say: Say, timing: Timing = PLAIN) -> bool:
    """Break the pooler under load; return whether the pager and the chat got their messages in time.

    Raises:
        ServerError: a server does not start, or DIRECTORY does not hold a stack's files.

    """
    alerts = read_alerts(directory)
    with stage.opened() as opened, running(opened, directory, alerts, timing) as scene:
        say("running: PostgreSQL, PgBouncer, Redis, their exporters, the application, Prometheus, Alertmanager")
        paging = len(burning(scene.rules))
        say(f"rules: {len(scene.rules)} alerts of the stack, {paging} of them page when a budget burns")
        say("routes: those of a stack with a pager, a chat and mail, which are listeners on this machine")
        with traffic(scene.application):
            time.sleep(timing.healthy_seconds)
            targets = scene.prometheus.ask("targets")["activeTargets"]
            up = sorted(it["labels"]["job"] for it in targets if it["health"] == "up")
            good, bad = (scene.application.counters.total(status) for status in (200, 500))
            say(f"all is well: {good} requests, {bad} failed; scraped: {', '.join(up)}")
            began = time.time()
            scene.pooler.server.stop(signal.SIGKILL)
            say("  0 s  the fault: PgBouncer is killed, and the application answers 500")
            return _watched(scene, began, began + timing.limit_seconds, say)


def read_alerts(directory: Path) -> list[Mapping[str, Any]]:
    """Return the alerts of the rules in `directory`.

    Raises:
        ServerError: there are none, or none that tells of a budget.

    """
    for name in (RULES_FILE, TEMPLATES_FILE):
        if not (directory / name).is_file():
            raise ServerError(f"{directory / name} is not there: run `footing observe STACK` first")
    groups = yaml.safe_load((directory / RULES_FILE).read_text())["groups"]
    alerts = [rule for group in groups for rule in group["rules"] if "alert" in rule]
    if not burning(alerts):
        raise ServerError(f"no alert of {directory / RULES_FILE} pages when a budget burns: choose another stack")
    return alerts


def burning(alerts: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the names of the alerts that page when a budget of failures goes too fast."""
    pages = [rule for rule in alerts if rule["labels"]["severity"] == "page"]
    return {rule["alert"] for rule in pages if "-burn-" in rule["alert"]}


@contextmanager
def running(
    opened: stage.Stage, directory: Path, alerts: Sequence[Mapping[str, Any]], timing: Timing
) -> Iterator[Scene]:
    """Yield the data tier, its exporters, the application, and what watches them."""
    with ExitStack() as stack:
        enter = stack.enter_context
        [pooler, *_] = enter(opened.poolers())
        redis = enter(redis_server.running(opened.room("redis"), Role.CACHE))
        app = enter(application.running(pooler.url()))
        listeners = enter(listening())
        room = opened.room("watch")
        settings = configuration(alertmanager.places(room, listeners), timing.group_timing)
        routes = alertmanager.configured(room, settings, (directory / TEMPLATES_FILE).read_text())
        manager = enter(alertmanager.running(room, routes))
        watcher = enter(
            prometheus.running(
                room,
                {
                    Job.SERVICE: app.port,
                    Job.POSTGRES: enter(exporters.of_postgres(opened.room("exporter"), opened.postgres)),
                    Job.REDIS: enter(exporters.of_redis(opened.room("exporter"), redis)),
                    Job.PGBOUNCER: enter(exporters.serving(lambda: _numbers(pooler))),
                },
                environment=alerts[0]["labels"]["environment"],
                rules=(directory / RULES_FILE).read_text(),
                alertmanager_port=manager.port,
                interval_seconds=timing.interval_seconds,
            )
        )
        yield Scene(application=app, pooler=pooler, prometheus=watcher, listeners=listeners, rules=alerts)


@contextmanager
def traffic(app: Application) -> Iterator[None]:
    """Run users who ask on, whatever they are answered."""
    done = threading.Event()
    users = [threading.Thread(target=_user, args=(app, number, done), daemon=True) for number in range(USERS)]
    for user in users:
        user.start()
    try:
        yield
    finally:
        done.set()
        for user in users:
            user.join()


def _user(app: Application, number: int, done: threading.Event) -> None:
    addresses = app.addresses()
    while not done.wait(USERS / REQUESTS_PER_SECOND):
        number += 1
        try:
            urllib.request.urlopen(addresses[number % len(addresses)], timeout=5).close()  # noqa: S310  loopback
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            continue


def _watched(scene: Scene, began: float, end: float, say: Say) -> bool:
    """Return whether both places got a message in time; say each step when it is seen."""
    seen: dict[str, None] = {}
    while time.time() < end:
        for step, at in _steps(scene):
            if step not in seen:
                seen[step] = None
                say(f"{at - began:3.0f} s  {step}")
        if scene.first_message(PAGER) and scene.first_message(CHAT):
            return True
        time.sleep(0.5)
    return False


def _steps(scene: Scene) -> Iterator[tuple[str, float]]:
    for alert in scene.prometheus.ask("alerts")["alerts"]:
        name = alert["labels"]["alertname"]
        if name in burning(scene.rules):
            yield f"Prometheus: {name} is {alert['state']}", time.time()
    pager, chat = scene.first_message(PAGER), scene.first_message(CHAT)
    if pager:
        yield f"the pager rings: {pager.body['payload']['summary']}", pager.at
    if chat:
        yield f"the chat reads: {chat.body['attachments'][0]['text'].splitlines()[0]}", chat.at


def _numbers(pooler: Pooler) -> str:
    try:
        return pgbouncer_probe.exposition(pooler)
    except psycopg.Error:
        # As the exporter tells of a PgBouncer that it cannot reach.
        return "# TYPE pgbouncer_up gauge\npgbouncer_up 0\n"
