"""Datadog's agent for services at Fly.io: a Machine that takes their traces and reads their metrics. S3-67."""

import json
from base64 import b64encode
from collections.abc import Sequence

import pulumi
import pulumi_fly_machines.apps.v1 as fly
from msgspec import Struct

from components.aws.datadog_agent import MetricsEndpoint, openmetrics
from components.component import Component
from components.fly_machines.machines import GuestArgs, MachineArgs, make_machines, make_secrets
from observability import Board, ByHand, Check, Group, Signals

API_KEY_VARIABLE = "DD_API_KEY"
CHECK_PATH = "/etc/datadog-agent/conf.d/openmetrics.d/conf.yaml"
"""Where the agent finds what its check openmetrics reads; JSON is YAML."""
STOP_SECONDS = 30
"""Time to send what was taken, in seconds."""

CHECKS = (
    Check(
        id="datadog-agent-traces",
        group=Group.OBSERVABILITY,
        title="Datadog shows traces of each service of the last five minutes",
        question=ByHand("APM, Services: the last trace of each service of this environment"),
        fix="Read `fly logs` of the agent's app: 403 is a wrong datadog.agent.api_key_secret or datadog.site.",
    ),
)


class MachineMetrics(Struct, frozen=True, kw_only=True):
    """Metrics of the Machines of one app."""

    app_name: str
    """Name of the app."""
    machine_ids: pulumi.Input[Sequence[str]]
    """Ids of its Machines: each is asked by its own name, for a name of all of them is one of them."""
    endpoint: MetricsEndpoint
    """Port, path and tags."""


class FlyDatadogAgentArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `FlyDatadogAgent`."""

    app_name: str
    """Name of its app, unique at Fly.io."""
    organization: str
    """Slug of the organization. Source: config `fly.organization`."""
    region: str
    """Region of its Machine: the first of config `fly.regions`."""
    guest: GuestArgs
    """Size of its Machine. Source: config `datadog.agent.fly_guest`."""
    image: str
    """Image of Datadog's agent 7. Source: config `datadog.agent.image`."""
    site: str
    """Datadog's site, such as `datadoghq.eu`. Source: config `datadog.site`."""
    api_key: pulumi.Input[str]
    """Secret. Key that it sends with."""
    app: str
    """Name of the application: the beginning of its metrics."""
    tags: Sequence[str] = ()
    """Tags of everything, such as `team:platform`."""
    traces: bool = True
    """Whether it takes traces."""
    interval_seconds: int = 30
    """Time between two readings of metrics, in seconds."""
    metrics: Sequence[MachineMetrics] = ()
    """What is read, app by app."""
    environment: str
    """Tag `env` of what has none."""


class FlyDatadogAgent(Component):
    """One Machine with Datadog's agent, which the private network alone reaches. Holds no data."""

    machine_ids: pulumi.Output[list[str]]
    """Id of its Machine."""

    def __init__(self, name: str, args: FlyDatadogAgentArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        app = fly.App(f"{name}-app", name=args.app_name, org_slug=args.organization, opts=self._child())
        app_name = app.id.apply(lambda _: args.app_name)
        machine = MachineArgs(
            image=args.image,
            regions=[args.region],
            # A second one would count everything twice.
            machines=1,
            guest=args.guest,
            environment={
                "DD_SITE": args.site,
                "DD_ENV": args.environment,
                "DD_TAGS": " ".join(args.tags),
                "DD_APM_ENABLED": str(args.traces).lower(),
                # Sets 0.0.0.0, by which Go listens on IPv6 too: the private network has no other.
                # https://pkg.go.dev/net#Listen
                "DD_APM_NON_LOCAL_TRAFFIC": "true",
                # Else it looks for a host name at the clouds that it knows, and ends without one.
                "DD_HOSTNAME": args.app_name,
            },
            stop_timeout_seconds=STOP_SECONDS,
            settings={"files": [{"guest_path": CHECK_PATH, "raw_value": _check(args)}]} if args.metrics else {},
        )
        secrets = make_secrets(name, app_name, {API_KEY_VARIABLE: args.api_key}, self._child())
        machines = make_machines(name, app_name, machine, secrets, self._child())
        self.machine_ids = pulumi.Output.all(*(it.id for it in machines)).apply(list)
        self._finish()

    @property
    def ready(self) -> pulumi.Resource:
        """The running Machine."""
        return self

    @property
    def signals(self) -> Signals:
        """Checks."""
        return Signals(subject="Datadog agent", board=Board.TELEMETRY, checks=CHECKS)


def _check(args: FlyDatadogAgentArgs) -> pulumi.Output[str]:
    """Return the configuration of what is read, once the ids of all Machines are known, in base64."""
    ids = pulumi.Output.all(*(it.machine_ids for it in args.metrics))

    def written(found: Sequence[Sequence[str]]) -> str:
        instances = [
            openmetrics(
                # https://fly.io/docs/networking/private-networking/#fly-internal-dns
                f"{machine}.vm.{it.app_name}.internal",
                it.endpoint,
                app=args.app,
                interval_seconds=args.interval_seconds,
            )
            for it, machines in zip(args.metrics, found, strict=True)
            for machine in machines
        ]
        return b64encode(json.dumps({"init_config": {}, "instances": instances}).encode()).decode()

    return ids.apply(written)
