"""Authenticated origin pulls: the client certificate by which the service knows the zone."""

import pulumi

from components.domain import Domain
from components.origin_pull import OriginPull, OriginPullArgs
from stacks.compose.stack import Stack


def make_origin_pull(stack: Stack, domain: Domain) -> OriginPull | None:
    """Return the zone's client certificate; None where `edge.origin_pull` is none."""
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


def client_trust_store_arn(stack: Stack, origin_pull: OriginPull | None) -> pulumi.Output[str] | None:
    """Return the trust store for the service's callers; None where `edge.origin_pull` is not verify."""
    if origin_pull is None or stack.config.edge.origin_pull != "verify":
        return None
    return origin_pull.trust_store_arn
