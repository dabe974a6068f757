"""The state machine of a job, run by moto's interpreter of the Amazon States Language; ECS and time are ours."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import boto3
import pytest
from moto import mock_aws
from msgspec import Struct
from msgspec.structs import replace

from components.service.state_machine import ALREADY_RUNNING, RunArgs, definition, longest_seconds

RUN = RunArgs(
    partition="aws",
    cluster_arn="arn:aws:ecs:eu-west-1:123456789012:cluster/shop",
    task_definition="arn:aws:ecs:eu-west-1:123456789012:task-definition/nightly:7",
    family="nightly",
    container_name="nightly",
    subnet_ids=["private-1"],
    security_group_id="sg-1",
    retries=2,
    timeout_seconds=900,
)
OWN = "arn:aws:states:eu-west-1:123456789012:execution:nightly:own"
TIME = "2027-03-01T03:00:00Z"

Outcome = Mapping[str, int | None] | str
"""Exit codes of the containers, or the sentence of a task that never ran."""
TIMEOUT = "States.Timeout"
"""Outcome of a task that runs too long."""


class Execution(Struct, frozen=True, kw_only=True):
    """What became of one execution."""

    status: str
    error: str
    cause: str
    calls: list[tuple[str, Mapping[str, Any]]]
    pauses: list[float]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.calls]


def execute(
    monkeypatch: pytest.MonkeyPatch, run: RunArgs, outcomes: list[Outcome], running: list[str]
) -> Execution:
    """Return what becomes of one execution whose attempts end in `outcomes`; `running` are newest first."""
    # Imported here: moto's grammar takes seconds, and every worker of the tests imports this module.
    from moto.stepfunctions.parser.api import HistoryEventType, TaskFailedEventDetails
    from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import (
        FailureEvent,
        FailureEventException,
    )
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
    from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name_type import (
        StatesErrorNameType,
    )
    from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
    from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
        state_task_service_aws_sdk,
        state_task_service_ecs,
    )
    from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails
    from moto.stepfunctions.parser.asl.utils import json_path

    machine = definition(run)
    machine["States"]["Settle"]["Seconds"] = 0
    calls: list[tuple[str, Mapping[str, Any]]] = []
    pauses: list[float] = []
    attempts = iter(outcomes)

    class Client:
        """The calls of AWS's API, answered as Step Functions spells them."""

        def __getattr__(self, name: str) -> Callable[..., Any]:
            def call(**parameters: Any) -> Any:
                calls.append((name, parameters))
                return {
                    "list_executions": {"Executions": [{"ExecutionArn": arn} for arn in running]},
                    "list_tasks": {"TaskArns": ["task/1", "task/2"]},
                    "stop_task": {},
                }[name]

            return call

    def run_task(self: Any, env: Any, resource_runtime_part: Any, normalised_parameters: Any, **_: Any) -> None:
        calls.append(("run_task", normalised_parameters))
        outcome = next(attempts)
        failed = StatesErrorNameType.StatesTimeout if outcome == TIMEOUT else StatesErrorNameType.StatesTaskFailed
        if isinstance(outcome, str):
            cause = outcome
        else:
            containers = [
                {"Name": name, **({} if code is None else {"ExitCode": code})} for name, code in outcome.items()
            ]
            cause = json.dumps({"Containers": containers, "StopCode": "EssentialContainerExited"})
        if isinstance(outcome, str) or any(code != 0 for code in outcome.values()):
            details = TaskFailedEventDetails(error=failed.to_name(), cause=cause)
            raise FailureEventException(
                FailureEvent(
                    env=env,
                    error_name=StatesErrorName(typ=failed),
                    event_type=HistoryEventType.TaskFailed,
                    event_details=EventDetails(taskFailedEventDetails=details),
                )
            )
        env.stack.append({})

    class Clock:
        sleep = staticmethod(pauses.append)

    service = state_task_service_ecs.StateTaskServiceEcs
    monkeypatch.setattr(service, "_eval_service_task", run_task)
    monkeypatch.setattr(
        service, "_build_sync_resolver", lambda self, env, **_: lambda: env.stack.pop() or {"ended": True}
    )
    monkeypatch.setattr(state_task_service_aws_sdk, "boto_client_for", lambda **_: Client())
    monkeypatch.setattr(retrier_decl, "time", Clock)
    # Of a filter or a slice from the end that finds nothing moto makes an error, Step Functions an empty list.
    # https://docs.aws.amazon.com/step-functions/latest/dg/amazon-states-language-paths.html
    monkeypatch.setattr(json_path, "_contains_slice_or_wildcard_array", lambda path: "[?(" in path or ":]" in path)
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        client = boto3.client(
            "stepfunctions", region_name="eu-west-1", aws_access_key_id="a", aws_secret_access_key="b"
        )
        arn = client.create_state_machine(
            name="nightly", definition=json.dumps(machine), roleArn="arn:aws:iam::123456789012:role/runs"
        )["stateMachineArn"]
        started = client.start_execution(
            stateMachineArn=arn, name="own", input=json.dumps({"scheduled_time": TIME})
        )["executionArn"]
        assert started == OWN
        for _ in range(3000):
            found = client.describe_execution(executionArn=started)
            if found["status"] != "RUNNING":
                break
            time.sleep(0.02)
    return Execution(
        status=found["status"],
        error=found.get("error", ""),
        cause=found.get("cause", ""),
        calls=calls,
        pauses=pauses,
    )


