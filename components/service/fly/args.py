"""Arguments of services at Fly.io."""

from collections.abc import Mapping, Sequence

import pulumi
from msgspec import Struct, field

from components.fly_machines.machines import MachineArgs
from components.service.args import TelemetryArgs


class FlyHttpArgs(Struct, frozen=True, kw_only=True):
    """What a Machine serves, behind Fly's proxy."""

    port: int
    """TCP port the container listens on, 1 to 65535."""
    health_path: str
    """Path that answers 2xx when the container can serve."""
    ready_path: str | None = None
    """Path that answers 2xx when it may get requests, beside `health_path`."""
    idle_timeout_seconds: int
    """Longest silence in a request before the proxy gives up, in seconds; at least the longest request."""
    websockets: bool = False
    """Clients keep connections open: the proxy counts these rather than requests."""
    autostop: str = "off"
    """`off`, `stop` or `suspend`: what the proxy does with a Machine that has nothing to do."""
    autostart: bool = True
    """Whether a request starts a Machine that stands still."""
    minimum_running: int
    """Machines of the primary region that the proxy leaves running."""


class FlyWorkloadArgs(Struct, frozen=True, kw_only=True):
    """What everything at Fly.io that runs the application has in common."""

    key: str
    """Key of the stack file that describes it: `services.api`."""
    app: str
    """Name of its app, for metrics and commands."""
    app_name: pulumi.Input[str]
    """The same, once the app is there. Source: `FlyApp.app_name`."""
    machine: MachineArgs
    """Its Machines."""
    secrets: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)
    """Secret variables; each Machine gets them from the app's vault when it starts."""
    generated: Sequence[str] = ()
    """Names of variables whose values are generated once, 64 letters and digits, and never again: signing keys."""


class FlyServiceArgs(FlyWorkloadArgs, frozen=True, kw_only=True):
    """Arguments of `FlyService`."""

    http: FlyHttpArgs | None
    """What it serves; None for a worker, whom nobody calls."""
    least_running: int
    """Machines that should be up at any time, over all regions."""
    own_metrics: bool = False
    """Whether the store has Fly's own numbers of the app. Source: config `fly.metrics_token_secret`."""
    telemetry: TelemetryArgs = field(default_factory=TelemetryArgs)
    """Metrics of the application and thresholds of its alerts; its store is written to by `FlyCollector`."""
