"""The collector of a stack whose services run at Fly.io: Alloy on one Machine of an app of its own."""

from base64 import b64encode
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_fly_machines.apps.v1 as fly
from msgspec import Struct, field

from components.alloy import alloy_config
from components.alloy.alloy_config import AppTarget
from components.alloy.sidecar import CollectingArgs
from components.component import Component
from components.fly_machines.machines import GuestArgs, MachineArgs, make_machines, make_secrets
from observability import Board, Signals

CONFIG_PATH, DATA_PATH = "/etc/alloy/footing.alloy", "/var/lib/alloy/data"
"""Where the Machine finds the configuration, and where Alloy keeps what is not written yet."""
STOP_SECONDS = 30
"""Time to write what was read, in seconds."""


class FlyCollectorArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `FlyCollector`."""

    app_name: str
    """Name of its app, unique at Fly.io."""
    organization: str
    """Slug of the organization. Source: config `fly.organization`."""
    region: str
    """Region of its Machine: the first of config `fly.regions`."""
    guest: GuestArgs
    """Size of its Machine. Source: config `fly.collector_guest`."""
    collecting: CollectingArgs
    """Image, interval, and the store that is written to."""
    targets: Sequence[AppTarget]
    """Apps with metrics of their own."""
    apps: Sequence[str] = ()
    """Apps whose numbers at Fly.io are read as well."""
    metrics_token: pulumi.Input[str] | None = field(default=None)
    """Secret. Token that may read these; None where they are not read."""


class FlyCollector(Component):
    """One Machine with Alloy. Holds no data; while it is replaced nobody measures."""

    machine_ids: pulumi.Output[list[str]]
    """Id of its Machine."""

    def __init__(self, name: str, args: FlyCollectorArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        app = fly.App(f"{name}-app", name=args.app_name, org_slug=args.organization, opts=self._child())
        app_name = app.id.apply(lambda _: args.app_name)
        store = args.collecting.store
        config = alloy_config.render_apps(
            args.targets,
            environment=args.collecting.environment,
            interval_seconds=args.collecting.interval_seconds,
            proof=None if store.token is None else alloy_config.WithToken(),
            organization=args.organization if args.metrics_token is not None else "",
            apps=args.apps,
        )
        file = {"guest_path": CONFIG_PATH, "raw_value": b64encode(config.encode()).decode()}
        machine = MachineArgs(
            image=args.collecting.image,
            regions=[args.region],
            machines=1,
            guest=args.guest,
            command=[
                "run",
                "--disable-reporting",
                f"--server.http.listen-addr=127.0.0.1:{alloy_config.STATUS_PORT}",
                f"--storage.path={DATA_PATH}",
                CONFIG_PATH,
            ],
            environment={
                alloy_config.URL_VARIABLE: store.url,
                **({} if store.user is None else {alloy_config.USER_VARIABLE: store.user}),
            },
            stop_timeout_seconds=STOP_SECONDS,
            settings={"files": [file]},
        )
        secrets = make_secrets(name, app_name, _tokens(args), self._child())
        machines = make_machines(name, app_name, machine, secrets, self._child())
        self.machine_ids = pulumi.Output.all(*(it.id for it in machines)).apply(list)
        self._finish()

    @property
    def ready(self) -> pulumi.Resource:
        """The running Machine."""
        return self

    @property
    def signals(self) -> Signals:
        """Checks; that it is up is an alert on each job that it reads."""
        return Signals(subject="Collector", board=Board.TELEMETRY)


def _tokens(args: FlyCollectorArgs) -> Mapping[str, pulumi.Input[str]]:
    given = {
        alloy_config.TOKEN_VARIABLE: args.collecting.store.token,
        alloy_config.FLY_TOKEN_VARIABLE: args.metrics_token,
    }
    return {name: value for name, value in given.items() if value is not None}
