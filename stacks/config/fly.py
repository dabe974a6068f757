"""Configuration of Fly.io: the organization of a stack, and how one of its services runs there."""

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from policies.fly_offers import REGIONS
from stacks.config.base import UNIQUE, Model, VariableName
from stacks.config.vendor import one_of, refused

FlyRegion = Annotated[str, one_of(tuple(REGIONS))]
"""Region by Fly.io's name."""

FlyRegions = Annotated[list[FlyRegion], Field(min_length=1, max_length=len(REGIONS)), UNIQUE]
"""Regions, the primary one first."""

AppName = Annotated[str, Field(pattern=r"^[a-z]([a-z0-9]|-[a-z0-9])*$", max_length=63)]
"""Name of an app, unique at Fly.io: the first part of its host name."""

SERIES_OF_MACHINE = 200
"""Series that Fly.io has of one Machine: rounded up, for an estimate. https://fly.io/docs/monitoring/metrics/"""

_BY_FLYCTL = "flyctl makes those with further Machines of its own; the Machines API has no deployments"


def _no_fly_region(region: Any) -> Any:
    if isinstance(region, str) and region in REGIONS:
        told = {"aws": REGIONS[region][0], "fly": region}
        raise PydanticCustomError("fly_region", "a region of AWS, next to it {aws}; fly.regions takes {fly}", told)
    return region


NO_FLY_REGION = BeforeValidator(_no_fly_region)
"""Annotation of a region of AWS: one of Fly.io is answered with the nearest."""


class GuestConfig(Model):
    """Size of a Machine."""

    cpu_kind: Literal["shared", "performance"] = Field(
        default="shared", description="shared: a sixteenth of each CPU at the least. performance: all of it."
    )
    cpus: Annotated[int, Field(ge=1, le=16)] = Field(default=1, description="CPUs: 1, 2, 4 or 8; performance 16.")
    memory_mib: Annotated[int, Field(ge=256, le=131072)] = Field(
        default=512, description="Memory, MiB: 256 to 2048 for each shared CPU, 2048 to 8192 for each other."
    )


class FlyServiceConfig(Model):
    """How a service with provider fly runs."""

    app_name: AppName | None = Field(
        default=None,
        description="Name of its app, whose host name is <app_name>.fly.dev; <app>-<environment> of the service "
        "api, and <app>-<environment>-NAME of another, when left out. It cannot change.",
    )
    regions: FlyRegions | None = Field(
        default=None, description="Regions of its Machines, the primary one first; fly.regions when left out."
    )
    machines: Annotated[int, Field(ge=1, le=100)] = Field(
        default=2, description="Machines in each region: the most that ever run, counted in the connection budget."
    )
    minimum_running: Annotated[int, Field(ge=0, le=100)] | None = Field(
        default=None,
        description="Machines of the primary region that autostop leaves running; 1, or all with autostop: off, "
        "when left out.",
    )
    autostop: Literal["off", "stop", "suspend"] = Field(
        default="off", description="What Fly's proxy does with a Machine that has nothing to do."
    )
    autostart: bool = Field(default=True, description="Whether a request starts a Machine that stands still.")
    guest: GuestConfig = GuestConfig()
    strategy: Annotated[
        Literal["rolling", "immediate"],
        refused(_BY_FLYCTL, ("bluegreen", "canary")),
    ] = Field(
        default="rolling",
        description="rolling: one Machine after another is updated in place. immediate: all at once.",
    )
    stop_timeout_seconds: Annotated[int, Field(ge=5, le=300)] = Field(
        default=60, description="How long a stopping Machine may work on, in seconds; then it is killed."
    )
    protect: bool = Field(
        default=True, description="Refuse to delete the app: anybody may take its name after that."
    )

    @property
    def always_running(self) -> int:
        """Machines of the primary region that never stop."""
        least = self.machines if self.autostop == "off" else 1
        return least if self.minimum_running is None else self.minimum_running


class FlyConfig(Model):
    """The organization at Fly.io; the engine reads the token from FLY_MACHINES_APIKEY."""

    organization: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,60}$")] = Field(
        description="Slug of the organization that pays: `fly orgs list`."
    )
    regions: FlyRegions = Field(description="Regions of the services' Machines, the primary one first: [sjc].")
    egress_addresses: bool = Field(
        default=True,
        description="One fixed IPv4 and IPv6 address an app and region, so that databases and stores can admit "
        "the services and nobody else; false where none of them asks who calls.",
    )
    metrics_token_secret: VariableName | None = Field(
        default=None,
        description="Key under `secrets` of a token that may read the organization's metrics: the collector then "
        "takes Fly's own numbers of the apps as well. docs/fly.md.",
    )
    collector_guest: GuestConfig = Field(
        default=GuestConfig(), description="Size of the Machine that collects metrics, if the stack has a store."
    )
