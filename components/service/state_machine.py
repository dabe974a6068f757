"""State machine of a job, in the Amazon States Language: one run at a time, retries, and a time limit that holds.

EventBridge Scheduler alone knows neither whether a task of ECS failed nor whether the last one still runs.
https://docs.aws.amazon.com/step-functions/latest/dg/connect-ecs.html
"""

from typing import Any

import pulumi
from msgspec import Struct

from components.document import joined_text

SETTLE_SECONDS = 10
"""Wait before the list of running executions is read, in seconds: a new one may be missing in it at first.

https://docs.aws.amazon.com/step-functions/latest/apireference/API_ListExecutions.html
"""
RETRY_SECONDS, LONGEST_PAUSE_SECONDS = 120, 1800
"""First and longest pause before a failed run is repeated, in seconds; each is twice the last one.

The first is longer than a stopped task may still run.
"""
CALL_RETRY_SECONDS, CALL_RETRIES = 30, 5
"""First pause before a failed call of AWS's API is repeated, in seconds, and how often."""
ALREADY_RUNNING = "AlreadyRunning"
"""State that ends an execution whose predecessor still runs."""
CALL_ERRORS = ("ECS.AmazonECSException", "ECS.ServerException", "ECS.ThrottlingException", "AmazonECS.Unknown")
"""Errors of RunTask that pass by themselves; the last is a task that no capacity was found for."""
SCHEDULED_TIME = "SCHEDULED_TIME"
"""Variable of the container: the time that the schedule named, `2027-03-01T03:00:00Z`."""


class RunArgs(Struct, frozen=True, kw_only=True):
    """One run of a job; every field but the numbers may be an Output."""

    partition: pulumi.Input[str]
    """Partition of AWS: `aws`."""
    cluster_arn: pulumi.Input[str]
    """Cluster of the task."""
    task_definition: pulumi.Input[str]
    """ARN with a revision, or a family, whose newest revision runs."""
    family: str
    """Family of the task definition."""
    container_name: str
    """Container whose exit code decides."""
    subnet_ids: pulumi.Input[list[str]]
    """Subnets of the task."""
    security_group_id: pulumi.Input[str]
    """Group of the task."""
    retries: int
    """How often a failed run is repeated, 0 or more."""
    timeout_seconds: int
    """Time after which a run is stopped and has failed, in seconds."""


def longest_seconds(retries: int, timeout_seconds: int) -> int:
    """Return the longest time that an execution can take, in seconds; a longer one hangs, and blocks the next."""
    pauses = sum(min(RETRY_SECONDS << number, LONGEST_PAUSE_SECONDS) for number in range(retries))
    # Each pause is twice the last one.
    calls = CALL_RETRY_SECONDS * ((1 << CALL_RETRIES) - 1)
    return SETTLE_SECONDS + 2 * calls + pauses + (retries + 1) * (timeout_seconds + 2 * calls)


def definition(run: RunArgs) -> dict[str, Any]:
    """Return the definition: the oldest execution runs the task, any other ends in `AlreadyRunning`."""
    # A branch of its own, so that one Retry covers all that can happen in it.
    attempt = {"StartAt": "Run", "States": {"Run": _run(run), **_after_failure(run), **_after_timeout(run)}}
    return {
        "Comment": "One run at a time; a failed one is repeated, one that takes too long is stopped.",
        "TimeoutSeconds": longest_seconds(run.retries, run.timeout_seconds),
        "StartAt": "HasScheduledTime",
        "States": {
            "HasScheduledTime": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.scheduled_time", "IsPresent": True, "Next": "Settle"}],
                "Default": "StartedByHand",
            },
            "StartedByHand": {
                "Type": "Pass",
                "Parameters": {"scheduled_time.$": "$$.Execution.StartTime"},
                "Next": "Settle",
            },
            **_exclusion(run),
            "Attempt": {
                "Type": "Parallel",
                "Branches": [attempt],
                "Retry": [
                    {
                        "ErrorEquals": ["States.ALL"],
                        "IntervalSeconds": RETRY_SECONDS,
                        "MaxDelaySeconds": LONGEST_PAUSE_SECONDS,
                        "BackoffRate": 2,
                        "MaxAttempts": run.retries,
                    }
                ],
                "End": True,
            },
        },
    }


def _exclusion(run: RunArgs) -> dict[str, Any]:
    """Return the states after which the oldest of the running executions goes on to `Attempt`, and no other."""
    oldest = "$.running.oldest[0]"
    return {
        "Settle": {"Type": "Wait", "Seconds": SETTLE_SECONDS, "Next": "ListRunning"},
        "ListRunning": {
            "Type": "Task",
            "Resource": _resource(run, "aws-sdk:sfn:listExecutions"),
            "Parameters": {"StateMachineArn.$": "$$.StateMachine.Id", "StatusFilter": "RUNNING"},
            # The newest comes first. A slice of an empty list is empty, where an index would be an error.
            "ResultSelector": {"oldest.$": "$.Executions[-1:].ExecutionArn", "own.$": "$$.Execution.Id"},
            "ResultPath": "$.running",
            "Retry": [_retry("States.TaskFailed")],
            "Next": "IsOldest",
        },
        "IsOldest": {
            "Type": "Choice",
            "Choices": [
                {
                    "And": [
                        {"Variable": oldest, "IsPresent": True},
                        {"Not": {"Variable": oldest, "StringEqualsPath": "$.running.own"}},
                    ],
                    "Next": ALREADY_RUNNING,
                }
            ],
            "Default": "Attempt",
        },
        ALREADY_RUNNING: {"Type": "Succeed"},
    }


