"""Values arrive in the plan as they were given."""

import pulumi
import pulumi_aws as aws
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_programs import IMPORT_WARNING, ROOT, only, plan

pytestmark = pytest.mark.filterwarnings(IMPORT_WARNING)


def test_assets_are_relative_to_the_project() -> None:
    def program() -> None:
        aws.s3.BucketObject(
            "page", bucket="site", source=pulumi.FileAsset(str(ROOT / "README.md")), key="index.html"
        )
        aws.s3.BucketObject("text", bucket="site", source=pulumi.StringAsset("hello"), key="a.txt")

    made = plan(program)
    assert only(made, "page").inputs["source"] == {"$asset": {"path": "README.md"}}
    assert only(made, "text").inputs["source"] == {"$asset": {"text": "hello"}}


_keys = st.text(min_size=1).filter(lambda key: not key.startswith("$"))
_values = st.recursive(
    st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=8,
)


def in_a_box(value: object) -> object:
    def program() -> None:
        content = value() if callable(value) else value
        pulumi.ComponentResource("footing:index:Box", "box", {"content": content})

    made = plan(program)
    return made.resources[0].inputs["content"]


@settings(deadline=None, max_examples=40)
@given(value=_values)
def test_plain_values_arrive_unchanged(value: object) -> None:
    assert in_a_box(value) == value


def test_whole_numbers_are_written_whole() -> None:
    text = plan(lambda: pulumi.export("numbers", [5432, 1e10, 0.5])).to_json()
    assert "".join(text.split()).startswith('{"outputs":{"numbers":[5432,10000000000,0.5]}')


def test_a_key_that_reads_like_a_mark_is_told_from_one() -> None:
    def content() -> object:
        return {"$unknown": True, "$$secret": True, "$ref": "x", "real": pulumi.Output.secret("x")}

    assert in_a_box(content) == {"$$unknown": True, "$$$secret": True, "$ref": "x", "real": {"$secret": True}}
