"""One-off tasks of the simulated AWS: moto starts them, `tasks.json` in the state directory says how they end.

The file maps the family of a task definition to `exit_code` (0 when left out; null where the container never
started), `log` (lines), `reason` (of the stop), `polls` (how often it is seen running first). What no entry
names ends with exit code 0. Nothing runs: no container, no command.
"""

import datetime as dt
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from simulator.moto_aws import MotoAws
from simulator.store import open_store

FILE_NAME = "tasks.json"
ENDS_WELL: Mapping[str, Any] = {"log": ["this is the simulated cloud: no container was started"]}

Clients = Callable[[str, str], Any]
"""Makes a client of boto3 by the name of its service and the region."""


@contextmanager
def aws_clients(directory: Path) -> Iterator[Clients]:
    """Yield clients of the simulated AWS that is kept in `directory`, in this process.

    Raises:
        StoreError: nothing usable is kept there.
    """
    kept = dict(os.environ)
    for name in [it for it in os.environ if it.upper().startswith("AWS_") or it.upper().endswith("_PROXY")]:
        del os.environ[name]
    os.environ.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
    moto = MotoAws(open_store(directory))
    try:
        moto.start()
        path = directory / FILE_NAME
        yield scripted(json.loads(path.read_text(encoding="utf-8")) if path.exists() else {})
    finally:
        moto.stop()
        os.environ.clear()
        os.environ.update(kept)


def scripted(script: Mapping[str, Mapping[str, Any]]) -> Clients:
    """Return clients by which tasks end as `script` says; moto has to be running."""
    import boto3

    begun: dict[str, dict[str, Any]] = {}

    def client(service: str, region: str) -> Any:
        made = boto3.client(service, region_name=region)
        if service == "ecs":
            hooks = _Hooks(made, boto3.client("logs", region_name=region), script, begun)
            made.meta.events.register("before-call.ecs.RunTask", hooks.starting)
            made.meta.events.register("after-call.ecs.RunTask", hooks.started)
            made.meta.events.register("after-call.ecs.DescribeTasks", hooks.described)
        return made

    return client


class _Hooks:
    """What becomes of the answers about tasks."""

    def __init__(
        self,
        ecs: Any,
        logs: Any,
        script: Mapping[str, Mapping[str, Any]],
        begun: dict[str, dict[str, Any]],
    ) -> None:
        self._ecs, self._logs, self._script, self._begun = ecs, logs, script, begun

    def starting(self, **_: Any) -> None:
        """Give each container the memory of its task where it has none of its own, as Fargate does."""
        from moto.backends import get_backend
        from moto.core import DEFAULT_ACCOUNT_ID

        backend = get_backend("ecs")[DEFAULT_ACCOUNT_ID][self._ecs.meta.region_name]
        for revisions in backend.task_definitions.values():
            for definition in revisions.values():
                for container in definition.container_definitions:
                    container.setdefault("memory", int(definition.memory or 0))

    def started(self, parsed: dict[str, Any], **_: Any) -> None:
        """Remember when a task began."""
        for task in parsed.get("tasks", ()):
            self._begun[task["taskArn"]] = {"createdAt": dt.datetime.now(dt.UTC), "polls": 0}
            task["createdAt"] = self._begun[task["taskArn"]]["createdAt"]

    def described(self, parsed: dict[str, Any], **_: Any) -> None:
        """End each task whose time has come, as the script says."""
        for task in parsed.get("tasks", ()):
            known = self._begun.setdefault(task["taskArn"], {"createdAt": dt.datetime.now(dt.UTC), "polls": 0})
            task["createdAt"] = known["createdAt"]
            definition = task["taskDefinitionArn"].rpartition("/")[2].rpartition(":")[0]
            script = self._script.get(definition, ENDS_WELL)
            known["polls"] += 1
            if task.get("stoppedReason") and not known.get("ended"):
                continue
            if known["polls"] <= script.get("polls", 1):
                task["lastStatus"] = "RUNNING"  # moto lets a task end by itself, sooner.
                continue
            container = task["containers"][0]
            container.pop("exitCode", None)
            if script.get("exit_code", 0) is not None:
                container["exitCode"] = script.get("exit_code", 0)
            if not known.get("ended"):
                known["ended"] = True
                self._write(task, script.get("log", ()))
                reason = script.get("reason", "Essential container in task exited")
                self._ecs.stop_task(cluster=task["clusterArn"], task=task["taskArn"], reason=reason)
            task |= {"lastStatus": "STOPPED", "stoppedReason": script.get("reason", "Essential container exited")}

    def _write(self, task: Mapping[str, Any], lines: Any) -> None:
        definition = self._ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])
        container = definition["taskDefinition"]["containerDefinitions"][0]
        options = container["logConfiguration"]["options"]
        group, prefix = options["awslogs-group"], options["awslogs-stream-prefix"]
        stream = f"{prefix}/{container['name']}/{task['taskArn'].rpartition('/')[2]}"
        if lines:
            self._logs.create_log_stream(logGroupName=group, logStreamName=stream)
            now = int(dt.datetime.now(dt.UTC).timestamp() * 1000)
            events = [{"timestamp": now + number, "message": line} for number, line in enumerate(lines)]
            self._logs.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)
