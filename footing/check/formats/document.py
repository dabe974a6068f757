"""JSON: our own shape, described by report.schema.json beside this file and in docs/report-format.md."""

import json
from collections import Counter
from typing import Any

from footing.check.formats.entries import Entry, entries, place, rules
from policies.report import Report
from policies.rule import AnyRule, Verdict

VERSION = 1
"""Version of the shape; a key that is added does not raise it."""


def text(report: Report) -> str:
    """The report as a JSON document."""
    document = {
        "version": VERSION,
        "stack": report.stack,
        "environment": report.environment,
        "passed": report.passed,
        "counts": _counts(report.counts),
        "rules": _rules(report),
        "findings": [_finding(entry) for entry in entries(report)],
        "problems": sorted(report.problems),
    }
    return json.dumps(document, indent=2) + "\n"


def _rules(report: Report) -> list[dict[str, Any]]:
    said: dict[str, Counter[Verdict]] = {}
    for finding in report.findings:
        said.setdefault(finding.rule.id, Counter())[finding.judgement.verdict] += 1
    return [_rule(rule, report.environment, said.get(rule.id, Counter())) for rule in rules(report)]


def _rule(rule: AnyRule, environment: str, said: Counter[Verdict]) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "severity": rule.severity,
        "level": rule.levels.at(environment),
        "resources": _counts(said),
    }


def _counts(said: Counter[Verdict]) -> dict[str, int]:
    return {verdict.value: said[verdict] for verdict in Verdict}


def _finding(entry: Entry) -> dict[str, Any]:
    finding, resource = entry.finding, entry.finding.resource
    made_at, waiver = place(resource.source), entry.waiver
    return {
        "rule": finding.rule.id,
        "status": entry.status,
        "verdict": finding.judgement.verdict,
        "level": finding.level,
        "resource": {
            "urn": resource.urn,
            "type": resource.type,
            "name": resource.name,
            "source": {"path": made_at.path, "line": made_at.line} if made_at else None,
        },
        "observed": finding.judgement.observed,
        "required": finding.judgement.required,
        "remedy": finding.rule.remediation,
        "exception": waiver and {"reason": waiver.reason, "owner": waiver.owner, "expires": waiver.expires},
    }
