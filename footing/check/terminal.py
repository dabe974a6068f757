"""The report for people: what stops the change first, then what is told, then the counts."""

from collections.abc import Iterable, Iterator

from footing.plan.render import short_type
from policies.judge import Finding
from policies.report import Excused, Report
from policies.rule import Level, Verdict

WORDS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.NOT_APPLICABLE: "did not apply",
    Verdict.UNDECIDED: "could not decide",
    Verdict.BROKEN: "broke",
}


def text(report: Report) -> str:
    """The whole report, ending with a line break."""
    return "\n".join(_lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    stopping = _in_order(report.stopping)
    for finding in stopping:
        yield from _finding("STOPS", finding)
    for finding in _in_order(_told(report)):
        yield from _finding("advice" if finding.judgement.verdict is Verdict.FAIL else "tolerated", finding)
    for excused in sorted(report.excused, key=lambda it: (it.finding.rule.id, it.finding.resource.urn)):
        yield from _excused(excused)
    for problem in report.problems:
        yield f"GATE   {problem}"
    yield from _summary(report, len(stopping))


def _told(report: Report) -> Iterator[Finding]:
    stopping = {id(finding) for finding in report.stopping}
    for finding in report.of(Verdict.FAIL, Verdict.UNDECIDED):
        if id(finding) not in stopping:
            yield finding


def _in_order(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda it: (it.rule.id, it.resource.urn))


def _finding(word: str, finding: Finding) -> Iterator[str]:
    rule, resource, said = finding.rule, finding.resource, finding.judgement
    yield f"{word}  {rule.id}  {WORDS[said.verdict]}, {rule.severity}"
    where = f" at {resource.source}" if resource.source else ""
    yield f"  {resource.name or resource.urn}  {short_type(resource.type)}{where}"
    if said.verdict is Verdict.FAIL:
        yield f"  observed {said.observed}"
        yield f"  required {said.required}"
    else:
        yield f"  {said.reason}"
    yield f"  {rule.remedy}"
    yield ""


def _excused(excused: Excused) -> Iterator[str]:
    finding, waiver = excused.finding, excused.waiver
    yield from list(_finding("excepted", finding))[:-1]
    yield f"  until {waiver.expires}, {waiver.owner} answers for it: {waiver.reason}"
    yield ""


def _summary(report: Report, stopping: int) -> Iterator[str]:
    counts = report.counts
    told = ", ".join(f"{counts[verdict]} {word}" for verdict, word in WORDS.items())
    off = f", {_some(len(report.excused), 'violation')} under an exception" if report.excused else ""
    yield f"{report.stack}: {_some(len(report.rules), 'rule')}, {told}{off}."
    advice = sum(it.level is Level.ADVISORY for it in report.of(Verdict.FAIL))
    if report.passed:
        yield (
            f"The change may go on, {_some(advice, 'violation')} told as advice."
            if advice
            else "The change may go on."
        )
    else:
        faults = f" and {_some(len(report.problems), 'fault')} of the gate itself" if report.problems else ""
        yield f"The change is stopped by {_some(stopping, 'finding')}{faults}."


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
