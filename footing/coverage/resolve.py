"""Evidence looked up in the plan, the file and the tree: None where it holds, else the sentence why not."""

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from footing.coverage.evidence import (
    PRESENT,
    SECRET,
    Alert,
    Bound,
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
from footing.coverage.facts import StackFacts, contents, is_as, values_at
from observability import ByHand
from policies.judgement import Verdict

Facts = Callable[[str, str], StackFacts]
"""Returns the facts of a stack, by system and environment."""

SYSTEMS: Final = {"S0": "feed", "S1": "fairtradeworker", "S2": "feed", "S3": "synckairos", "S4": "nexod"}
"""System of each document."""


class Resolver:
    """Looks evidence up."""

    def __init__(self, facts: Facts, root: Path) -> None:
        self._facts, self._root = facts, root

    def problems(self, id_: str, row: Row) -> list[str]:
        """Return a sentence for each piece of the row's evidence that does not hold."""
        found = (self._problem(it, id_, row) for it in row.evidence)
        return [f"{id_}: {it}" for it in found if it]

    def _problem(self, evidence: Evidence, id_: str, row: Row) -> str | None:
        match evidence:
            case File():
                return self._file(evidence)
            case Command():
                return command_problem(evidence.line)
            case Job():
                return self._job(evidence)
        facts = self._facts(SYSTEMS[id_[:2]], evidence.environment or row.environment)
        sentence = _problem_in(facts, evidence)
        return sentence and f"{facts.name}: {sentence}"

    def _file(self, evidence: File) -> str | None:
        text = contents(self._root, evidence.path)
        if text is None:
            return f"there is no {evidence.path}"
        return None if evidence.contains in text else f"{evidence.path} has no {evidence.contains!r}"

    def _job(self, evidence: Job) -> str | None:
        from footing.workflows.workflow import read

        if not (self._root / evidence.path).is_file():
            return f"there is no {evidence.path}"
        found = next((it for it in read(self._root / evidence.path).jobs if it.name == evidence.name), None)
        if found is None:
            return f"{evidence.path} has no job {evidence.name}"
        runs = [command.text for step in found.steps for command in step.commands]
        return None if evidence.runs in runs else f"the job {evidence.name} runs no {evidence.runs!r}"


def _problem_in(
    facts: StackFacts, evidence: Resource | Key | Alert | Panel | Rule | Output | ReadinessCheck | LoadTest
) -> str | None:
    match evidence:
        case Resource():
            return _resource(facts, evidence)
        case Key():
            found = list(values_at(facts.values, evidence.path))
            if any(is_as(it, evidence.value) for it in found):
                return None
            return f"{evidence.path} is {_shown(found)}, not {written(evidence.value)}"
        case Alert():
            return _alert(facts, evidence)
        case Panel():
            return _panel(facts, evidence)
        case Rule():
            verdicts = facts.verdicts.get(evidence.id, frozenset())
            if Verdict.PASS.value in verdicts and Verdict.FAIL.value not in verdicts:
                return None
            return f"the rule {evidence.id} says {', '.join(sorted(verdicts)) or 'nothing'}"
        case ReadinessCheck() | LoadTest():
            return _check(facts, evidence) if isinstance(evidence, ReadinessCheck) else _load_test(facts, evidence)
        case Output():
            return None if evidence.name in facts.outputs else f"there is no output {evidence.name}"


def _resource(facts: StackFacts, evidence: Resource) -> str | None:
    found = list(facts.resources(evidence.type))
    if not found:
        return f"there is no {evidence.type}"
    for it in found:
        if all(
            any(is_as(value, expected) for value in values_at(it, path))
            for path, expected in evidence.properties.items()
        ):
            return None
    wrong = {
        path: [value for it in found for value in values_at(it, path)]
        for path, expected in evidence.properties.items()
        if not any(is_as(value, expected) for it in found for value in values_at(it, path))
    }
    shown = "; ".join(
        f"{path} is {_shown(seen)}, not {written(evidence.properties[path])}" for path, seen in wrong.items()
    )
    return f"no {evidence.type} is as asked: {shown or 'not all in one'}"


def _alert(facts: StackFacts, evidence: Alert) -> str | None:
    found = facts.alerts.get(evidence.id)
    if found is None:
        return f"there is no alert {evidence.id}"
    if evidence.value is not None and not any(abs(it - evidence.value) < 1e-9 for it in found["values"]):
        return f"the alert {evidence.id} fires at {_shown(found['values'])}, not {evidence.value:g}"
    if evidence.held and evidence.held != found["held"]:
        return f"the alert {evidence.id} is held for {found['held']}, not {evidence.held}"
    return None


def _panel(facts: StackFacts, evidence: Panel) -> str | None:
    found = facts.panels.get(evidence.id)
    if found is None:
        return f"there is no panel {evidence.id}"
    return None if evidence.query in found else f"the panel {evidence.id} has no {evidence.query!r}"


def command_problem(line: str) -> str | None:
    """Return why `footing` has no such command; None where it has."""
    import typer

    from footing.cli import app

    group = typer.main.get_command(app)
    name, *words = shlex.split(line)
    known = getattr(group, "commands", {}).get(name)
    if known is None:
        return f"there is no command {name}"
    options = {option for it in known.params for option in (*it.opts, *it.secondary_opts)}
    unknown = [it for it in words if it.startswith("--") and it not in options]
    return f"{name} has no {', '.join(unknown)}" if unknown else None


def _check(facts: StackFacts, evidence: ReadinessCheck) -> str | None:
    question = facts.checks.get(evidence.id)
    if question is None:
        return f"there is no check {evidence.id}"
    return f"the check {evidence.id} is looked at by hand" if isinstance(question, ByHand) else None


def _load_test(facts: StackFacts, evidence: LoadTest) -> str | None:
    from stacks.load_scenarios import limits_by_measure

    found = facts.load_tests.get(evidence.name)
    if found is None:
        return f"there is no load test {evidence.name}"
    held = limits_by_measure(found)
    wrong = [
        f"{measure} is {held.get(measure, 'not looked at')}, not {bound:g}"
        for measure, bound in evidence.limits.items()
        if held.get(measure) != bound
    ]
    given = {name: getattr(found, name, None) for name in evidence.fields}
    wrong += [f"{name} is {given[name]}, not {it}" for name, it in evidence.fields.items() if given[name] != it]
    return f"the load test {evidence.name}: {'; '.join(wrong)}" if wrong else None


def written(value: Any) -> str:
    """Return an expected value for people."""
    if value is PRESENT:
        return "given"
    if isinstance(value, Bound):
        return f"{value.comparison} {value.value}"
    if value == SECRET:
        return "secret"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shown(values: list[Any]) -> str:
    shown = ", ".join(str(it)[:60] for it in values[:4])
    return shown or "not there"
