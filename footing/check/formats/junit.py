"""JUnit's XML: one case a rule, so that a test viewer shows the gate.

There is no standard; the elements and attributes are those of the schema that Jenkins publishes:
https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
"""

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from footing.check.formats.entries import Entry, Status, entries, faults, printable, rules, summary
from policies.judgement import Verdict
from policies.report import Report
from policies.rule import Level


def text(report: Report) -> str:
    """Return a suite for the stack: a failure for a violation, an error for what broke or stayed undecided."""
    suites = Element("testsuites")
    suite = SubElement(suites, "testsuite", name=printable(f"footing check {report.stack}"))
    gate = _case(suite, report, "the gate itself")
    for problem in faults(report):
        _add(gate, "error", "problem", problem, problem)
    SubElement(gate, "system-out").text = printable(summary(report))
    found: dict[str, list[Entry]] = {}
    for entry in entries(report):
        found.setdefault(entry.finding.rule.id, []).append(entry)
    settled = {it.rule.id for it in report.findings if it.judgement.verdict is Verdict.PASS}
    for rule in rules(report):
        case = _case(suite, report, f"{rule.id}: {rule.title}")
        own = found.get(rule.id, [])
        decided = rule.id in settled or any(it.finding.judgement.verdict is Verdict.FAIL for it in own)
        if not decided and not any(it.status is Status.STOPS for it in own):
            off = rule.levels.at(report.environment) is Level.OFF
            reason = "could not decide, which the reviewed list allows" if own else "not applicable"
            SubElement(case, "skipped", message=printable(f"off in {report.environment}" if off else reason))
        others = []
        for entry in own:
            if entry.status is Status.STOPS:
                verdict = entry.finding.judgement.verdict
                kind = "failure" if verdict is Verdict.FAIL else "error"
                _add(case, kind, verdict, entry.message, _lines(entry))
            else:
                others.append(_lines(entry))
        if others:
            SubElement(case, "system-out").text = printable("\n".join(others))
    cases = suite.findall("testcase")
    broken = [case for case in cases if case.find("error") is not None]
    failed = [case for case in cases if case.find("failure") is not None and case.find("error") is None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    numbers = {"tests": str(len(cases)), "failures": str(len(failed)), "errors": str(len(broken))}
    suite.attrib |= {**numbers, "skipped": str(len(skipped))}
    suites.attrib |= numbers
    indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(suites, encoding="unicode")}\n'


def _case(suite: Element, report: Report, name: str) -> Element:
    # A time would make two runs differ, and what a rule takes is nobody's concern.
    return SubElement(
        suite, "testcase", classname=printable(f"footing.{report.stack}"), name=printable(name), time="0"
    )


def _lines(entry: Entry) -> str:
    resource, waiver = entry.finding.resource, entry.waiver
    places = [f"{it.path}:{it.line}" for it in entry.lines] or [resource.source]
    lines = [f"{entry.status}: {entry.message}", resource.urn, *places]
    if waiver:
        lines.append(f"until {waiver.expires}, {waiver.owner} answers for it: {waiver.reason}")
    return "\n".join(line for line in lines if line)


def _add(case: Element, kind: str, type_: str, message: str, body: str) -> None:
    SubElement(case, kind, message=printable(message), type=type_).text = printable(body)
