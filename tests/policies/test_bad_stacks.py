"""Thirty mistakes, each refused for its own reason."""

import pytest
from bad_stacks import BAD_STACKS
from good_stack import edited, good

from policies.report import Report
from policies.resource import Stack
from policies.rules import CATALOGUE


def report(name: str | None) -> Report:
    stack = good() if name is None else edited(good(), BAD_STACKS[name][1])
    findings = list(CATALOGUE.of_all(Stack(environment="production", resources=stack)))
    return Report(stack="production", environment="production", rules=CATALOGUE.rules, findings=findings)


def test_there_are_thirty_bad_stacks_of_thirty_rules():
    assert len(BAD_STACKS) == 30
    assert len({rule for rule, _ in BAD_STACKS.values()}) == 30


def test_stack_without_a_mistake_is_let_through():
    assert report(None).passed


@pytest.mark.parametrize("name", BAD_STACKS)
def test_bad_stack_is_refused_by_the_rule_about_it(name: str):
    found = report(name)
    assert not found.passed
    assert {it.rule.id for it in found.stopping} == {BAD_STACKS[name][0]}
    assert all(it.judgement.observed and it.judgement.required for it in found.stopping)
