"""Reports of every kind for the tests of the formats."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from policies.judge import Finding
from policies.judgement import PASSED, Judgement, Verdict, fail, undecided
from policies.report import Report, WaivedFinding, Waiver
from policies.resource import Resource
from policies.rule import EVERYWHERE, IN_PRODUCTION, ONLY_PRODUCTION, Levels, Rule, Severity

TYPE = "aws:rds/instance:Instance"
AWKWARD = "50% <of> \"it\", 'all' & a:b\r\nthen ]]> ::error::x \N{SNOWMAN} \x1b[31m \x00 \ud800 100%0A%3A"
"""Everything that some format has to escape, or cannot hold."""


def rule(id_: str, levels: Levels = EVERYWHERE, **given: Any) -> Rule:
    stated: dict[str, Any] = {
        "title": f"Title of {id_}",
        "why": f"why of {id_}",
        "source": "S0-02",
        "remedy": f"Remedy of {id_}.",
        "severity": Severity.HIGH,
        "controls": ("AWS-1",),
        "types": frozenset({TYPE, "aws:rds/cluster:Cluster"}),
        "check": lambda _: PASSED,
    }
    return Rule(id=id_, levels=levels, **{**stated, **given})


def resource(
    name: str = "primary", source: str = "components/postgres/rds/primary.py:41", **given: Any
) -> Resource:
    urn = f"urn:pulumi:staging::web::{TYPE}::{name}"
    return Resource(**{"type": TYPE, "name": name, "urn": urn, "source": source, **given})


def finding(about: Rule, judgement: Judgement, of: Resource | None = None) -> Finding:
    level = about.levels.at("staging")
    return Finding(rule=about, resource=of or resource(), judgement=judgement, level=level)


def report(*findings: Finding, **given: Any) -> Report:
    rules = {it.rule.id: it.rule for it in findings}
    return Report(
        stack="staging", environment="staging", findings=findings, **{"rules": [*rules.values()], **given}
    )


WAIVER = Waiver(rule="waived", urn=resource().urn, reason="Moves away", owner="platform", expires="2027-01-31")
VIOLATION = finding(rule("violated"), fail("no backups", "7 to 35 days"))
ADVICE = finding(rule("advised", IN_PRODUCTION), fail("one zone", "two zones"))
UNDECIDED = finding(rule("undecided"), undecided("the class"))
BROKEN = finding(rule("broken"), Judgement(Verdict.BROKEN, "the rule raised KeyError"))
PASSING = finding(rule("passing"), PASSED)
WAIVED = WaivedFinding(finding=finding(rule("waived"), fail("public", "private")), waiver=WAIVER)
TOLERATED = frozenset({("undecided", TYPE)})

KINDS: Mapping[str, Report] = {
    "empty": report(),
    "passing": report(PASSING),
    "off": report(rules=[rule("off", ONLY_PRODUCTION), rule("silent")]),
    "violation": report(PASSING, VIOLATION),
    "advice": report(PASSING, ADVICE),
    "undecided": report(UNDECIDED),
    "tolerated": report(UNDECIDED, allowed_undecided=TOLERATED),
    "broken": report(BROKEN),
    "waived": report(waived=[WAIVED]),
    "problem": report(PASSING, problems=["An exception is malformed."]),
}
"""One report for each thing that can be said."""


def everything() -> Report:
    """All of it at once, with names and texts that every format has to escape."""
    awkward = resource(AWKWARD, "stacks/50%, a:b/name of it.py:7")
    nowhere = resource("nowhere", source="")
    return report(
        *(VIOLATION, ADVICE, UNDECIDED, BROKEN, PASSING),
        finding(rule("violated"), fail("no backups", "7 to 35 days"), nowhere),
        finding(rule("violated"), undecided("the class"), resource("replica")),
        finding(rule("awkward", title=AWKWARD, remedy=AWKWARD, why=AWKWARD), fail(AWKWARD, AWKWARD), awkward),
        waived=[WAIVED, replace(WAIVED, waiver=replace(WAIVER, reason=AWKWARD, owner=AWKWARD))],
        problems=["An exception is malformed.", AWKWARD],
    )


def turned(given: Report) -> Report:
    """The same report, with everything in the opposite order."""

    def back(items: Sequence[Any]) -> list[Any]:
        return list(reversed(items))

    return replace(
        given,
        rules=back(given.rules),
        findings=back(given.findings),
        waived=back(given.waived),
        problems=back(given.problems),
    )
