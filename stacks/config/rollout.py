"""Configuration of the deployment strategy of a service."""

from typing import Annotated, Literal

from pydantic import Field

from components.service.deployment import RolloutArgs, Strategy
from stacks.config.base import Model, Percent
from stacks.config.on_demand import OnDemand

ShiftMinutes = Annotated[int, Field(ge=0, le=1440)]
"""Pause between two steps of a deployment, in minutes."""

BakeMinutes = Annotated[
    ShiftMinutes, Field(description="How long the old fleet still runs after the shift, in minutes.")
]
"""Life of the old fleet beside the new one."""


class RollingConfig(Model):
    """A few tasks are replaced at a time."""

    strategy: Literal["rolling"]
    minimum_percent: Percent = Field(default=100, description="Share of tasks that must keep running, 0 to 100.")
    maximum_percent: int = Field(
        default=200, ge=100, le=200, description="Share of tasks that may run at once, 100 to 200."
    )


class BlueGreenConfig(Model):
    """A second fleet takes over all traffic at once."""

    strategy: Literal["blue_green"]
    bake_minutes: BakeMinutes = 10


class CanaryConfig(Model):
    """A second fleet takes a share of the traffic, and the rest later."""

    strategy: Literal["canary"]
    percent: int = Field(default=10, ge=1, le=99, description="The first share, in percent.")
    minutes: ShiftMinutes = Field(default=10, description="Pause before the rest, in minutes.")
    bake_minutes: BakeMinutes = 10


class LinearConfig(Model):
    """A second fleet takes the traffic in equal shares."""

    strategy: Literal["linear"]
    percent: int = Field(default=20, ge=3, le=100, description="Each share, in percent.")
    minutes: ShiftMinutes = Field(default=5, description="Pause before the next share, in minutes.")
    bake_minutes: BakeMinutes = 10


RolloutConfig = Annotated[RollingConfig | BlueGreenConfig | CanaryConfig | LinearConfig, OnDemand("strategy")]
"""How new tasks take the place of old ones."""


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
