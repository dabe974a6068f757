"""No value of a property reaches a report, in any format or encoding."""

import base64
import json
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape, quoteattr

import pytest
from format_samples import finding, report, resource, rule

from footing.check.formats import WRITERS, Name, render
from policies.judge import Catalogue
from policies.judgement import Verdict, fail
from policies.report import Report, WaivedFinding, Waiver
from policies.resource import Properties, Resource, Stack
from policies.rules import CATALOGUE

CANARY = "c4n4ry<&\"'>%:,/+ \n\N{SNOWMAN}\N{LATIN SMALL LETTER E WITH ACUTE}zqwing"
NESTED = {"name": CANARY, "value": CANARY, "env": [{"name": CANARY, "value": CANARY}]}


def spellings() -> Iterator[str]:
    """The canary as formats and people write it; of base64 the part that does not depend on what stands around."""
    raw = CANARY.encode()
    yield from (CANARY, quote(CANARY), quote(CANARY, safe=""), quote_plus(CANARY), raw.hex())
    yield from (json.dumps(CANARY)[1:-1], json.dumps(CANARY, ensure_ascii=False)[1:-1])
    yield from (escape(CANARY), quoteattr(CANARY)[1:-1], escape(CANARY, {'"': "&quot;", "\n": "&#10;"}))
    yield CANARY.replace("%", "%25").replace("\n", "%0A")
    for before in range(3):
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(b"x" * before + raw).decode()[4:-4]
    yield from ("c4n4ry", "zqwing")


def leaks(text: str) -> list[str]:
    loose = re.sub(r"\s", "", text)
    return [form for form in spellings() if form in text or re.sub(r"\s", "", form) in loose]


def shapes() -> Iterator[Properties]:
    """The canary in the places where the rules look, and in those where they do not."""
    groups = [{"name": "max_connections", "value": CANARY}]
    limit = {"expression": CANARY, "action": "block", "ratelimit": {"period": 60, "requestsPerPeriod": CANARY}}
    containers = json.dumps([{"name": CANARY, "environment": [{"name": "PGBOUNCER_INI", "value": CANARY}]}])
    yield {"family": "postgres16", "parameters": groups, "password": CANARY}
    yield {"phase": "http_ratelimit", "rules": [limit], "name": CANARY}
    yield {"containerDefinitions": containers, "tags": {"footing:server-connections": CANARY}}
    yield {"containerDefinitions": CANARY, "tags": CANARY, "rules": CANARY, "parameters": CANARY}
    yield {"password": CANARY, "user": NESTED, "policy": json.dumps(NESTED), "tags": NESTED}


def judged(catalogue: Catalogue) -> Report:
    types = sorted({type_ for it in catalogue for type_ in it.types})
    made = [
        Resource(type=type_, name=f"r{number}", urn=f"urn::{type_}::{number}", properties=given)
        for type_ in types
        for number, given in enumerate(shapes())
    ]
    findings = list(catalogue.of_all(Stack(environment="production", resources=made)))
    waiver = Waiver(rule="x", urn="u", reason="Known", owner="platform", expires="2027-01-31")
    violated = [it for it in findings if it.judgement.verdict is Verdict.FAIL]
    waived = [WaivedFinding(finding=it, waiver=waiver) for it in violated[::2]]
    return Report(
        stack="production", environment="production", rules=list(catalogue), findings=findings, waived=waived
    )


def explode(_: Properties) -> None:
    raise ValueError(CANARY)


@pytest.mark.parametrize("name", WRITERS)
def test_no_property_reaches_a_report(name: Name):
    broken = rule("broken", check=explode, types=frozenset({"aws:rds/parameterGroup:ParameterGroup"}))
    diagnostics = judged(Catalogue([*CATALOGUE, broken]))
    assert diagnostics.of(Verdict.FAIL)
    assert diagnostics.of(Verdict.BROKEN)
    assert leaks(render(diagnostics, name)) == []


@pytest.mark.parametrize("name", WRITERS)
def test_search_finds_a_canary_that_a_rule_tells(name: Name):
    assert leaks(render(report(finding(rule("leaking"), fail(CANARY, "none"), resource())), name))
