"""Where a component's resources go: subnets of a VPC, and a cluster."""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class NetworkPlacement:
    """Subnets of one VPC."""

    vpc_id: pulumi.Input[str]
    """Source: `Network.vpc_id`."""
    subnet_ids: pulumi.Input[list[str]]
    """Private subnets. Source: `Network.private_subnet_ids`."""


@dataclass(frozen=True, kw_only=True)
class ClusterRef:
    """One ECS cluster."""

    arn: pulumi.Input[str]
    """Source: `Cluster.arn`."""
    name: str
    """Physical name, for metrics and autoscaling."""
