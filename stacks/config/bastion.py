"""Configuration of the way in for people: a bastion task, which runs only while somebody needs it."""

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field

from stacks.config.base import Model, Problem
from stacks.config.network import NetworkConfig
from stacks.config.pooler import PSQL_IMAGE
from stacks.config.task import TaskConfig

SESSION_ENDPOINT = "ssmmessages"
"""Endpoint by which the agent of a task reaches Session Manager without a way to the internet."""


class BastionConfig(Model):
    """A task through which `footing connect` opens tunnels; nothing of it runs until then."""

    image: str = Field(default=PSQL_IMAGE, description="Image with a shell and sleep; psql is of use as well.")
    minutes: Annotated[int, Field(ge=5, le=720)] = Field(
        default=60, description="Longest life of a tunnel, in minutes; then its task ends by itself."
    )
    read_only: bool = Field(
        default=True,
        description="Whether its root file system is read-only. AWS supports Session Manager in a task with a "
        "writable one alone: false where the agent does not start.",
    )
    task: TaskConfig = Field(default=TaskConfig(cpu=256, memory_mib=512), description="Size of the task.")
    protect: bool = Field(default=True, description="Refuse to delete the key of its log.")


def bastion_problems(
    bastion: BastionConfig | None, *, inside: Sequence[str], network: NetworkConfig
) -> Iterator[Problem]:
    """Yield why nobody could be let in; `inside` are the keys of the servers in the network."""
    if bastion is None:
        return
    if not inside:
        problem = (
            "given, allowed with a database or a store of Redis inside the network: what lies outside has a door "
            "of its own, docs/connect.md"
        )
        yield "bastion", problem
    if network.existing is None and network.nat == "none" and SESSION_ENDPOINT not in network.endpoints:
        yield (
            "network.endpoints",
            f"missing {SESSION_ENDPOINT}, required with network.nat: none and bastion, or no tunnel opens",
        )