def _run(run: RunArgs) -> dict[str, Any]:
    """Return the state that runs the task and waits for its end."""
    override = {"Name": SCHEDULED_TIME, "Value.$": "$.scheduled_time"}
    return {
        "Type": "Task",
        # It fails where any container exits with another code than 0, as Copilot's maintainers found:
        # https://github.com/aws/copilot-cli/issues/3160
        "Resource": _resource(run, "ecs:runTask.sync"),
        "Parameters": {
            "Cluster": run.cluster_arn,
            "TaskDefinition": run.task_definition,
            "CapacityProviderStrategy": [{"CapacityProvider": "FARGATE", "Weight": 1}],
            "PropagateTags": "TASK_DEFINITION",
            "NetworkConfiguration": {
                "AwsvpcConfiguration": {
                    "Subnets": run.subnet_ids,
                    "SecurityGroups": [run.security_group_id],
                    "AssignPublicIp": "DISABLED",
                }
            },
            "Overrides": {"ContainerOverrides": [{"Name": run.container_name, "Environment": [override]}]},
        },
        "TimeoutSeconds": run.timeout_seconds,
        "ResultPath": None,
        "Retry": [_retry(*CALL_ERRORS)],
        "Catch": [
            {"ErrorEquals": ["States.Timeout"], "ResultPath": "$.failure", "Next": "ListTasks"},
            {"ErrorEquals": ["States.ALL"], "ResultPath": "$.failure", "Next": "DescribesTask"},
        ],
        "Next": "Done",
    }


def _after_failure(run: RunArgs) -> dict[str, Any]:
    """Return the states that tell a job that failed from a sidecar that was stopped after the job's success.

    A sidecar that is killed at the end of its task exits with 137, and the run counts as failed for it.
    https://github.com/wellcomecollection/catalogue-pipeline/pull/3377
    """
    code = "$.exited.codes[0]"
    return {
        "Done": {"Type": "Succeed"},
        "DescribesTask": {
            "Type": "Choice",
            # The cause is the task's description where it ran, and a sentence where it never did.
            "Choices": [{"Variable": "$.failure.Cause", "StringMatches": "{*", "Next": "ReadTask"}],
            "Default": "Failed",
        },
        "ReadTask": {
            "Type": "Pass",
            "Parameters": {"task.$": "States.StringToJson($.failure.Cause)"},
            "ResultPath": "$.stopped",
            "Next": "ReadExitCode",
        },
        "ReadExitCode": {
            "Type": "Pass",
            # A filter makes a list, which is empty for a container that never started.
            "Parameters": {"codes.$": f"$.stopped.task.Containers[?(@.Name=='{run.container_name}')].ExitCode"},
            "ResultPath": "$.exited",
            "Next": "ExitedWithZero",
        },
        "ExitedWithZero": {
            "Type": "Choice",
            "Choices": [
                {
                    "And": [{"Variable": code, "IsPresent": True}, {"Variable": code, "NumericEquals": 0}],
                    "Next": "Done",
                }
            ],
            "Default": "Failed",
        },
        "Failed": {"Type": "Fail", "Error": "RunFailed", "CausePath": "$.failure.Cause"},
    }


def _after_timeout(run: RunArgs) -> dict[str, Any]:
    """Return the states that stop the tasks of the job: all that a timeout promises is an end of the wait."""
    return {
        "ListTasks": {
            "Type": "Task",
            "Resource": _resource(run, "aws-sdk:ecs:listTasks"),
            "Parameters": {"Cluster": run.cluster_arn, "Family": run.family, "DesiredStatus": "RUNNING"},
            "ResultPath": "$.left",
            "Retry": [_retry("States.TaskFailed")],
            "Next": "StopTasks",
        },
        "StopTasks": {
            "Type": "Map",
            "ItemsPath": "$.left.TaskArns",
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": "StopTask",
                "States": {
                    "StopTask": {
                        "Type": "Task",
                        "Resource": _resource(run, "aws-sdk:ecs:stopTask"),
                        "Parameters": {
                            "Cluster": run.cluster_arn,
                            "Task.$": "$",
                            "Reason": f"Ran longer than {run.timeout_seconds} seconds",
                        },
                        "Retry": [_retry("States.TaskFailed")],
                        "End": True,
                    }
                },
            },
            "ResultPath": None,
            "Next": "TimedOut",
        },
        "TimedOut": {
            "Type": "Fail",
            "Error": "TimedOut",
            "Cause": f"The run took longer than {run.timeout_seconds} seconds and was stopped.",
        },
    }


def _resource(run: RunArgs, action: str) -> pulumi.Input[str]:
    return joined_text("arn:", run.partition, ":states:::", action)


def _retry(*errors: str) -> dict[str, Any]:
    """Return the retrier of a call of AWS's API that failed by itself, whatever it was to start."""
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": CALL_RETRY_SECONDS,
        "BackoffRate": 2,
        "MaxAttempts": CALL_RETRIES,
    }
