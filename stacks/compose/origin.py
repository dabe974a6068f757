"""The origin's lock: by which certificate the service knows the zone."""

import pulumi

from components.domain import Domain
from components.origin_pull import OriginPull, OriginPullArgs
from stacks.compose.stack import Stack


def make_origin_pull(stack: Stack, domain: Domain) -> OriginPull | None:
    """The certificate that the zone shows; None where configuration wants none."""
    if stack.config.edge.origin_pull == "none":
        return None
    return OriginPull(
        "origin-pull",
        OriginPullArgs(
            zone_id=domain.zone_id,
            subject=f"{stack.names.prefix} origin pull",
            bucket_prefix=stack.names.of("origin"),
            protect=stack.config.edge.protect,
        ),
        stack.opts,
    )


def demanded(stack: Stack, origin_pull: OriginPull | None) -> pulumi.Output[str] | None:
    """The trust store by which the service verifies its callers; None where it does not."""
    if origin_pull is None or stack.config.edge.origin_pull != "verify":
        return None
    return origin_pull.trust_store_arn
