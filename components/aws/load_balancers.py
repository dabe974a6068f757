"""Application Load Balancers as those see them that stand behind one, and their metrics at CloudWatch."""

from collections.abc import Mapping
from typing import Any

import pulumi
from msgspec import Struct

from observability import CloudWatch
from observability.durations import MINUTE_SECONDS

NAMESPACE = "AWS/ApplicationELB"
"""CloudWatch namespace of what they measure.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""
COUNT_SECONDS = 5 * MINUTE_SECONDS
"""Period of one count, in seconds."""


class LoadBalancerRef(Struct, frozen=True, kw_only=True):
    """A load balancer that services put their rules on."""

    listener_arn: pulumi.Input[str]
    """Its HTTPS listener."""
    arn_suffix: pulumi.Input[str]
    """End of its ARN, the dimension `LoadBalancer` of CloudWatch."""
    security_group_id: pulumi.Input[str]
    """Group in front of it, from which it reaches tasks."""


def metric(dimensions: Mapping[str, Any], name: str, statistic: str) -> CloudWatch:
    """Return one metric of a load balancer, or of a target group, for each minute."""
    return CloudWatch(namespace=NAMESPACE, metric=name, dimensions=dimensions, statistic=statistic)


def count(dimensions: Mapping[str, Any], name: str) -> CloudWatch:
    """Return how often something happened in five minutes."""
    return CloudWatch(
        namespace=NAMESPACE, metric=name, dimensions=dimensions, statistic="Sum", period_seconds=COUNT_SECONDS
    )
