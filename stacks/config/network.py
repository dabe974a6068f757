"""Configuration of the network."""

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from stacks.config.base import Model, Problem
from stacks.config.identity import REGIONS, ZONE_LETTERS
from stacks.config.logs import LogRetentionDays

Endpoint = Literal[
    "aps-workspaces",
    "ecr.api",
    "ecr.dkr",
    "ecs",
    "ecs-agent",
    "ecs-telemetry",
    "kms",
    "logs",
    "monitoring",
    "secretsmanager",
    "sqs",
    "ssm",
    "ssmmessages",
    "sts",
]
"""Services of AWS that may have an interface endpoint; S3 has a free one of another kind, always."""

TASK_ENDPOINTS: tuple[Endpoint, ...] = ("ecr.api", "ecr.dkr", "logs", "secretsmanager")
"""What a Fargate task cannot start without: its image, its log, its secrets.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/vpc-endpoints.html
"""

PRIVATE_IMAGE = re.compile(r"^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/")
"""An image in the registry that `ecr.dkr` reaches; public.ecr.aws is on the internet."""

IMAGE = re.compile(r"[A-Za-z0-9][\w./:@-]*")
"""Characters of a reference to an image."""


def _vpc_range(value: str) -> str:
    try:
        network = ipaddress.IPv4Network(value)
    except ValueError as error:
        raise PydanticCustomError("cidr", "an IPv4 range such as 10.0.0.0/16") from error
    if not 16 <= network.prefixlen <= 20 or not network.is_private:
        raise PydanticCustomError("cidr", "a private IPv4 range of size /16 to /20")
    return value


class NetworkConfig(Model):
    """A VPC over two or three zones."""

    cidr: Annotated[str, AfterValidator(_vpc_range)] = Field(description="Private IPv4 range, /16 to /20.")
    zones: list[str] = Field(
        min_length=2,
        max_length=3,
        description="Availability zones, 2 or 3, of the stack's region; each keeps its range, whatever the order.",
    )
    nat: Literal["none", "single", "per_zone"] = Field(
        default="per_zone",
        description="Way out of private subnets: none, one gateway for all zones, or one in each.",
    )
    endpoints: list[Endpoint] = Field(
        default=[],
        description="Services of AWS that are reached inside the VPC, for a price: docs/network.md. S3 always is.",
    )
    flow_log_retention_days: LogRetentionDays | None = Field(
        default=None,
        description="How long connections stay on record, in days; as `logs.retention_days` when left out.",
    )


def network_problems(
    network: NetworkConfig,
    *,
    region: str,
    redis_provider: str,
    authorities_url: str | None,
    images: Mapping[str, str],
) -> Iterator[Problem]:
    """Return a key and a sentence for each contradiction of the network with itself or with what runs in it.

    Args:
        network: the block itself.
        region: region of the stack.
        redis_provider: `redis.provider`.
        authorities_url: `database.pooler.authorities_url`.
        images: every container image, by its key.

    """
    known = [f"{region}{letter}" for letter in ZONE_LETTERS.get(region, "abc")]
    # Of a region that does not exist, its own sentence is enough.
    if region in REGIONS and (foreign := [zone for zone in network.zones if zone not in known]):
        yield "network.zones", f"given {', '.join(foreign)}, allowed zones of region {region}: {', '.join(known)}"
    for key, given in (("zones", network.zones), ("endpoints", network.endpoints)):
        if len(set(given)) != len(given):
            yield f"network.{key}", f"given {', '.join(given)}, allowed each once"
    if network.nat == "none":
        if missing := [service for service in TASK_ENDPOINTS if service not in network.endpoints]:
            sentence = f"missing {', '.join(missing)}, required with network.nat: none, or no task starts"
            yield "network.endpoints", sentence
        # What lies on the internet, no private subnet reaches.
        if redis_provider == "upstash":
            yield "redis.provider", "given 'upstash', allowed a Redis inside the VPC with network.nat: none"
        if authorities_url is None:
            sentence = "missing, required with network.nat: none: a file:// of prepare_image, or an object in S3"
            yield "database.pooler.authorities_url", sentence
        for key, image in images.items():
            if not PRIVATE_IMAGE.match(image):
                yield key, f"given {image}, allowed an image in a private ECR registry with network.nat: none"


def image_problems(images: Mapping[str, str]) -> Iterator[Problem]:
    """Yield a key and a sentence for each text that is no reference to an image."""
    for key, image in images.items():
        if not IMAGE.fullmatch(image):
            yield key, f"given {image!r}, allowed registry/name:tag or registry/name@sha256:..., without spaces"
