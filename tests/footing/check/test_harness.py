"""Rules through the gate and through our server: the same verdict."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pulumi.runtime.proto import analyzer_pb2 as proto
from sample_rules import ENCRYPTED, FEW, HIDDEN, LABELLED, QUEUE, RULES, STORE, queue, store, urn

from footing.testing import (
    SECRET,
    UNKNOWN,
    Diagnostic,
    Resource,
    Sealed,
    judged,
    judged_by_engine,
)
from footing.testing.runners import client_of, named
from footing.testing.wire import request, stack_request
from policies.analyzer.decoded import DECODER
from policies.analyzer.servicer import EmptyPackError, PackServicer
from policies.judge import Catalogue
from policies.judgement import PASSED, Judgement
from policies.planned import resources as planned
from policies.rule import StackRule

STACKLESS = Path("no-such-folder")

STACKS = {
    "good": [store(True), queue()],
    "fails": [store(False), queue()],
    "unknown": [store(UNKNOWN), queue()],
    "raises": [store(True), Resource(type=QUEUE, name="queue", properties={})],
    "together": [queue(name="one"), queue(name="two"), store(True)],
    "secret": [store(Sealed(HIDDEN)), queue()],
    "confused": [store("true"), store(None, "other"), store([], "third"), store(1.5, "fourth")],
    "strange types": [Resource(type="test:index/other:Other", properties={"a": [{"b": None}]})],
}


@pytest.mark.parametrize("environment", ["production", "staging", ""])
@pytest.mark.parametrize("name", STACKS)
def test_gate_and_server_say_the_same(name: str, environment: str):
    resources = STACKS[name]
    offline = judged(RULES, resources, environment=environment)
    assert offline == judged_by_engine(RULES, resources, environment=environment)
    assert bool(offline) is (name not in ("good", "strange types"))
    assert HIDDEN not in str(offline)


@pytest.mark.parametrize("runner", [judged, judged_by_engine])
def test_undecided_and_broken_stop_the_change_and_the_others_are_still_asked(
    runner: Callable[..., list[Diagnostic]],
):
    unlabelled = Resource(type=QUEUE, name="queue", properties={})
    verdicts = {
        it.rule: it for it in runner(RULES, [store(UNKNOWN), unlabelled, queue(name="two")], environment="test")
    }
    assert set(verdicts) == {"store-encrypted", "queue-labelled", "queues-few"}
    assert all(it.stops for it in verdicts.values())
    assert verdicts["store-encrypted"].message.startswith("encrypted is not known yet")
    assert verdicts["queue-labelled"].message.startswith("the rule raised KeyError")


@pytest.mark.parametrize("runner", [judged, judged_by_engine])
def test_level_of_the_environment_decides_whether_a_violation_stops(runner: Callable[..., list[Diagnostic]]):
    [in_production] = runner([LABELLED], [queue("")], environment="production")
    [in_staging] = runner([LABELLED], [queue("")], environment="staging")
    [nowhere_known] = runner([LABELLED], [queue("")], environment="")
    assert (in_production.stops, in_staging.stops, nowhere_known.stops) == (True, False, True)
    assert in_production.urn == urn(QUEUE, "queue")


SHAPES: dict[str, Any] = {
    "text": "a", "number": 3, "fraction": 2.5, "true": True, "nothing": None, "empty": "",
    "list": [1, "b", {"c": UNKNOWN}], "object": {"a": {"b": [SECRET]}}, "unknown": UNKNOWN, "secret": SECRET,
}  # fmt: skip


def test_server_sees_what_the_offline_plan_shows():
    seen: list[dict[str, Any]] = []

    def remember(resource: Resource) -> Judgement:
        seen.append(dict(resource))
        return PASSED

    rule = replace(ENCRYPTED, check=remember)
    marked = repr(SHAPES).replace("[unknown]", "{'$unknown': True}").replace("[secret]", "{'$secret': True}")
    document = {"inputs": eval(marked), "type": STORE, "urn": "", "name": "s", "parent": "", "protect": False}  # noqa: S307
    document |= {"dependencies": [], "property_dependencies": {}, "source": "", "options": {}}
    judged_by_engine([rule], [Resource(type=STORE, name="s", properties=SHAPES)])
    judged([rule], planned({"resources": [document]}))
    judged([rule], [Resource(type=STORE, name="s", properties=SHAPES)])
    assert seen[0] == seen[1] == seen[2]


def test_text_that_holds_an_unknown_is_unknown():
    sentinel = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    [diagnostic] = judged_by_engine([ENCRYPTED], [store(f"arn:{sentinel}:x")])
    assert diagnostic.message.startswith("encrypted is not known yet")


def test_stack_rule_sees_options_and_dependencies_and_the_inputs_judged_before():
    seen: list[Resource] = []

    def remember(stack: Any) -> list[Any]:
        seen.extend(stack.resources)
        return []

    rule = StackRule(**{**{name: getattr(FEW, name) for name in FEW.__dataclass_fields__}, "check": remember})
    [first, second] = named([store(True), replace(queue(), protect=True)])
    second = replace(
        second, parent=first.urn, dependencies=(first.urn,), property_dependencies={"label": (first.urn,)}
    )
    with client_of(PackServicer(Catalogue([rule]), STACKLESS)) as client:
        client.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack="test"))
        client.Analyze(request(second))
        computed = replace(second, properties={"label": "what the provider made of it"})
        client.AnalyzeStack(stack_request([first, computed]))
    assert dict(seen[1]) == {"label": "mail"}
    assert dict(seen[0])["encrypted"] is True
    assert (seen[1].protect, seen[1].parent) == (True, first.urn)
    assert (seen[1].dependencies, seen[1].property_dependencies) == ((first.urn,), {"label": (first.urn,)})


def test_resource_is_decoded_once_however_many_rules_ask(monkeypatch: pytest.MonkeyPatch):
    decoded: list[Any] = []
    plain = DECODER.struct
    monkeypatch.setattr(DECODER, "struct", lambda message: decoded.append(message) or plain(message))
    rules = [replace(ENCRYPTED, id=f"rule-{number}") for number in range(20)]
    judged_by_engine([*rules, FEW], [store(True), Resource(type="test:index/unjudged:Unjudged")])
    assert len(decoded) == 1


def test_server_tells_the_engine_what_did_not_apply():
    with client_of(PackServicer(Catalogue(RULES), STACKLESS)) as client:
        client.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack="test"))
        answer = client.Analyze(request(store(True)))
    assert [it.policy_name for it in answer.not_applicable] == ["queue-labelled"]
    assert list(answer.diagnostics) == []


def test_server_describes_every_rule():
    with client_of(PackServicer(Catalogue(RULES), STACKLESS)) as client:
        client.ConfigureStack(
            proto.AnalyzerStackConfigureRequest(stack="test", config={"footing:environment": "staging"})
        )
        info = client.GetAnalyzerInfo(proto.AnalyzerInfo())
    policies = {it.name: it for it in info.policies}
    assert set(policies) == {*(rule.id for rule in RULES), "exceptions-reviewed"}
    assert policies["queue-labelled"].enforcementLevel == proto.ADVISORY
    assert policies["store-encrypted"].enforcementLevel == proto.MANDATORY
    assert policies["queues-few"].policy_type == proto.POLICY_TYPE_STACK
    assert policies["store-encrypted"].remediation_steps.endswith(" Elsewhere: Set it.")
    assert policies["store-encrypted"].severity == proto.POLICY_SEVERITY_HIGH


def test_server_of_no_rules_does_not_start():
    with pytest.raises(EmptyPackError, match="no rules"):
        PackServicer(Catalogue([]), STACKLESS)
