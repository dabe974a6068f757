"""Configuration of the load balancer that all web services share, and of the cluster that runs everything."""

import ipaddress
from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from stacks.config.base import UNIQUE, Model, Problem


def _ipv4_range(value: str) -> str:
    try:
        ipaddress.IPv4Network(value)
    except ValueError as error:
        raise PydanticCustomError(
            "cidr", "an IPv4 range such as 203.0.113.0/24, no bit set after its length"
        ) from error
    return value


IngressRanges = Annotated[list[Annotated[str, AfterValidator(_ipv4_range)]], Field(min_length=1), UNIQUE]
"""Ranges that may call the load balancer: AWS takes no empty list, and none twice."""

CertificateArn = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[A-Za-z0-9_-]+$")
]
"""ARN of a certificate."""

ListenerArn = Annotated[
    str,
    Field(
        pattern=r"^arn:aws[a-z-]*:elasticloadbalancing:[a-z0-9-]+:\d{12}:listener/app/[^/]+/[a-f0-9]+/[a-f0-9]+$"
    ),
]
"""ARN of a listener of an application load balancer."""


class LoadBalancerConfig(Model):
    """One load balancer for all web services; with an edge, its addresses alone reach it."""

    existing_listener_arn: ListenerArn | None = Field(
        default=None,
        description="HTTPS listener of a load balancer that exists already: each service adds its rule.",
    )
    certificate_arn: CertificateArn | None = Field(
        default=None, description="Certificate of the HTTPS listener; left out, that of the edge's zone is made."
    )
    ingress_cidrs: IngressRanges | None = Field(
        default=None,
        description="IPv4 ranges that may call it; the edge's own when left out. Without an edge it is required: "
        "0.0.0.0/0 is everybody.",
    )
    access_log_days: Literal[7, 14, 30, 60, 90, 180, 365] | None = Field(
        default=90, description="How long the access log is kept, in days; null for none."
    )
    protect: bool = Field(default=True, description="Refuse to delete it: its host name would change.")


class ClusterConfig(Model):
    """The ECS cluster of all tasks."""

    existing_name: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,255}$")] | None = Field(
        default=None, description="Name of a cluster that exists already; one is made when left out."
    )


def load_balancer_problems(balancer: LoadBalancerConfig, *, edge: bool, web: bool) -> Iterator[Problem]:
    """Yield what the load balancer lacks where the stack has no edge, or has too much of.

    Args:
        balancer: the block itself.
        edge: whether the stack has an edge.
        web: whether it has web services.

    """
    if balancer.existing_listener_arn is not None:
        given = sorted(balancer.model_fields_set - {"existing_listener_arn"})
        for key in given:
            yield (
                f"load_balancer.{key}",
                "given together with existing_listener_arn, allowed left out: it has its own",
            )
        return
    if web and not edge:
        for key in ("certificate_arn", "ingress_cidrs"):
            if not getattr(balancer, key):
                yield f"load_balancer.{key}", "missing; required for services of kind web without the block edge"
