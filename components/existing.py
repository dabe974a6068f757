"""What exists already and the stack only uses: looked up by the engine, never changed.

Each lookup is in its output form, so that a preview asks, and an offline plan says that it does not know.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_aws as aws
from msgspec import Struct, field

from components.aws.placement import ClusterRef, NetworkPlacement, NetworkRef


class ExistingNetworkArgs(Struct, frozen=True, kw_only=True):
    """A VPC and its subnets, by id or by tags."""

    vpc_id: str | None = None
    """Id of the VPC. Source: config `network.existing.vpc_id`."""
    vpc_tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of the VPC where its id is left out: exactly one may have them."""
    private_subnet_ids: Sequence[str] = ()
    """Subnets for everything but load balancers."""
    private_subnet_tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of those where their ids are left out."""
    public_subnet_ids: Sequence[str] = ()
    """Subnets of the load balancer."""
    public_subnet_tags: Mapping[str, str] = field(default_factory=dict)
    """Tags of those where their ids are left out."""


def existing_network(args: ExistingNetworkArgs, opts: pulumi.InvokeOptions) -> NetworkRef:
    """Return the VPC and the subnets of `args`; the preview fails where one is not there, or not in that VPC."""
    vpc = aws.ec2.get_vpc_output(id=args.vpc_id, tags=dict(args.vpc_tags) or None, opts=opts)

    def subnets(ids: Sequence[str], tags: Mapping[str, str]) -> pulumi.Output[list[str]]:
        filters: list[Any] = [{"name": "vpc-id", "values": [vpc.id]}]
        if ids:
            filters.append({"name": "subnet-id", "values": list(ids)})
        found = aws.ec2.get_subnets_output(filters=filters, tags=dict(tags) or None, opts=opts)
        return pulumi.Output.all(found.ids, vpc.id).apply(lambda it: _enough(it[0], ids, tags, it[1]))

    public: pulumi.Input[list[str]] = []
    if args.public_subnet_ids or args.public_subnet_tags:
        public = subnets(args.public_subnet_ids, args.public_subnet_tags)
    private = subnets(args.private_subnet_ids, args.private_subnet_tags)
    return NetworkRef(placement=NetworkPlacement(vpc_id=vpc.id, subnet_ids=private), public_subnet_ids=public)


def existing_cluster(cluster_name: str, opts: pulumi.InvokeOptions) -> ClusterRef:
    """Return the ECS cluster of that name; the preview fails where it is not there."""
    found = aws.ecs.get_cluster_output(cluster_name=cluster_name, opts=opts)
    return ClusterRef(arn=found.arn, name=cluster_name)


def _enough(found: list[str], ids: Sequence[str], tags: Mapping[str, str], vpc_id: str) -> list[str]:
    """Return the ids that were found, sorted: the order of an answer decides nothing.

    Raises:
        pulumi.RunError: fewer than two, or not all that were named.

    """
    if missing := sorted(set(ids) - set(found)):
        raise pulumi.RunError(
            f"network.existing: given {', '.join(missing)}, allowed subnets of {vpc_id}, which has them not"
        )
    if len(found) < 2:
        named = ", ".join(f"{key}: {value}" for key, value in tags.items())
        raise pulumi.RunError(
            f"network.existing: {vpc_id} has {len(found)} subnets with the tags {named}, allowed two or more"
        )
    return sorted(found)
