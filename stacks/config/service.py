"""Configuration of what runs the application: web services, workers, scheduled jobs and tasks run once."""

from typing import Annotated, Literal

from pydantic import Field

from stacks.config.base import EntryName, Model, Percent, ServedHostname
from stacks.config.on_demand import OnDemand
from stacks.config.request_limits import RateLimitTier, ResourceLimitConfig
from stacks.config.rollout import RollingConfig, RolloutConfig
from stacks.config.scaling import ScalingConfig, TargetConfig, WorkerScalingConfig, WorkerTargetConfig
from stacks.config.service_metrics import ServiceMetricsConfig, WorkerMetricsConfig
from stacks.config.smoke_tests import SmokeTestConfig
from stacks.config.workload import WorkloadConfig


class CapacityConfig(Model):
    """Shares of Fargate and Fargate Spot."""

    spot_percent: Percent = Field(
        default=0, description="Share of the tasks above `base_tasks` that run on Spot and may go at any time."
    )
    base_tasks: Annotated[int, Field(ge=0, le=1000)] | None = Field(
        default=None, description="Tasks that never run on Spot; left out, those that always run."
    )


class WebConfig(WorkloadConfig):
    """A service behind the load balancer."""

    kind: Literal["web"]
    hostnames: list[ServedHostname] = Field(
        default=[], description="Which of edge.hostnames it answers; all that no other service has when left out."
    )
    paths: list[Annotated[str, Field(pattern=r"^/[A-Za-z0-9._~*?/-]*$", max_length=128)]] = Field(
        default=[], description="Which paths it answers, /checkout/* with all below it; all when left out."
    )
    priority: Annotated[int, Field(ge=1, le=50000)] | None = Field(
        default=None,
        description="Priority of its rule at the load balancer; the more specific first when left out.",
    )
    port: int = Field(default=8080, ge=1, le=65535, description="Port the container listens on, in PORT.")
    health_path: str = Field(
        default="/health",
        pattern=r"^/\S*$",
        description="Path that answers with one of health_codes when the container can serve.",
    )
    ready_path: Annotated[str, Field(pattern=r"^/\S*$")] | None = Field(
        default=None,
        description="Path that answers with one of health_codes when what the container needs answers too; "
        "health_path when left out. Nothing replaces a task for it; Fly's proxy sends no request meanwhile.",
    )
    health_codes: str = Field(
        default="200",
        pattern=r"^[2-4]\d\d(-[2-4]\d\d)?(,[2-4]\d\d(-[2-4]\d\d)?)*$",
        description="Statuses of a healthy answer: 200, or a list with ranges such as 200-204,301.",
    )
    max_request_seconds: int = Field(
        default=60, ge=1, le=4000, description="Longest request, in seconds; the load balancer waits as long."
    )
    keep_alive_seconds: Annotated[int, Field(ge=1, le=4100)] | None = Field(
        default=None,
        description="How long the application keeps a quiet connection open, in seconds, in KEEP_ALIVE_SECONDS; 5 "
        "more than the load balancer when left out.",
    )
    websockets: bool = Field(default=False, description="Clients keep connections open, each to one task.")
    websocket_path: Annotated[str, Field(pattern=r"^/\S*$")] | None = Field(
        default=None, description="Path at which a WebSocket opens without signing in; `footing ready` opens one."
    )
    scaling: ScalingConfig = Field(
        default=TargetConfig(mode="target", minimum_tasks=2, maximum_tasks=10),
        description="How the number of tasks follows the load.",
    )
    deployment: RolloutConfig = Field(
        default=RollingConfig(strategy="rolling"), description="How new tasks take the place of old ones."
    )
    capacity: CapacityConfig = CapacityConfig()
    rate_limit_tiers: dict[EntryName, RateLimitTier] = Field(
        default={},
        max_length=20,
        description="The application's own limits by tier, requests a minute or a block, as JSON in "
        "RATE_LIMIT_TIERS: {anonymous: 60, authenticated: 200}. It counts by user, the edge by address.",
    )
    resource_limits: dict[EntryName, ResourceLimitConfig] = Field(
        default={},
        max_length=50,
        description="How often one may do one thing, by name (upload, search), as JSON in RESOURCE_LIMITS.",
    )
    metrics: ServiceMetricsConfig | None = Field(
        default=None,
        description="The application's own metrics; none when left out. Where several services have some, each "
        "series has the label service, with its name.",
    )
    smoke_tests: list[SmokeTestConfig] = Field(
        default=[],
        max_length=20,
        description="Requests that show that it does what it is for; they write: docs/smoke-tests.md.",
    )


class WorkerConfig(WorkloadConfig):
    """A service that nobody calls: it takes its work from a queue, or makes it."""

    kind: Literal["worker"]
    scaling: WorkerScalingConfig = Field(
        default=WorkerTargetConfig(mode="target", minimum_tasks=2, maximum_tasks=4),
        description="How the number of tasks follows the load: by CPU, by a queue's depth, or at certain times.",
    )
    deployment: RollingConfig = Field(
        default=RollingConfig(strategy="rolling"), description="How new tasks take the place of old ones."
    )
    capacity: CapacityConfig = CapacityConfig()
    stop_timeout_seconds: Annotated[int, Field(ge=2, le=120)] = Field(
        default=60, description="How long a stopping task may work on what it took, in seconds; then it is killed."
    )
    metrics: WorkerMetricsConfig | None = Field(
        default=None,
        description="Its own metrics, each series with the label service, its name; none when left out.",
    )


class JobConfig(WorkloadConfig):
    """A task that runs on a schedule, one at a time, with an alert when it fails or does not start."""

    kind: Literal["job"]
    schedule: str = Field(description="When it runs: rate(1 hour), cron(0 3 * * ? *), at(2027-03-01T11:00:00).")
    timezone: str = Field(default="UTC", description="IANA name of the time zone of `schedule`.")
    retries: Annotated[int, Field(ge=0, le=10)] = Field(
        default=0,
        description="How often a failed run is tried again, each time after a longer pause: only where half a run "
        "does no harm.",
    )
    severity: Literal["ticket", "page"] = Field(
        default="ticket", description="How soon somebody has to act when a run fails or does not start."
    )
    timeout_seconds: Annotated[int, Field(ge=60, le=604_800)] = Field(
        default=3600, description="Longest run, in seconds; a longer one is stopped and has failed."
    )
    enabled: bool = Field(default=True, description="Whether the schedule starts it at all.")


class TaskRunConfig(WorkloadConfig):
    """A task that a person or a pipeline runs once: a migration."""

    kind: Literal["task"]
    database_login: Literal["application", "owner"] = Field(
        default="application",
        description="Who it is in PostgreSQL. owner: DATABASE_URL is the server's own, past the pooler, as the "
        "owner, who may change the schema; database_pool then counts in database.direct_connections.",
    )


ServiceConfig = Annotated[
    WebConfig | WorkerConfig | JobConfig | TaskRunConfig,
    OnDemand("kind"),
]
"""What runs the application, by kind."""

LongRunning = WebConfig | WorkerConfig
"""Kinds whose tasks run all the time, as an ECS service."""


def logs_in_as_owner(service: ServiceConfig) -> bool:
    """Return whether it reaches PostgreSQL past the pooler, as the owner of the database."""
    return isinstance(service, TaskRunConfig) and service.database_login == "owner"
