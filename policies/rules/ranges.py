"""Whether ranges of addresses that a vendor lets in hold everybody."""

from collections.abc import Callable
from typing import Final

from policies.judgement import PASSED, Judgement, fail, undecided
from policies.resource import Resource, Stack
from policies.rules.links import by_urn, linked
from policies.rules.reading import items, unreadable

ADDRESSES: Final = ("aws:ec2/eip:Eip", "fly-machines:apps/v1:AppIPAssignment")
EVERYBODY: Final = frozenset({"0.0.0.0/0", "::/0"})


def closed(key: str) -> Callable[[Resource, Stack], Judgement]:
    """Return the check that no range in a list of them holds everybody."""

    def judge(resource: Resource, stack: Stack) -> Judgement:
        ranges = resource.get(key)
        listed = [ranges] if unreadable(ranges) else items(ranges)
        if any(it in EVERYBODY for it in listed if isinstance(it, str)):
            return fail("a range that holds everybody", "ranges of your own networks")
        # The address of a NAT gateway, or of an app at Fly.io, is one, whichever the cloud gives.
        origins = by_urn(resource, key)
        own = origins and len(linked(resource, key, stack, *ADDRESSES)) == len(origins)
        return undecided("a range") if not own and any(unreadable(it) for it in listed) else PASSED

    return judge
