"""A one-off task of Amazon ECS: started once, its log followed, its end told in plain words."""

import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from footing.migrate.chosen import MigrationError

STARTED_BY = "footing-migrate"
"""Who started a task, as `aws ecs describe-tasks` shows it."""
POLL_SECONDS = 2.0
"""Time between two questions about a task that runs, in seconds."""
LATE_LOG_SECONDS = 6.0
"""How long the last lines of a log may be on their way once the task has ended, in seconds."""
OUT_OF_MEMORY = 137
"""Exit code of a process that was killed: 128 and SIGKILL's 9."""

REASONS = {
    "CannotPull": "its image cannot be pulled: push it, or name the registry's login in registry_credentials",
    "image pull": "its image cannot be pulled: push it, or name the registry's login in registry_credentials",
    "ResourceInitializationError": "a secret, a parameter or the log cannot be reached: the subnets need a way "
    "out, the execution role the right to read",
    "OutOfMemory": "it was killed for want of memory: raise task.memory_mib of the service",
    "CannotStartContainer": "its command cannot be started: is the program in the image?",
    "Capacity is unavailable": "Fargate has no room at this moment: try again",
    "SpotInterruption": "Fargate Spot took its machine: start it again",
}
"""What AWS's own words for the end of a task mean, by a part of them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
"""

Clients = Callable[[str], Any]
"""Makes a client of boto3 by the name of its service."""


def run_task(
    run: Mapping[str, Any],
    clients: Clients,
    *,
    limit_seconds: float,
    show: Callable[[str], None],
    poll_seconds: float = POLL_SECONDS,
) -> int:
    """Run the task of an output `run_requests` once, and return the exit code of its container.

    Args:
        run: the value of the output.
        clients: makes clients of AWS in the task's region.
        limit_seconds: after how long it is stopped, in seconds.
        show: takes each line of its log.
        poll_seconds: time between two questions, in seconds.

    Raises:
        MigrationError: one is running already, it did not start, or it was stopped.

    """
    ecs, logs = clients("ecs"), clients("logs")
    arn = _start(ecs, run)
    show(f"started {arn}")
    try:
        return _follow(ecs, _Log(logs, run, arn, show), run, arn, limit_seconds, poll_seconds)
    except KeyboardInterrupt:
        place = f"--region {run['region']} --cluster {run['request']['cluster']}"
        stop = f"`aws ecs stop-task {place} --task {arn}`"
        show(f"interrupted; the task goes on: {stop} stops it, its log is {run['log_group']}")
        raise


def _start(ecs: Any, run: Mapping[str, Any]) -> str:
    """Return the ARN of a new task, the only one of its family."""
    if running := _running(ecs, run):
        raise MigrationError(f"A migration is running already, so none was started: {running[0]['taskArn']}")
    answer = ecs.run_task(
        # One call that is repeated by the SDK starts one task.
        **run["request"], count=1, startedBy=STARTED_BY, clientToken=str(uuid.uuid4()),
    )  # fmt: skip
    if failures := answer.get("failures"):
        raise MigrationError(f"The task was not started: {_words(failures[0].get('reason', 'no reason given'))}")
    arn = str(answer["tasks"][0]["taskArn"])
    # Of two starts at the same moment both saw none before. Fargate takes seconds until a container runs, so the
    # later one is stopped before it does anything.
    first = min(
        _running(ecs, run),
        key=lambda it: (it["createdAt"].timestamp() if "createdAt" in it else 0.0, str(it["taskArn"])),
        default=None,
    )
    if first is not None and first["taskArn"] != arn:
        ecs.stop_task(cluster=run["request"]["cluster"], task=arn, reason="another migration was started first")
        raise MigrationError(f"Another migration was started at the same moment and goes on: {first['taskArn']}")
    return arn


def _running(ecs: Any, run: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the tasks of the family that run or begin to, whoever started them."""
    cluster = run["request"]["cluster"]
    arns = ecs.list_tasks(cluster=cluster, family=run["family"], desiredStatus="RUNNING")["taskArns"]
    return list(ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"]) if arns else []


class _Log:
    """The lines of a task that were not shown yet."""

    def __init__(self, logs: Any, run: Mapping[str, Any], arn: str, show: Callable[[str], None]) -> None:
        container = run["container"]
        stream = f"{container}/{container}/{arn.rpartition('/')[2]}"
        self._logs, self._show = logs, show
        self._place: dict[str, Any] = {"logGroupName": run["log_group"], "logStreamName": stream}

    def follow(self) -> bool:
        """Show what is new; return whether there was anything."""
        try:
            answer = self._logs.get_log_events(**self._place, startFromHead=True)
        except self._logs.exceptions.ResourceNotFoundException:
            return False  # The stream comes with the first line.
        self._place["nextToken"] = answer["nextForwardToken"]
        for event in answer["events"]:
            self._show(event["message"])
        return bool(answer["events"])


def _follow(
    ecs: Any, log: _Log, run: Mapping[str, Any], arn: str, limit_seconds: float, poll_seconds: float
) -> int:
    cluster, begin = run["request"]["cluster"], time.monotonic()
    while True:
        [task] = ecs.describe_tasks(cluster=cluster, tasks=[arn])["tasks"]
        more = log.follow()
        if task["lastStatus"] == "STOPPED":
            break
        if time.monotonic() - begin > limit_seconds:
            reason = f"ran longer than {limit_seconds:g} seconds"
            ecs.stop_task(cluster=cluster, task=arn, reason=reason)
            raise MigrationError(f"The migration {reason} and was stopped: {arn}")
        if not more:
            time.sleep(poll_seconds)
    late = time.monotonic() + min(LATE_LOG_SECONDS, 3 * poll_seconds)
    while log.follow() or time.monotonic() < late:
        time.sleep(poll_seconds / 2)
    return _exit_code(task, run)


def _exit_code(task: Mapping[str, Any], run: Mapping[str, Any]) -> int:
    container: dict[str, Any] = next((it for it in task["containers"] if it["name"] == run["container"]), {})
    why = " ".join(filter(None, [container.get("reason"), task.get("stoppedReason")]))
    code = container.get("exitCode")
    if code is None:
        raise MigrationError(f"The migration did not run: {_words(why)}")
    if code == OUT_OF_MEMORY:
        meant = _words(why) if "OutOfMemory" in why else f"it was killed: out of memory, or stopped ({why})"
        raise MigrationError(f"The migration ended with exit code {code}: {meant}")
    return int(code)


def _words(reason: str) -> str:
    """Return what AWS said, and what that means where it is known."""
    meant = next((words for part, words in REASONS.items() if part.lower() in reason.lower()), "")
    return f"{meant} ({reason})" if meant else reason or "AWS gives no reason"
