"""What AWS publishes: by namespace and metric, under which dimensions, in which unit, how often.

From the pages of each service's metrics, https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html
Facts are kept here and not in the program: a metric with a wrong name is accepted by CloudWatch and never fires.
"""

from typing import NamedTuple


class Fact(NamedTuple):
    """One metric as it is published."""

    dimensions: tuple[frozenset[str], ...]
    unit: str
    every_seconds: int = 60


def _facts(
    namespace: str, sets: tuple[tuple[str, ...], ...], units: dict[str, str]
) -> dict[tuple[str, str], Fact]:
    dimensions = tuple(frozenset(it) for it in sets)
    return {
        (namespace, metric): Fact(dimensions, unit.partition("/")[0], int(unit.partition("/")[2] or 60))
        for metrics, unit in units.items()
        for metric in metrics.split()
    }


BALANCER = ("LoadBalancer",)
TARGETS = ("LoadBalancer", "TargetGroup")
FACTS = {
    **_facts(
        "AWS/RDS",
        (("DBInstanceIdentifier",),),
        {
            "CPUUtilization": "percent",
            "DatabaseConnections DiskQueueDepth MaximumUsedTransactionIDs": "count",
            "FreeStorageSpace FreeableMemory SwapUsage TransactionLogsDiskUsage": "bytes",
            "OldestReplicationSlotLag ReplicationSlotDiskUsage": "bytes",
            "ReadLatency WriteLatency ReplicaLag CheckpointLag": "seconds",
            "ReadIOPS WriteIOPS": "count",
            "DBLoad DBLoadCPU DBLoadNonCPU": "count",
            "EBSIOBalance% EBSByteBalance%": "percent/300",
            "CPUCreditBalance CPUCreditUsage CPUSurplusCreditBalance CPUSurplusCreditsCharged": "count/300",
        },
    ),
    # Twice a day: https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
    **_facts("AWS/CertificateManager", (("CertificateArn",),), {"DaysToExpiry": "count/43200"}),
    **_facts(
        "AWS/Route53",
        (("HealthCheckId",),),
        {"HealthCheckStatus": "count", "HealthCheckPercentageHealthy": "percent"},
    ),
    **_facts("AWS/ECS", (("ClusterName", "ServiceName"),), {"CPUUtilization MemoryUtilization": "percent"}),
    **_facts(
        "ECS/ContainerInsights",
        (("ClusterName", "ServiceName"),),
        {"RunningTaskCount DesiredTaskCount PendingTaskCount DeploymentCount RestartCount": "count"},
    ),
    **_facts(
        "AWS/ApplicationELB",
        (BALANCER,),
        {
            "HTTPCode_ELB_5XX_Count HTTPCode_ELB_4XX_Count HTTPCode_ELB_502_Count": "count",
            "HTTPCode_ELB_503_Count HTTPCode_ELB_504_Count RejectedConnectionCount ActiveConnectionCount": "count",
            "NewConnectionCount ClientTLSNegotiationErrorCount ConsumedLCUs ProcessedBytes": "count",
        },
    ),
    **_facts(
        "AWS/ApplicationELB",
        (BALANCER, TARGETS),
        {
            "HTTPCode_Target_2XX_Count HTTPCode_Target_3XX_Count HTTPCode_Target_4XX_Count": "count",
            "HTTPCode_Target_5XX_Count TargetConnectionErrorCount RequestCountPerTarget RequestCount": "count",
            "TargetResponseTime": "seconds",
        },
    ),
    **_facts("AWS/ApplicationELB", (TARGETS,), {"HealthyHostCount UnHealthyHostCount": "count"}),
    **_facts(
        "AWS/NetworkELB",
        (TARGETS,),
        {"HealthyHostCount UnHealthyHostCount": "count"},
    ),
    **_facts(
        "AWS/NetworkELB",
        (BALANCER,),
        {"ActiveFlowCount NewFlowCount PortAllocationErrorCount TCP_Client_Reset_Count": "count"},
    ),
    **_facts(
        "AWS/ElastiCache",
        (("CacheClusterId",), ("CacheClusterId", "CacheNodeId")),
        {
            "EngineCPUUtilization CPUUtilization DatabaseMemoryUsagePercentage": "percent",
            "CacheHitRate MemoryFragmentationRatio": "percent",
            "CurrConnections NewConnections Evictions CurrItems CacheHits CacheMisses": "count",
            "AuthenticationFailures CommandAuthorizationFailures TrafficManagementActive Reclaimed": "count",
            "BytesUsedForCache SwapUsage FreeableMemory": "bytes",
            "ReplicationLag": "seconds",
            "GetTypeCmdsLatency SetTypeCmdsLatency": "microseconds",
        },
    ),
    # Failures are published where the source is, the rest where the copy is:
    # https://docs.aws.amazon.com/AmazonS3/latest/userguide/repl-metrics.html
    **_facts(
        "AWS/S3",
        (("SourceBucket", "DestinationBucket", "RuleId"),),
        {"OperationsFailedReplication": "count", "ReplicationLatency": "seconds"},
    ),
    **_facts(
        "AWS/CloudFront",
        (("DistributionId", "Region"),),
        {"4xxErrorRate 5xxErrorRate TotalErrorRate CacheHitRate": "percent", "Requests": "count"}
        | {"BytesDownloaded BytesUploaded": "bytes", "OriginLatency": "milliseconds"},
    ),
}
"""Every metric that a record may ask for."""
SERVERLESS = {"BytesUsedForCache", "ElastiCacheProcessingUnits", "ThrottledCmds", "Evictions"}
"""Metrics of AWS/ElastiCache that a serverless cache publishes under `clusterId` alone."""
UNITS = {
    "percent": {"percent"},
    "bytes": {"bytes"},
    "seconds": {"s"},
    "milliseconds": {"ms"},
    "microseconds": {"us"},
    "count": {"short"},
}
"""Units of a record by the unit of the metric: another one would put the threshold beside the point."""


def problems(namespace: str, metric: str, dimensions: set[str]) -> list[str]:
    """What AWS does not publish under this name or these dimensions."""
    if namespace == "AWS/ElastiCache" and metric in SERVERLESS and dimensions == {"clusterId"}:
        return []
    fact = FACTS.get((namespace, metric))
    if fact is None:
        return [f"{namespace} {metric} is not known to tests/components/alarms/cloudwatch_facts.py"]
    return [] if dimensions in fact.dimensions else [f"{metric} is not published by {sorted(dimensions)}"]
