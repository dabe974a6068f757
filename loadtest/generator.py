"""The generator: Locust's users send the calls of one job, in a process of its own.

Locust replaces the standard library's blocking calls by gevent's when it is imported, so nothing but `__main__`
imports this module. Source: https://docs.locust.io/en/stable/running-distributed.html
"""

import itertools
import logging
import math
import os
import re
import sys
import time
import uuid
from typing import Any, ClassVar

import gevent
import msgspec
from locust import FastHttpUser, events, task
from locust.env import Environment
from locust.exception import StopUser
from locust.runners import MasterRunner

from loadtest.caches import edge_hit, redis_hit
from loadtest.measured import Count, Measured, Second
from loadtest.scenario import NUMBER, USER, Call, Job, Kind

GOLDEN = 0.6180339887
"""Users start at the multiples of it, whole parts cut off: evenly spread, however many there are."""
RAMP_SHARE = 0.1
"""Part of a run over which users with think time arrive."""
PROGRESS_SECONDS = 5
ANSWER_SECONDS = 30
"""Time after which a request without an answer failed, in seconds."""
STOP_SECONDS = 5
"""Time that requests have to end in after the run, in seconds."""
LATE_SECONDS = 2
"""Time that workers begin after their master, in seconds, at the most."""
WORKERS_SECONDS = 300
"""Time for the workers to arrive in, in seconds."""
NOT_FOUND_STATUSES = (401, 403, 404)
"""A load test's reads are right questions: such an answer says that it asked for something else."""
PORT = 5557
RESULT = "measured"
"""Name of a process's result in Locust's reports."""


