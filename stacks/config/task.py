"""Configuration of one Fargate task's size."""

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from components.aws.fargate_sizes import size_problem
from stacks.config.base import Model
from stacks.config.logs import LogRetentionDays

INSTANCE_SIZES = {
    "t3.micro": "{cpu: 512, memory_mib: 1024}",
    "t3.small": "{cpu: 1024, memory_mib: 2048}",
    "t3.medium": "{cpu: 2048, memory_mib: 4096}",
    "t3.large": "{cpu: 2048, memory_mib: 8192}",
}
"""Sizes of Fargate nearest to instance types that people name. Source: C-21."""


class TaskConfig(Model):
    """Size of a task; cpu and memory come in pairs that Fargate offers."""

    cpu: int = Field(description="In units of 1/1024 vCPU: 256, 512, 1024, 2048, 4096, 8192, 16384.")
    memory_mib: int = Field(description="Memory, MiB; what is offered depends on cpu.")
    ephemeral_gib: Annotated[int, Field(ge=21, le=200)] | None = Field(
        default=None,
        description="Disk of a task, GiB, gone with it, at /scratch, where the image has its VOLUME; none "
        "when left out.",
    )
    architecture: Literal["X86_64", "ARM64"] = Field(default="X86_64", description="Must match the image.")
    log_retention_days: LogRetentionDays | None = Field(
        default=None, description="How long the output is kept, in days; as `logs.retention_days` when left out."
    )

    @model_validator(mode="before")
    @classmethod
    def _no_instance_type(cls, given: Any) -> Any:
        if isinstance(given, str) and (size := INSTANCE_SIZES.get(given)):
            raise PydanticCustomError("instance_type", "{task}: Fargate has no instance types", {"task": size})
        return given

    @model_validator(mode="after")
    def _offered(self) -> Self:
        problem = size_problem(self.cpu, self.memory_mib)
        if problem:
            raise PydanticCustomError("task_size", "{problem}", {"problem": problem})
        return self
