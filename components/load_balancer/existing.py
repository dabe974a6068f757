"""A load balancer that exists already, by its HTTPS listener."""

import pulumi
import pulumi_aws as aws
from msgspec import Struct

from components.aws.load_balancers import LoadBalancerRef


class ExistingLoadBalancer(Struct, frozen=True, kw_only=True):
    """A load balancer that somebody else made."""

    ref: LoadBalancerRef
    """It as services take it."""
    hostname: pulumi.Output[str]
    """Its own host name: the origin of the edge."""


def existing_load_balancer(
    listener_arn: str, opts: pulumi.InvokeOutputOptions | None = None
) -> ExistingLoadBalancer:
    """Return the load balancer of the HTTPS listener `listener_arn`, asked of AWS by the engine.

    Raises:
        pulumi.RunError: in an Output, when it has no security group.

    """
    listener = aws.lb.get_listener_output(arn=listener_arn, opts=opts)
    balancer = aws.lb.get_load_balancer_output(arn=listener.load_balancer_arn, opts=opts)

    def first_group(groups: list[str] | None) -> str:
        if not groups:
            raise pulumi.RunError(
                f"load balancer of {listener_arn}: it has no security group, allowed one or more"
            )
        return min(groups)

    return ExistingLoadBalancer(
        ref=LoadBalancerRef(
            listener_arn=listener_arn,
            arn_suffix=balancer.arn_suffix,
            security_group_id=balancer.security_groups.apply(first_group),
        ),
        hostname=balancer.dns_name,
    )
