"""The app of one service at Fly.io: its name, its addresses and its certificates."""

from collections.abc import Sequence

import pulumi
import pulumi_fly_machines.apps.v1 as fly
from msgspec import Struct

from components.component import Component

PUBLIC_DOMAIN = "fly.dev"
"""Zone in which every app has a host name."""

EGRESS = {
    "v4": fly.AppIPAssignmentType.IPASSIGNMENT_TYPE_EGRESS_V4,
    "v6": fly.AppIPAssignmentType.IPASSIGNMENT_TYPE_EGRESS_V6,
}
"""Kinds of addresses to call from, by version."""


class FlyAppArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `FlyApp`."""

    app_name: str
    """Name, unique at Fly.io, for its life. Source: config `services.NAME.fly.app_name`."""
    organization: str
    """Slug of the organization. Source: config `fly.organization`."""
    regions: Sequence[str]
    """Regions in which its Machines call others."""
    public: bool
    """Whether it answers the internet: then it gets a shared IPv4 and an IPv6 address."""
    hostnames: Sequence[str] = ()
    """Further host names, each with a certificate. Source: config `services.NAME.hostnames`."""
    egress_addresses: bool
    """Whether its Machines call others from fixed addresses. Source: config `fly.egress_addresses`."""
    protect: bool = True
    """Refuse to delete it: anybody may take its name."""


class FlyApp(Component):
    """One app. Holds no data; its Machines come later, for they need what admits its addresses."""

    app_name: pulumi.Output[str]
    """Its name, once it is there."""
    hostname: pulumi.Output[str]
    """Its own host name."""
    egress_cidrs: pulumi.Output[list[str]]
    """Ranges of both that its Machines call others from; empty where these change."""

    def __init__(self, name: str, args: FlyAppArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        app = fly.App(
            f"{name}-app", name=args.app_name, org_slug=args.organization, opts=self._child(protect=args.protect)
        )
        # The answer may lack the name; it comes once the app is there.
        self.app_name = app.id.apply(lambda _: args.app_name)
        for kind in (
            fly.AppIPAssignmentType.IPASSIGNMENT_TYPE_SHARED_V4,
            fly.AppIPAssignmentType.IPASSIGNMENT_TYPE_V6,
        ):
            if args.public:
                label = kind.value.replace("_", "-")
                fly.AppIPAssignment(f"{name}-{label}", app_name=self.app_name, type=kind, opts=self._child())
        # Not as a pair: the API releases an address by itself, and the answer about a pair names none.
        calling = {
            version: [self._egress(kind, region) for region in (args.regions if args.egress_addresses else ())]
            for version, kind in EGRESS.items()
        }
        self.egress_addresses = [pulumi.Output.concat(it, "/32") for it in calling["v4"]]
        """IPv4 ranges that its Machines call others from; empty where these change."""
        self.egress_addresses_v6 = [pulumi.Output.concat(it, "/128") for it in calling["v6"]]
        """The same of IPv6."""
        self.certificates = {
            hostname: fly.AppCertificatesAcme(
                f"{name}-{hostname.replace('.', '-')}",
                app_name=self.app_name,
                hostname=hostname,
                opts=self._child(),
            ).dns_requirements
            for hostname in args.hostnames
        }
        """Records that prove who owns each of the host names, by name."""
        self.hostname = pulumi.Output.concat(self.app_name, f".{PUBLIC_DOMAIN}")
        self.egress_cidrs = pulumi.Output.all(*self.egress_addresses, *self.egress_addresses_v6).apply(list)
        self._finish()

    def _egress(self, kind: fly.AppIPAssignmentType, region: str) -> pulumi.Output[str]:
        """Return an address that the app's Machines in a region call from."""
        label = kind.value.replace("_", "-")
        assigned = fly.AppIPAssignment(
            f"{self._name}-{label}-{region}", app_name=self.app_name, region=region, type=kind, opts=self._child()
        )
        return assigned.ip.apply(lambda it: it or "")
