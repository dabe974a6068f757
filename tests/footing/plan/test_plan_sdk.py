"""The SDK's undocumented names: the quick way, the plain way, and what both must agree on."""

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from random import Random
from typing import Any

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import _types
from pulumi.runtime import resource as registration
from pulumi.runtime import rpc
from pulumi.runtime.proto import source_pb2
from pulumi.runtime.resource_cycle_breaker import declare_dependency

import wire_format
from footing.plan import sdk_outputs
from footing.plan.record import record
from footing.plan.sdk import short_traces
from footing.plan.sdk_outputs import few_outputs
from footing.plan.sdk_types import PropertyTypes, types_on_demand

ROOT = Path(__file__).parents[3]


class Base(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__(f"footing:index:{type(self).__name__}", name, {})


class Annotated(pulumi.ComponentResource):
    size: pulumi.Output[int]
    name: pulumi.Output[str | None]


class Derived(Base):
    def __init__(self, name: str) -> None:
        super().__init__(name)


def source(program: Callable[[], object]) -> str:
    return record(program, project="p", stack="s", config={}, root=ROOT).resources[0].source


def line_of(text: str) -> str:
    here = Path(__file__)
    lines = here.read_text(encoding="utf-8").splitlines()
    (number,) = [index for index, line in enumerate(lines, start=1) if line.strip() == text]
    return f"{here.relative_to(ROOT).as_posix()}:{number}"


def base() -> None:
    Base("plain")


def derived() -> None:
    Derived("derived")


def test_both_ways_find_the_same_line(monkeypatch: pytest.MonkeyPatch) -> None:
    assert source(base) == line_of('Base("plain")')
    own = registration._get_stack_trace
    monkeypatch.setattr(registration, "_get_stack_trace", lambda extra=None: own())
    assert source(base) == line_of('Base("plain")')


def test_a_component_with_a_base_class_is_found_where_it_is_made() -> None:
    assert source(derived) == line_of('Derived("derived")')


@pytest.mark.parametrize(
    "unknown_shape",
    [None, lambda depth: source_pb2.StackTrace(), lambda: "a text instead of a trace"],
)
def test_an_sdk_of_another_shape_is_left_alone(unknown_shape: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registration, "_get_stack_trace", unknown_shape)
    with short_traces(lambda _: True) as replaced:
        assert not replaced
        assert registration._get_stack_trace is unknown_shape


def test_the_sdk_gets_its_own_function_back() -> None:
    own = registration._get_stack_trace
    seen = []

    def program() -> None:
        seen.append(registration._get_stack_trace)
        raise KeyError

    with pytest.raises(KeyError):
        source(program)
    assert seen != [own]
    assert registration._get_stack_trace is own


def test_an_sdk_without_settings_of_these_names_still_plans(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("footing.plan.sdk._SETTINGS", ("gone", "stack"))
    assert source(base) == line_of('Base("plain")')


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (wire_format.UNKNOWN, rpc.UNKNOWN),
        (wire_format.SIGNATURE_KEY, rpc._special_sig_key),
        (wire_format.SECRET_SIGNATURE, rpc._special_secret_sig),
        (wire_format.ASSET_SIGNATURE, rpc._special_asset_sig),
        (wire_format.ARCHIVE_SIGNATURE, rpc._special_archive_sig),
        (wire_format.RESOURCE_SIGNATURE, rpc._special_resource_sig),
    ],
)
def test_signatures_are_those_the_sdk_writes(ours: str, theirs: str) -> None:
    assert ours == theirs


def everything() -> None:
    """Uses each kind of Output that the SDK or the plan makes."""
    parent = Base("parent")
    name = pulumi.Output.secret("first")
    old = pulumi.Alias(name="old", parent=parent)
    first = aws.sns.Topic("first", display_name=name, opts=pulumi.ResourceOptions(parent=parent, aliases=[old]))
    known = {"topic": first.display_name, "made_by": pulumi.Output.from_input("us")}
    second = aws.ssm.Parameter("second", type="String", value=first.arn, tags=known)
    found = aws.sns.Topic.get("found", "arn:aws:sns:us-east-1:1:found")
    pulumi.export("text", pulumi.Output.concat(second.type, " ", first.display_name, " ", first.urn))
    pulumi.export("urn", registration.create_urn("child", "a:b:C", "urn:pulumi:s::p::x:y:Z::parent"))
    pulumi.export("unknown", pulumi.Output.json_dumps([second.arn, found.display_name]))


def test_replaced_functions_make_the_same_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    with few_outputs() as few, types_on_demand() as on_demand:
        assert (few, on_demand) == (True, True), (
            "this SDK has another shape: look what its versions of the replaced functions do"
        )
    few = record(everything, project="p", stack="s", config={}, root=ROOT)
    monkeypatch.setattr("footing.plan.record.few_outputs", nullcontext)
    monkeypatch.setattr("footing.plan.record.types_on_demand", nullcontext)
    assert few == record(everything, project="p", stack="s", config={}, root=ROOT)
    assert [resource.name for resource in few.resources] == ["found", "parent", "first", "second"]


