"""Configuration of the web service."""

from collections.abc import Iterator
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import Field

from components.service.deployment import RolloutArgs, Strategy
from components.service.scaling import (
    COOLDOWN_SECONDS,
    CPU_HIGH_PERCENT,
    CPU_LOW_PERCENT,
    RESPONSE_HIGH_MS,
    ScalingArgs,
    ScheduleArgs,
    StepArgs,
    TargetArgs,
    scaling_conflicts,
    scaling_problems,
)
from stacks.config.base import Model, Name, Percent, Problem
from stacks.config.service_metrics import ServiceMetricsConfig
from stacks.config.task import TaskConfig

VariableName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
"""Name of an environment variable."""

DIGEST = "@sha256:"
"""Mark of an image reference that no push can change."""

Tasks = Annotated[int, Field(ge=1, le=1000)]
"""A number of tasks."""

Cooldown = Annotated[
    Annotated[int, Field(ge=10, le=3600)],
    Field(description="Pause between two changes, in seconds."),
]
"""Pause between two changes."""

SteeredPercent = Annotated[int, Field(ge=10, le=90)]
"""Target of a utilisation, in percent."""

ShiftMinutes = Annotated[int, Field(ge=0, le=1440)]
"""Pause between two steps of a deployment, in minutes."""


class ScheduleConfig(Model):
    """Other bounds from a certain time on: before a launch, and after it."""

    name: Name = Field(description="Unique in the service: launch, after-launch.")
    at: Annotated[str, Field(pattern=r"^(at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)|cron\(\S+( \S+){5}\))$")] = Field(
        description="When: at(2027-03-01T11:00:00) or cron(0 11 * * ? *)."
    )
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
    cpu_high_percent: Annotated[int, Field(ge=20, le=90)] = Field(
        default=CPU_HIGH_PERCENT, description="Mean CPU above which tasks are added."
    )
    cpu_low_percent: Annotated[int, Field(ge=5, le=45)] = Field(
        default=CPU_LOW_PERCENT, description="Mean CPU below which tasks are removed."
    )
    response_high_ms: Annotated[int, Field(ge=10, le=60000)] = Field(
        default=RESPONSE_HIGH_MS,
        description="95th percentile of the response time above which tasks are added, in milliseconds.",
    )
    cooldown_seconds: Cooldown = COOLDOWN_SECONDS
    schedules: list[ScheduleConfig] = Field(default=[], description="Other bounds at certain times.")


ScalingConfig = Annotated[FixedConfig | TargetConfig | StepConfig, Field(discriminator="mode")]
"""How the number of tasks follows the load."""


class RollingConfig(Model):
    """A few tasks are replaced at a time."""

    strategy: Literal["rolling"]
    minimum_percent: Percent = Field(default=100, description="Share of tasks that must keep running, 0 to 100.")
    maximum_percent: Annotated[int, Field(ge=100, le=200)] = Field(
        default=200, description="Share of tasks that may run at once, 100 to 200."
    )


class BlueGreenConfig(Model):
    """A second fleet takes over all traffic at once."""

    strategy: Literal["blue_green"]
    bake_minutes: ShiftMinutes = Field(
        default=10, description="How long the old fleet still runs after the shift, in minutes."
    )


class CanaryConfig(Model):
    """A second fleet takes a share of the traffic, and the rest later."""

    strategy: Literal["canary"]
    percent: Annotated[int, Field(ge=1, le=99)] = Field(default=10, description="The first share, in percent.")
    minutes: ShiftMinutes = Field(default=10, description="Pause before the rest, in minutes.")
    bake_minutes: ShiftMinutes = Field(
        default=10, description="How long the old fleet still runs after the shift, in minutes."
    )


class LinearConfig(Model):
    """A second fleet takes the traffic in equal shares."""

    strategy: Literal["linear"]
    percent: Annotated[int, Field(ge=3, le=100)] = Field(default=20, description="Each share, in percent.")
    minutes: ShiftMinutes = Field(default=5, description="Pause before the next share, in minutes.")
    bake_minutes: ShiftMinutes = Field(
        default=10, description="How long the old fleet still runs after the shift, in minutes."
    )


RolloutConfig = Annotated[
    RollingConfig | BlueGreenConfig | CanaryConfig | LinearConfig, Field(discriminator="strategy")
]
"""How new tasks take the place of old ones."""


class CapacityConfig(Model):
    """Shares of Fargate and Fargate Spot."""

    spot_percent: Percent = Field(
        default=0, description="Share of the tasks above `base_tasks` that run on Spot and may go at any time."
    )
    base_tasks: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        default=None, description="Tasks that never run on Spot; left out, those that always run."
    )


class RateLimitTiersConfig(Model):
    """Requests a minute that the application lets one user send; it counts by user, the edge by address."""

    anonymous: Annotated[int, Field(ge=1, le=100000)] = Field(default=60, description="Not signed in.")
    authenticated: Annotated[int, Field(ge=1, le=100000)] = Field(default=200, description="Signed in.")
    pro: Annotated[int, Field(ge=1, le=100000)] = Field(default=500, description="Paying.")
    operator: Annotated[int, Field(ge=1, le=100000)] = Field(default=1000, description="Staff.")


