"""Configuration that everything which runs the application has in common, whatever its kind."""

from typing import Annotated, Literal

from pydantic import Field

from stacks.config.base import EntryName, Model, Name, VariableName
from stacks.config.breakers import CircuitBreakerConfig
from stacks.config.external_calls import ExternalCallConfig
from stacks.config.fly import FlyServiceConfig
from stacks.config.pool import DEFAULT_POOL, DatabasePool, DatabasePoolConfig
from stacks.config.task import TaskConfig

VALUE_SOURCE = (
    r"^(generated|config|clerk\.secret_key|arn:aws[a-z-]*:(secretsmanager:[a-z0-9-]+:\d{12}:secret:[A-Za-z0-9_/+=.@-]+-[A-Za-z0-9_]{6}(:[A-Za-z0-9_-]+::)?"
    r"|ssm:[a-z0-9-]+:\d{12}:parameter/[A-Za-z0-9_./-]+))$"
)
"""Where a secret comes from, as ECS names what exists already.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
"""

SecretSource = Annotated[str, Field(pattern=VALUE_SOURCE)]
"""`generated` once, from the stack's encrypted `secrets` (`config`), Clerk's key, or the ARN of what exists."""

EXISTING_SOURCE = VALUE_SOURCE.replace(r"generated|config|clerk\.secret_key|", "")
"""The same, of what exists already."""

ExistingSecret = Annotated[str, Field(pattern=EXISTING_SOURCE)]
"""ARN of a secret or a parameter that exists."""

Image = Annotated[str, Field(pattern=r"^\S+$")]
"""Reference to a container image."""

Command = Annotated[list[str], Field(max_length=100)]
"""A program and its arguments, each by itself."""

RoleAction = Annotated[str, Field(pattern=r"^[a-z0-9-]+:[A-Za-z0-9]+\*?$")]
"""Action of IAM: a service and a verb, which may end with `*`."""

RoleResource = Annotated[str, Field(pattern=r"^(\*|arn:aws[a-z-]*:[a-z0-9-]+:\S+)$")]
"""Resource of IAM: an ARN, which may hold `*`, or `*` where an action knows no other."""


class PermissionConfig(Model):
    """What the program may do at AWS beside the stack's own files."""

    actions: Annotated[list[RoleAction], Field(min_length=1)] = Field(
        description="Actions of IAM: ses:SendEmail, sqs:SendMessage. The gate judges them."
    )
    resources: Annotated[list[RoleResource], Field(min_length=1)] = Field(
        description="ARNs of what they may be done to, as narrow as can be."
    )


class SidecarConfig(Model):
    """A further container of each task: an agent, a log router, a proxy."""

    image: Image = Field(description="Container image.")
    entry_point: Command = Field(default=[], description="Instead of the image's ENTRYPOINT.")
    command: Command = Field(default=[], description="Instead of the image's CMD.")
    environment: dict[VariableName, str] = Field(default={}, description="Plain variables, never secrets.")
    secrets: dict[VariableName, ExistingSecret] = Field(
        default={}, description="Secret variables by the ARN of a secret or a parameter that exists."
    )
    essential: bool = Field(default=False, description="Whether the task stops with it.")
    user: Annotated[str, Field(pattern=r"^\d+(:\d+)?$")] | None = Field(
        default=None, description="User and group by number, such as 1000:1000; unprivileged when left out."
    )
    read_only: bool = Field(default=True, description="Whether its root file system is read-only.")
    memory_mib: Annotated[int, Field(ge=6, le=122880)] | None = Field(
        default=None, description="Most memory it may take, MiB; what the task has when left out."
    )


class WorkloadConfig(Model):
    """What services, workers, jobs and tasks have in common."""

    provider: Literal["fargate", "fly"] = Field(
        default="fargate",
        description="Who runs it. fly: Machines at Fly.io, an extra, of kinds web, worker and task: docs/fly.md.",
    )
    fly: FlyServiceConfig = Field(
        default=FlyServiceConfig(), description="How it runs at Fly.io, with provider fly."
    )
    image: Image = Field(description="Container image.")
    image_by: Literal["digest", "tag", "ci"] = Field(
        default="digest",
        description="digest: the image never changes under its name. tag: it may. ci: only the first image comes "
        "from here, CI deploys the later ones. See docs/service.md.",
    )
    entry_point: Command = Field(default=[], description="Instead of the image's ENTRYPOINT.")
    command: Command = Field(default=[], description="Instead of the image's CMD, each argument by itself.")
    task: TaskConfig = Field(default=TaskConfig(cpu=512, memory_mib=1024), description="Size of each task.")
    tmp_mib: Annotated[int, Field(ge=1, le=16384)] = Field(
        default=64, description="Size of /tmp, MiB, in the memory of the task; every other directory is read-only."
    )
    database_pool: DatabasePool = Field(
        default=DatabasePoolConfig(maximum=DEFAULT_POOL),
        description="The application's own pool in each task: its maximum, connections to the pooler at the most, "
        "or a block. 0: it gets no database at all.",
    )
    statement_timeout_seconds: Annotated[int, Field(ge=1, le=3600)] | None = Field(
        default=None,
        description="What its statements may take, in seconds, which it sets itself; "
        "database.statement_timeout_seconds when left out.",
    )
    reader_pools: dict[Name, Annotated[int, Field(ge=1, le=1000)]] = Field(
        default={},
        description="Connections one task opens to a read replica at the most, by the replica's purpose: "
        "READER_URL_<PURPOSE> and READER_POOL_MAX_<PURPOSE>. Nothing pools these.",
    )
    redis: list[Name] | None = Field(
        default=None, description="Stores under `redis` that it may reach; all of them when left out."
    )
    environment: dict[VariableName, str] = Field(default={}, description="Plain variables, never secrets.")
    public_variables: list[VariableName] = Field(
        default=[],
        description="Names under `environment` that look like secrets and are none; the gate's rule "
        "container-no-secret-literal wants an exception that names them as well.",
    )
    secrets: dict[VariableName, SecretSource] = Field(
        default={},
        description="Secret variables: generated once, config (from the stack's encrypted `secrets`), "
        "clerk.secret_key, or the ARN of a secret (with :KEY:: for one key of its JSON) or of a parameter of "
        "Systems Manager.",
    )
    sidecars: dict[Name, SidecarConfig] = Field(
        default={}, max_length=8, description="Further containers of each task, by name."
    )
    circuit_breakers: dict[EntryName, CircuitBreakerConfig] = Field(
        default={},
        max_length=20,
        description="Circuit breakers by what they guard (database, openai), as JSON in CIRCUIT_BREAKERS.",
    )
    external_calls: dict[EntryName, ExternalCallConfig] = Field(
        default={},
        max_length=50,
        description="What it calls outside of the stack, by name (openai, stripe), as JSON in EXTERNAL_CALLS.",
    )
    permissions: list[PermissionConfig] = Field(
        default=[], description="What the program may do at AWS beside the stack's own files."
    )
