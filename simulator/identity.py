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


def arn(service: str, resource: str, *, region: str = DEFAULT_REGION) -> str:
    """Return an ARN in the simulated account. Global services name no region; S3 names no account either."""
    if service == "s3":
        return f"arn:aws:s3:::{resource}"
    place = "" if service in {"iam", "cloudfront", "route53"} else region
    return f"arn:aws:{service}:{place}:{ACCOUNT_ID}:{resource}"
