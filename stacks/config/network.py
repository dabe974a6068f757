"""Configuration of the network."""

import ipaddress
import re
from collections.abc import Iterator, Mapping, Set
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from components.aws.partition import partition
from stacks.config.base import Model, Problem, SubnetId
from stacks.config.identity import DEFAULT_ZONE_LETTERS, REGIONS, ZONE_LETTERS
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

PRIVATE_IMAGE = re.compile(r"^\d{12}\.dkr\.ecr(?:-fips)?\.([a-z0-9-]+)\.(?:[a-z0-9-]+\.)+[a-z]+/")
"""An image in a private registry of ECR, and its region; public.ecr.aws is on the internet."""

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


class ExistingNetworkConfig(Model):
    """A VPC that exists already, and its subnets: by id, or by tags that the engine looks up."""

    vpc_id: Annotated[str, Field(pattern=r"^vpc-[0-9a-f]{8,17}$")] | None = Field(
        default=None, description="Id of the VPC."
    )
    vpc_tags: dict[str, str] = Field(default={}, description="Tags of the VPC, instead: Name and its value.")
    private_subnet_ids: list[SubnetId] = Field(
        default=[], description="Subnets for everything but load balancers, two or more, each in another zone."
    )
    private_subnet_tags: dict[str, str] = Field(default={}, description="Tags of those subnets, instead.")
    public_subnet_ids: list[SubnetId] = Field(
        default=[], description="Subnets of the load balancer, two or more; none without a web service."
    )
    public_subnet_tags: dict[str, str] = Field(default={}, description="Tags of those subnets, instead.")


class NetworkConfig(Model):
    """A VPC over two or three zones, or one that exists already."""

    existing: ExistingNetworkConfig | None = Field(
        default=None, description="A VPC that exists already; nothing else of this block is given with it."
    )
    cidr: Annotated[str, AfterValidator(_vpc_range)] = Field(
        default="10.0.0.0/16", description="Private IPv4 range, /16 to /20."
    )
    zones: Annotated[list[str], Field(min_length=2, max_length=3)] | None = Field(
        default=None,
        description="Availability zones, 2 or 3, of the stack's region; the first three of a new account when "
        "left out. Each keeps its range, whatever the order.",
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


def zones_of(network: NetworkConfig, region: str) -> list[str]:
    """Return the zones in force: those of the block, or else the first three of `region` for a new account."""
    return network.zones or [f"{region}{letter}" for letter in DEFAULT_ZONE_LETTERS.get(region, "abc")]


def existing_problems(existing: ExistingNetworkConfig, given: Set[str], *, public: bool) -> Iterator[Problem]:
    """Yield why the VPC or its subnets could not be found, or are too few.

    Args:
        existing: the block itself.
        given: keys of `network` that its file has.
        public: whether the stack has a load balancer that needs public subnets.

    """
    key = "network.existing"
    for other in sorted(given - {"existing"}):
        yield f"network.{other}", "given together with existing, allowed left out: that VPC has its own"
    kinds = [("vpc_id", "vpc_tags"), ("private_subnet_ids", "private_subnet_tags")]
    for ids, tags in [*kinds, *([("public_subnet_ids", "public_subnet_tags")] if public else [])]:
        by_id, by_tags = getattr(existing, ids), getattr(existing, tags)
        if not by_id and not by_tags:
            yield f"{key}.{ids}", f"missing; give it, or {tags}"
        if by_id and by_tags:
            yield f"{key}.{tags}", f"given together with {ids}, allowed one of the two"
    for ids in ("private_subnet_ids", "public_subnet_ids"):
        subnets = getattr(existing, ids)
        if len(subnets) == 1:
            yield f"{key}.{ids}", "given one subnet, allowed two or more, each in another zone"
    if both := set(existing.private_subnet_ids) & set(existing.public_subnet_ids):
        yield f"{key}.public_subnet_ids", f"given {', '.join(sorted(both))} as private too, allowed one of the two"


def network_problems(
    network: NetworkConfig,
    *,
    region: str,
    outside: Mapping[str, str],
    authorities_url: str | None,
    images: Mapping[str, str],
) -> Iterator[Problem]:
    """Return a key and a sentence for each contradiction of the network with itself or with what runs in it.

    Args:
        network: the block itself.
        region: region of the stack.
        outside: providers of the database and the stores that lie on the internet, by key.
        authorities_url: `database.pooler.authorities_url`; empty where no pooler needs it.
        images: every container image, by its key.

    """
    known = [f"{region}{letter}" for letter in ZONE_LETTERS.get(region, "abc")]
    # Of a region that does not exist, its own sentence is enough.
    if region in REGIONS and (foreign := [zone for zone in network.zones or () if zone not in known]):
        yield "network.zones", f"given {', '.join(foreign)}, allowed zones of region {region}: {', '.join(known)}"
    if network.nat == "none":
        if missing := [service for service in TASK_ENDPOINTS if service not in network.endpoints]:
            sentence = f"missing {', '.join(missing)}, required with network.nat: none, or no task starts"
            yield "network.endpoints", sentence
        # What lies on the internet, no private subnet reaches.
        for key, provider in outside.items():
            kind = "PostgreSQL" if key == "database" else "Redis"
            problem = f"given {provider!r}, allowed a {kind} inside the VPC with network.nat: none"
            yield f"{key}.provider", problem
        if authorities_url is None:
            sentence = "missing, required with network.nat: none: a file:// of prepare_image, or an object in S3"
            yield "database.pooler.authorities_url", sentence
        for key, image in images.items():
            found = PRIVATE_IMAGE.match(image)
            if not found or found[1] != region:
                allowed = f"one of {region} in a private ECR registry with network.nat: none"
                yield key, f"given {image}, allowed {allowed}"


def image_problems(images: Mapping[str, str], region: str) -> Iterator[Problem]:
    """Yield key and sentence for each text that is no image, or one that a task in `region` may not pull."""
    own = partition(region)
    for key, image in images.items():
        if not IMAGE.fullmatch(image):
            yield key, f"given {image!r}, allowed registry/name:tag or registry/name@sha256:..., without spaces"
        elif (found := PRIVATE_IMAGE.match(image)) and partition(found[1]) != own:
            yield key, f"given an image in {found[1]}, allowed one of the partition {own}, as its tasks' roles are"
