"""What became of the checks, for programs: JSON, and JUnit's XML."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final
from xml.etree import ElementTree as ET

from msgspec import Struct

from readiness.answer import Outcome, Result
from readiness.profiles import Profile

SCHEMA: Final = "footing/readiness/1"
"""Name and version of the document's form; the number rises when a reader would have to change."""


class Report(Struct, frozen=True, kw_only=True):
    """The results of a stack's checks."""

    stack: str
    """Name of the stack."""
    profile: Profile | None
    """Step that they gate; None where all were asked."""
    simulated: bool
    """Whether the simulated cloud was asked."""
    results: Sequence[Result]
    """Results, in the order of the checks."""

    @property
    def counts(self) -> Mapping[Outcome, int]:
        """How many checks became of each kind."""
        found = Counter(it.outcome for it in self.results)
        return {it: found[it] for it in Outcome}

    def ready(self, *, allow_not_asked: bool) -> bool:
        """Return whether nothing fails, something holds, and nothing was left unasked; by hand is neither."""
        counts = self.counts
        if counts[Outcome.FAILS] or not counts[Outcome.HOLDS]:
            return False
        return allow_not_asked or not counts[Outcome.NOT_ASKED]


def as_json(report: Report) -> str:
    """Return the report as one JSON document."""
    profile = report.profile
    return json.dumps(
        {
            "schema": SCHEMA,
            "stack": report.stack,
            "profile": profile.name if profile else None,
            "simulated": report.simulated,
            "counts": {str(name): count for name, count in report.counts.items()},
            "checks": [
                {
                    "id": it.check.id,
                    "kind": type(it.check.question).__name__.removesuffix("Question").lower(),
                    "group": str(it.check.group),
                    "title": it.check.title,
                    "question": str(it.check.question),
                    "wanted": wanted(it),
                    "outcome": str(it.outcome),
                    "saw": it.saw,
                    "fix": it.check.fix,
                    "seconds": it.seconds,
                }
                for it in report.results
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def as_junit(report: Report) -> str:
    """Return the report as JUnit's XML: a failure for what fails, skipped for what was not asked or is by hand.

    https://github.com/testmoapp/junitxml
    """
    counts, seconds = report.counts, sum(it.seconds for it in report.results)
    totals = {
        "tests": str(len(report.results)),
        "failures": str(counts[Outcome.FAILS]),
        "skipped": str(counts[Outcome.NOT_ASKED] + counts[Outcome.BY_HAND]),
        "errors": "0",
        "time": f"{seconds:.3f}",
    }
    top = ET.Element("testsuites", {"name": "footing ready", **totals})
    suite = ET.SubElement(top, "testsuite", {"name": f"footing ready {report.stack}", **totals})
    for it in report.results:
        place = {"classname": f"{report.stack}.{it.check.group}", "name": it.check.id, "time": f"{it.seconds:.3f}"}
        case = ET.SubElement(suite, "testcase", place)
        if it.outcome is Outcome.FAILS:
            message = f"{it.check.title}: saw {it.saw}, wanted {wanted(it)}"
            failure = ET.SubElement(case, "failure", {"message": _legal(message), "type": "readiness"})
            failure.text = _legal(f"{it.check.question}\n{it.check.fix}")
        elif it.outcome is not Outcome.HOLDS:
            ET.SubElement(case, "skipped", {"message": _legal(f"{it.outcome}: {it.saw}")})
    ET.indent(top)
    return ET.tostring(top, encoding="unicode", xml_declaration=True)


def wanted(result: Result) -> str:
    """Return what an answer had to be; of what is by hand, what a person looks at."""
    return str(getattr(result.check.question, "wanted", result.check.question))


def _legal(text: str) -> str:
    """Return a text without the characters that XML 1.0 has not."""
    return "".join(it for it in text if it in "\t\n" or " " <= it not in "\ufffe\uffff")
