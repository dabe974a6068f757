"""`footing connect` against the published forms of AWS's APIs and a plugin of ours on the PATH."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import NoCredentialsError
from botocore.stub import Stubber
from typer.testing import CliRunner, Result

from footing.cli import app
from footing.connect import tunnel
from footing.pulumi_cli import session
from stacks.config import ConfigError

TASK = "arn:aws:ecs:us-east-1:123456789012:task/nexod-production-bastion/0123456789abcdef"
TARGET = "ecs:nexod-production-bastion_0123456789abcdef_0123456789abcdef-1"
DOOR = {
    "region": "us-east-1",
    "cluster": "nexod-production-bastion",
    "task_definition": "arn:aws:ecs:us-east-1:123456789012:task-definition/nexod-production-bastion:1",
    "container": "bastion",
    "subnet_ids": ["subnet-1", "subnet-2"],
    "security_group_id": "sg-1",
    "log_group": "/footing/nexod-production-bastion-log",
    "minutes": 60.0,
    "targets": {
        "database": {
            "host": "db.internal",
            "port": 5432,
            "user": "nexod",
            "database": "nexod",
            "secret_arn": "arn:s",
        },
        "redis": {"host": "cache.internal", "port": 6379.0, "user": "default", "url_output": "redis_url"},
        "reader-reads": {
            "host": "reads.internal",
            "port": 5432,
            "user": "nexod_reader",
            "database": "nexod",
            "url_output": "reader_urls",
        },
    },
}
PLUGIN = """#!/bin/sh
if [ "$1" = --version ]; then echo "$PLUGIN_VERSION"; exit 0; fi
printf '%s\\n' "$@" > "$RECORD.arguments"
printf '%s' "$AWS_SSM_START_SESSION_RESPONSE" > "$RECORD.session"
[ "$PLUGIN_DOES" = wait ] && sleep 0.3 && kill -INT $PPID && sleep 30
exit "${PLUGIN_EXIT:-0}"
"""
TOKEN = "a-token-of-a-session"


def agent(status: str, **container: Any) -> dict[str, Any]:
    """Answer of DescribeTasks about the bastion."""
    agents = [{"name": "ExecuteCommandAgent", "lastStatus": status}]
    runtime = {"name": "bastion", "runtimeId": "0123456789abcdef-1", "managedAgents": agents, **container}
    return {"tasks": [{"taskArn": TASK, "lastStatus": "RUNNING", "containers": [runtime]}]}


class Aws:
    """Clients whose every call is held to the API's own form, in the order that is written down."""

    def __init__(self) -> None:
        made = {"aws_access_key_id": "made", "aws_secret_access_key": "made", "region_name": "us-east-1"}
        self.clients = {name: boto3.client(name, **made) for name in ("ecs", "sts", "ssm")}
        self.stubs = {name: Stubber(it) for name, it in self.clients.items()}

    def expect_task(self, *answers: dict[str, Any], minutes: str = "60") -> None:
        identity = {"Arn": "arn:aws:sts::123456789012:assumed-role/On-Call/ada@example.com"}
        self.stubs["sts"].add_response("get_caller_identity", identity, {})
        network = {"subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-1"], "assignPublicIp": "DISABLED"}
        override = {"name": "bastion", "environment": [{"name": "MINUTES", "value": minutes}]}
        run = {
            "cluster": DOOR["cluster"],
            "taskDefinition": DOOR["task_definition"],
            "launchType": "FARGATE",
            "enableExecuteCommand": True,
            "startedBy": "ada-example-com",
            "propagateTags": "TASK_DEFINITION",
            "networkConfiguration": {"awsvpcConfiguration": network},
            "overrides": {"containerOverrides": [override]},
        }
        self.stubs["ecs"].add_response("run_task", {"tasks": [{"taskArn": TASK}], "failures": []}, run)
        for answer in answers:
            self.stubs["ecs"].add_response("describe_tasks", answer, {"cluster": DOOR["cluster"], "tasks": [TASK]})
        stop = {"cluster": DOOR["cluster"], "task": TASK, "reason": "footing connect has ended"}
        self.stubs["ecs"].add_response("stop_task", {}, stop)

    def expect_session(self, host: str, port: int, local: int) -> None:
        request = {
            "Target": TARGET,
            "DocumentName": "AWS-StartPortForwardingSessionToRemoteHost",
            "Parameters": {"host": [host], "portNumber": [str(port)], "localPortNumber": [str(local)]},
        }
        answer = {"SessionId": "ada-1", "TokenValue": TOKEN, "StreamUrl": "wss://ssm.example.com/ada-1"}
        self.stubs["ssm"].add_response("start_session", answer, request)

    def assert_all_was_asked(self) -> None:
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Aws]:
    made = Aws()
    program = tmp_path / "bin" / "session-manager-plugin"
    program.parent.mkdir()
    program.write_text(PLUGIN)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("RECORD", str(tmp_path / "plugin"))
    monkeypatch.setenv("PLUGIN_VERSION", "1.2.707.0")
    monkeypatch.setenv("AWS_PROFILE", "on-call")
    monkeypatch.setattr(tunnel, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(tunnel, "aws_clients", lambda region: made.clients.__getitem__)
    monkeypatch.setattr(session, "engine_executable", lambda: Path("pulumi"))
    monkeypatch.setattr(session.Session, "outputs", lambda self: {"bastion": DOOR})
    with ExitStack() as stack:
        for stub in made.stubs.values():
            stack.enter_context(stub)
        yield made


def connect(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["connect", "production", *arguments, "--system", "nexod"])


def test_tunnel_opens_says_how_to_use_it_and_ends_with_its_task(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    monkeypatch.setenv("PLUGIN_DOES", "wait")
    aws.expect_task(agent("PENDING"), agent("RUNNING"), minutes="20")
    aws.expect_session("db.internal", 5432, 25432)
    done = connect("database", "--local-port", "25432", "--minutes", "20")
    assert done.exit_code == 0
    aws.assert_all_was_asked()
    assert "database at 127.0.0.1:25432 for 20 minutes" in done.output
    assert 'psql "host=db.internal hostaddr=127.0.0.1 port=25432 dbname=nexod user=nexod sslmode=verify-full' in (
        done.output
    )
    assert "aws secretsmanager get-secret-value --region us-east-1 --secret-id arn:s" in done.output
    assert "interrupted" in done.output
    arguments = (tmp_path / "plugin.arguments").read_text()
    name, region, operation, profile, request, endpoint = arguments.splitlines()
    assert (name, region, operation, profile) == (
        "AWS_SSM_START_SESSION_RESPONSE",
        "us-east-1",
        "StartSession",
        "on-call",
    )
    assert json.loads(request)["Target"] == TARGET
    assert endpoint == "https://ssm.us-east-1.amazonaws.com"
    # The token opens the session: it goes by the environment, where other users of the machine do not look.
    assert TOKEN not in arguments + done.output
    assert json.loads((tmp_path / "plugin.session").read_text())["TokenValue"] == TOKEN


@pytest.mark.parametrize(
    ("wish", "host", "port", "local", "said"),
    [
        (["redis"], "cache.internal", 6379, 16379, "redis-cli --tls --sni cache.internal -h 127.0.0.1 -p 16379"),
        (["database", "--reader", "reads"], "reads.internal", 5432, 15432, "user=nexod_reader"),
    ],
)
def test_each_server_has_its_own_way(aws: Aws, wish: list[str], host: str, port: int, local: int, said: str):
    aws.expect_task(agent("RUNNING"))
    aws.expect_session(host, port, local)
    done = connect(*wish)
    assert (done.exit_code, said in done.output) == (0, True)
    assert "pulumi stack output" in done.output
    aws.assert_all_was_asked()


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ({"tasks": [{"taskArn": TASK, "lastStatus": "STOPPED", "stoppedReason": "no image"}]}, "no image"),
        (agent("STOPPED"), "bastion.read_only: false"),
    ],
)
def test_task_that_does_not_start_is_stopped_and_told(aws: Aws, answer: dict[str, Any], said: str):
    aws.expect_task(answer)
    done = connect("database")
    assert (done.exit_code, said in done.output) == (1, True)
    aws.assert_all_was_asked()


