"""One owner for each zone: Cloudflare refuses the second rule set of a phase, but only while it is applied."""

from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource

_OWNERS: WeakKeyDictionary[pulumi.Resource, dict[str, str]] = WeakKeyDictionary()
"""Owners' names by zone, for each program: its stack is the key, and takes them along when it ends."""


def claim_zone(zone_name: str, owner: str) -> None:
    """Make `owner` the only owner of the zone in this program.

    Raises:
        ValueError: it has one.

    """
    stack = get_root_resource()
    if stack is None:
        # A component that another language calls has no program of its own to look through.
        return
    owners = _OWNERS.setdefault(stack, {})
    if zone_name in owners:
        raise ValueError(
            f"the edges {owners[zone_name]!r} and {owner!r} both own the zone {zone_name!r}: "
            "a zone has one rule set in each phase, so it belongs to one edge alone"
        )
    owners[zone_name] = owner
