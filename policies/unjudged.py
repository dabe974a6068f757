"""Types that no rule knows: a change with one of them stops, unless the reviewed list says why none is needed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final

from policies.judge import Catalogue
from policies.resource import Resource
from policies.reviewed import Entry, ReviewedFileError, entries

FILE: Final = "unjudged.yaml"
"""Name of the file, beside the rules."""
MOST_NAMES: Final = 5
"""Resources of a type that a sentence names; all of them are counted."""


@dataclass(frozen=True, kw_only=True)
class AllowedUnjudged:
    """Types that may go on without a rule, and whatever is wrong with the list of them."""

    types: frozenset[str] = frozenset()
    """Type tokens; one that ends in `*` stands for all that begin so."""
    problems: Sequence[str] = ()
    """A sentence for each entry that is malformed."""

    def unjudged(self, catalogue: Catalogue, resources: Iterable[Resource]) -> Mapping[str, Sequence[Resource]]:
        """Return the resources that no rule knows and no entry names, by type; components make nothing."""
        found: dict[str, list[Resource]] = {}
        for resource in resources:
            type_ = resource.type
            if not (resource.is_component or catalogue.knows(type_) or self._allows(type_)):
                found.setdefault(type_, []).append(resource)
        return dict(sorted(found.items()))

    def _allows(self, type_: str) -> bool:
        return type_ in self.types or any(it.endswith("*") and fnmatchcase(type_, it) for it in self.types)


def sentence(type_: str, resources: Sequence[Resource]) -> str:
    """Return what a report says of a type that nobody judged."""
    names = ", ".join(it.name or it.urn for it in resources[:MOST_NAMES])
    more = f" and {len(resources) - MOST_NAMES} more" if len(resources) > MOST_NAMES else ""
    return (
        f"not judged: {type_} ({len(resources)}: {names}{more}). No rule knows this type: write one, or add the "
        f"type to policies/{FILE} with a reason."
    )


def read(directory: Path, catalogue: Catalogue) -> AllowedUnjudged | None:
    """Return the list of the pack in `directory`; None where that is no pack, whose types nobody asks about."""
    if not (directory / "PulumiPolicy.yaml").is_file():
        return None
    try:
        listed = entries(directory / FILE, "unjudged")
    except ReviewedFileError as error:
        return AllowedUnjudged(problems=[str(error)])
    types: set[str] = set()
    problems: list[str] = []
    for entry in listed:
        found = _problems(entry, catalogue)
        if not found:
            types.update(entry.values["types"])
        problems += found
    return AllowedUnjudged(types=frozenset(types), problems=problems)


def _problems(entry: Entry, catalogue: Catalogue) -> list[str]:
    found = entry.problems((), {"types", "reason"})
    types = entry.values.get("types")
    if not isinstance(types, list) or not all(isinstance(it, str) for it in types):
        return [*found, f"{entry.where}: types must be a list of type tokens."]
    return found + [f"{entry.where}: a rule judges {it}; remove it." for it in types if catalogue.knows(it)]
