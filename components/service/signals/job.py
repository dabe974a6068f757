"""Signals of a job: whether it runs, whether its runs succeed, and how long they take."""

import math
from typing import Any

import pulumi

from components.service.job_args import JobArgs
from observability import CloudWatch, Signal, Signals, Threshold, Unit
from observability.durations import DAY_SECONDS, HOUR_SECONDS, MINUTE_SECONDS

COUNT_SECONDS = 5 * MINUTE_SECONDS
"""Period of one count of runs, in seconds."""
LONGEST_WAIT_SECONDS = 7 * DAY_SECONDS
"""Longest time over which an alarm looks back, in seconds; the last start has to be in it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""


def job_signals(args: JobArgs, machine_arn: pulumi.Input[str], queue_name: pulumi.Input[str]) -> Signals:
    """Return the signals of the state machine and the dead-letter queue of a job."""
    job = args.key.rpartition(".")[2].replace("_", "-")
    machine = {"StateMachineArn": machine_arn}
    history = f"Step Functions, state machine `{args.service_name}`:"
    failed = Signal(
        id=f"job-{job}-failed-runs",
        title=f"Failed runs of job {job}",
        description="Runs in five minutes that failed after all retries; beside them those that somebody stopped.",
        query=_runs(machine, "ExecutionsFailed"),
        extra_queries={"aborted": _runs(machine, "ExecutionsAborted")},
        unit=Unit.NUMBER,
        thresholds=(Threshold(severity=args.severity, value=0),),
        runbook=(
            f"{history} the newest failed execution names the cause. `RunFailed` with an exit code: read the "
            "tasks' log group, mend the job, and start it again by hand. `TimedOut`: the run took longer than "
            f"`{args.key}.timeout_seconds`; compare with the durations. `{args.key}.retries` repeats a run that "
            "fails now and then."
        ),
    )
    hung = Signal(
        id=f"job-{job}-hung-runs",
        title=f"Hung runs of job {job}",
        description="Executions that took longer than all their runs may: no other run started meanwhile.",
        query=_runs(machine, "ExecutionsTimedOut"),
        unit=Unit.NUMBER,
        thresholds=(Threshold(severity=args.severity, value=0),),
        runbook=(
            f"{history} the history shows in which state the execution waited. Stop what is left of its tasks, "
            "then start a run by hand."
        ),
    )
    duration = Signal(
        id=f"job-{job}-duration",
        title=f"Duration of job {job}",
        description=f"Longest run, repetitions included; each may take {args.timeout_seconds} seconds.",
        query=_runs(machine, "ExecutionTime", "Maximum"),
        unit=Unit.MILLISECONDS,
    )
    return Signals(
        subject=f"Job {job}",
        signals=(failed, hung, *_not_started(job, args, machine), _refused(job, args, queue_name), duration),
    )


def _not_started(job: str, args: JobArgs, machine: dict[str, Any]) -> tuple[Signal, ...]:
    """Return the signal of a job that was not started in time; none where no alarm looks back that far."""
    hours = args.runs_every_hours
    if hours is None:
        return ()
    # Whole periods that hold a run of any punctual job, and one more for a start or a number that is late.
    period = COUNT_SECONDS if hours < 1 else HOUR_SECONDS
    wait = (math.ceil(MINUTE_SECONDS * round(60 * hours) / period) + 1) * period
    if wait >= LONGEST_WAIT_SECONDS:
        return ()
    return (
        Signal(
            id=f"job-{job}-not-started",
            title=f"Starts of job {job}",
            description=f"Runs that started; the schedule leaves {hours:.4g} hours between two at the most.",
            query=_runs(machine, "ExecutionsStarted", period_seconds=period),
            unit=Unit.NUMBER,
            thresholds=(Threshold(severity=args.severity, value=1, below=True),),
            for_seconds=wait,
            after_first=True,
            runbook=(
                f"EventBridge Scheduler, schedule `{args.service_name}`: is it enabled, and does "
                f"`{args.key}.schedule` mean what it should? A message in the dead-letter queue names the error "
                "of a start that AWS refused. Start the state machine by hand if the run is due. CloudWatch "
                "counts from the last start: its alarm is silent before the first one, and ends when it has "
                f"forgotten the last, after {'seven days' if period == HOUR_SECONDS else 'a day'}."
            ),
        ),
    )


def _refused(job: str, args: JobArgs, queue_name: pulumi.Input[str]) -> Signal:
    return Signal(
        id=f"job-{job}-dead-letters",
        title=f"Refused starts of job {job}",
        description="Messages in the dead-letter queue: runs that the schedule could not start.",
        query=CloudWatch(
            namespace="AWS/SQS",
            metric="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": queue_name},
            statistic="Maximum",
            period_seconds=COUNT_SECONDS,
        ),
        unit=Unit.NUMBER,
        thresholds=(Threshold(severity=args.severity, value=0),),
        runbook=(
            "Read a message of the queue: its attribute ERROR_CODE names the reason. A role or a state machine "
            "was changed by hand: deploy the stack. Start the missed run by hand, then purge the queue."
        ),
    )


def _runs(
    machine: dict[str, Any], metric: str, statistic: str = "Sum", period_seconds: int = COUNT_SECONDS
) -> CloudWatch:
    # https://docs.aws.amazon.com/step-functions/latest/dg/procedure-cw-metrics.html
    return CloudWatch(
        namespace="AWS/States",
        metric=metric,
        dimensions=machine,
        statistic=statistic,
        period_seconds=period_seconds,
    )
