"""The network and the cluster: made by the stack, or there before it."""

import pulumi

from components.aws.placement import ClusterRef, NetworkRef
from components.cluster import Cluster, ClusterArgs
from components.existing import ExistingNetworkArgs, existing_cluster, existing_network
from components.network import Nat, Network, NetworkArgs
from stacks.compose.stack import Stack


def make_network(stack: Stack) -> NetworkRef | None:
    """Return the VPC; None where nothing of the stack runs in one."""
    if not stack.config.in_network:
        return None
    network, existing = stack.config.network, stack.config.network.existing
    if existing is not None:
        args = ExistingNetworkArgs(
            vpc_id=existing.vpc_id,
            vpc_tags=existing.vpc_tags,
            private_subnet_ids=existing.private_subnet_ids,
            private_subnet_tags=existing.private_subnet_tags,
            public_subnet_ids=existing.public_subnet_ids,
            public_subnet_tags=existing.public_subnet_tags,
        )
        return existing_network(args, pulumi.InvokeOptions(provider=stack.aws))
    made = Network(
        "network",
        NetworkArgs(
            cidr=network.cidr,
            zones=stack.config.zones,
            nat=Nat(network.nat),
            region=stack.config.region,
            endpoints=list(network.endpoints),
            flow_log_retention_days=network.flow_log_retention_days or stack.config.logs.retention_days,
        ),
        stack.opts,
    )
    return NetworkRef(
        placement=made.placement,
        public_subnet_ids=made.public_subnet_ids,
        upstreams=list(made.upstreams),
        egress_addresses=made.egress_addresses,
    )


def make_cluster(stack: Stack) -> ClusterRef | None:
    """Return the ECS cluster; None where the stack runs no task."""
    if not stack.config.in_cluster:
        return None
    if name := stack.config.cluster.existing_name:
        return existing_cluster(name, pulumi.InvokeOptions(provider=stack.aws))
    cluster = Cluster("cluster", ClusterArgs(cluster_name=stack.names.prefix), stack.opts)
    return ClusterRef(arn=cluster.arn, name=stack.names.prefix)


Range = pulumi.Output[str]
"""Addresses from which something of the stack calls others, in CIDR notation."""


def own_ranges(network: NetworkRef | None) -> list[pulumi.Output[str]]:
    """Return the addresses from which what runs here calls the internet, each as a range."""
    return [pulumi.Output.concat(it, "/32") for it in (network.egress_addresses if network else ())]
