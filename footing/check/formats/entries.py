"""Findings that somebody may have to act on, in one order, each with what it does: the content of every format."""

import re
from dataclasses import dataclass
from enum import StrEnum

from footing.check.stack_key import StackKey, stack_key
from policies.judge import Finding
from policies.judgement import Verdict
from policies.report import Report, Waiver
from policies.rule import AnyRule
from policies.unjudged import sentence


class Status(StrEnum):
    """What a finding does to the change."""

    STOPS = "stops"
    """It stops it."""
    ADVICE = "advice"
    """It is shown and stops nothing."""
    TOLERATED = "tolerated"
    """It could not be decided, and a reviewed list says that this may be so."""
    WAIVED = "waived"
    """It is a violation under an exception."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One finding with what it does."""

    finding: Finding
    """The finding."""
    status: Status
    """What it does."""
    waiver: Waiver | None = None
    """The exception, where there is one."""
    key: StackKey | None = None
    """The key of the stack's file, where the rule names one and the file is known."""

    @property
    def message(self) -> str:
        """What is wrong and what to do, in sentences."""
        judgement = self.finding.judgement
        added = f"The default is in force: {self.key}. " if self.key and self.key.block else ""
        return f"{_OPENING[judgement.verdict]}{judgement.reason}. {added}{self.finding.rule.remediation}"

    @property
    def lines(self) -> "list[SourceLine]":
        """Where it is changed, then what made the resource, as far as known."""
        changed = [SourceLine(self.key.path, self.key.line)] if self.key else []
        made = source_line(self.finding.resource.source)
        return [*changed, *([made] if made else [])]


@dataclass(frozen=True)
class SourceLine:
    """A line of a file of the project."""

    path: str
    """Relative to the project, with slashes."""
    line: int
    """Counted from 1."""


def entries(report: Report) -> list[Entry]:
    """Return everything but what passed or did not apply, sorted by rule and resource."""
    stopping = {id(finding) for finding in report.stopping}
    found = []
    for finding in report.of(Verdict.FAIL, Verdict.UNDECIDED, Verdict.BROKEN):
        allowed = Status.ADVICE if finding.judgement.verdict is Verdict.FAIL else Status.TOLERATED
        status = Status.STOPS if id(finding) in stopping else allowed
        found.append(Entry(finding=finding, status=status, key=stack_key(report, finding)))
    for it in report.waived:
        key = stack_key(report, it.finding)
        found.append(Entry(finding=it.finding, status=Status.WAIVED, waiver=it.waiver, key=key))
    return sorted(found, key=_order)


def rules(report: Report) -> list[AnyRule]:
    """Return every rule that was asked or has a finding, by id."""
    judged = [finding.rule for finding in report.findings] + [it.finding.rule for it in report.waived]
    by_id = {rule.id: rule for rule in (*judged, *report.rules)}
    return [by_id[id_] for id_ in sorted(by_id)]


def source_line(source: str) -> SourceLine | None:
    """Return the line that `path:line` means; None where the runner did not know it."""
    path, _, line = source.rpartition(":")
    return SourceLine(path, int(line)) if path and line.isascii() and line.isdigit() and int(line) else None


def faults(report: Report) -> list[str]:
    """Return the sentences that belong to no rule: types that nobody judged, then faults of the gate itself."""
    unjudged = [sentence(type_, resources) for type_, resources in sorted(report.unjudged.items())]
    return [*unjudged, *sorted(report.problems)]


def summary(report: Report) -> str:
    """Return the counts in one line, which shows that the gate did ask its rules."""
    by_verdict = report.counts
    counts = ", ".join(f"{by_verdict[verdict]} {verdict}" for verdict in Verdict)
    outcome = "may go on" if report.passed else "is stopped"
    return (
        f"{report.stack}: the change {outcome}. {len(report.rules)} rules: {counts}; "
        f"{len(report.waived)} waived, {len(report.unjudged)} types not judged, "
        f"{len(report.problems)} faults of the gate itself."
    )


def printable(text: str) -> str:
    """Replace what XML 1.0 cannot hold, https://www.w3.org/TR/xml/#charsets, and what no terminal should get."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


# A reason may begin with the name of a property, which keeps its spelling.
_OPENING = {Verdict.FAIL: "Violated: ", Verdict.UNDECIDED: "Could not decide: ", Verdict.BROKEN: "Broken: "}


def _order(entry: Entry) -> tuple[str, ...]:
    finding, judgement = entry.finding, entry.finding.judgement
    resource = finding.resource
    names = (finding.rule.id, resource.urn, resource.name, resource.type, resource.source)
    return (*names, entry.status, judgement.verdict, judgement.observed, judgement.required, repr(entry.waiver))
