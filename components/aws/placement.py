"""Where a component's resources go, as groups of arguments that several components take."""

from collections.abc import Sequence

import pulumi
from msgspec import Struct, field

from components.aws.security_groups import Upstream


class NetworkPlacement(Struct, frozen=True, kw_only=True):
    """Subnets of one VPC."""

    vpc_id: pulumi.Input[str]
    """Source: `Network.vpc_id`."""
    subnet_ids: pulumi.Input[list[str]]
    """Private subnets, in two zones or more where the component is to survive the loss of one.

    Source: `Network.private_subnet_ids`.
    """
    routes: Sequence[pulumi.Resource] = ()
    """Routes out of the subnets, which a task needs to fetch its image and its secrets.

    Source: `Network.placement`.
    """


class ClusterRef(Struct, frozen=True, kw_only=True):
    """An ECS cluster that runs services."""

    arn: pulumi.Input[str]
    """Source: `Cluster.arn`."""
    name: str
    """Physical name, the dimension `ClusterName` of CloudWatch."""


class NetworkRef(Struct, frozen=True, kw_only=True):
    """A VPC with its subnets, made by the stack or there before it."""

    placement: NetworkPlacement
    """Private subnets: for everything but load balancers."""
    public_subnet_ids: pulumi.Input[list[str]]
    """Public subnets; empty where no load balancer is made."""
    upstreams: list[Upstream] = field(default_factory=list)
    """Interface endpoints that tasks call. Source: `Network.upstreams`."""
    egress_addresses: list[pulumi.Output[str]] = field(default_factory=list)
    """Public addresses from which tasks call others; empty where they are not known. Source: `Network`."""
