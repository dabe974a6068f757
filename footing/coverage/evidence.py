"""What a row of the requirements is answered with, as plain data: evidence, or why there is none."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final

from msgspec import Struct

PRESENT: Final = ...
"""As the value of a property: whatever it is, unknown and secret included."""
SECRET: Final = {"$secret": True}
"""As the value of a property: a secret."""


class Bound(Struct, frozen=True):
    """What a value must be, other than one literal."""

    comparison: str
    """`at least`, `at most` or `with`: the value contains it."""
    value: Any
    """The number, or the part."""


def at_least(value: float) -> Bound:
    """Return the bound of a number that is `value` or more."""
    return Bound("at least", value)


def at_most(value: float) -> Bound:
    """Return the bound of a number that is `value` or less."""
    return Bound("at most", value)


def with_(value: Any) -> Bound:
    """Return the bound of a text or a list that contains `value`."""
    return Bound("with", value)


class Resource(Struct, frozen=True, kw_only=True):
    """A resource of the plan."""

    type: str
    """Type as `footing plan` prints it: aws.rds.Instance."""
    properties: Mapping[str, Any]
    """Dotted path to the value; `rules.ref=api-burst.action` goes into the element whose `ref` is `api-burst`."""
    environment: str = ""
    """Environment of the plan; the row's when empty."""


class Key(Struct, frozen=True, kw_only=True):
    """A key of the stack file, given or defaulted."""

    path: str
    """Dotted path, as in Resource."""
    value: Any = PRESENT
    """Its value."""
    environment: str = ""
    """As in Resource."""


class Alert(Struct, frozen=True, kw_only=True):
    """An alert rule of the plan, at Grafana or Datadog."""

    id: str
    """Id of the alert."""
    value: float | None = None
    """Value over or under which it fires; None where the row names none."""
    held: str = ""
    """How long, as Grafana writes it: 5m."""
    environment: str = ""
    """As in Resource."""


class Panel(Struct, frozen=True, kw_only=True):
    """A panel of the plan's dashboards, by the id of its record."""

    id: str
    """Id of the record; `ID-burn` and the like for an objective's."""
    query: str = ""
    """Part of the panel's query or description, where the row says what it has to show."""
    environment: str = ""
    """As in Resource."""


class Rule(Struct, frozen=True, kw_only=True):
    """A rule of the policy pack that judged something of the plan and holds."""

    id: str
    """Id of the rule."""
    environment: str = ""
    """As in Resource."""


class Output(Struct, frozen=True, kw_only=True):
    """An output of the stack."""

    name: str
    """Its name."""
    environment: str = ""
    """As in Resource."""


class File(Struct, frozen=True, kw_only=True):
    """A file of this tree that contains a text, or a test that is in it."""

    path: str
    """Path from the root of the tree."""
    contains: str
    """Part of its text."""


class Command(Struct, frozen=True, kw_only=True):
    """A command of `footing`, with options that it has."""

    line: str
    """The command without `footing`: `check STACK --format sarif`."""


class ReadinessCheck(Struct, frozen=True, kw_only=True):
    """A check of the stack's readiness that a program asks; one by hand is none."""

    id: str
    """Id of the check."""
    environment: str = ""
    """As in Resource."""


class Job(Struct, frozen=True, kw_only=True):
    """A job of a workflow, by a command that one of its steps runs."""

    path: str
    """Path of the workflow from the root of the tree."""
    name: str
    """Key of the job."""
    runs: str
    """A command of it, as `make deploy`."""


class LoadTest(Struct, frozen=True, kw_only=True):
    """A load test that the stack offers, with the numbers that it is held to."""

    name: str
    """Name by which `footing load` runs it."""
    limits: Mapping[str, float]
    """Bound by what is measured: `latency:api:95`."""
    fields: Mapping[str, Any]
    """Fields of the scenario: users, requests_per_second."""
    environment: str = ""
    """As in Resource."""


Evidence = Resource | Key | Alert | Panel | Rule | Output | ReadinessCheck | LoadTest | File | Command | Job
"""One piece of evidence; each is looked up mechanically."""


class Feature(StrEnum):
    """What of this tree is not built yet."""

    COST = "the cost model"


class Row(Struct, frozen=True, kw_only=True):
    """How one row is answered."""

    evidence: tuple[Evidence, ...] = ()
    """What realises it, all of it; the part that is there where something is `missing`."""
    missing: str = ""
    """What of the row's literal meaning nothing realises."""
    waits: Feature | None = None
    """What will realise it, or the part of it that is missing."""
    out_of_scope: str = ""
    """Why infrastructure does not answer it."""
    environment: str = "production"
    """Environment of the row's system in which it is realised."""


def resource(type_: str, properties: Mapping[str, Any] | None = None, on: str = "", **more: Any) -> Resource:
    """Return a resource of a type, with the values of its `properties`."""
    return Resource(type=type_, properties={**(properties or {}), **more}, environment=on)


def key(path: str, value: Any = PRESENT, on: str = "") -> Key:
    """Return a key of the stack file."""
    return Key(path=path, value=value, environment=on)


def alert(id_: str, value: float | None = None, held: str = "", on: str = "") -> Alert:
    """Return an alert, its threshold, and how long it is held."""
    return Alert(id=id_, value=value, held=held, environment=on)


def panel(id_: str, query: str = "", on: str = "") -> Panel:
    """Return a panel."""
    return Panel(id=id_, query=query, environment=on)


def rule(id_: str, on: str = "") -> Rule:
    """Return a rule of the policy pack."""
    return Rule(id=id_, environment=on)


def output(name: str, on: str = "") -> Output:
    """Return an output of the stack."""
    return Output(name=name, environment=on)


def check(id_: str, on: str = "") -> ReadinessCheck:
    """Return a check of the stack's readiness."""
    return ReadinessCheck(id=id_, environment=on)


def scenario(name: str, limits: Mapping[str, float] | None = None, on: str = "", **fields: Any) -> LoadTest:
    """Return a load test, the bounds that it is held to, and its users and rates."""
    return LoadTest(name=name, limits=limits or {}, fields=fields, environment=on)


def file(path: str, contains: str) -> File:
    """Return a file and a text in it."""
    return File(path=path, contains=contains)


def test(path: str, name: str) -> File:
    """Return a test, by its file and the name of its function."""
    return File(path=f"tests/{path}", contains=f"def {name}(")


def refusal(point: str) -> File:
    """Return the test by which a contradiction's own numbers are refused."""
    return File(path="tests/stacks/test_contradictions.py", contains=f'"{point}",')


def command(line: str) -> Command:
    """Return a command of `footing`."""
    return Command(line=line)


def job(path: str, name: str, runs: str) -> Job:
    """Return a job of a workflow, and a command that it runs."""
    return Job(path=path, name=name, runs=runs)


def realised(*evidence: Evidence, on: str = "production") -> Row:
    """Return a row that its evidence realises."""
    return Row(evidence=evidence, environment=on)


def part(missing: str, *evidence: Evidence, on: str = "production") -> Row:
    """Return a row of which something is missing."""
    return Row(evidence=evidence, missing=missing, environment=on)


def waits(feature: Feature, *evidence: Evidence, missing: str = "", on: str = "production") -> Row:
    """Return a row that waits for a feature, with what is there already."""
    return Row(evidence=evidence, missing=missing, waits=feature, environment=on)


def out_of_scope(reason: str) -> Row:
    """Return a row that infrastructure does not answer."""
    return Row(out_of_scope=reason)
