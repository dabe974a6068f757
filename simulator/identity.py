"""Identifiers that the same resource of the same stack gets again on every fresh cloud.

Everything derives from the resource's URN (project, stack, type, name) and its generation: how many
resources were made under that URN before. A replacement is a new generation, so it never collides with
the resource it replaces.
"""

import hashlib
import random
from dataclasses import dataclass

ACCOUNT_ID = "123456789012"
DEFAULT_REGION = "us-east-1"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """Who a resource is: its URN and its generation, from 0."""

    urn: str
    generation: int

    @property
    def name(self) -> str:
        """The logical name: the last part of the URN."""
        return self.urn.rsplit("::", 1)[-1]

    @property
    def type(self) -> str:
        """The resource's own type token, without its parents' types."""
        return self.urn.split("::")[2].rsplit("$", 1)[-1]

    def hex(self, length: int, purpose: str = "id") -> str:
        """Return lower-case hexadecimal digits, 1 to 64 of them."""
        return self._digest(purpose).hex()[:length]

    def uuid(self, purpose: str = "uuid") -> str:
        """Return a string of the form of a version 4 UUID."""
        digits = self.hex(32, purpose)
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"

    def number(self, purpose: str = "number") -> int:
        """Return a whole number from 1 to 10 million."""
        return int.from_bytes(self._digest(purpose)[:8], "big") % 10_000_000 + 1

    def source(self, purpose: str) -> random.Random:
        """Return a source of repeatable choices. The values are for a simulation: anyone can compute them."""
        return random.Random(self._digest(purpose))  # noqa: S311

    def seed(self) -> int:
        """Return the seed of moto's own source of identifiers when it makes this resource."""
        return int.from_bytes(self._digest("moto")[:8], "big")

    def _digest(self, purpose: str) -> bytes:
        return hashlib.sha256(f"{self.urn}\n{self.generation}\n{purpose}".encode()).digest()


PARTITIONS = {
    "us-gov": "aws-us-gov",
    "cn": "aws-cn",
    "us-iso": "aws-iso",
    "us-isob": "aws-iso-b",
    "eu-isoe": "aws-iso-e",
    "us-isof": "aws-iso-f",
    "eusc-de": "aws-eusc",
}
"""By the beginning of its regions.

https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/partitions.html
"""


def partition(region: str) -> str:
    """Return the partition of a region."""
    return PARTITIONS.get(region.rsplit("-", 2)[0], "aws")


def arn(service: str, resource: str, *, region: str) -> str:
    """Return an ARN in the simulated account. Global services name no region, S3 and Route 53 no account."""
    worldwide = service in {"iam", "cloudfront", "route53", "s3"} or resource.startswith("dashboard/")
    account = "" if service in {"route53", "s3"} else ACCOUNT_ID
    return f"arn:{partition(region)}:{service}:{'' if worldwide else region}:{account}:{resource}"


def dns_suffix(region: str) -> str:
    """Return the end of the host names of a region's services, in the three public partitions."""
    return "amazonaws.com.cn" if partition(region) == "aws-cn" else "amazonaws.com"