def test_refusal_of_aws_and_a_plugin_that_fails_are_sentences(aws: Aws, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PLUGIN_EXIT", "3")
    aws.expect_task(agent("RUNNING"))
    aws.expect_session("db.internal", 5432, 15432)
    done = connect("database")
    assert (done.exit_code, "ended with exit code 3" in done.output) == (1, True)
    aws.stubs["sts"].add_client_error("get_caller_identity", "ExpiredToken", "The token has expired")
    done = connect("database")
    assert (done.exit_code, "AWS refuses GetCallerIdentity: ExpiredToken" in done.output) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        ([], {"PATH": "/usr/bin:/bin"}, "session-manager-plugin is not on the PATH"),
        ([], {"PLUGIN_VERSION": "1.2.463.0"}, "needed 1.2.497.0 or later"),
        (["--minutes", "61"], {}, "--minutes: given 61, allowed up to 60"),
        (["--store", "cache"], {}, "--store"),
    ],
)
def test_what_is_missing_is_one_sentence_and_exit_code_2(
    aws: Aws, monkeypatch: pytest.MonkeyPatch, arguments: list[str], environment: dict[str, str], said: str
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    done = connect("database", *arguments)
    assert (done.exit_code, said in done.output) == (2, True)


def test_no_credentials_and_no_bastion_yet_are_wrong_use(aws: Aws, monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: Any, **__: Any) -> Any:
        raise NoCredentialsError

    monkeypatch.setattr(aws.clients["sts"], "get_caller_identity", refuse)
    done = connect("database")
    assert (done.exit_code, "AWS_PROFILE" in done.output) == (2, True)
    monkeypatch.setattr(session.Session, "outputs", lambda self: {})
    done = connect("database")
    assert (done.exit_code, "no output bastion yet" in done.output) == (2, True)


@pytest.mark.parametrize(
    ("system", "server", "said"),
    [
        ("fairtradeworker", ["database"], "pulumi stack output direct_url --show-secrets"),
        ("fairtradeworker", ["pooler"], "pulumi stack output pooled_url"),
        ("fairtradeworker", ["database", "--reader", "browse"], "entry browse"),
        ("fairtradeworker", ["redis", "--store", "retries"], "pulumi stack output redis_retries_url"),
    ],
)
def test_servers_with_a_public_door_need_no_tunnel(system: str, server: list[str], said: str):
    done = CliRunner().invoke(app, ["connect", "production", *server, "--system", system])
    assert (done.exit_code, said in done.output, "no tunnel" in done.output) == (0, True, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["production", "database"], "bastion: missing; add `footing:bastion: {}`"),
        (["production", "redis", "--system", "fairtradeworker"], "--store: missing with several stores"),
        (["production", "redis", "--store", "queue", "--system", "nexod"], "--store: given queue, allowed cache"),
        (["production", "database", "--reader", "x", "--system", "nexod"], "allowed reads, analytics"),
    ],
)
def test_what_the_stack_does_not_have_is_told_with_what_it_has(arguments: list[str], said: str):
    done = CliRunner().invoke(app, ["connect", *arguments])
    assert isinstance(done.exception, ConfigError)
    assert said in str(done.exception)
