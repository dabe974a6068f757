"""Certificates of ACM that a record in a zone at Cloudflare proves."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
import pulumi_cloudflare as cloudflare

from observability import CloudWatch, Signal, Unit
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


def issued(
    name: str,
    hostname: str,
    zone_id: pulumi.Input[str],
    opts: pulumi.ResourceOptions,
    *,
    others: Sequence[str] | None = None,
    region: str | None = None,
) -> pulumi.Output[str]:
    """Return the ARN of a certificate for `hostname`, once it is issued.

    `others` are further names, of which one record proves all: the wildcard of `hostname`. `region` is that of the
    certificate, the provider's own when left out. `opts` are those of each resource, a parent alone.
    """
    certificate = aws.acm.Certificate(
        f"{name}-certificate",
        domain_name=hostname,
        subject_alternative_names=others,
        validation_method="DNS",
        region=region,
        opts=opts,
    )
    # One record validates both a name and its wildcard.
    proof = certificate.domain_validation_options[0]
    record = cloudflare.DnsRecord(
        f"{name}-proof",
        zone_id=zone_id,
        name=proof.resource_record_name.apply(lambda value: (value or "").rstrip(".")),
        type=proof.resource_record_type.apply(lambda value: value or "CNAME"),
        content=proof.resource_record_value.apply(lambda value: (value or "").rstrip(".")),
        ttl=AUTOMATIC_TTL,
        proxied=False,
        opts=opts,
    )
    validation = aws.acm.CertificateValidation(
        f"{name}-issued",
        certificate_arn=certificate.arn,
        validation_record_fqdns=[record.name],
        region=region,
        # It waits for the registrar, whom a person has to tell; a second `up` goes on where this one ended.
        opts=pulumi.ResourceOptions(
            parent=opts.parent, custom_timeouts=pulumi.CustomTimeouts(create=ISSUE_TIMEOUT)
        ),
    )
    return validation.certificate_arn


def expiry(
    signal_id: str, title: str, description: str, record: str, arn: pulumi.Input[str], region: str | None = None
) -> Signal:
    """Return the signal of a certificate's last days; `record` is the logical name of the one that proves it."""
    return Signal(
        id=signal_id,
        title=title,
        description=description,
        query=CloudWatch(
            namespace="AWS/CertificateManager",
            metric="DaysToExpiry",
            dimensions={"CertificateArn": arn},
            statistic="Minimum",
            period_seconds=DAY_SECONDS,
            region=region,
        ),
        unit=Unit.NUMBER,
        thresholds=under(ticket=TICKET_DAYS, page=PAGE_DAYS),
        for_seconds=0,
        # ACM publishes it twice a day: a new certificate has no datum for hours.
        sparse=True,
        runbook=(
            "ACM could not renew it: `aws acm describe-certificate`, RenewalSummary. The record "
            f"`{record}` is missing or changed: deploy the stack, or delegate the zone again."
        ),
    )
