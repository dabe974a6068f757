"""Datadog's names of metrics: of AWS by its integration, of Prometheus by its OpenMetrics check.

https://docs.datadoghq.com/integrations/amazon_web_services/ and https://docs.datadoghq.com/integrations/openmetrics/
"""

import re
from collections.abc import Mapping

NAMESPACES: Mapping[str, str] = {
    "AWS/ApplicationELB": "aws.applicationelb",
    "AWS/CloudFront": "aws.cloudfront",
    "AWS/ECS": "aws.ecs.service",
    "AWS/ElastiCache": "aws.elasticache",
    "AWS/NetworkELB": "aws.networkelb",
    "AWS/RDS": "aws.rds",
}
"""Beginning of a name, by the namespace of CloudWatch."""
EXCEPTIONS: Mapping[tuple[str, str], str] = {
    ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"): "aws.applicationelb.httpcode_target_5xx",
    ("AWS/ApplicationELB", "HTTPCode_ELB_5XX_Count"): "aws.applicationelb.httpcode_elb_5xx",
    ("AWS/CloudFront", "4xxErrorRate"): "aws.cloudfront.4xx_error_rate",
    ("AWS/CloudFront", "5xxErrorRate"): "aws.cloudfront.5xx_error_rate",
    ("AWS/RDS", "EBSByteBalance%"): "aws.rds.ebsbyte_balance",
    ("AWS/RDS", "EBSIOBalance%"): "aws.rds.ebsiobalance",
    ("AWS/RDS", "MaximumUsedTransactionIDs"): "aws.rds.maximum_used_transaction_ids",
    ("ECS/ContainerInsights", "DesiredTaskCount"): "aws.ecs.service.desired",
    ("ECS/ContainerInsights", "PendingTaskCount"): "aws.ecs.service.pending",
    ("ECS/ContainerInsights", "RunningTaskCount"): "aws.ecs.service.running",
}
"""Names that the rule does not give."""
COUNTER_SUFFIX = "_total"
"""End of a counter's name, which the check takes off."""


class UnsupportedQueryError(Exception):
    """Datadog does not support a query; the message says what of it."""


def of_cloudwatch(namespace: str, metric: str) -> str:
    """Return the name of a metric of AWS.

    Raises:
        UnsupportedQueryError: the integration does not collect the namespace.

    """
    if (namespace, metric) in EXCEPTIONS:
        return EXCEPTIONS[namespace, metric]
    if namespace not in NAMESPACES:
        raise UnsupportedQueryError(f"the AWS integration does not collect {namespace} {metric}")
    return f"{NAMESPACES[namespace]}.{re.sub(r'(?<=[a-z0-9])(?=[A-Z])', '_', metric).lower()}"


def of_gauge(app: str, metric: str) -> str:
    """Return the name of a gauge of the check, whose namespace is the application."""
    return f"{app}.{metric}"


def of_counter(app: str, metric: str) -> str:
    """Return the name of a counter: its growth since the last scrape."""
    return f"{app}.{metric.removesuffix(COUNTER_SUFFIX)}.count"
