"""The load balancer of all web services: made by the stack, or there before it."""

import pulumi
from msgspec import Struct

from components.aws.load_balancers import LoadBalancerRef
from components.aws.placement import ClusterRef, NetworkRef
from components.domain import Domain
from components.load_balancer.args import LoadBalancerArgs
from components.load_balancer.existing import existing_load_balancer
from components.load_balancer.load_balancer import LoadBalancer
from components.origin_pull import OriginPull
from edge_rules.ranges import IPV4_RANGES
from stacks.compose.stack import Stack
from stacks.compose.web import client_trust_store_arn
from stacks.naming import FIRST, component_name


class Balancer(Struct, frozen=True, kw_only=True):
    """The load balancer as the rest of a stack sees it."""

    ref: LoadBalancerRef
    """As services take it."""
    hostname: pulumi.Output[str]
    """Its own host name: the origin of the edge."""
    component: LoadBalancer | None
    """What the stack made; None of one that exists already."""


def make_load_balancer(
    stack: Stack,
    network: NetworkRef | None,
    cluster: ClusterRef | None,
    domain: Domain | None,
    origin_pull: OriginPull | None,
) -> Balancer | None:
    """Return the load balancer; None without a web service."""
    config = stack.config.load_balancer
    if not stack.config.balanced or network is None or cluster is None:
        return None
    if config.existing_listener_arn is not None:
        options = pulumi.InvokeOutputOptions(provider=stack.aws)
        existing = existing_load_balancer(config.existing_listener_arn, options)
        return Balancer(ref=existing.ref, hostname=existing.hostname, component=None)
    certificate_arn = config.certificate_arn or (domain.certificate_arn if domain else "")
    made = LoadBalancer(
        "load-balancer",
        LoadBalancerArgs(
            # Not of any service: the name of its bucket stays what it was when there was one service.
            load_balancer_name=stack.names.of(FIRST["service"]),
            vpc_id=network.placement.vpc_id,
            subnet_ids=network.public_subnet_ids,
            ingress_cidrs=list(IPV4_RANGES) if config.ingress_cidrs is None else config.ingress_cidrs,
            certificate_arn=certificate_arn,
            trust_store_arn=client_trust_store_arn(stack, origin_pull),
            idle_timeout_seconds=max(it.max_request_seconds for it in stack.config.balanced.values()),
            access_log_days=config.access_log_days,
            account_id=pulumi.Output.from_input(cluster.arn).apply(lambda arn: arn.split(":")[4]),
            region=stack.config.region,
            former_service=component_name("service", FIRST["service"]),
            protect=config.protect,
        ),
        stack.opts,
    )
    return Balancer(ref=made.ref, hostname=made.hostname, component=made)
