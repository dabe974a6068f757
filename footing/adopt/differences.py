"""What a preview says of the resources that are adopted: as they are, and what `up` would change of them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from footing.adopt.targets import BUCKET, FOR_LIFE, GROUP, INSTANCE, KEYS, Target
from footing.adopt.text import Values
from stacks.config.adopt import ADOPTABLE
from wire_format import UNKNOWN

NOTES: Final[Mapping[str, str]] = {
    INSTANCE: "The first `up` gives the master user a new password: change whoever logs in with the old one, or "
    "use database.provider existing. It moves the server behind the stack's security group and parameter group.",
    GROUP: "The first `up` puts the store behind the stack's security group, its users and TLS: clients that "
    "connect otherwise are refused from then on.",
    BUCKET: "The first `up` writes over the bucket's policy, lifecycle, encryption, ownership and public access.",
    "aws:ec2/vpc:Vpc": "The first `up` takes every rule from the VPC's default security group.",
}
"""What a preview does not show of each type."""

SHOWN_CHARACTERS = 60
"""Longest value that a line repeats."""


class Adopted(Struct, frozen=True, kw_only=True):
    """One resource as it runs, and as the stack would have it."""

    target: Target
    """Word of the command that names it."""
    type: str
    """Its type."""
    is_new: bool
    """Whether the preview imports it; it was in the stack before where not."""
    live: Mapping[str, Any]
    """Its inputs as they are in the cloud."""
    wanted: Mapping[str, Any]
    """Its inputs as the stack has them."""
    changed: tuple[str, ...]
    """Properties that `up` would change in place."""
    replacing: tuple[str, ...]
    """Properties whose change would replace it."""

    def lines(self) -> Iterator[str]:
        """Yield what to print about it."""
        verb = "imported as" if self.is_new else "in the stack already:"
        yield f"{self.target.name} ({self.type}): {verb} {self.target.identifier}"
        for title, names in (("changed in place", self.changed), ("REPLACED, if this changed", self.replacing)):
            if names:
                yield f"  {title}:"
            yield from (f"    {name}: {self._change(name)}" for name in names)

    def _change(self, name: str) -> str:
        key, old = KEYS.get(self.type, {}).get(name), self.live.get(name)
        block = self.target.block or (self.target.name.partition("-")[0],)
        keep = f"; decided by {'.'.join((*block, key))}" if key else ""
        return f"{_shown(old)} -> {_shown(self.wanted.get(name))}{keep}"


def errors(preview: Mapping[str, Any]) -> list[str]:
    """Return what went wrong in a preview, in the engine's words."""
    return [str(it["message"]).strip() for it in preview.get("diagnostics") or () if it.get("severity") == "error"]


def adopted(preview: Mapping[str, Any], targets: Iterable[Target]) -> list[Adopted]:
    """Return the adopted resources of a preview, in the order of `targets`."""
    by_name = {it.name: it for it in targets}
    steps: dict[str, list[Mapping[str, Any]]] = {}
    for step in preview.get("steps") or ():
        _, _, qualified, name = step["urn"].split("::", 3)
        if name in by_name and qualified.rpartition("$")[2] in ADOPTABLE:
            steps.setdefault(step["urn"], []).append(step)
    found = [_adopted(by_name[urn.rpartition("::")[2]], of) for urn, of in steps.items()]
    names = list(by_name)
    return sorted(found, key=lambda it: names.index(it.target.name))


def _adopted(target: Target, steps: list[Mapping[str, Any]]) -> Adopted:
    last = steps[-1]
    old, new = ((last.get(state) or {}).get("inputs") or {} for state in ("oldState", "newState"))
    replacing = tuple(sorted({name for step in steps for name in step.get("replaceReasons") or ()}))
    reasons = {name for step in steps for name in step.get("diffReasons") or ()}
    return Adopted(
        target=target,
        type=str(last["urn"]).split("::")[2].rpartition("$")[2],
        is_new=any(step["op"] == "import" for step in steps),
        live=old or new,
        wanted=new,
        changed=tuple(sorted(reasons - {*replacing})),
        replacing=replacing,
    )


def kept_for_life(found: Iterable[Adopted]) -> Values:
    """Return the keys of the stack file that never change of what was found, as they are in the cloud."""
    return {
        (*it.target.block, key): value
        for it in found
        if it.target.block
        for name, key in FOR_LIFE.get(it.type, {}).items()
        if isinstance(value := it.live.get(name), str)
    }


def _shown(value: Any) -> str:
    if value is None:
        return "(not said)"
    if value == UNKNOWN or (isinstance(value, list) and UNKNOWN in value):
        return "(known after up)"
    if isinstance(value, Mapping) or value == "[secret]":
        return "(not shown)"
    text = str(value)
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"