class ServiceConfig(Model):
    """A web service on Fargate."""

    provider: Literal["fargate"]
    image: str = Field(description="Container image.")
    image_by: Literal["digest", "tag", "ci"] = Field(
        default="digest",
        description="digest: the image never changes under its name. tag: it may. ci: only the first image comes "
        "from here, CI deploys the later ones. See docs/service.md.",
    )
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=8080, description="Port the container listens on.")
    health_path: Annotated[str, Field(pattern=r"^/\S*$")] = Field(
        default="/health", description="Path that answers 200 when the container can serve."
    )
    max_request_seconds: Annotated[int, Field(ge=1, le=4000)] = Field(
        default=60, description="Longest request, in seconds; the load balancer waits as long."
    )
    websockets: bool = Field(default=False, description="Clients keep connections open, each to one task.")
    task: TaskConfig
    scaling: ScalingConfig = Field(description="How the number of tasks follows the load.")
    deployment: RolloutConfig = Field(
        default=RollingConfig(strategy="rolling"), description="How new tasks take the place of old ones."
    )
    capacity: CapacityConfig = CapacityConfig()
    database_pool: Annotated[int, Field(ge=1, le=1000)] = Field(
        description="Connections one task opens to the pooler at the most: the application's own pool."
    )
    environment: dict[VariableName, str] = Field(default={}, description="Plain variables, never secrets.")
    secrets: dict[VariableName, Literal["generated", "config"]] = Field(
        default={},
        description="Secret variables: generated once, or taken from the stack's encrypted `secrets`.",
    )
    rate_limit_tiers: RateLimitTiersConfig | None = Field(
        default=None, description="The application's own limits, given to it as JSON in RATE_LIMIT_TIERS."
    )
    access_log_days: Literal[7, 14, 30, 60, 90, 180, 365] | None = Field(
        default=90, description="How long the load balancer's access log is kept, in days; null for none."
    )
    metrics: ServiceMetricsConfig | None = Field(
        default=None, description="The application's own metrics; none when left out."
    )
    protect: bool = Field(default=True, description="Refuse to delete the load balancer.")


def scaling_args(scaling: ScalingConfig) -> ScalingArgs:
    """Return the arguments of the component, the simulation and the connection budget."""
    match scaling:
        case FixedConfig():
            return ScalingArgs(minimum_tasks=scaling.tasks, maximum_tasks=scaling.tasks)
        case TargetConfig():
            target = TargetArgs(
                cpu_percent=scaling.cpu_percent,
                memory_percent=scaling.memory_percent,
                requests_per_task_per_minute=scaling.requests_per_task_per_minute,
            )
            return _automatic(scaling, target=target)
        case StepConfig():
            step = StepArgs(
                cpu_high_percent=scaling.cpu_high_percent,
                cpu_low_percent=scaling.cpu_low_percent,
                response_high_ms=scaling.response_high_ms,
            )
            return _automatic(scaling, step=step)


def _automatic(
    scaling: TargetConfig | StepConfig, *, target: TargetArgs | None = None, step: StepArgs | None = None
) -> ScalingArgs:
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


def rollout_args(deployment: RolloutConfig) -> RolloutArgs:
    """Return the arguments of the component and the connection budget."""
    match deployment:
        case RollingConfig():
            return RolloutArgs(
                minimum_percent=deployment.minimum_percent, maximum_percent=deployment.maximum_percent
            )
        case BlueGreenConfig():
            return RolloutArgs(strategy=Strategy.BLUE_GREEN, bake_minutes=deployment.bake_minutes)
        case CanaryConfig() | LinearConfig():
            return RolloutArgs(
                strategy=Strategy(deployment.strategy.upper()),
                bake_minutes=deployment.bake_minutes,
                shift_percent=deployment.percent,
                shift_minutes=deployment.minutes,
            )


def service_problems(service: ServiceConfig) -> Iterator[Problem]:
    """Return a key and a sentence for each contradiction between the service's settings."""
    scaling, rollout = scaling_args(service.scaling), rollout_args(service.deployment)
    for key, sentence in (
        *scaling_problems(scaling),
        *scaling_conflicts(scaling, two_fleets=rollout.two_fleets),
    ):
        yield f"service.scaling.{key}", sentence
    for schedule in scaling.schedules:
        if schedule.timezone not in available_timezones():
            yield "service.scaling.schedules", f"given the timezone {schedule.timezone!r}, allowed an IANA name"
    if service.image_by == "digest" and DIGEST not in service.image:
        yield (
            "service.image",
            f"given {service.image!r}, allowed a digest ({DIGEST}...); image_by: tag, or ci, takes any name",
        )
    base, least = service.capacity.base_tasks, scaling.minimum_tasks
    if base is not None and base > least:
        yield "service.capacity.base_tasks", f"given {base}, allowed up to the tasks that always run, {least}"
    both = set(service.environment) & set(service.secrets)
    if both:
        yield "service.secrets", f"given {', '.join(sorted(both))} also under environment, allowed one place"
