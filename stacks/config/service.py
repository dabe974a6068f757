"""Configuration of the web service."""

from typing import Annotated, Literal

from pydantic import Field

from stacks.config.base import Model
from stacks.config.database import DeploymentConfig
from stacks.config.task import TaskConfig

VariableName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
"""Name of an environment variable."""


class ScalingConfig(Model):
    """How the number of tasks follows the load."""

    minimum_tasks: Annotated[int, Field(ge=1, le=1000)] = Field(description="Tasks that always run.")
    maximum_tasks: Annotated[int, Field(ge=1, le=1000)] = Field(description="Tasks at the most.")
    cpu_target_percent: Annotated[int, Field(ge=10, le=90)] = Field(
        default=70, description="Mean CPU that autoscaling aims at."
    )
    cooldown_seconds: Annotated[int, Field(ge=10, le=3600)] = Field(
        default=180, description="Pause between two changes, in seconds."
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
    image: str = Field(description="Container image, best by digest.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(default=8080, description="Port the container listens on.")
    health_path: Annotated[str, Field(pattern=r"^/\S*$")] = Field(
        default="/health", description="Path that answers 200 when the container can serve."
    )
    max_request_seconds: Annotated[int, Field(ge=1, le=4000)] = Field(
        default=60, description="Longest request, in seconds; the load balancer waits as long."
    )
    task: TaskConfig
    scaling: ScalingConfig
    deployment: DeploymentConfig = Field(
        default=DeploymentConfig(minimum_percent=100, maximum_percent=200),
        description="How far the number of tasks may move during a deployment.",
    )
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
    protect: bool = Field(default=True, description="Refuse to delete the load balancer.")
