"""The plan's text: refusals of the reader, the schema and its document."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from footing.plan.format import schema, with_tables
from footing.plan.model import VERSION, Plan, PlanFormatError, PlannedOptions, PlannedResource

ROOT = Path(__file__).parents[3]


def test_text_is_canonical() -> None:
    resource = PlannedResource(type="a:b:C", name="c", urn="urn:pulumi:s::p::a:b:C::c", inputs={"z": "é", "a": 1})
    text = Plan(project="p", stack="s", resources=(resource,)).to_json()
    assert text.index('"a": 1') < text.index('"z": "é"')
    assert text.endswith("}\n")
    assert '"options": {}' in text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("resources:", "not JSON"),
        ("[]", "version None"),
        ('{"version": 2}', "version 2, this footing reads 1"),
        ('{"version": 1, "project": "p", "stack": "s", "outputs": {}}', "documented shape"),
        ('{"version": 1, "project": "p", "stack": "s", "outputs": {}, "resources": [{"type": "a"}]}', "shape"),
        ('{"version": 1, "project": "p", "stack": "s", "outputs": {}, "resources": [], "more": 1}', "more"),
    ],
)
def test_what_is_no_plan_is_refused_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(PlanFormatError, match=sentence):
        Plan.from_json(text)


def test_schema_is_valid_and_of_the_version_that_is_written() -> None:
    described = schema()
    Draft202012Validator.check_schema(described)
    assert described["$id"] == f"urn:footing:plan:{VERSION}"
    assert described["properties"]["version"]["const"] == VERSION


@pytest.mark.parametrize(("name", "written"), [("resource", PlannedResource), ("options", PlannedOptions)])
def test_schema_names_every_field_and_no_other(name: str, written: type) -> None:
    assert set(schema()["$defs"][name]["properties"]) == set(written.__struct_fields__)


def test_schema_refuses_a_mark_with_something_beside_it() -> None:
    validator = Draft202012Validator(schema())
    plan = {"version": 1, "project": "p", "stack": "s", "resources": [], "outputs": {"a": {"$secret": True}}}
    assert validator.is_valid(plan)
    plan["outputs"] = {"a": {"$secret": True, "value": "hunter2"}}
    assert not validator.is_valid(plan)


def test_document_holds_the_tables_of_the_schema() -> None:
    document = (ROOT / "docs" / "plan-format.md").read_text(encoding="utf-8")
    assert document == with_tables(document), "run python -m footing.plan.format docs/plan-format.md"
    assert "| `property_dependencies` | object |" in document
