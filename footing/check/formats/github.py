"""Annotations that a step of GitHub Actions prints: at the key of the stack's file, or where the resource is made.

https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from collections.abc import Iterator, Mapping

from footing.check.formats.entries import Entry, Status, entries, faults, printable, summary
from policies.judgement import Verdict
from policies.report import Report

COMMANDS: Mapping[Status, str] = {
    Status.STOPS: "error",
    Status.ADVICE: "warning",
    Status.WAIVED: "notice",
    Status.TOLERATED: "notice",
}
"""Worst first: of each kind GitHub shows the first ten of a step, and all in its log."""


def text(report: Report) -> str:
    """Return one command a line; the last one has the counts, also where nothing was found."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    for problem in faults(report):
        yield _command("error", problem, title="The gate itself")
    found = entries(report)
    for status in COMMANDS:
        for entry in found:
            if entry.status is status:
                yield _annotation(entry)
    yield _command("notice" if report.passed else "error", summary(report), title="footing check")


def _annotation(entry: Entry) -> str:
    rule, resource = entry.finding.rule, entry.finding.resource
    made = f" at {resource.source}" if entry.key and resource.source else ""
    message = f"{entry.message}\n{resource.urn}{made}"
    if entry.waiver:
        waiver = entry.waiver
        message += f"\nExcused until {waiver.expires}; {waiver.owner} answers for it: {waiver.reason}"
    undecided = f" ({verdict})" if (verdict := entry.finding.judgement.verdict) is not Verdict.FAIL else ""
    title = f"{rule.id}: {rule.title}{undecided}"
    where = {"file": entry.lines[0].path, "line": str(entry.lines[0].line)} if entry.lines else {}
    return _command(COMMANDS[entry.status], message, **where, title=title)


def _command(name: str, message: str, **properties: str) -> str:
    escaped = {key: _data(value).replace(":", "%3A").replace(",", "%2C") for key, value in properties.items()}
    return f"::{name} {','.join(f'{key}={value}' for key, value in escaped.items())}::{_data(message)}"


# The runner's own rules: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
def _data(value: str) -> str:
    return printable(value).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
