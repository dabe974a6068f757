"""A tunnel: a task of the bastion, a session of Session Manager through it, and the end of both."""

import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any

from msgspec import Struct

PLUGIN = "session-manager-plugin"
LEAST_PLUGIN = (1, 2, 497, 0)
"""First version that takes the session from its environment, where no other user of the machine sees its token.

https://github.com/aws/session-manager-plugin/blob/mainline/RELEASENOTES.md
"""
SESSION_VARIABLE = "AWS_SSM_START_SESSION_RESPONSE"
DOCUMENT = "AWS-StartPortForwardingSessionToRemoteHost"
AGENT = "ExecuteCommandAgent"
START_SECONDS = 180.0
"""Longest time in which a task starts and its agent runs, in seconds; an estimate."""
LOOK_SECONDS = 3.0
LONGEST_STARTED_BY = 36
"""Characters of the name of who started a task that every version of the API takes."""


class TunnelError(Exception):
    """No tunnel; the message is one sentence."""


class MissingError(TunnelError):
    """This machine lacks what a tunnel needs."""


class Door(Struct, frozen=True, kw_only=True):
    """The bastion, as the stack's output tells of it."""

    region: str
    cluster: str
    task_definition: str
    container: str
    subnet_ids: list[str]
    security_group_id: str
    log_group: str
    minutes: int
    targets: dict[str, dict[str, Any]]


Clients = Callable[[str], Any]
"""Returns the client of a service of AWS, in the bastion's region."""


def aws_clients(region: str) -> Clients:
    """Return clients with the credentials of the environment.

    Raises:
        MissingError: boto3 is not installed.

    """
    try:
        import boto3
    except ImportError:
        raise MissingError("boto3 is missing: pip install 'footing[ready]'") from None
    session = boto3.session.Session(region_name=region)
    clients: Clients = session.client
    return clients


def plugin() -> str:
    """Return the path of the plugin that carries a session.

    Raises:
        MissingError: it is not installed, or too old.

    """
    found = shutil.which(PLUGIN)
    if found is None:
        raise MissingError(
            f"{PLUGIN} is not on the PATH: "
            "https://docs.aws.amazon.com/systems-manager/latest/userguide/install-plugin-linux.html"
        )
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    version = tuple(int(it) for it in re.findall(r"\d+", said))
    if version < LEAST_PLUGIN:
        least = ".".join(map(str, LEAST_PLUGIN))
        raise MissingError(f"{PLUGIN} is {said or 'of no version'}, needed {least} or later: update it")
    return found


@contextmanager
def errors_as_sentences() -> Iterator[None]:
    """Say in one sentence what AWS refuses, or that credentials are missing.

    Raises:
        TunnelError: AWS refuses.
        MissingError: there are no credentials.

    """
    from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

    try:
        yield
    except NoCredentialsError:
        raise MissingError("there are no AWS credentials: set AWS_PROFILE, or run aws sso login") from None
    except ClientError as error:
        said = error.response["Error"]
        raise TunnelError(f"AWS refuses {error.operation_name}: {said['Code']}, {said['Message']}") from None
    except BotoCoreError as error:
        raise TunnelError(f"AWS is not reached: {' '.join(str(error).split())}") from None


