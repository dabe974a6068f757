"""Configuration of the web service."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import Field

from components.service.scaling import scaling_conflicts, scaling_problems
from policies.secret_values import BROWSER_PREFIXES, is_secret, secret_by_form
from stacks.config.base import Model, Percent, Problem
from stacks.config.database import ReplicaConfig
from stacks.config.rollout import RollingConfig, RolloutConfig, rollout_args
from stacks.config.scaling import ScalingConfig, scaling_args
from stacks.config.service_metrics import ServiceMetricsConfig
from stacks.config.task import TaskConfig

VariableName = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]*$")]
"""Name of an environment variable."""

DATABASE_VARIABLE, REDIS_VARIABLE = "DATABASE_URL", "REDIS_URL"
"""Variables in which the service finds the URLs of its pooler and of its store; both secret."""

POOL_VARIABLE = "DATABASE_POOL_SIZE"
"""Variable in which the service finds how many connections one task may open to its pooler."""

PORT_VARIABLE = "PORT"
"""Variable in which the service finds the port to listen on."""

DIGEST = "@sha256:"
"""Mark of an image reference that no push can change."""


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

    anonymous: int = Field(default=60, ge=1, le=100000, description="Not signed in.")
    authenticated: int = Field(default=200, ge=1, le=100000, description="Signed in.")
    pro: int = Field(default=500, ge=1, le=100000, description="Paying.")
    operator: int = Field(default=1000, ge=1, le=100000, description="Staff.")


class ServiceConfig(Model):
    """A web service on Fargate."""

    provider: Literal["fargate"]
    image: str = Field(description="Container image.")
    image_by: Literal["digest", "tag", "ci"] = Field(
        default="digest",
        description="digest: the image never changes under its name. tag: it may. ci: only the first image comes "
        "from here, CI deploys the later ones. See docs/service.md.",
    )
    port: int = Field(default=8080, ge=1, le=65535, description="Port the container listens on.")
    health_path: str = Field(
        default="/health", pattern=r"^/\S*$", description="Path that answers 200 when the container can serve."
    )
    max_request_seconds: int = Field(
        default=60,
        ge=1,
        le=4000,
        description="Longest request, in seconds; the load balancer waits as long.",
    )
    websockets: bool = Field(default=False, description="Clients keep connections open, each to one task.")
    task: TaskConfig
    scaling: ScalingConfig = Field(description="How the number of tasks follows the load.")
    deployment: RolloutConfig = Field(
        default=RollingConfig(strategy="rolling"), description="How new tasks take the place of old ones."
    )
    capacity: CapacityConfig = CapacityConfig()
    database_pool: Annotated[int, Field(ge=1, le=1000)] = Field(
        description="Connections one task opens to the pooler at the most: the application's own pool, given to "
        "it in DATABASE_POOL_SIZE."
    )
    environment: dict[VariableName, str] = Field(default={}, description="Plain variables, never secrets.")
    public_variables: list[VariableName] = Field(
        default=[],
        description="Names under `environment` that look like secrets and are none; the gate's rule "
        "container-no-secret-literal wants an exception that names them as well.",
    )
    secrets: dict[VariableName, Literal["generated", "config"]] = Field(
        default={}, description="Secret variables: generated once, or taken from the stack's encrypted `secrets`."
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


def reader_url_variable(purpose: str) -> str:
    """Return the variable in which the service finds the URL of a read replica; secret."""
    return f"DATABASE_READER_URL_{purpose.upper().replace('-', '_')}"


def pool_variables(service: ServiceConfig, replicas: Sequence[ReplicaConfig]) -> Mapping[str, str]:
    """Return the variables that tell one task how many connections it may open, to the pooler and to replicas."""
    readers = {
        reader_url_variable(replica.purpose).replace("URL", "POOL_SIZE", 1): str(replica.connections_per_task)
        for replica in replicas
    }
    return {POOL_VARIABLE: str(service.database_pool), **readers}


def service_problems(service: ServiceConfig, replicas: Sequence[ReplicaConfig]) -> Iterator[Problem]:
    """Return a key and a sentence for each contradiction between the service's settings."""
    given = {DATABASE_VARIABLE, REDIS_VARIABLE, PORT_VARIABLE, *pool_variables(service, replicas)}
    given.update(reader_url_variable(replica.purpose) for replica in replicas)
    scaling, rollout = scaling_args(service.scaling), rollout_args(service.deployment)
    for key, sentence in (*scaling_problems(scaling), *scaling_conflicts(scaling, two_fleets=rollout.two_fleets)):
        yield f"service.scaling.{key}", sentence
    for schedule in scaling.schedules:
        if schedule.timezone not in available_timezones():
            yield "service.scaling.schedules", f"given the timezone {schedule.timezone!r}, allowed an IANA name"
    if service.image_by == "digest" and DIGEST not in service.image:
        problem = f"given {service.image!r}, allowed a digest ({DIGEST}...); image_by: tag, or ci, takes any name"
        yield "service.image", problem
    base, least = service.capacity.base_tasks, scaling.minimum_tasks
    if base is not None and base > least:
        yield "service.capacity.base_tasks", f"given {base}, allowed up to the tasks that always run, {least}"
    for key, names in (("environment", service.environment), ("secrets", service.secrets)):
        if taken := sorted(given & set(names)):
            problem = (
                f"given {', '.join(taken)}, which the stack itself gives (the URLs of pooler, replicas and store, "
                "service.port, service.database_pool, connections_per_task), allowed other names"
            )
            yield f"service.{key}", problem
    yield from _secret_problems(service)
    both = set(service.environment) & set(service.secrets)
    if both:
        yield "service.secrets", f"given {', '.join(sorted(both))} also under environment, allowed one place"


def _secret_problems(service: ServiceConfig) -> Iterator[Problem]:
    for name, value in service.environment.items():
        if is_secret(name, value) and name not in service.public_variables:
            loaded = ", and browsers load what a build names so" if name.startswith(BROWSER_PREFIXES) else ""
            yield f"service.environment.{name}", f"looks like a secret{loaded}; move it to service.secrets"
    for name in service.secrets:
        if name.startswith(BROWSER_PREFIXES):
            yield (
                f"service.secrets.{name}",
                "given a name that builds show to browsers, allowed another",
            )
    if unknown := set(service.public_variables) - set(service.environment):
        yield (
            "service.public_variables",
            f"given {', '.join(sorted(unknown))}, allowed names of service.environment",
        )


def credential_problems(config: Model) -> Iterator[Problem]:
    """Yield each text of a stack file, but for the service's variables, that holds a credential in plain sight."""
    waiting: list[tuple[str, object]] = [*config.model_dump(exclude={"service": {"environment"}}).items()]
    while waiting:
        key, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [(f"{key}.{name}", item) for name, item in value.items()]
        elif isinstance(value, list | tuple):
            waiting += [(key, item) for item in value]
        elif isinstance(value, str) and secret_by_form(value):
            yield key, "holds a password, a token or a key in plain text, allowed none: everybody reads this file"
