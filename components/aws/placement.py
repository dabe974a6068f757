"""Where a component's resources go, as groups of arguments that several components take."""

from dataclasses import dataclass

import pulumi


@dataclass(frozen=True, kw_only=True)
class NetworkPlacement:
    """Subnets of one VPC."""

    vpc_id: pulumi.Input[str]
    """Source: `Network.vpc_id`."""
    subnet_ids: pulumi.Input[list[str]]
    """Private subnets, in two zones or more where the component is to survive the loss of one.

    Source: `Network.private_subnet_ids`.
    """


@dataclass(frozen=True, kw_only=True)
class ClusterRef:
    """An ECS cluster that runs services."""

    arn: pulumi.Input[str]
    """Source: `Cluster.arn`."""
    name: str
    """Physical name, the dimension `ClusterName` of CloudWatch."""
