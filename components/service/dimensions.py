"""Names by which CloudWatch keeps the metrics of a web service's target groups, and math over them."""

from collections.abc import Sequence
from typing import Any

import pulumi
from msgspec import Struct


class TargetDimensions(Struct, frozen=True, kw_only=True):
    """Dimensions of one service's target groups: of a load balancer that others share, these alone are its own.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
    """

    arn_suffix: pulumi.Input[str]
    """ARN suffix of the load balancer."""
    target_group_suffixes: Sequence[pulumi.Output[str]]
    """ARN suffixes of the target groups: one, or two where a deployment runs two fleets."""

    @property
    def target_groups(self) -> list[dict[str, Any]]:
        """Return the dimensions of each target group."""
        return [{"LoadBalancer": self.arn_suffix, "TargetGroup": it} for it in self.target_group_suffixes]


def total(id_: str, fleets: int) -> str:
    """Return metric math for the sum of `id0`, `id1`, ...: a fleet without a request has no datum at all."""
    filled = _filled(id_, fleets)
    return filled[0] if fleets == 1 else f"({' + '.join(filled)})"


def highest(id_: str, fleets: int) -> str:
    """Return metric math for the highest of `id0`, `id1`, ...: percentiles have no sum."""
    filled = _filled(id_, fleets)
    return filled[0] if fleets == 1 else f"MAX([{', '.join(filled)}])"


def _filled(id_: str, fleets: int) -> list[str]:
    return [f"FILL({id_}{number}, 0)" for number in range(fleets)]
