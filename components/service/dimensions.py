"""Names by which CloudWatch keeps the metrics of a load balancer and of ECS."""

from collections.abc import Sequence
from typing import Any

import pulumi
from msgspec import Struct

BALANCER_NAMESPACE, ECS_NAMESPACE = "AWS/ApplicationELB", "AWS/ECS"


class BalancerDimensions(Struct, frozen=True, kw_only=True):
    """Dimensions of one load balancer and its target groups.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """

    arn_suffix: pulumi.Output[str]
    """ARN suffix of the load balancer."""
    target_group_suffixes: Sequence[pulumi.Output[str]]
    """ARN suffixes of the target groups: one, or two where a deployment runs two fleets."""

    @property
    def balancer(self) -> dict[str, Any]:
        """Return the dimensions of what the load balancer counts over all its target groups."""
        return {"LoadBalancer": self.arn_suffix}

    @property
    def target_groups(self) -> list[dict[str, Any]]:
        """Return the dimensions of each target group."""
        return [{**self.balancer, "TargetGroup": suffix} for suffix in self.target_group_suffixes]
