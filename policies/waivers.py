"""Waivers: violations that somebody answers for, until a day. Whatever is wrong with one stops the change."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from policies.judge import Catalogue, Finding
from policies.judgement import Verdict
from policies.limit_exceptions import LimitExceptions
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
    urn = entry.text("urn")
    if urn and not _URN.fullmatch(urn):
        found.append(f"{entry.where}: urn must be the whole URN of one resource, without a pattern.")
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
    limit_exceptions: LimitExceptions = field(default_factory=LimitExceptions)
    """The limits that the stack's file sets aside."""
    _used: set[tuple[str, str]] = field(default_factory=set)
    _used_limits: set[str] = field(default_factory=set)
    _measured: set[str] = field(default_factory=set)

    def waiver_for(self, finding: Finding) -> Waiver | None:
        """Return the exception that covers a violation, if one is in force; it counts as used either way.

        Ask about what passes as well: a limit that is kept needs no exception.
        """
        limit, judgement = finding.rule.limit, finding.judgement
        if limit and judgement.verdict in {Verdict.PASS, Verdict.FAIL}:
            self._measured.add(limit.key)
        if judgement.verdict is not Verdict.FAIL:
            return None
        exception = self.limit_exceptions.by_key.get(limit.key) if limit else None
        if exception and exception.covers(judgement):
            self._used_limits.add(exception.key)
            return None if self._days_left(exception.expires) < 0 else exception.waiver(finding)
        for waiver in self._own:
            if (waiver.rule, waiver.urn) == (finding.rule.id, finding.resource.urn):
                self._used.add((waiver.rule, waiver.urn))
                # Where a value only looks like a secret, each variable is excused by its name, and no other.
                named = bool(waiver.variables) and finding.judgement.names <= set(waiver.variables)
                accepted = named if finding.judgement.names else finding.rule.waivable_in(self.environment)
                refused = self._days_left(waiver.expires) < 0 or not accepted
                return None if refused else waiver
        return None

    def problems(self, catalogue: Catalogue, present: frozenset[str] | None = None) -> list[str]:
        """Return a sentence for each exception that must not stay as it is; call it after every judgement.

        With `present`, an exception that is not used is told only where its URN is among these.
        """
        found = [*self.waivers.problems, *self.limit_exceptions.problems]
        for exception in self.limit_exceptions.by_key.values():
            name = f"The exception from the limit of {exception.key}"
            if wrong := self._wrong_end(exception.expires):
                found.append(f"{name} {wrong}")
            elif present is None and exception.key in self._measured - self._used_limits:
                found.append(f"{name} is not used: nothing has {exception.allowed}; remove it.")
        for waiver in self._own:
            name = f"The exception from {waiver.rule} for {waiver.urn}"
            if not waiver.variables and not catalogue.by_id[waiver.rule].waivable_in(self.environment):
                found.append(f"{name} is not accepted: the rule has none in {self.environment or 'production'}.")
            elif wrong := self._wrong_end(waiver.expires):
                found.append(f"{name} {wrong}")
            elif (waiver.rule, waiver.urn) not in self._used and (present is None or waiver.urn in present):
                found.append(f"{name} is not used: nothing violates the rule there; remove it.")
        return found

    @property
    def _own(self) -> Iterable[Waiver]:
        return (waiver for waiver in self.waivers.entries if stack_of(waiver.urn) == self.stack)

    def _wrong_end(self, expires: str) -> str:
        """Return what is wrong with the last day of an exception; empty for nothing."""
        days_left = self._days_left(expires)
        if days_left < 0:
            return f"expired on {expires}: end the violation, or have it reviewed again."
        most = f"lasts until {expires}; {LONGEST_DAYS} days from today are the most."
        return most if days_left > LONGEST_DAYS else ""

    def _days_left(self, expires: str) -> int:
        return (date.fromisoformat(expires) - self.today).days
