"""The reviewed list of what may stay undecided in a preview; everything else undecided stops the change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from policies.judge import Catalogue, Finding
from policies.judgement import Verdict
from policies.reviewed import Entry, ReviewedFileError, entries, nearest

FILE: Final = "undecided.yaml"
"""Name of the file, beside the rules."""


@dataclass(frozen=True, kw_only=True)
class AllowedUndecided:
    """What the file says."""

    pairs: Mapping[tuple[str, str], Sequence[str]] = field(default_factory=dict)
    """Rule id and resource type, or `parent's type$type`, to the stacks it is about; none means all."""
    problems: Sequence[str] = ()
    """A sentence for each entry that is malformed."""

    def of(self, stack: str) -> frozenset[tuple[str, str]]:
        """Return the pairs of rule id and resource type that may be undecided in `stack`."""
        return frozenset(pair for pair, stacks in self.pairs.items() if not stacks or stack in stacks)

    def unneeded(self, stack: str, findings: Iterable[Finding]) -> list[str]:
        """Return a sentence for each entry whose rule could decide every resource of its type in `stack`."""
        decided: dict[tuple[str, str], bool] = {}
        for finding in findings:
            for pair in finding.pairs:
                decided[pair] = decided.get(pair, True) and finding.judgement.verdict is not Verdict.UNDECIDED
        return [
            f"{FILE}: {rule} decides every {type_} of {stack}; remove the entry or name other stacks in it."
            for rule, type_ in sorted(self.of(stack))
            if decided.get((rule, type_), False)
        ]


def read(path: Path, catalogue: Catalogue) -> AllowedUndecided:
    """Read the list at `path`; a file that is not there tolerates nothing."""
    try:
        listed = entries(path, "undecided")
    except ReviewedFileError as error:
        return AllowedUndecided(problems=[str(error)])
    pairs: dict[tuple[str, str], Sequence[str]] = {}
    problems: list[str] = []
    for entry in listed:
        found = _problems(entry, catalogue)
        if not found:
            pairs[entry.text("rule"), entry.text("type")] = entry.values.get("stacks", [])
        problems += found
    return AllowedUndecided(pairs=pairs, problems=problems)


def _problems(entry: Entry, catalogue: Catalogue) -> list[str]:
    found = entry.problems(catalogue.by_id, {"rule", "type", "reason"}, optional=("stacks",))
    rule, type_ = entry.text("rule"), entry.text("type")
    known = catalogue.by_id.get(rule)
    if type_ and known is not None and type_.rpartition("$")[2] not in known.types:
        found.append(f"{entry.where}: {rule} does not look at {type_!r}{nearest(type_, known.types)}.")
    stacks = entry.values.get("stacks", [])
    if not isinstance(stacks, list) or not all(isinstance(stack, str) for stack in stacks):
        found.append(f"{entry.where}: stacks must be a list of names.")
    return found
