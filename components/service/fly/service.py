"""A web service or a worker at Fly.io."""

from typing import Any

import pulumi
import pulumi_random as random
from msgspec.structs import replace

from components.component import Component
from components.fly_machines.machines import MachineArgs, make_machines, make_secrets
from components.service.fly.args import FlyHttpArgs, FlyServiceArgs, FlyWorkloadArgs
from components.service.fly.signals import fly_signals
from observability import Signals

CHECK_SECONDS, CHECK_TIMEOUT_SECONDS, GRACE_SECONDS = 15, 5, 60
"""Time between two checks of a Machine, of one answer, and after a start in which it may fail, in seconds."""


class FlyService(Component):
    """One service. Holds no data: a Machine can be replaced at any time."""

    machine_ids: pulumi.Output[list[str]]
    """Ids of its Machines, by region and number."""

    def __init__(self, name: str, args: FlyServiceArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        self._args, machine = args, args.machine
        if args.http is not None:
            machine = _serving(machine, args.http)
        secrets = make_secrets(name, args.app_name, secret_values(name, args, self._child()), self._child())
        machines = make_machines(name, args.app_name, machine, secrets, self._child())
        self.machine_ids = pulumi.Output.all(*(it.id for it in machines)).apply(list)
        self._finish()

    @property
    def ready(self) -> pulumi.Resource:
        """The running Machines."""
        return self

    @property
    def signals(self) -> Signals:
        """What to watch."""
        return fly_signals(self._args)


def secret_values(name: str, args: FlyWorkloadArgs, opts: pulumi.ResourceOptions) -> dict[str, pulumi.Input[str]]:
    """Return the secret variables, those that are generated among them."""
    generated = {
        key: random.RandomPassword(
            f"{name}-{key.lower().replace('_', '-')}", length=64, special=False, opts=opts
        ).result
        for key in args.generated
    }
    return {**args.secrets, **generated}


def _serving(machine: MachineArgs, http: FlyHttpArgs) -> MachineArgs:
    """Return Machines that answer the proxy."""
    paths = [http.health_path, *([http.ready_path] if http.ready_path else [])]
    service: dict[str, Any] = {
        "protocol": "tcp",
        "internal_port": http.port,
        "autostart": http.autostart,
        "min_machines_running": http.minimum_running,
        "ports": [
            {"port": 80, "handlers": ["http"], "force_https": True},
            {
                "port": 443,
                "handlers": ["tls", "http"],
                "http_options": {"idle_timeout": http.idle_timeout_seconds},
            },
        ],
        "checks": [
            {
                "type": "http",
                "method": "get",
                "path": path,
                "port": http.port,
                "interval": f"{CHECK_SECONDS}s",
                "timeout": f"{CHECK_TIMEOUT_SECONDS}s",
                "grace_period": f"{GRACE_SECONDS}s",
            }
            for path in paths
        ],
        "concurrency": {"type": "connections" if http.websockets else "requests"},
        # Left out for off, which it is then: Fly.io answers off and stop as false and true.
        **({} if http.autostop == "off" else {"autostop": http.autostop}),
    }
    environment = {"PORT": str(http.port), **machine.environment}
    return replace(machine, environment=environment, settings={**machine.settings, "services": [service]})
