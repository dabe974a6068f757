"""SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/: for code scanning and other viewers.

Written for what GitHub reads of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
"""

import hashlib
import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from footing.check.formats.entries import Entry, SourceLine, Status, entries, faults, rules
from footing.check.stack_key import FIRST_LINE
from policies.judgement import Verdict
from policies.report import Report
from policies.rule import AnyRule, Level, Severity

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
ROOT = "%SRCROOT%"
LEVELS: Mapping[Level, str] = {Level.MANDATORY: "error", Level.ADVISORY: "warning", Level.OFF: "none"}
PROBLEM_SEVERITIES: Mapping[Severity, str] = {
    Severity.LOW: "recommendation",
    Severity.MEDIUM: "warning",
    Severity.HIGH: "error",
    Severity.CRITICAL: "error",
}
"""GitHub's words. Its `security-severity` is left out: it would outrank the levels, those of exceptions too."""


def text(report: Report) -> str:
    """Return the report as a log of one run."""
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [_run(report)]}, indent=2) + "\n"


def _run(report: Report) -> dict[str, Any]:
    listed = rules(report)
    index = {rule.id: position for position, rule in enumerate(listed)}
    counts = report.counts
    listed_entries = entries(report)
    broken = [it for it in listed_entries if it.finding.judgement.verdict is Verdict.BROKEN]
    found = [it for it in listed_entries if it.finding.judgement.verdict is not Verdict.BROKEN]
    return {
        "tool": {
            "driver": {
                "name": "footing",
                "semanticVersion": version("footing"),
                "rules": [_rule(rule, report.environment) for rule in listed],
            }
        },
        # GitHub's category of the upload: each stack replaces its own results alone.
        "automationDetails": {"id": f"footing/{report.stack}/"},
        "originalUriBaseIds": {ROOT: {"description": {"text": "The project's directory."}}},
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": not broken and not faults(report),
                "toolExecutionNotifications": [
                    {
                        "level": "error",
                        "message": {"text": entry.message},
                        "associatedRule": {"id": entry.finding.rule.id, "index": index[entry.finding.rule.id]},
                        "locations": _locations(entry, report)[:1],
                    }
                    for entry in broken
                ],
                "toolConfigurationNotifications": [
                    {"level": "error", "message": {"text": problem}} for problem in faults(report)
                ],
            }
        ],
        "results": [_result(entry, report, index) for entry in found],
        "properties": {
            "stack": report.stack,
            "environment": report.environment,
            "passed": report.passed,
            "counts": {verdict.value: counts[verdict] for verdict in Verdict},
        },
    }


def _rule(rule: AnyRule, environment: str) -> dict[str, Any]:
    level = rule.levels.at(environment)
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": f"{rule.title}: {rule.why}."},
        "help": {"text": _help(rule, "{}: {}"), "markdown": _help(rule, "**{}**: {}")},
        "defaultConfiguration": {"enabled": level is not Level.OFF, "level": LEVELS[level]},
        "properties": {
            "tags": [rule.id.partition("-")[0]],
            "problem.severity": PROBLEM_SEVERITIES[rule.severity],
            "precision": "very-high",
            "severity": rule.severity,
            "levels": {"production": rule.levels.production, "elsewhere": rule.levels.elsewhere},
            "waivable": rule.waivable,
            "controls": list(rule.controls),
            "standards": list(rule.standards),
            "source": rule.source,
            "keys": list(rule.keys),
            "resourceTypes": sorted(rule.types),
        },
    }


def _help(rule: AnyRule, line: str) -> str:
    parts = {
        "Why": rule.why,
        "Remedy": rule.remediation,
        "Source": rule.source,
        "Controls": ", ".join(rule.controls),
    }
    return "\n\n".join(line.format(name, said) for name, said in parts.items() if said)


def _result(entry: Entry, report: Report, index: Mapping[str, int]) -> dict[str, Any]:
    finding = entry.finding
    undecided = finding.judgement.verdict is Verdict.UNDECIDED
    # An alert belongs to the resource: moving a line is no new one, and a line may make several resources.
    identity = f"{finding.rule.id}\n{finding.resource.urn}".encode("utf-8", "surrogatepass")
    result: dict[str, Any] = {
        "ruleId": finding.rule.id,
        "ruleIndex": index[finding.rule.id],
        "kind": "open" if undecided else "fail",
        # SARIF 3.27.10: what did not fail has no level. GitHub shows suppressed results too, hence the note.
        "level": "none" if undecided else "note" if entry.waiver else LEVELS[finding.level],
        "message": {"text": entry.message},
        "locations": _locations(entry, report)[:1],
        "partialFingerprints": {"primaryLocationLineHash": f"{hashlib.sha256(identity).hexdigest()[:16]}:1"},
        "properties": {"status": entry.status, "severity": finding.rule.severity},
    }
    if related := _locations(entry, report)[1:]:
        result["relatedLocations"] = [{**it, "message": {"text": "The resource is made here."}} for it in related]
    accepted: dict[str, Any] = {"kind": "external", "status": "accepted"}
    if waiver := entry.waiver:
        reason = f"{waiver.reason} ({waiver.owner}, until {waiver.expires})"
        owned = {"owner": waiver.owner, "expires": waiver.expires}
        result["suppressions"] = [{**accepted, "justification": reason, "properties": owned}]
    elif entry.status is Status.TOLERATED:
        reason = "The reviewed list lets this rule be undecided on this type."
        result["suppressions"] = [{**accepted, "justification": reason}]
    return result


def _locations(entry: Entry, report: Report) -> list[dict[str, Any]]:
    resource = entry.finding.resource
    # GitHub refuses a result without a file; where no line is known, the stack's own file is the one to change.
    lines = entry.lines or [SourceLine(f"Pulumi.{report.stack}.yaml", FIRST_LINE)]
    return [
        {
            "physicalLocation": {
                "artifactLocation": {"uri": quote(line.path), "uriBaseId": ROOT},
                "region": {"startLine": line.line},
            },
            "logicalLocations": [{"name": resource.name, "fullyQualifiedName": resource.urn, "kind": "resource"}],
        }
        for line in lines
    ]
