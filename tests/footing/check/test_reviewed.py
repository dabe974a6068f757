"""Exceptions and tolerated gaps: in force, expired, unused, malformed, refused; in every runner alike."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import grpc
import pytest
import yaml
from sample_rules import ENCRYPTED, LABELLED, QUEUE, RULES, STORE, queue, store, urn

from footing.testing import UNKNOWN, Diagnostic, judged, judged_by_engine

TODAY = date(2026, 5, 1)
ENTRY: dict[str, Any] = {
    "rule": "queue-labelled",
    "urn": urn(QUEUE, "queue"),
    "reason": "The label arrives with the next release.",
    "owner": "team-mail",
    "expires": TODAY,
}
GAP: dict[str, Any] = {
    "rule": "store-encrypted",
    "type": STORE,
    "reason": "The provider decides this when it makes the store.",
}
Runner = Callable[..., list[Diagnostic]]
RUNNERS = pytest.mark.parametrize("runner", [judged, judged_by_engine])


@pytest.fixture
def reviewed(tmp_path: Path) -> Callable[..., Path]:
    def write(name: str = "exceptions", *entries: dict[str, Any]) -> Path:
        (tmp_path / f"{name}.yaml").write_text(yaml.safe_dump({name: list(entries)}))
        return tmp_path

    return write


@RUNNERS
def test_exception_in_force_is_told_and_does_not_stop(runner: Runner, reviewed: Callable[..., Path]):
    [diagnostic] = runner(RULES, [queue("")], reviewed=reviewed("exceptions", ENTRY), today=TODAY)
    assert not diagnostic.stops
    assert (
        "excepted until 2026-05-01 by team-mail (The label arrives with the next release.)" in diagnostic.message
    )


@RUNNERS
def test_expired_exception_stops_with_the_violation(runner: Runner, reviewed: Callable[..., Path]):
    folder = reviewed("exceptions", ENTRY)
    diagnostics = runner(RULES, [queue("")], reviewed=folder, today=date(2026, 5, 2))
    assert {(it.rule, it.stops) for it in diagnostics} == {("queue-labelled", True), ("exceptions-reviewed", True)}
    assert "expired on 2026-05-01" in diagnostics[0].message


@RUNNERS
def test_exception_without_a_near_end_stops(runner: Runner, reviewed: Callable[..., Path]):
    for days, stops in ((366, False), (367, True)):
        folder = reviewed("exceptions", ENTRY | {"expires": TODAY + timedelta(days=days)})
        diagnostics = runner(RULES, [queue("")], reviewed=folder, today=TODAY)
        assert any(it.stops and "366 days from today are the most" in it.message for it in diagnostics) is stops


@RUNNERS
@pytest.mark.parametrize("resources", [[queue()], [queue("", "another")], []])
def test_unused_exception_stops(runner: Runner, reviewed: Callable[..., Path], resources: list[Any]):
    diagnostics = runner(RULES, resources, reviewed=reviewed("exceptions", ENTRY), today=TODAY)
    [unused] = [it for it in diagnostics if it.rule == "exceptions-reviewed"]
    assert unused.stops
    assert "is not used" in unused.message or not resources


@RUNNERS
def test_rule_that_accepts_no_exception_accepts_none_in_production_only(
    runner: Runner, reviewed: Callable[..., Path]
):
    folder = reviewed("exceptions", ENTRY | {"rule": "store-encrypted", "urn": urn(STORE, "store")})
    stack = [store(False)]
    diagnostics = runner(RULES, stack, reviewed=folder, today=TODAY, environment="production")
    assert [(it.rule, it.stops) for it in diagnostics] == [
        ("exceptions-reviewed", True),
        ("store-encrypted", True),
    ]
    assert "is not accepted" in diagnostics[0].message
    [elsewhere] = runner(RULES, stack, reviewed=folder, today=TODAY, environment="staging")
    assert not elsewhere.stops


@RUNNERS
def test_exception_of_another_stack_is_left_alone(runner: Runner, reviewed: Callable[..., Path]):
    other = ENTRY | {"urn": ENTRY["urn"].replace(":test::", ":other::")}
    assert runner(RULES, [queue()], reviewed=reviewed("exceptions", other), today=TODAY) == []
    [diagnostic] = runner(RULES, [queue("")], reviewed=reviewed("exceptions", other), today=TODAY)
    assert diagnostic.stops


@RUNNERS
def test_exception_excuses_a_violation_never_what_could_not_be_decided(
    runner: Runner, reviewed: Callable[..., Path]
):
    folder = reviewed("exceptions", ENTRY | {"rule": "store-encrypted", "urn": urn(STORE, "store")})
    rule = replace(ENCRYPTED, waivable=True)
    diagnostics = runner([rule, LABELLED], [store(UNKNOWN)], reviewed=folder, today=TODAY)
    assert ("store-encrypted", True) in {(it.rule, it.stops) for it in diagnostics}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rule": "queue-labeled"}, "no rule 'queue-labeled'; the nearest is 'queue-labelled'"),
        ({"reason": "too short"}, "has 9 characters, 20 are the least"),
        ({"owner": ""}, "no owner"),
        ({"expires": "next week"}, "expires must be a day"),
        ({"expires": "2026-02-30"}, "expires must be a day"),
        ({"expires": None}, "no expires"),
        ({"urn": "urn:pulumi:test::footing::*::queue"}, "without a pattern"),
        ({"expire": "2026-05-01"}, "unknown key 'expire'; the nearest is 'expires'"),
    ],
)
def test_malformed_exception_is_named_and_stops_everything(
    reviewed: Callable[..., Path], change: dict[str, Any], sentence: str
):
    folder = reviewed("exceptions", ENTRY | change)
    diagnostics = judged(RULES, [queue()], reviewed=folder, today=TODAY)
    assert [it.stops for it in diagnostics] == [True]
    assert diagnostics[0].message.startswith("exceptions.yaml, entry 1: ")
    assert sentence in diagnostics[0].message
    with pytest.raises(grpc.RpcError, match=r"exceptions\.yaml, entry 1"):
        judged_by_engine(RULES, [queue()], reviewed=folder, today=TODAY)


@pytest.mark.parametrize(
    "text", ["exceptions: [", "- a", "exceptions: {a: b}", "waivers: []", "exceptions: [a]", "\xff"]
)
def test_file_that_is_no_list_of_exceptions_stops_everything(tmp_path: Path, text: str):
    (tmp_path / "exceptions.yaml").write_bytes(text.encode("latin-1"))
    [diagnostic] = judged(RULES, [queue()], reviewed=tmp_path)
    assert diagnostic.stops
    with pytest.raises(grpc.RpcError, match=r"exceptions\.yaml"):
        judged_by_engine(RULES, [queue()], reviewed=tmp_path)


def test_same_exception_twice_is_malformed(reviewed: Callable[..., Path]):
    diagnostics = judged(RULES, [queue("")], reviewed=reviewed("exceptions", ENTRY, ENTRY), today=TODAY)
    assert any("entry 2: another entry is about the same" in it.message for it in diagnostics)


@RUNNERS
def test_gap_on_the_reviewed_list_is_told_and_does_not_stop(runner: Runner, reviewed: Callable[..., Path]):
    [diagnostic] = runner(RULES, [store(UNKNOWN)], reviewed=reviewed("undecided", GAP))
    assert not diagnostic.stops


def test_gap_is_not_tolerated_while_an_update_runs(reviewed: Callable[..., Path]):
    folder = reviewed("undecided", GAP)
    [diagnostic] = judged_by_engine(RULES, [store(UNKNOWN)], reviewed=folder, preview=False)
    assert diagnostic.stops


def test_gap_that_is_decided_now_fails_the_gate(reviewed: Callable[..., Path]):
    [diagnostic] = judged(RULES, [store(True)], reviewed=reviewed("undecided", GAP))
    assert diagnostic.stops
    assert "store-encrypted decides every" in diagnostic.message
    assert judged(RULES, [queue()], reviewed=reviewed("undecided", GAP)) == []
    assert judged(RULES, [store(True)], reviewed=reviewed("undecided", GAP | {"stacks": ["other"]})) == []
    assert judged(RULES, [store(UNKNOWN)], reviewed=reviewed("undecided", GAP | {"stacks": ["other"]}))[0].stops


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"type": QUEUE}, "store-encrypted does not look at"),
        ({"rule": "stores-encrypted"}, "the nearest is 'store-encrypted'"),
        ({"reason": "short"}, "20 are the least"),
        ({"stacks": "production"}, "stacks must be a list"),
    ],
)
def test_malformed_gap_stops_everything(reviewed: Callable[..., Path], change: dict[str, Any], sentence: str):
    diagnostics = judged(RULES, [store(True)], reviewed=reviewed("undecided", GAP | change))
    assert any(sentence in it.message and it.stops for it in diagnostics)