def test_an_answered_property_is_translated_when_something_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    translated: list[Any] = []
    original = rpc.translate_output_properties

    def noted(output: Any, *others: Any, **named: Any) -> Any:
        translated.append(output)
        return original(output, *others, **named)

    monkeypatch.setattr(rpc, "translate_output_properties", noted)

    def program() -> None:
        topic = aws.sns.Topic("topic", display_name="Read before", policy="unread")
        pulumi.export("before", topic.display_name)
        late = aws.sns.Topic("late", display_name="Read later", opts=pulumi.ResourceOptions(depends_on=topic))
        pulumi.export("later", topic.arn.apply(str) and late.urn.apply(lambda _: late.display_name))

    plan = record(program, project="p", stack="s", config={}, root=ROOT)
    assert (plan.outputs["before"], plan.outputs["later"]) == ("Read before", "Read later")
    assert sorted(translated) == ["Read before", "Read later"]


@pytest.mark.parametrize("name", ["transfer_properties", "contains_unknowns", "serialize_property"])
def test_an_sdk_with_other_parameters_keeps_its_functions(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rpc, name, lambda another: None)
    before = rpc.transfer_properties, rpc.contains_unknowns, registration.create_urn
    with few_outputs() as replaced:
        assert not replaced
        assert before == (rpc.transfer_properties, rpc.contains_unknowns, registration.create_urn)


def test_the_sdk_gets_the_functions_of_its_outputs_back() -> None:
    before = rpc.transfer_properties, rpc.contains_unknowns, registration.create_urn
    with few_outputs():
        assert before != (rpc.transfer_properties, rpc.contains_unknowns, registration.create_urn)
    assert before == (rpc.transfer_properties, rpc.contains_unknowns, registration.create_urn)


@pytest.mark.parametrize("kind", [aws.s3.Bucket, aws.lb.Listener, aws.sns.Topic, aws.ssm.ParameterArgs, Annotated])
def test_types_on_demand_are_those_of_the_sdk(kind: type) -> None:
    types = _types.resource_types if issubclass(kind, pulumi.Resource) else _types.input_type_types
    own = types(kind)
    assert len(own) > 1
    with types_on_demand():
        types = _types.resource_types if issubclass(kind, pulumi.Resource) else _types.input_type_types
        assert {name: types(kind).get(name) for name in own} == own
        assert types(kind).get("nothing") is None


def test_another_mapping_of_a_module_is_another_type(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kind:
        @property
        @pulumi.getter
        def size(self) -> "Mapping":  # type: ignore[name-defined]  # noqa: F821 given below
            """Not called."""

    plain: dict[Any, Any] = {}
    for meant in (int, str):
        monkeypatch.setattr(_types, "_globals_for_cls", lambda _, meant=meant: {"Mapping": meant})
        assert PropertyTypes(_types.unwrap_type, plain, Kind).get("size") is meant


def test_an_output_of_nobody_says_what_has_no_type() -> None:
    class Kind:
        @property
        @pulumi.getter
        def size(self) -> pulumi.Output:  # type: ignore[type-arg]
            """Not called."""

    assert PropertyTypes(_types.unwrap_type, {}, Kind).get("size") is None


def test_an_sdk_with_other_types_keeps_its_functions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_types, "_py_properties", lambda one, another: ())
    before = _types._types_from_py_properties, _types.resource_types, _types.unwrap_type
    with types_on_demand() as replaced:
        assert not replaced
        assert before == (_types._types_from_py_properties, _types.resource_types, _types.unwrap_type)


def test_a_failed_registration_fails_the_plan_once() -> None:
    def program() -> None:
        topic = aws.sns.Topic("first", display_name=object())  # type: ignore[arg-type]
        aws.sns.Topic("second", display_name=topic.name)

    with pytest.raises(ValueError, match="unexpected input of type object"):
        record(program, project="p", stack="s", config={}, root=ROOT)


def test_circles_are_found_where_the_sdk_finds_them():
    """Each edge of a random graph is taken or refused as the SDK's own search does."""
    random = Random(7)  # noqa: S311  an example's
    for _ in range(50):
        ours, theirs = ([type("Node", (), {})() for _ in range(9)] for _ in range(2))
        answers = set()
        for _ in range(40):
            a, b = random.randrange(9), random.randrange(9)
            own = sdk_outputs._declare_dependency(declare_dependency, ours[a], ours[b])
            assert own == declare_dependency(theirs[a], theirs[b])
            answers.add(own)
        assert answers == {True, False}
