"""The zone at Cloudflare and the certificate that the origin shows it."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
import pulumi_cloudflare as cloudflare
from msgspec import Struct

from components.component import Component
from observability import Board, CloudWatch, Signal, Signals, Unit
from observability.durations import DAY_SECONDS
from observability.records.limits import under

ISSUE_TIMEOUT = "120m"
"""How long the engine waits for the certificate: a person enters the name servers at the registrar meanwhile."""
TICKET_DAYS, PAGE_DAYS = 30, 7
"""Days before the certificate expires at which a ticket is written and somebody is paged.

ACM renews 60 days before: https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
"""
AUTOMATIC_TTL = 1
"""Cloudflare's word for "automatic" in a record's TTL."""


class DomainArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `Domain`."""

    zone_name: str
    """Registered domain, for example `feed.example`. One stack owns it: rule sets are one a phase and zone."""
    account_id: str
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
        certificate = aws.acm.Certificate(
            f"{name}-certificate",
            domain_name=args.zone_name,
            subject_alternative_names=[f"*.{args.zone_name}"],
            validation_method="DNS",
            opts=self._child(),
        )
        self.zone_id = zone.id
        self.name_servers = zone.name_servers
        # One record validates both a name and its wildcard.
        proof = certificate.domain_validation_options[0]
        record = cloudflare.DnsRecord(
            f"{name}-proof",
            zone_id=zone.id,
            name=proof.resource_record_name.apply(lambda value: (value or "").rstrip(".")),
            type=proof.resource_record_type.apply(lambda value: value or "CNAME"),
            content=proof.resource_record_value.apply(lambda value: (value or "").rstrip(".")),
            ttl=AUTOMATIC_TTL,
            proxied=False,
            opts=self._child(),
        )
        issued = aws.acm.CertificateValidation(
            f"{name}-issued",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.name],
            # It waits for the registrar, whom a person has to tell; a second `up` goes on where this one ended.
            opts=self._child(custom_timeouts=pulumi.CustomTimeouts(create=ISSUE_TIMEOUT)),
        )
        self.certificate_arn = issued.certificate_arn
        self._finish()

    @property
    def signals(self) -> Signals:
        """What to watch: the origin's certificate. Cloudflare renews what visitors see, and tells by mail."""
        return Signals(
            subject="Domain",
            board=Board.EDGE,
            signals=(
                Signal(
                    id="certificate-expiry",
                    title="Certificate DaysToExpiry",
                    description="Days left of the load balancer's certificate. At 0 the edge answers 526.",
                    query=CloudWatch(
                        namespace="AWS/CertificateManager",
                        metric="DaysToExpiry",
                        dimensions={"CertificateArn": self.certificate_arn},
                        statistic="Minimum",
                        period_seconds=DAY_SECONDS,
                    ),
                    unit=Unit.NUMBER,
                    thresholds=under(ticket=TICKET_DAYS, page=PAGE_DAYS),
                    for_seconds=0,
                    # ACM publishes it twice a day: a new certificate has no datum for hours.
                    sparse=True,
                    runbook=(
                        "ACM could not renew it: `aws acm describe-certificate`, RenewalSummary. The record "
                        "`domain-proof` is missing or changed: deploy the stack, or delegate the zone again."
                    ),
                ),
            ),
        )
