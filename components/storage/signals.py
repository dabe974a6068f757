"""What to watch on the files' way out, as plain data.

https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/programming-cloudwatch-metrics.html
"""

from typing import Any

from observability import Check, CloudWatch, Severity, Signal, Signals, Threshold


def signals(distribution_id: Any, *, measured: bool) -> Signals:
    """Signals of one distribution, given by its id (an Output).

    CloudFront keeps its metrics in us-east-1 alone: where the stack is elsewhere they are not `measured`, and an
    alert that can never fire is not written.
    """
    found = (_server_errors(distribution_id), _client_errors(distribution_id), _bytes(distribution_id))
    return Signals(
        subject="Storage",
        signals=found if measured else (),
        checks=(
            Check(
                id="storage-is-closed",
                title="The bucket itself answers nobody",
                probe="GET an object at the bucket's own address, without a signature: status 403",
                fix="Look for a statement in the bucket's policy that names another principal than CloudFront.",
            ),
            Check(
                id="storage-serves",
                title="CloudFront serves an object with its Cache-Control",
                probe="GET an object at the storage's URL: status 200, header Cache-Control",
                fix="403: the policy does not name this distribution, or the object is not there.",
            ),
        ),
    )


def _metric(distribution_id: Any, metric: str, statistic: str, period_seconds: int = 60) -> CloudWatch:
    return CloudWatch(
        namespace="AWS/CloudFront",
        metric=metric,
        dimensions={"DistributionId": distribution_id, "Region": "Global"},
        statistic=statistic,
        period_seconds=period_seconds,
    )


def _server_errors(distribution_id: Any) -> Signal:
    return Signal(
        id="storage-server-errors",
        title="Failed reads of files",
        description="Share of requests for files that CloudFront answered with a 5xx.",
        query=_metric(distribution_id, "5xxErrorRate", "Average"),
        unit="percent",
        thresholds=(
            Threshold(severity=Severity.TICKET, value=1),
            Threshold(severity=Severity.PAGE, value=5),
        ),
        runbook="Look at the AWS health dashboard for S3 in the region; then at the rate of requests: S3 answers "
        "503 to sudden bursts on one prefix.",
    )


def _client_errors(distribution_id: Any) -> Signal:
    return Signal(
        id="storage-missing-files",
        title="Files that are not there",
        description="Share of requests answered with a 4xx: S3 says 403 for a file that does not exist.",
        query=_metric(distribution_id, "4xxErrorRate", "Average"),
        unit="percent",
        thresholds=(Threshold(severity=Severity.TICKET, value=10),),
        for_seconds=900,
        runbook="After a release: were the files uploaded before the pages that name them? At any other time: "
        "read the access log for the paths that are asked for.",
    )


def _bytes(distribution_id: Any) -> Signal:
    return Signal(
        id="storage-bytes",
        title="Bytes of files",
        description="What visitors downloaded in five minutes; the larger part of the bill.",
        query=_metric(distribution_id, "BytesDownloaded", "Sum", period_seconds=300),
        unit="bytes",
    )