class Recorder:
    """Counts the answers of one process."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.began = 0.0
        """Unix time at which the first user arrived; 0 before."""
        self.measured = Measured()
        """What is not reported yet."""
        self._failed = re.compile("|".join(job.failed_statuses) or "(?!)")
        self._asked: set[str] = set()
        self._users = itertools.count()

    @property
    def ends(self) -> float:
        """Unix time at which the run ends."""
        return self.began + self.job.scenario.duration_seconds

    def first_due(self) -> float:
        """Return the Unix time at which the next user starts, and count what it is due to send."""
        scenario = self.job.scenario
        self.began = self.began or time.time()
        ramp = scenario.period_seconds
        if scenario.requests_per_second is None:
            ramp = max(ramp, RAMP_SHARE * scenario.duration_seconds)
        due = self.began + (next(self._users) * GOLDEN % 1) * ramp
        if due < self.ends:
            self.measured.offered += math.ceil((self.ends - due) / scenario.period_seconds)
        return due

    def record(self, call: Call, path: str, at: float, seconds: float, response: Any) -> None:
        """Count one answer."""
        status = response.status_code or 0
        headers = {name.lower(): value for name, value in (response.headers or {}).items()}
        size = len(response.content or b"") if status else 0
        when = "first" if call.method == "GET" and path not in self._asked else "later"
        self._asked.add(path)
        count = self.measured.counts.setdefault(f"{call.kind}:{when}", Count())
        second = self.measured.by_second.setdefault(int(at - self.began), Second())
        self.measured.statuses[str(status)] = self.measured.statuses.get(str(status), 0) + 1
        count.sent += 1
        # A challenge of Cloudflare is a refusal to a program.
        if status == 429 or headers.get("cf-mitigated") == "challenge":
            count.blocked, second.blocked = count.blocked + 1, second.blocked + 1
            return
        # A guessed password and a write without a permission are refused as they should be.
        reads = call.kind not in (Kind.AUTH, Kind.WRITE)
        not_found = status == 404 or (reads and status in NOT_FOUND_STATUSES)
        if not status or not_found or self._failed.fullmatch(str(status)):
            count.failed, second.failed = count.failed + 1, second.failed + 1
            if not status:
                text = type(response.error).__name__ if getattr(response, "error", None) else "no answer"
                self.measured.errors[text] = self.measured.errors.get(text, 0) + 1
            return
        second.passed, second.milliseconds = second.passed + 1, second.milliseconds + round(seconds * 1000)
        count.time(seconds)
        hit = edge_hit(headers)
        if hit is not None:
            count.edge_told, count.body_bytes = count.edge_told + 1, count.body_bytes + size
        if hit:
            count.edge_hits, count.edge_bytes = count.edge_hits + 1, count.edge_bytes + size
            second.edge_hits += 1
            # The rest of its headers are those of the answer that was kept.
            return
        if (found := redis_hit(headers, self.job.cache_header)) is not None:
            count.redis_told, count.redis_hits = count.redis_told + 1, count.redis_hits + found


class VirtualUser(FastHttpUser):
    """One user: sends its calls at its times until the run ends."""

    abstract = True
    recorder: ClassVar[Recorder]
    connection_timeout = ANSWER_SECONDS
    network_timeout = ANSWER_SECONDS
    insecure = False
    max_retries = 0

    @task
    def play(self) -> None:
        """Send every call at its time."""
        scenario = self.recorder.job.scenario
        user, due = str(uuid.uuid4()), self.recorder.first_due()
        _sleep_until(due)
        for call in (it for it in scenario.calls if it.at_start):
            self._send(call, user, next(_NUMBERS), 0)
        turns = [call for call in scenario.calls if not call.at_start for _ in range(call.weight)]
        for number in _NUMBERS:
            call = turns[number % len(turns)]
            _sleep_until(due)
            if max(due, time.time()) >= self.recorder.ends:
                raise StopUser
            self._send(call, user, number, (number // len(turns)) % call.keys)
            due += scenario.period_seconds
            if scenario.requests_per_second is None:
                due = max(due, time.time())

    def _send(self, call: Call, user: str, number: int, key: int) -> None:
        path, body = (it.replace(NUMBER, str(key)).replace(USER, user) for it in (call.path, call.body))
        headers = dict(self.recorder.job.headers)
        if call.signed_in:
            # Supabase's header, and a bearer's.
            anon_key = os.environ.get("SUPABASE_ANON_KEY", "")
            if anon_key:
                headers["apikey"] = anon_key
            if token := os.environ.get("ACCESS_TOKEN") or anon_key:
                headers["Authorization"] = f"Bearer {token}"
        if self.recorder.job.scenario.visitors:
            visitor = number % self.recorder.job.scenario.visitors
            # Of the range for benchmarks: https://www.rfc-editor.org/rfc/rfc2544
            headers["X-Forwarded-For"] = f"198.18.{visitor // 250}.{visitor % 250 + 1}"
        if body:
            headers["Content-Type"] = "application/json"
        at, began = time.time(), time.perf_counter()
        response = self.client.request(
            call.method, path, name=call.kind.value, headers=headers, data=body or None, allow_redirects=True
        )
        self.recorder.record(call, path, at, time.perf_counter() - began, response)


_NUMBERS = itertools.count()
"""Counts the requests of all users of this process."""


def _sleep_until(due: float) -> None:
    gevent.sleep(max(0.0, due - time.time()))


def run(job: Job, *, workers: int = 0, master: str = "") -> Measured:
    """Return what a run of a job measured.

    Args:
        job: what is played.
        workers: processes on other machines that send; this one adds up. 0 sends here.
        master: host of the process that adds up; this one sends for it.

    """
    logging.getLogger("locust").setLevel(logging.CRITICAL)
    recorder, total = Recorder(job), Measured()
    users = type("Users", (VirtualUser,), {"recorder": recorder, "host": job.url})
    environment = Environment(user_classes=[users], events=events, stop_timeout=STOP_SECONDS)
    runner: Any
    hooks: Any = events
    if master:
        runner = environment.create_worker_runner(master, PORT)
        hooks.report_to_master.add_listener(_reporting(recorder))
        runner.greenlet.join(job.scenario.duration_seconds + 2 * WORKERS_SECONDS)
        return recorder.measured
    runner = environment.create_master_runner("*", PORT) if workers else environment.create_local_runner()
    if workers:
        hooks.worker_report.add_listener(
            lambda data, **_: total.add(msgspec.json.decode(data.get(RESULT, b"{}"), type=Measured))
        )
        latest = time.time() + WORKERS_SECONDS
        while (arrived := len(runner.clients.ready)) < workers:
            if time.time() > latest:
                raise SystemExit(f"{arrived} of {workers} workers arrived in {WORKERS_SECONDS} seconds")
            gevent.sleep(0.5)
    recorder.began, began = time.time(), time.process_time()
    runner.start(job.scenario.users, spawn_rate=job.scenario.users)
    busiest = 0.0
    # The workers' clocks begin when they are told to.
    ends = recorder.ends + (LATE_SECONDS if workers else 0)
    while time.time() < ends:
        gevent.sleep(min(PROGRESS_SECONDS, max(0.0, ends - time.time())))
        _say(recorder, total if workers else recorder.measured)
        clients = runner.clients.values() if isinstance(runner, MasterRunner) else ()
        busiest = max([busiest, *(it.cpu_usage for it in clients)])
    elapsed, spent = time.time() - recorder.began, time.process_time() - began
    runner.quit()
    result = total if workers else recorder.measured
    result.seconds, result.generators = float(job.scenario.duration_seconds), workers or 1
    result.cpu_percent = busiest if workers else 100 * spent / elapsed
    return result


def _reporting(recorder: Recorder) -> Any:
    """Return the listener that adds what a worker has measured to its report, and forgets it."""

    def report(client_id: str, data: dict[str, Any]) -> None:
        del client_id
        data[RESULT] = msgspec.json.encode(recorder.measured)
        recorder.measured = Measured()

    return report


def _say(recorder: Recorder, measured: Measured) -> None:
    total = measured.total
    seconds = min(time.time(), recorder.ends) - recorder.began
    sys.stderr.write(
        f"load: {seconds:.0f} of {recorder.job.scenario.duration_seconds} s, {total.sent} requests, "
        f"{total.failed} failed, {total.blocked} blocked\n"
    )
