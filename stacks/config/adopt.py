"""What runs already and is taken into the stack: the block `adopt`."""

import re
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field

_HEX: Final = "[0-9a-f]{8,17}"
_NAME: Final = r"[a-z](?:[a-z0-9]|-[a-z0-9]){0,62}"

ADOPTABLE: Final[Mapping[str, str]] = {
    "aws:rds/instance:Instance": _NAME,
    "aws:elasticache/replicationGroup:ReplicationGroup": _NAME,
    "aws:s3/bucket:Bucket": r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]",
    "aws:ec2/vpc:Vpc": f"vpc-{_HEX}",
    "aws:ec2/subnet:Subnet": f"subnet-{_HEX}",
    "aws:ec2/routeTableAssociation:RouteTableAssociation": f"subnet-{_HEX}/rtb-{_HEX}",
    "aws:ec2/internetGateway:InternetGateway": f"igw-{_HEX}",
    "aws:ec2/natGateway:NatGateway": f"nat-{_HEX}",
    "aws:ec2/eip:Eip": f"eipalloc-{_HEX}",
}
"""Types that can be adopted, and the form of the id that each is imported by, as a pattern.

The section "Import" of each page of https://www.pulumi.com/registry/packages/aws/api-docs/
"""

ImportId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9./-]*$", max_length=255)]
"""Id by which the provider imports a resource: an identifier, a bucket's name, `vpc-0123456789abcdef0`."""

AdoptConfig = dict[Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$")], ImportId | list[ImportId]]
"""Import ids by the name of the resource, as `footing plan` shows it; several where resources share a name."""


def import_ids(given: str | list[str]) -> list[str]:
    """Return the ids of one entry of the block."""
    return [given] if isinstance(given, str) else given


def import_id(token: str, given: str | list[str]) -> str | None:
    """Return the id of an entry that has the form of the type `token`; None without one."""
    form = ADOPTABLE.get(token)
    return next((it for it in import_ids(given) if form and re.fullmatch(form, it)), None)
