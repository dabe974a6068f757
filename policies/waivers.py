"""Waivers: violations that somebody answers for, until a day. Whatever is wrong with one stops the change."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from policies.judge import Catalogue, Finding
from policies.judgement import Verdict
from policies.report import Waiver
from policies.reviewed import Entry, ReviewedFileError, entries

FILE: Final = "exceptions.yaml"
"""Name of the file, beside the rules."""

LONGEST_DAYS: Final = 366
"""Days from today to the last day of an exception: one without an end is a change of the rule."""

_FIELDS: Final = {"rule", "urn", "reason", "owner", "expires"}
_URN: Final = re.compile(r"urn:pulumi:(?P<stack>[^:*]+)::[^:*]+::[^*]+::[^*]+")


@dataclass(frozen=True, kw_only=True)
class Waivers:
    """What the file says, for all stacks."""

    entries: Sequence[Waiver] = ()
    """Those that are well formed."""
    problems: Sequence[str] = ()
    """A sentence for each that is not."""


def read(path: Path, catalogue: Catalogue) -> Waivers:
    """Return the waivers at `path`; a file that is not there holds none."""
    try:
        listed = entries(path, "exceptions")
    except ReviewedFileError as error:
        return Waivers(problems=[str(error)])
    waivers: dict[tuple[str, str], Waiver] = {}
    problems: list[str] = []
    for entry in listed:
        found = _problems(entry, catalogue)
        named = entry.values.get("variables", [])
        if not isinstance(named, list) or not all(isinstance(it, str) for it in named):
            found.append(f"{entry.where}: variables must be a list of names.")
            named = []
        waiver = Waiver(**{name: entry.text(name) for name in sorted(_FIELDS)}, variables=tuple(named))
        if (waiver.rule, waiver.urn) in waivers:
            found.append(f"{entry.where}: another entry is about the same rule and resource.")
        if not found:
            waivers[waiver.rule, waiver.urn] = waiver
        problems += found
    return Waivers(entries=tuple(waivers.values()), problems=problems)


def _problems(entry: Entry, catalogue: Catalogue) -> list[str]:
    found = entry.problems(catalogue.by_id, _FIELDS, optional=("variables",))
    urn, expires = entry.text("urn"), entry.text("expires")
    if urn and not _URN.fullmatch(urn):
        found.append(f"{entry.where}: urn must be the whole URN of one resource, without a pattern.")
    try:
        is_day = re.fullmatch(r"\d{4}-\d\d-\d\d", expires) and date.fromisoformat(expires)
    except ValueError:
        is_day = None
    if expires and not is_day:
        found.append(f"{entry.where}: expires must be a day, YYYY-MM-DD.")
    return found


def stack_of(urn: str) -> str:
    """Name of the stack in a URN, empty where it is none."""
    found = _URN.fullmatch(urn)
    return found["stack"] if found else ""


@dataclass(kw_only=True)
class StackWaivers:
    """The waivers of one stack during one run, and which of them were needed."""

    waivers: Waivers
    """All of them."""
    stack: str
    """Name of the stack: only waivers with its URNs count."""
    environment: str
    """Its environment: some rules accept no exception at production's level."""
    today: date
    """The day of the run."""
    _used: set[tuple[str, str]] = field(default_factory=set)

    def waiver_for(self, finding: Finding) -> Waiver | None:
        """Return the exception that covers a violation, if one is in force; it counts as used either way."""
        if finding.judgement.verdict is not Verdict.FAIL:
            return None
        for waiver in self._own:
            if (waiver.rule, waiver.urn) == (finding.rule.id, finding.resource.urn):
                self._used.add((waiver.rule, waiver.urn))
                # Where a value only looks like a secret, each variable is excused by its name, and no other.
                named = bool(waiver.variables) and finding.judgement.names <= set(waiver.variables)
                accepted = named if finding.judgement.names else finding.rule.waivable_in(self.environment)
                refused = self._days_left(waiver) < 0 or not accepted
                return None if refused else waiver
        return None

    def problems(self, catalogue: Catalogue, present: frozenset[str] | None = None) -> list[str]:
        """Return a sentence for each exception that must not stay as it is; call it after every judgement.

        With `present`, an exception that is not used is told only where its URN is among these.
        """
        found = list(self.waivers.problems)
        for waiver in self._own:
            name = f"The exception from {waiver.rule} for {waiver.urn}"
            if not waiver.variables and not catalogue.by_id[waiver.rule].waivable_in(self.environment):
                found.append(f"{name} is not accepted: the rule has none in {self.environment or 'production'}.")
            elif self._days_left(waiver) < 0:
                found.append(f"{name} expired on {waiver.expires}: end the violation, or have it reviewed again.")
            elif self._days_left(waiver) > LONGEST_DAYS:
                found.append(f"{name} lasts until {waiver.expires}; {LONGEST_DAYS} days from today are the most.")
            elif (waiver.rule, waiver.urn) not in self._used and (present is None or waiver.urn in present):
                found.append(f"{name} is not used: nothing violates the rule there; remove it.")
        return found

    @property
    def _own(self) -> Iterable[Waiver]:
        return (waiver for waiver in self.waivers.entries if stack_of(waiver.urn) == self.stack)

    def _days_left(self, waiver: Waiver) -> int:
        return (date.fromisoformat(waiver.expires) - self.today).days
