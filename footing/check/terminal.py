"""The report for people: what stops the change first, then what is told, then the counts."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from footing.check.stack_key import stack_key
from footing.plan.render import short_type
from policies.judge import Finding
from policies.judgement import Verdict
from policies.report import Report, stops
from policies.rule import Level
from policies.unjudged import sentence

WORDS = {
    Verdict.PASS: "passed",
    Verdict.FAIL: "failed",
    Verdict.NOT_APPLICABLE: "did not apply",
    Verdict.UNDECIDED: "could not decide",
    Verdict.BROKEN: "broke",
}


def text(report: Report, *, shows_all: bool = True) -> str:
    """Return the report, ending with a line break.

    Without `shows_all`, what nobody can act on is only counted: advice that no key of the stack's file follows,
    and what the reviewed list tolerates.
    """
    return "\n".join(_lines(report, shows_all=shows_all)) + "\n"


def _lines(report: Report, *, shows_all: bool) -> Iterator[str]:
    stopping = report.stopping
    yield from _grouped(report, "STOPS", stopping)
    told = [it for it in report.of(Verdict.FAIL, Verdict.UNDECIDED) if not stops(it, report.allowed_undecided)]
    advised = [it for it in told if it.judgement.verdict is Verdict.FAIL]
    tolerated = [it for it in told if it.judgement.verdict is Verdict.UNDECIDED]
    followed = [it for it in advised if shows_all or it.rule.keys]
    yield from _grouped(report, "advice", followed)
    if shows_all:
        yield from _grouped(report, "tolerated", tolerated)
    elif hidden := len(advised) - len(followed) + len(tolerated):
        without = _some(len(advised) - len(followed), "violation")
        yield (
            f"{without} told as advice that no key of the stack's file follows, and {len(tolerated)} that only "
            f"the cloud can decide: {_some(hidden, 'finding')} more with --all."
        )
    for waived in sorted(report.waived, key=lambda it: _order(it.finding)):
        waiver = waived.waiver
        until = f"  until {waiver.expires}, {waiver.owner} answers for it: {waiver.reason}"
        yield from _group(report, "excepted", [waived.finding], until)
    for problem in report.problems:
        yield f"GATE  {problem}"
    for type_, resources in report.unjudged.items():
        yield f"STOPS  {sentence(type_, resources)}"
    counts = report.counts
    verdicts = ", ".join(f"{counts[verdict]} {word}" for verdict, word in WORDS.items())
    unjudged = f", {_some(len(report.unjudged), 'type')} not judged" if report.unjudged else ""
    off = f", {_some(len(report.waived), 'violation')} under an exception" if report.waived else ""
    yield f"{report.stack}: {_some(len(report.rules), 'rule')}, {verdicts}{unjudged}{off}."
    advice = sum(it.level is Level.ADVISORY for it in report.of(Verdict.FAIL))
    if report.passed:
        told_too = f", {_some(advice, 'violation')} told as advice" if advice else ""
        yield f"The change may go on{told_too}."
    else:
        faults = f" and {_some(len(report.problems), 'fault')} of the gate itself" if report.problems else ""
        unknown = f" and {_some(len(report.unjudged), 'type')} that no rule knows" if report.unjudged else ""
        yield f"The change is stopped by {_some(len(stopping), 'finding')}{unknown}{faults}."


def _order(finding: Finding) -> tuple[str, str, str]:
    return finding.rule.id, finding.judgement.reason, finding.resource.urn


def _grouped(report: Report, word: str, findings: Iterable[Finding]) -> Iterator[str]:
    """Yield the lines of the findings; those that say the same of several resources are one."""
    for _, group in groupby(sorted(findings, key=_order), key=lambda it: _order(it)[:2]):
        yield from _group(report, word, list(group))


def _group(report: Report, word: str, findings: list[Finding], *more: str) -> Iterator[str]:
    rule, said = findings[0].rule, findings[0].judgement
    yield f"{word}  {rule.id}  {WORDS[said.verdict]}, {rule.severity}"
    for resource in (finding.resource for finding in findings):
        where = f" at {resource.source}" if resource.source else ""
        yield f"  {resource.name or resource.urn}  {short_type(resource.type)}{where}"
    if said.verdict is Verdict.FAIL:
        yield f"  observed {said.observed}"
        yield f"  required {said.required}"
    else:
        yield f"  {said.reason}"
    keys = [key for finding in findings if (key := stack_key(report, finding))]
    yield from dict.fromkeys(f"  {key.path}:{key.line}: {key}" for key in keys)
    yield f"  {rule.remediation}"
    yield from more
    yield ""


def _some(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
