"""Configuration of the number of tasks of a service."""

import re
from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from components.service.scaling import (
    COOLDOWN_SECONDS,
    CPU_HIGH_PERCENT,
    CPU_LOW_PERCENT,
    RESPONSE_HIGH_MS,
    ScalingArgs,
    ScheduleArgs,
    StepArgs,
    TargetArgs,
)
from stacks.config.base import Model, Name

Tasks = Annotated[int, Field(ge=1, le=1000)]
"""A number of tasks."""

Cooldown = Annotated[
    Annotated[int, Field(ge=10, le=3600)], Field(description="Pause between two changes, in seconds.")
]
"""Pause between two changes."""

SteeredPercent = Annotated[int, Field(ge=10, le=90)]
"""Target of a utilisation, in percent."""


_CRON_RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (1, 7), (1970, 2199))
"""Minute, hour, day of the month, month, day of the week and year, in AWS's order.

https://docs.aws.amazon.com/autoscaling/application/userguide/scheduled-scaling-using-cron-expressions.html
"""


def _possible_time(at: str) -> str:
    kind, _, inside = at.removesuffix(")").partition("(")
    if kind == "at":
        try:
            datetime.fromisoformat(inside)
        except ValueError as error:
            raise PydanticCustomError(
                "schedule", "a day and a time that exist, at(2027-03-01T11:00:00)"
            ) from error
        return at
    fields = inside.split()
    for field, (low, high) in zip(fields, _CRON_RANGES, strict=True):
        if any(not low <= int(number) <= high for number in re.findall(r"(?<![/\d])\d+", field)):
            allowed = {"field": field, "low": low, "high": high}
            raise PydanticCustomError("schedule", "{low} to {high} instead of {field}, as AWS counts", allowed)
    if (fields[2] == "?") == (fields[4] == "?"):
        raise PydanticCustomError("schedule", "a ? for either the day of the month or the day of the week")
    return at


class ScheduleConfig(Model):
    """Other bounds from a certain time on: before a launch, and after it."""

    name: Name = Field(description="Unique in the service: launch, after-launch.")
    at: Annotated[
        str,
        Field(pattern=r"^(at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)|cron\(\S+( \S+){5}\))$"),
        AfterValidator(_possible_time),
    ] = Field(description="When: at(2027-03-01T11:00:00) or cron(0 11 * * ? *).")
    timezone: str = Field(default="UTC", description="IANA name of the time zone of `at`.")
    minimum_tasks: Tasks = Field(description="Tasks at the least from then on.")
    maximum_tasks: Tasks = Field(description="Tasks at the most from then on; counted in the connection budget.")


class FixedConfig(Model):
    """Always the same number of tasks."""

    mode: Literal["fixed"]
    tasks: Tasks = Field(description="Tasks that run; a deployment sets the number again.")


class TargetConfig(Model):
    """Target tracking: AWS runs as many tasks as a target needs."""

    mode: Literal["target"]
    minimum_tasks: Tasks = Field(description="Tasks that always run.")
    maximum_tasks: Tasks = Field(description="Tasks at the most.")
    cpu_percent: SteeredPercent = Field(
        default=CPU_HIGH_PERCENT, description="Target of the mean CPU, in percent."
    )
    memory_percent: SteeredPercent | None = Field(
        default=None, description="Target of the mean memory, in percent; none when left out."
    )
    requests_per_task_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="Target of the requests per minute and task; none when left out."
    )
    cooldown_seconds: Cooldown = COOLDOWN_SECONDS
    schedules: list[ScheduleConfig] = Field(default=[], description="Other bounds at certain times.")


class StepConfig(Model):
    """Step scaling: tasks are added above one threshold and removed below another."""

    mode: Literal["step"]
    minimum_tasks: Tasks = Field(description="Tasks that always run.")
    maximum_tasks: Tasks = Field(description="Tasks at the most.")
    cpu_high_percent: int = Field(
        default=CPU_HIGH_PERCENT, ge=20, le=90, description="Mean CPU above which tasks are added."
    )
    cpu_low_percent: int = Field(
        default=CPU_LOW_PERCENT, ge=5, le=45, description="Mean CPU below which tasks are removed."
    )
    response_high_ms: Annotated[int, Field(ge=10, le=60000)] = Field(
        default=RESPONSE_HIGH_MS,
        description="95th percentile of the response time above which tasks are added, in milliseconds.",
    )
    cooldown_seconds: Cooldown = COOLDOWN_SECONDS
    schedules: list[ScheduleConfig] = Field(default=[], description="Other bounds at certain times.")


ScalingConfig = Annotated[FixedConfig | TargetConfig | StepConfig, Field(discriminator="mode")]
"""How the number of tasks follows the load."""


def scaling_args(scaling: ScalingConfig) -> ScalingArgs:
    """Return the arguments of the component, the simulation and the connection budget."""
    if isinstance(scaling, FixedConfig):
        return ScalingArgs(minimum_tasks=scaling.tasks, maximum_tasks=scaling.tasks)
    target, step = None, None
    if isinstance(scaling, TargetConfig):
        target = TargetArgs(
            cpu_percent=scaling.cpu_percent,
            memory_percent=scaling.memory_percent,
            requests_per_task_per_minute=scaling.requests_per_task_per_minute,
        )
    else:
        step = StepArgs(
            cpu_high_percent=scaling.cpu_high_percent,
            cpu_low_percent=scaling.cpu_low_percent,
            response_high_ms=scaling.response_high_ms,
        )
    return ScalingArgs(
        minimum_tasks=scaling.minimum_tasks,
        maximum_tasks=scaling.maximum_tasks,
        cooldown_seconds=scaling.cooldown_seconds,
        target=target,
        step=step,
        schedules=[
            ScheduleArgs(
                schedule_name=schedule.name,
                expression=schedule.at,
                timezone=schedule.timezone,
                minimum_tasks=schedule.minimum_tasks,
                maximum_tasks=schedule.maximum_tasks,
            )
            for schedule in scaling.schedules
        ],
    )
