"""JSON: our own shape, described by report.schema.json beside this file and in docs/report-format.md."""

import json
from collections import Counter

from footing.check.formats.entries import entries, rules, source_line
from policies.judgement import Verdict
from policies.report import Report

VERSION = 1
"""Version of the shape; a key that is added does not raise it."""


def text(report: Report) -> str:
    """Return the report as a JSON document."""
    verdicts: dict[str, Counter[Verdict]] = {}
    for finding in report.findings:
        verdicts.setdefault(finding.rule.id, Counter())[finding.judgement.verdict] += 1
    document = {
        "version": VERSION,
        "stack": report.stack,
        "environment": report.environment,
        "passed": report.passed,
        "counts": _counts(report.counts),
        "rules": [
            {
                "id": rule.id,
                "title": rule.title,
                "severity": rule.severity,
                "level": rule.levels.at(report.environment),
                "resources": _counts(verdicts.get(rule.id, Counter())),
            }
            for rule in rules(report)
        ],
        "findings": [
            {
                "rule": finding.rule.id,
                "status": entry.status,
                "verdict": finding.judgement.verdict,
                "level": finding.level,
                "resource": {
                    "urn": resource.urn,
                    "type": resource.type,
                    "name": resource.name,
                    "source": {"path": line.path, "line": line.line} if line else None,
                },
                "observed": finding.judgement.observed,
                "required": finding.judgement.required,
                "remedy": finding.rule.remediation,
                "key": entry.key
                and {
                    "name": entry.key.key,
                    "path": entry.key.path,
                    "line": entry.key.line,
                    "present": not entry.key.block,
                },
                "exception": waiver
                and {"reason": waiver.reason, "owner": waiver.owner, "expires": waiver.expires},
            }
            for entry in entries(report)
            for finding, resource, waiver in [(entry.finding, entry.finding.resource, entry.waiver)]
            for line in [source_line(resource.source)]
        ],
        "unjudged": [
            {"type": type_, "resources": sorted(it.urn for it in resources)}
            for type_, resources in sorted(report.unjudged.items())
        ],
        "problems": sorted(report.problems),
    }
    return json.dumps(document, indent=2) + "\n"


def _counts(verdicts: Counter[Verdict]) -> dict[str, int]:
    return {verdict.value: verdicts[verdict] for verdict in Verdict}
