"""Configuration of what load tests ask, and of the machines that send where one is too small."""

from collections.abc import Iterator
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from loadtest.scenario import NUMBER, USER, Call, Kind
from stacks.config.base import Model, Problem
from stacks.config.targets import OpenShare
from stacks.config.task import TaskConfig
from stacks.config.workload import Image

ROLE = "load"
"""Role in the physical names of the families of its tasks."""

RequestPath = Annotated[str, Field(pattern=r"^/[^\s#]*$", max_length=500)]
"""Path with its query."""
BaseUrl = Annotated[str, Field(pattern=r"^https://[a-z0-9.-]+(:\d+)?(/[^\s?#]*)?$")]
"""Address over HTTPS."""


class LoadRequestConfig(Model):
    """A request that virtual users send."""

    path: RequestPath = Field(
        description="Path with its query; {n} is a number below keys, {user} an id of the virtual user."
    )
    kind: Literal["static", "api", "auth", "write", "operation", "page"] = Field(
        default="api",
        description="Which limits it is held to: a file, a read of the API, a sign-in, a write, the operation of "
        "the objective, a page.",
    )
    method: Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"] = Field(
        default="GET", description="Its method."
    )
    weight: Annotated[int, Field(ge=1, le=100)] = Field(default=1, description="How often, beside the others.")
    keys: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=1, description="Different addresses that {n} makes."
    )
    body: str = Field(default="", max_length=2000, description="JSON that is sent; {n} and {user} as in path.")
    signed_in: bool = Field(
        default=False, description="Send the environment's SUPABASE_ANON_KEY and ACCESS_TOKEN with it."
    )
    at_start: bool = Field(
        default=False, description="Each virtual user sends it once, before all others: what creates a session."
    )

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        if self.keys > 1 and NUMBER not in self.path + self.body:
            raise PydanticCustomError("keys", "{n} in path or body, where keys is over 1", {"n": NUMBER})
        if self.body and self.method in ("GET", "HEAD"):
            raise PydanticCustomError("body", "a body with POST, PUT, PATCH or DELETE alone")
        return self

    @property
    def call(self) -> Call:
        """The request as the generator reads it."""
        return Call(**{**self.model_dump(), "kind": Kind(self.kind)})


class LoadWorkersConfig(Model):
    """Tasks on Fargate that send together; they cost nothing until a test runs."""

    workers: Annotated[int, Field(ge=1, le=50)] = Field(description="Tasks that send.")
    image: Image = Field(description="Image with the generator, made from loadtest/Dockerfile; best by digest.")
    task: TaskConfig = Field(
        default=TaskConfig(cpu=1024, memory_mib=2048),
        description="Size of each: one processor is all that a generator uses.",
    )


class LoadGeneratorConfig(Model):
    """What load tests ask, and what sends the requests."""

    url: BaseUrl | None = Field(
        default=None,
        description="Address that is asked; when left out, edge.api_hostname, the first of edge.hostnames, or the "
        "app at Fly.io.",
    )
    live: bool | None = Field(
        default=None,
        description="Whether people use what answers: then `footing load` needs --against-production. When left "
        "out, a stack is live whose database is protected (without one, its zone), or that may page.",
    )
    requests: list[LoadRequestConfig] = Field(
        default=[],
        max_length=50,
        description="What is requested; for a kind that is left out, the first path of edge.rate_limits.",
    )
    cache_header: Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,60}$")] = Field(
        default="x-redis-cache",
        description="Header by which the application says whether Redis answered: hit or miss.",
    )
    reads_saved: OpenShare | None = Field(
        default=None,
        description="Least share of the feed's reads that no database answers: the edge or Redis does.",
    )
    fargate: LoadWorkersConfig | None = Field(
        default=None, description="Tasks that send, where one machine is too small; none when left out."
    )


def workers_of(config: LoadGeneratorConfig | None) -> LoadWorkersConfig | None:
    """Return the tasks that send the requests of load tests; None where there are none."""
    return config.fargate if config else None


def load_generator_problems(config: LoadGeneratorConfig | None, *, nat: str, existing: bool) -> Iterator[Problem]:
    """Yield what of it could not run: requests of nobody, workers without a way out."""
    if config is None:
        return
    for number, it in enumerate(config.requests):
        if it.at_start and USER not in it.path + it.body:
            key = f"load_generator.requests.{number}.at_start"
            yield key, "given true, allowed with {user} in path or body: each virtual user makes its own"
    if config.fargate and nat == "none" and not existing:
        problem = "given, allowed with network.nat single or per_zone: the workers ask over the internet"
        yield "load_generator.fargate", problem