def test_run_that_succeeds_is_one_task_with_the_time_of_the_schedule(monkeypatch: pytest.MonkeyPatch):
    execution = execute(monkeypatch, RUN, [{"nightly": 0}], [OWN])
    assert (execution.status, execution.names) == ("SUCCEEDED", ["list_executions", "run_task"])
    own = OWN.replace("execution", "stateMachine").removesuffix(":own")
    assert execution.calls[0][1] == {"StateMachineArn": own, "StatusFilter": "RUNNING"}
    parameters = execution.calls[1][1]
    assert parameters["TaskDefinition"] == RUN.task_definition
    assert parameters["Overrides"] == {
        "ContainerOverrides": [{"Name": "nightly", "Environment": [{"Name": "SCHEDULED_TIME", "Value": TIME}]}]
    }


@pytest.mark.parametrize(
    ("running", "runs"),
    [
        pytest.param([f"{OWN}-later", OWN], True, id="older than another"),
        pytest.param([OWN, f"{OWN}-before"], False, id="younger than another"),
        pytest.param([f"{OWN}-before"], False, id="not listed yet"),
        pytest.param([], True, id="nobody listed"),
    ],
)
def test_only_the_oldest_execution_runs(monkeypatch: pytest.MonkeyPatch, running: list[str], runs: bool):
    execution = execute(monkeypatch, RUN, [{"nightly": 0}], running)
    assert execution.status == "SUCCEEDED"
    assert ("run_task" in execution.names) == runs


@pytest.mark.parametrize(
    ("retries", "outcomes", "status"),
    [
        # A sidecar that is killed after the job's success is no failure of the job.
        (2, [{"nightly": 1}, {"router": 137, "nightly": 0}], "SUCCEEDED"),
        (2, [{"nightly": 1}, {"router": 137, "nightly": None}, "no capacity"], "FAILED"),
        (0, ["no capacity"], "FAILED"),
    ],
)
def test_failed_run_is_repeated_as_often_as_was_said(
    monkeypatch: pytest.MonkeyPatch, retries: int, outcomes: list[Outcome], status: str
):
    execution = execute(monkeypatch, replace(RUN, retries=retries), outcomes, [OWN])
    assert (execution.status, execution.names.count("run_task")) == (status, len(outcomes))
    assert execution.pauses == [120, 240][: len(outcomes) - 1]
    assert (execution.error, execution.cause) == (("RunFailed", "no capacity") if status == "FAILED" else ("", ""))


def test_run_that_takes_too_long_is_stopped_before_it_is_repeated(monkeypatch: pytest.MonkeyPatch):
    execution = execute(monkeypatch, replace(RUN, retries=1), [TIMEOUT, TIMEOUT], [OWN])
    once = ["run_task", "list_tasks", "stop_task", "stop_task"]
    assert execution.names == ["list_executions", *once, *once]
    stopped = [parameters["Task"] for name, parameters in execution.calls if name == "stop_task"]
    assert sorted(stopped[:2]) == ["task/1", "task/2"]
    assert (execution.status, execution.error) == ("FAILED", "TimedOut")
    assert execution.pauses == [120]
    listed = dict(execution.calls)["list_tasks"]
    assert listed == {"Cluster": RUN.cluster_arn, "Family": "nightly", "DesiredStatus": "RUNNING"}


def machines(machine: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a state machine and those inside of it."""
    yield machine
    for state in machine["States"].values():
        for inner in (*state.get("Branches", ()), *([state["ItemProcessor"]] if "ItemProcessor" in state else ())):
            yield from machines(inner)


def test_every_state_is_reached_and_every_way_ends():
    for machine in machines(definition(RUN)):
        reached = {machine["StartAt"]}
        for state in machine["States"].values():
            rules = (*state.get("Choices", ()), *state.get("Catch", ()))
            reached |= {it["Next"] for it in (state, *rules) if "Next" in it}
            reached |= {state["Default"]} if "Default" in state else set()
            ends = "Next" in state or state.get("End") or state["Type"] in ("Choice", "Succeed", "Fail")
            assert ends, state
        assert reached == set(machine["States"])
    assert definition(RUN)["States"][ALREADY_RUNNING] == {"Type": "Succeed"}


def test_run_has_its_time_limit_and_an_execution_a_longer_one():
    machine = definition(RUN)
    run = machine["States"]["Attempt"]["Branches"][0]["States"]["Run"]
    assert run["TimeoutSeconds"] == 900
    # Three runs, two pauses of 2 and 4 minutes, and calls that are repeated for 15 minutes each.
    assert machine["TimeoutSeconds"] == longest_seconds(2, 900) > 3 * 900 + 360 + 930
    assert run["Parameters"]["CapacityProviderStrategy"] == [{"CapacityProvider": "FARGATE", "Weight": 1}]
    assert run["Parameters"]["NetworkConfiguration"] == {
        "AwsvpcConfiguration": {"Subnets": ["private-1"], "SecurityGroups": ["sg-1"], "AssignPublicIp": "DISABLED"}
    }
    [run_retry] = run["Retry"]
    assert "States.TaskFailed" not in run_retry["ErrorEquals"]


def test_execution_that_somebody_starts_by_hand_has_the_time_of_its_start():
    states = definition(RUN)["States"]
    assert states["HasScheduledTime"]["Default"] == "StartedByHand"
    assert states["StartedByHand"]["Parameters"] == {"scheduled_time.$": "$$.Execution.StartTime"}


def test_other_partitions_have_their_own_resources():
    text = json.dumps(definition(replace(RUN, partition="aws-us-gov")))
    assert "arn:aws-us-gov:states:::ecs:runTask.sync" in text
    assert "arn:aws:states" not in text
