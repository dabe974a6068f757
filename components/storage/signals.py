"""Signals of the files' distribution, from CloudWatch.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
"""

from typing import Any

from observability import Check, CloudWatch, Signal, Signals, Unit
from observability.durations import MINUTE_SECONDS
from observability.records.limits import over

CHECKS = (
    Check(
        id="storage-is-closed",
        title="The bucket refuses unsigned requests",
        probe="GET an object at the bucket's own address, without a signature: status 403",
        fix="Look for a statement in the bucket's policy that names another principal than CloudFront.",
    ),
    Check(
        id="storage-serves",
        title="CloudFront serves an object with its Cache-Control",
        probe="GET an object at the storage's URL: status 200, header Cache-Control",
        fix="403: the policy does not name this distribution, or the object is not there.",
    ),
)


def storage_signals(distribution_id: Any, certificate: Signal | None, *, measured: bool) -> Signals:
    """Return the signals of one distribution, given by its id (an Output), and of its own `certificate`.

    CloudFront keeps its metrics in us-east-1 alone: where the stack is elsewhere they are not `measured`, and an
    alert that can never fire is not written.
    """
    found = (*(_cloudfront(distribution_id) if measured else ()), *filter(None, [certificate]))
    return Signals(subject="Storage", signals=found, checks=CHECKS)


def _cloudfront(distribution_id: Any) -> tuple[Signal, ...]:
    dimensions = {"DistributionId": distribution_id, "Region": "Global"}
    errors_5xx, errors_4xx = (
        CloudWatch(
            namespace="AWS/CloudFront",
            metric=metric,
            dimensions=dimensions,
            statistic="Average",
            period_seconds=60,
        )
        for metric in ("5xxErrorRate", "4xxErrorRate")
    )
    downloaded = CloudWatch(
        namespace="AWS/CloudFront",
        metric="BytesDownloaded",
        dimensions=dimensions,
        statistic="Sum",
        period_seconds=5 * MINUTE_SECONDS,
    )
    return (
        Signal(
            id="storage-server-errors",
            title="CloudFront 5xx error rate",
            description="Share of requests for files that CloudFront answered with HTTP 5xx.",
            query=errors_5xx,
            unit=Unit.PERCENT,
            thresholds=over(ticket=1, page=5),
            runbook="Look at the AWS health dashboard for S3 in the region; then at the request rate: S3 answers "
            "503 to sudden bursts on one prefix.",
        ),
        Signal(
            id="storage-missing-files",
            title="CloudFront 4xx error rate",
            description="Share of requests answered with HTTP 4xx: S3 says 403 for a file that does not exist.",
            query=errors_4xx,
            unit=Unit.PERCENT,
            thresholds=over(ticket=10),
            for_seconds=900,
            runbook="After a release: were the files uploaded before the pages that name them? At any other time: "
            "read the access log for the paths that are requested.",
        ),
        Signal(
            id="storage-bytes",
            title="CloudFront bytes downloaded",
            description="Bytes that visitors downloaded in five minutes; the larger part of the bill.",
            query=downloaded,
            unit=Unit.BYTES,
        ),
    )
