"""The SDK's undocumented names: the quick way, the plain way, and what both must agree on."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import resource as registration
from pulumi.runtime import rpc
from pulumi.runtime.proto import source_pb2

from footing.plan import values
from footing.plan.record import record
from footing.plan.sdk import short_traces

ROOT = Path(__file__).parents[3]


class Base(pulumi.ComponentResource):
    def __init__(self, name: str) -> None:
        super().__init__(f"footing:index:{type(self).__name__}", name, {})


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
        (values.UNKNOWN, rpc.UNKNOWN),
        (values.SIGNATURE_KEY, rpc._special_sig_key),
        (values.SECRET_SIGNATURE, rpc._special_secret_sig),
        (values.ASSET_SIGNATURE, rpc._special_asset_sig),
        (values.ARCHIVE_SIGNATURE, rpc._special_archive_sig),
        (values.RESOURCE_SIGNATURE, rpc._special_resource_sig),
    ],
)
def test_signatures_are_those_the_sdk_writes(ours: str, theirs: str) -> None:
    assert ours == theirs
