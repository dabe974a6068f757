"""Signals of the files' distribution, from CloudWatch.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
"""

from typing import Any

from observability import (
    ByHand,
    Check,
    CloudWatch,
    Comparison,
    Group,
    HttpQuestion,
    Signal,
    Signals,
    Unit,
    Wanted,
)
from observability.durations import MINUTE_SECONDS
from observability.records.limits import over

CHECKS = (
    Check(
        id="storage-is-closed",
        group=Group.STORAGE,
        title="The bucket refuses unsigned requests",
        # An object that is not there is refused as well: nobody may list.
        question=HttpQuestion(
            url="https://{output:storage_bucket}.s3.amazonaws.com/readiness",
            part="status",
            wanted=Wanted(Comparison.IS, 403),
        ),
        fix="Look for a statement in the bucket's policy that names another principal than CloudFront.",
    ),
    Check(
        id="storage-serves",
        group=Group.STORAGE,
        title="CloudFront serves an object with its Cache-Control",
        question=ByHand("GET an object at the storage's URL: status 200, header Cache-Control"),
        fix="403: the policy does not name this distribution, or the object is not there.",
    ),
)


def storage_signals(
    distribution_id: Any, certificate: Signal | None, copied: tuple[Signal, ...] = (), *, measured: bool
) -> Signals:
    """Return the signals of one distribution, given by its id (an Output), of its own `certificate` and its copy.

    CloudFront keeps its metrics in us-east-1 alone: where the stack is elsewhere they are not `measured`, and an
    alert that can never fire is not written.
    """
    found = (*(_cloudfront(distribution_id) if measured else ()), *filter(None, [certificate]), *copied)
    return Signals(subject="Storage", signals=found, checks=CHECKS)


def replication_signals(source: Any, copy: Any, rule: str, copy_region: str) -> tuple[Signal, ...]:
    """Return what to watch of a copy, given by the names of both buckets (Outputs).

    S3 measures failures where the source is, and the delay where the copy is: no alarm of CloudWatch reaches that.
    https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
    """
    dimensions = {"SourceBucket": source, "DestinationBucket": copy, "RuleId": rule}
    failed = CloudWatch(
        namespace="AWS/S3",
        metric="OperationsFailedReplication",
        dimensions=dimensions,
        statistic="Sum",
        period_seconds=5 * MINUTE_SECONDS,
    )
    late = CloudWatch(
        namespace="AWS/S3",
        metric="ReplicationLatency",
        dimensions=dimensions,
        statistic="Maximum",
        period_seconds=5 * MINUTE_SECONDS,
        region=copy_region,
    )
    return (
        Signal(
            id="storage-replication-failed",
            title="S3 operations that failed replication",
            description="Files, and deletions of them, that S3 could not copy to the other region.",
            query=failed,
            unit=Unit.NUMBER,
            thresholds=over(ticket=0),
            sparse=True,
            runbook="Look at the role of the replication and at the policy of the second bucket: both must let "
            "S3 write. S3 does not try again by itself: copy what failed with S3 Batch Replication.",
        ),
        Signal(
            id="storage-replication-latency",
            title="S3 replication latency",
            description="By how much the second bucket is behind the first one: what was written in that time is "
            "lost with the first region.",
            query=late,
            unit=Unit.SECONDS,
            thresholds=over(ticket=900),
            for_seconds=900,
            sparse=True,
            runbook="Look at the AWS health dashboard for S3 in both regions, then at a burst of uploads. Nothing "
            "is lost while both regions are there: S3 catches up by itself.",
        ),
    )


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
