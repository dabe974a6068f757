"""The stacks of this repository as those see them who watch them, and the cases that prove each of their rules."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from footing.project import observed, stack_file
from observability.alerting.rules import groups
from observability.promql import Match, Series
from observability.stack import ObservedStack
from tests.observability.promtool import Case
from tests.observability.scenarios.promtool_files import scenarios
from tests.observability.scenarios.scenario import Scenario

STACKS = ("production", "staging")

Rule = dict[str, Any]


@cache
def seen(stack: str) -> ObservedStack:
    """A stack of this repository, composed."""
    return observed(stack, stack_file(stack, None))


@cache
def cases(stack: str) -> Mapping[str, Case]:
    """For each rule the scenarios that prove it, with no more rules than they need; the rule is the last."""
    shown = scenarios(seen(stack))
    return {
        case.name: case
        for group in groups(seen(stack).signals, seen(stack).identity)
        for case in _cases(group["rules"], shown)
    }


def _cases(rules: Sequence[Rule], shown: Sequence[Scenario]) -> Iterator[Case]:
    for rule in rules:
        if "alert" in rule:
            name, selector = rule["alert"], f'alertname="{rule["alert"]}"'
        else:
            labels = tuple(Match(*label) for label in rule["labels"].items())
            name = selector = str(Series(rule["record"], labels))
        proving = [
            replace(it, checks=[check for check in it.checks if selector in check[1]])
            for it in shown
            if any(selector in check[1] for check in it.checks)
        ]
        yield Case(name=name, rules=_with_what_it_reads(rule, rules), scenarios=proving)


def _with_what_it_reads(rule: Rule, rules: Sequence[Rule]) -> list[Rule]:
    needed = [rule]
    for other in reversed(rules[: rules.index(rule)]):
        if "record" in other and any(f"{other['record']}{{" in it["expr"] for it in needed):
            needed.insert(0, other)
    return needed