@contextmanager
def bastion_task(clients: Clients, door: Door, minutes: int) -> Iterator[str]:
    """Run a task of the bastion, and yield the target of sessions once its agent runs; stop it at the end.

    Raises:
        TunnelError: the task or its agent did not start.

    """
    ecs = clients("ecs")
    who = clients("sts").get_caller_identity()["Arn"].rpartition("/")[2]
    answer = ecs.run_task(
        cluster=door.cluster,
        taskDefinition=door.task_definition,
        launchType="FARGATE",
        enableExecuteCommand=True,
        startedBy=re.sub(r"[^A-Za-z0-9_-]", "-", who)[:LONGEST_STARTED_BY],
        propagateTags="TASK_DEFINITION",
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": door.subnet_ids,
                "securityGroups": [door.security_group_id],
                "assignPublicIp": "DISABLED",
            }
        },
        overrides={
            "containerOverrides": [
                {"name": door.container, "environment": [{"name": "MINUTES", "value": str(minutes)}]}
            ]
        },
    )
    if not answer["tasks"]:
        reasons = ", ".join(it.get("reason", "") for it in answer["failures"]) or "no reason given"
        raise TunnelError(f"ECS starts no task of {door.cluster}: {reasons}")
    task = answer["tasks"][0]["taskArn"]
    try:
        runtime = _wait_for_agent(ecs, door, task)
        yield f"ecs:{door.cluster}_{task.rpartition('/')[2]}_{runtime}"
    finally:
        ecs.stop_task(cluster=door.cluster, task=task, reason="footing connect has ended")


def _wait_for_agent(ecs: Any, door: Door, task: str) -> str:
    """Return the runtime id of the container once its agent runs."""
    give_up = time.monotonic() + START_SECONDS
    while time.monotonic() < give_up:
        [found] = ecs.describe_tasks(cluster=door.cluster, tasks=[task])["tasks"] or [{}]
        container: dict[str, Any] = next(
            (it for it in found.get("containers", []) if it["name"] == door.container), {}
        )
        agents = {it["name"]: it for it in container.get("managedAgents", [])}
        agent = agents.get(AGENT, {})
        if agent.get("lastStatus") == "RUNNING":
            return str(container["runtimeId"])
        if found.get("lastStatus") in ("DEPROVISIONING", "STOPPED"):
            said = found.get("stoppedReason") or container.get("reason") or "no reason given"
            raise TunnelError(f"the task of the bastion stopped: {said}; its log is in {door.log_group}")
        if agent.get("lastStatus") == "STOPPED":
            why = f" ({agent['reason']})" if agent.get("reason") else ""
            raise TunnelError(f"the agent of the bastion's task stopped{why}: try bastion.read_only: false")
        time.sleep(LOOK_SECONDS)
    raise TunnelError(f"the agent of the bastion's task did not run within {START_SECONDS:.0f} seconds")


@contextmanager
def forwarded(
    clients: Clients, executable: str, door: Door, *, session_target: str, server: Mapping[str, Any], port: int
) -> Iterator[subprocess.Popen[bytes]]:
    """Yield the process that carries a session, which forwards `port` of this machine to the server; end it."""
    ssm = clients("ssm")
    request = {
        "Target": session_target,
        "DocumentName": DOCUMENT,
        "Parameters": {
            "host": [str(server["host"])],
            "portNumber": [str(int(server["port"]))],
            "localPortNumber": [str(port)],
        },
    }
    session = {key: it for key, it in ssm.start_session(**request).items() if key != "ResponseMetadata"}
    arguments = [SESSION_VARIABLE, door.region, "StartSession", os.environ.get("AWS_PROFILE", "")]
    process = subprocess.Popen(
        [executable, *arguments, json.dumps(request), ssm.meta.endpoint_url],
        env={**os.environ, SESSION_VARIABLE: json.dumps(session)},
        # A terminal's Ctrl-C is ours: the session ends first, then the task.
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=5)
            process.kill()


def wait(process: subprocess.Popen[bytes], minutes: int) -> str:
    """Return what ended a session, once it has: itself, Ctrl-C or the limit."""
    ended = threading.Event()

    def end(_number: int, _frame: FrameType | None) -> None:
        ended.set()

    previous = {it: signal.signal(it, end) for it in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    until, said = time.monotonic() + minutes * 60, "the session ended"
    try:
        while process.poll() is None:
            if ended.wait(0.2):
                said = "interrupted"
                break
            if time.monotonic() > until:
                said = f"{minutes} minutes are over"
                break
    finally:
        for it, handler in previous.items():
            signal.signal(it, handler)
    return said
