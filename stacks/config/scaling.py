"""Configuration of the number of tasks of a service."""

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from components.service.scaling import (
    COOLDOWN_SECONDS,
    CPU_HIGH_PERCENT,
    CPU_LOW_PERCENT,
    RESPONSE_HIGH_MS,
    QueueScaling,
    ScalingArgs,
    ScheduleArgs,
    StepArgs,
    TargetArgs,
)
from components.service.schedule import schedule_problem
from stacks.config.base import Model, Name
from stacks.config.on_demand import OnDemand

Tasks = Annotated[int, Field(ge=1, le=1000)]
"""A number of tasks."""

Cooldown = Annotated[
    Annotated[int, Field(ge=10, le=3600)], Field(description="Pause between two changes, in seconds.")
]
"""Pause between two changes."""

SteeredPercent = Annotated[int, Field(ge=10, le=90)]
"""Target of a utilisation, in percent."""


def _possible_time(at: str) -> str:
    if problem := schedule_problem(at, ("at", "cron")):
        raise PydanticCustomError("schedule", "{allowed}", {"allowed": problem.partition(", allowed ")[2]})
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


class BoundsConfig(Model):
    """What every way to follow the load has in common."""

    minimum_tasks: Tasks = Field(description="Tasks that always run.")
    maximum_tasks: Tasks = Field(description="Tasks at the most.")
    cooldown_seconds: Cooldown = COOLDOWN_SECONDS
    schedules: list[ScheduleConfig] = Field(default=[], description="Other bounds at certain times.")


class WorkerTargetConfig(BoundsConfig):
    """Target tracking of a worker: AWS runs as many tasks as a target needs."""

    mode: Literal["target"]
    cpu_percent: SteeredPercent = Field(
        default=CPU_HIGH_PERCENT, description="Target of the mean CPU, in percent."
    )
    memory_percent: SteeredPercent | None = Field(
        default=None, description="Target of the mean memory, in percent; none when left out."
    )


class TargetConfig(WorkerTargetConfig):
    """Target tracking of a web service, whose requests may be a target as well."""

    requests_per_task_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] | None = Field(
        default=None, description="Target of the requests per minute and task; none when left out."
    )


class StepConfig(BoundsConfig):
    """Step scaling: tasks are added above one threshold and removed below another."""

    mode: Literal["step"]
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


class QueueConfig(BoundsConfig):
    """As many tasks as the messages in a queue need."""

    mode: Literal["queue"]
    most_messages: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="Messages in the queue over which a ticket is written; none when left out."
    )
    messages_per_task: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        description="Messages that may wait for each task: those it works off in the longest wait you accept."
    )
    sqs_queue: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,75}(\.fifo)?$")] | None = Field(
        default=None, description="Name of an SQS queue of this account and region."
    )
    redis_store: Name | None = Field(default=None, description="Name under `redis` of the store with the list.")
    # Not {1,200}: pydantic's engine would unfold it into 200 copies of all of Unicode's letters, at every start.
    redis_list: Annotated[str, Field(pattern=r"^[A-Za-z0-9_:.{}-]+$", max_length=200)] | None = Field(
        default=None, description="Key of the list in that store, for example celery."
    )
    redis_image: Annotated[str, Field(pattern=r"^\S+$")] = Field(
        default="public.ecr.aws/docker/library/redis:7.4-alpine",
        description="Image with redis-cli and a shell, whose sidecar measures the list.",
    )

    @model_validator(mode="after")
    def _one_queue(self) -> Self:
        if (self.sqs_queue is None) == (self.redis_list is None) or (self.redis_store is None) != (
            self.redis_list is None
        ):
            raise PydanticCustomError("queue", "either sqs_queue, or redis_store with redis_list")
        return self


ScalingConfig = Annotated[FixedConfig | TargetConfig | StepConfig, OnDemand("mode")]
"""How the number of tasks of a web service follows the load."""

WorkerScalingConfig = Annotated[FixedConfig | WorkerTargetConfig | QueueConfig, OnDemand("mode")]
"""How the number of tasks of a worker follows its work."""


def scaling_args(scaling: ScalingConfig | WorkerScalingConfig) -> ScalingArgs:
    """Return the arguments of the component, the simulation and the connection budget."""
    if isinstance(scaling, FixedConfig):
        return ScalingArgs(minimum_tasks=scaling.tasks, maximum_tasks=scaling.tasks)
    target, step, queue = None, None, None
    if isinstance(scaling, WorkerTargetConfig):
        target = TargetArgs(
            cpu_percent=scaling.cpu_percent,
            memory_percent=scaling.memory_percent,
            requests_per_task_per_minute=scaling.requests_per_task_per_minute
            if isinstance(scaling, TargetConfig)
            else None,
        )
    elif isinstance(scaling, QueueConfig):
        queue = QueueScaling(messages_per_task=scaling.messages_per_task)
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
        queue=queue,
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
