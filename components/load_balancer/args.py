"""Arguments of the load balancer."""

import pulumi
from msgspec import Struct


class LoadBalancerArgs(Struct, frozen=True, kw_only=True):
    """Arguments of `LoadBalancer`."""

    load_balancer_name: str
    """Beginning of the physical names of its bucket and of its prefix list: `shop-staging-api`."""
    vpc_id: pulumi.Input[str]
    """Source: `Network.vpc_id`."""
    subnet_ids: pulumi.Input[list[str]]
    """Public subnets. Source: `Network.public_subnet_ids`."""
    ingress_cidrs: list[str]
    """IPv4 ranges that may call it: the edge's own."""
    certificate_arn: pulumi.Input[str]
    """Certificate of the HTTPS listener. Source: `Domain.certificate_arn`."""
    trust_store_arn: pulumi.Input[str] | None = None
    """Trust store of the client certificates that callers must show; no certificate is needed when left out.

    Source: `OriginPull.trust_store_arn`.
    """
    idle_timeout_seconds: int
    """Longest silence in a request before it gives up, in seconds, 1 to 4000; the longest of all its services."""
    access_log_days: int | None = 90
    """How long the access log is kept, in days; none is written when left out."""
    account_id: pulumi.Input[str]
    """AWS account, for the policy of the access log's bucket."""
    region: str
    """AWS region, for the same."""
    former_service: str | None = None
    """Logical name of the `Service` that had its resources in version 0.1.0, so that they are kept."""
    protect: bool = True
    """Refuse to delete it: its host name would change."""
