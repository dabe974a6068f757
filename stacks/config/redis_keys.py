"""Keys that stores of Redis have whatever their provider."""

from typing import Annotated, Literal

from pydantic import Field

from stacks.config.base import VariableName

RoleName = Annotated[
    Literal["cache", "session", "queue", "primary_store"],
    Field(description="What the data is for; decides eviction, snapshots, replicas and alarms."),
]
"""What the data is for."""

EnginePolicy = Literal[
    "allkeys-lru",
    "volatile-lru",
    "allkeys-lfu",
    "volatile-lfu",
    "allkeys-random",
    "volatile-random",
    "volatile-ttl",
    "noeviction",
]
"""What goes when memory is full, in Valkey and Redis."""

Identifier = Annotated[
    Annotated[str, Field(pattern=r"^[a-z]([a-z0-9]|-[a-z0-9])*$", max_length=40)] | None,
    Field(description="Name at the provider; made of app, environment and the store's name when left out."),
]
"""Physical name: one that exists is kept."""

Variable = Annotated[
    VariableName | None,
    Field(description="Variable that holds its URL; REDIS_URL of `cache`, REDIS_URL_<NAME> of another."),
]
"""Where the application finds a store."""
