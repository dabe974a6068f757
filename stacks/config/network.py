"""Configuration of the network."""

import ipaddress
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from stacks.config.base import Model


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
    zones: Annotated[list[str], Field(min_length=2, max_length=3)] = Field(
        description="Availability zones, 2 or 3, of the stack's region."
    )
    nat: Literal["none", "single", "per_zone"] = Field(
        default="per_zone",
        description="Way out of private subnets: none, one gateway for all zones, or one in each.",
    )
    flow_log_retention_days: Literal[7, 14, 30, 60, 90, 180, 365] = Field(
        default=90, description="How long the record of connections is kept, in days."
    )
