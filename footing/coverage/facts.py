"""Facts of one stack that evidence is looked up in: its plan, its file, and what the rules say of it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footing.coverage.evidence import PRESENT, Bound
from footing.plan.model import Plan
from footing.plan.render import short_type
from observability import Board, Question, Signals

if TYPE_CHECKING:
    from loadtest.scenario import Scenario


class StackFacts:
    """One stack of a system, planned."""

    def __init__(self, name: str, config: Any, plan: Plan, signals: Sequence[Signals]) -> None:
        self.name = name
        """Name of the stack, for people: `nexod production`."""
        self._config, self._plan, self._signals = config, plan, signals

    @cached_property
    def values(self) -> Mapping[str, Any]:
        """Every key of the stack file with its value, defaults included."""
        dumped: Mapping[str, Any] = self._config.model_dump(mode="json")
        return dumped

    @property
    def outputs(self) -> Mapping[str, Any]:
        """Outputs of the stack."""
        return self._plan.outputs

    def resources(self, type_: str) -> Iterator[Mapping[str, Any]]:
        """Yield the inputs of each resource of a type, with its name and protection as `$name` and `$protect`."""
        for it in self._plan.resources:
            if short_type(it.type) == type_:
                yield {**it.inputs, "$name": it.name, "$protect": it.protect}

    @cached_property
    def alerts(self) -> Mapping[str, Mapping[str, Any]]:
        """Alert rules at Grafana and monitors at Datadog, by id: how long they hold, and their thresholds."""
        found = {}
        for group in self.resources("grafana.alerting.RuleGroup"):
            for it in group["rules"]:
                # A query may hold an address that only the cloud knows; a threshold never does.
                models = [json.loads(data["model"]) for data in it["datas"] if isinstance(data["model"], str)]
                values = [
                    value
                    for model in models
                    for condition in model.get("conditions", [])
                    for value in condition["evaluator"]["params"]
                ]
                found[it["name"]] = {"held": it.get("for", ""), "values": values}
        return found

    @cached_property
    def panels(self) -> Mapping[str, str]:
        """Text of each record whose board is a dashboard of the plan, by its id."""
        boards = {it["$name"].rpartition("-")[2] for it in self.resources("grafana.oss.Dashboard")}
        of_signals = {
            it.id: str(it)
            for component in self._signals
            for it in component.signals
            if (it.board or component.board) in boards
        }
        objectives = {it.id: str(it) for component in self._signals for it in component.objectives}
        return of_signals | (objectives if Board.OBJECTIVES in boards else {})

    @cached_property
    def checks(self) -> Mapping[str, Question]:
        """The question of each check of the stack's readiness, by its id."""
        from stacks.readiness import stack_checks

        found = stack_checks(self._config, self._signals, self._plan.resources)
        return {it.id: it.question for it in found}

    @cached_property
    def load_tests(self) -> Mapping[str, "Scenario"]:
        """The load tests that the stack offers, by name."""
        from stacks.load_scenarios import scenarios

        return scenarios(self._config)

    @cached_property
    def verdicts(self) -> Mapping[str, frozenset[str]]:
        """What each rule of the policy pack says of the plan."""
        from policies import planned
        from policies.resource import Stack
        from policies.rules import CATALOGUE

        resources = planned.resources(json.loads(self._plan.to_json()))
        found: dict[str, set[str]] = {}
        for it in CATALOGUE.of_all(Stack(environment=self._config.environment, resources=resources)):
            found.setdefault(it.rule.id, set()).add(it.judgement.verdict.value)
        return {id_: frozenset(verdicts) for id_, verdicts in found.items()}


def stack_facts(system: str, environment: str) -> StackFacts:
    """Return the facts of a stack of a system, planned offline."""
    from footing.project import composed, stack_file
    from footing.systems import stack_file_of

    file = stack_file(environment, stack_file_of(system, environment, None), secrets_stood_in=True)
    return StackFacts(f"{system} {environment}", file.config, *composed(f"{system}-{environment}", file))


def values_at(value: Any, path: str) -> Iterator[Any]:
    """Yield what is at a dotted path; `key=text` goes into each element with that key, JSON texts are read."""
    step, _, rest = path.partition(".")
    if not step:
        yield value
        return
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except json.JSONDecodeError:
            return
    name, equals, wanted = step.partition("=")
    if step == "*" or equals:
        elements = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        for it in elements:
            if not equals or (isinstance(it, Mapping) and str(it.get(name)) == wanted):
                yield from values_at(it, rest)
    elif isinstance(value, Mapping) and step in value:
        yield from values_at(value[step], rest)


def is_as(value: Any, expected: Any) -> bool:
    """Return whether a value is as a selector expects."""
    if expected is PRESENT:
        return value not in (None, "", [], {})
    if not isinstance(expected, Bound):
        return isinstance(value, bool) is isinstance(expected, bool) and bool(value == expected)
    if expected.comparison == "with":
        return isinstance(value, str | list | dict) and expected.value in value
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    return bool(number >= expected.value if expected.comparison == "at least" else number <= expected.value)


def contents(root: Path, path: str) -> str | None:
    """Return the text of a file of the tree; None where there is none."""
    file = root / path
    return file.read_text(encoding="utf-8") if file.is_file() else None
