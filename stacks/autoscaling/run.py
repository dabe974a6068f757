"""One run: a service under a load, tick by tick, with the delays of the cloud."""

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct, field

from components.service.scaling import FULL_PERCENT, ScalingArgs, StepPolicy, step_policies
from observability.durations import MINUTE_SECONDS
from stacks.autoscaling.launch import Load
from stacks.autoscaling.scaler import Measured, Scaler

TICK_SECONDS = 5
FIRST_MINUTE, LAST_MINUTE = -90, 180
"""What is simulated, in minutes from the launch."""


class Moment(Struct, frozen=True, kw_only=True):
    """The service at one minute."""

    minute: int
    """From the launch."""
    desired: int
    """Tasks that are wanted."""
    ready: int
    """Tasks that take requests."""
    busy: float
    """What is asked of them, as a share of what they can do; above 1 requests fail."""


class Outcome(Struct, frozen=True, kw_only=True):
    """How a service met a load."""

    moments: tuple[Moment, ...]
    """Every minute, in order."""

    def minutes_to(self, tasks: int) -> int | None:
        """Return the minutes from the launch until so many tasks take requests; negative before it, or None."""
        return next((it.minute for it in self.moments if it.ready >= tasks), None)

    @property
    def overloaded_minutes(self) -> int:
        """Minutes in which more was asked of the tasks than they can do."""
        return sum(it.busy > 1 for it in self.moments)

    @property
    def minutes_to_capacity(self) -> int:
        """Minutes from the launch after which the tasks are never overloaded."""
        late = [it.minute for it in self.moments if it.busy > 1]
        return max(late) + 1 if late else 0


class Fleet(Struct, kw_only=True):
    """Tasks, and when each of those that start takes its first request."""

    ready: int
    starting: list[float] = field(default_factory=list)

    def follow(self, second: float, desired: int, start_up: float) -> None:
        """Start and stop tasks, so that there are as many as `desired`."""
        self.ready += sum(at <= second for at in self.starting)
        self.starting = [at for at in self.starting if at > second]
        missing = desired - self.ready - len(self.starting)
        self.starting += [second + start_up] * max(0, missing)
        if missing < 0:
            kept = max(0, len(self.starting) + missing)
            self.ready -= max(0, -missing - len(self.starting))
            self.starting = self.starting[:kept]


def make_scaler(scaling: ScalingArgs, policies: Sequence[StepPolicy]) -> Scaler:
    """Return the scaler of a service that runs as few tasks as it may."""
    least = scaling.minimum_tasks
    return Scaler(
        scaling=scaling,
        policies=policies,
        minimum=least,
        maximum=scaling.maximum_tasks,
        desired=least,
        base=least,
    )


def run(scaling: ScalingArgs, load: Load, cpu: int, policies: Sequence[StepPolicy] | None = None) -> Outcome:
    """Run a service of tasks with `cpu` units of 1/1024 vCPU; `policies` are the component's own when left out.

    Of schedules, those with an `at(...)` expression take part; a `cron(...)` is for days like any other.
    """
    scaler = make_scaler(scaling, step_policies(scaling) if policies is None else policies)
    return Outcome(moments=tuple(_moments(scaler, load, load.requests_of_one_task(cpu))))


def _moments(scaler: Scaler, load: Load, task_requests: float) -> Iterator[Moment]:
    fleet, measured = Fleet(ready=scaler.desired), list[Measured]()
    bounds: dict[int, tuple[int, int]] = {}
    for schedule in scaler.scaling.schedules:
        kind, _, rest = schedule.expression.partition("(")
        if kind == "at":
            local = dt.datetime.fromisoformat(rest.removesuffix(")")).replace(tzinfo=ZoneInfo(schedule.timezone))
            minute = math.floor((local - load.opens_at).total_seconds() / MINUTE_SECONDS)
            bounds[max(minute, FIRST_MINUTE)] = (schedule.minimum_tasks, schedule.maximum_tasks)
    unseen = math.ceil(load.metric_delay_seconds / MINUTE_SECONDS)
    for minute in range(FIRST_MINUTE, LAST_MINUTE):
        if minute in bounds:
            scaler.bound(*bounds[minute])
        scaler.decide(minute * MINUTE_SECONDS, measured[: len(measured) - unseen])
        busy = []
        for second in range(minute * MINUTE_SECONDS, (minute + 1) * MINUTE_SECONDS, TICK_SECONDS):
            fleet.follow(second, scaler.desired, load.start_up_seconds)
            busy.append(load.requests_per_second(second / MINUTE_SECONDS) / (fleet.ready * task_requests))
        measured.append(
            Measured(
                cpu_percent=sum(min(it, 1.0) for it in busy) / len(busy) * FULL_PERCENT,
                response_seconds=max(load.response_seconds(it) for it in busy),
                requests_per_task=sum(busy) / len(busy) * task_requests * MINUTE_SECONDS,
            )
        )
        yield Moment(minute=minute, desired=scaler.desired, ready=fleet.ready, busy=max(busy))
