"""What the engine prints, changed on its way to the terminal, line by line."""

import re
from collections.abc import Iterable, Iterator

from footing.plan.render import short_type
from policies.rules.change import STATEFUL

REMOVAL_HINT = re.compile(r"The resources in the stack have been deleted, but|.*`pulumi stack rm ")
"""https://github.com/pulumi/pulumi/blob/v3.274.1/pkg/cmd/pulumi/operations/destroy.go"""

_COLOUR = re.compile(r"\x1b\[[\d;]*m")
_STEP = re.compile(r"\s*(?:\+-|-\+|--|-)\s*(?P<type>\S+): \((?P<step>replace|delete)\)")
_URN = re.compile(r"\s*\[urn=(?P<urn>\S+)\]")


def without_removal_hint(lines: Iterable[str]) -> Iterator[str]:
    """Yield the lines but those that send a try-out to `pulumi`, which knows nothing of it."""
    return (line for line in lines if not REMOVAL_HINT.match(line))


def data_first(lines: Iterable[str]) -> Iterator[str]:
    """Yield a line for each resource with data that a diff replaces or deletes, then the lines of the diff."""
    kept, found, step = [], False, None
    for line in lines:
        kept.append(line)
        plain = _COLOUR.sub("", line)
        if begun := _STEP.match(plain):
            step = begun
        elif step and (named := _URN.match(plain)):
            if step["type"] in STATEFUL:
                found = True
                name = named["urn"].rpartition("::")[2]
                yield f"DATA AT RISK: {step['step']} {name}, {short_type(step['type'])}\n"
            step = None
    if not found:
        yield "Of what follows, nothing that holds data is replaced or deleted.\n"
    yield from kept
