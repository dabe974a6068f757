"""Each row of the requirements is answered, and each piece of its evidence holds in its own system."""

from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from footing.coverage.evidence import (
    Alert,
    Command,
    Evidence,
    File,
    Job,
    Key,
    LoadTest,
    Output,
    Panel,
    ReadinessCheck,
    Resource,
    Row,
    Rule,
)
from footing.coverage.facts import StackFacts, is_as, stack_facts, values_at
from footing.coverage.resolve import Resolver
from footing.coverage.rows import ROWS, Status, requirements, status
from tests.stacks.test_contradictions import CAUGHT

ROOT = Path(__file__).parents[1]
REQUIREMENTS = requirements((ROOT / "docs" / "requirements.md").read_text())
LEAST = {"S0": 70, "S1": 92, "S2": 54, "S3": 88, "S4": 65}
"""Rows of each document that are realised, at the least: the numbers only rise."""
DOCUMENTS = tuple(LEAST)
WRONG: dict[type[Evidence], dict[str, Any]] = {
    Resource: {"type": "aws.rds.Nothing"},
    Key: {"value": "another value"},
    Alert: {"id": "no-such-alert"},
    Panel: {"id": "no-such-panel"},
    Rule: {"id": "no-such-rule"},
    ReadinessCheck: {"id": "no-such-check"},
    LoadTest: {"limits": {"latency:api:95": 1}},
    Output: {"name": "no_such_output"},
    File: {"contains": "no such text"},
    Command: {"line": "plan production --no-such-option"},
    Job: {"runs": "make nothing"},
}
"""A change of each kind of evidence after which it holds no more."""


@cache
def facts(system: str, environment: str) -> StackFacts:
    return stack_facts(system, environment)


@cache
def resolver() -> Resolver:
    return Resolver(facts, ROOT)


def test_every_row_has_one_answer():
    assert list(ROWS) == list(REQUIREMENTS)
    assert len(ROWS) == 432
    answers = {
        id_: (bool(row.evidence), bool(row.missing), row.waits, row.out_of_scope) for id_, row in ROWS.items()
    }
    assert [id_ for id_, answer in answers.items() if not any(answer)] == []
    assert [
        id_ for id_, row in ROWS.items() if row.out_of_scope and (row.evidence or row.missing or row.waits)
    ] == []


@pytest.mark.parametrize("document", DOCUMENTS)
def test_all_evidence_holds(document: str):
    rows = {id_: row for id_, row in ROWS.items() if id_.startswith(document)}
    assert [problem for id_, row in rows.items() for problem in resolver().problems(id_, row)] == []
    found = Counter(status(row, ()) for row in rows.values())
    assert found[Status.REALISED] >= LEAST[document]


def test_evidence_of_every_kind_is_refused_where_it_is_wrong():
    for kind, wrong in WRONG.items():
        holders = [(id_, row, it) for id_, row in ROWS.items() for it in row.evidence if type(it) is kind]
        for id_, row, evidence in (*holders[:1], *holders[-2:]):
            spoilt = replace(row, evidence=(replace(evidence, **wrong),))
            assert len(resolver().problems(id_, spoilt)) == 1, (id_, evidence)
            assert status(spoilt, resolver().problems(id_, spoilt)) in (Status.PART, Status.WAITS)


def test_numbers_are_compared_and_not_only_names():
    spoilt = {
        "S0-03": Resource(type="footing-supabase.PostgresSettings", properties={"settings.max_connections": 100}),
        "S1-67": Alert(id="service-app-latency-p95-page", value=3),
        "S4-24": Key(path="database.pooler.query_wait_timeout_seconds", value=31),
        "S4-62": Alert(id="pooler-query-time-ticket", held="1m"),
        "S4-46": Panel(id="service-routes", query="no_such_metric"),
    }
    for id_, evidence in spoilt.items():
        [sentence] = resolver().problems(id_, Row(evidence=(evidence,)))
        assert "not " in sentence or "has no" in sentence


def test_path_reaches_into_lists_maps_and_json():
    value = {"rules": [{"ref": "a", "n": 1}, {"ref": "b", "n": 2}], "text": '{"x": [3, 4]}'}
    assert list(values_at(value, "rules.ref=b.n")) == [2]
    assert list(values_at(value, "rules.*.n")) == [1, 2]
    assert list(values_at(value, "text.x.*")) == [3, 4]
    assert list(values_at(value, "rules.ref=c.n")) == []
    assert not is_as(True, 1)
    assert is_as(1, 1.0)


def test_points_that_rows_name_are_refused_with_the_documents_numbers():
    named = {it.contains.strip('",') for row in ROWS.values() for it in row.evidence if named_point(it)}
    assert named <= {point for point, _, _ in CAUGHT}
    assert len(named) > 3


def named_point(evidence: Evidence) -> bool:
    return isinstance(evidence, File) and evidence.contains.startswith('"C-')
