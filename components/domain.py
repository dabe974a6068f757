"""The zone at Cloudflare and the certificate that the origin shows it."""

from collections.abc import Sequence

import pulumi
import pulumi_cloudflare as cloudflare
from msgspec import Struct

from components.aws import certificates
from components.component import Component
from observability import Board, Signals


class DomainArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Domain`."""

    zone_name: str
    """Registered domain, for example `feed.example`. One stack owns it: rule sets are one a phase and zone."""
    account_id: pulumi.Input[str]
    """Cloudflare account that holds the zone."""
    protect: bool = True
    """Refuse to delete the zone: its name servers would change."""
    adopt_zone_id: str | None = None
    """Id of an existing zone to import; None creates one. Source: config `edge.adopt.zone_id`."""


class Domain(Component):
    """One zone, with a certificate for it and its first level of subdomains."""

    zone_id: pulumi.Output[str]
    """Id of the zone."""
    name_servers: pulumi.Output[Sequence[str]]
    """Servers to enter at the registrar, by hand: the one step that no API of Cloudflare does."""
    certificate_arn: pulumi.Output[str]
    """ARN of the certificate, once it is issued."""

    def __init__(self, name: str, args: DomainArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(name, args, opts)
        zone = cloudflare.Zone(
            f"{name}-zone",
            account={"id": args.account_id},
            name=args.zone_name,
            type="full",
            opts=self._child(protect=args.protect, import_=args.adopt_zone_id),
        )
        self.zone_id = zone.id
        self.name_servers = zone.name_servers
        self.certificate_arn = certificates.issued(
            name, args.zone_name, zone.id, self._child(), others=[f"*.{args.zone_name}"]
        )
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch: the origin's certificate. Cloudflare renews what visitors see, and tells by mail."""
        return Signals(
            subject="Domain",
            board=Board.EDGE,
            signals=(
                certificates.expiry(
                    "certificate-expiry",
                    "Certificate DaysToExpiry",
                    "Days left of the load balancer's certificate. At 0 the edge answers 526.",
                    "domain-proof",
                    self.certificate_arn,
                ),
            ),
        )
